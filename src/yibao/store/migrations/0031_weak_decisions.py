"""Decisions on weak sources are found without reading decisions: in a city few of a million are weak."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0030_narrowed_by"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="storeddecision",
            index=models.Index(
                condition=models.Q(
                    django.db.models.expressions.RawSQL(
                        "(canonical LIKE '%%\"low_confidence\":true%%' OR outcome = 'manual')",
                        (),
                        output_field=models.BooleanField(),
                    )
                ),
                fields=["case", "evidence_hash"],
                name="decision_weak",
            ),
        ),
    ]
