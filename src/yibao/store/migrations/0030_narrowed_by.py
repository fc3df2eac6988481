"""A turn carries what lists are narrowed by, and their indexes with it: the index alone answers a filter."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILL = """
UPDATE store_caseturn SET (number, level, amount_fen, holder_id) = (
    SELECT number, level, amount_fen, holder_id FROM store_case WHERE store_case.id = store_caseturn.case_id
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0029_leaner_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_stopped_province",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_stopped_city",
        ),
        migrations.RemoveIndex(
            model_name="caseturn",
            name="case_turn_queue",
        ),
        migrations.RemoveIndex(
            model_name="caseturn",
            name="case_turn_province",
        ),
        migrations.RemoveIndex(
            model_name="caseturn",
            name="case_turn_city",
        ),
        migrations.AddField(
            model_name="caseturn",
            name="amount_fen",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="caseturn",
            name="holder",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="caseturn",
            name="level",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="caseturn",
            name="number",
            field=models.CharField(default="", max_length=30),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.Func(
                    "region",
                    function="SUBSTR",
                    output_field=models.CharField(),
                    template="%(function)s(%(expressions)s, 1, 2)",
                ),
                models.F("due_on"),
                models.F("id"),
                condition=models.Q(("state", "correction_due")),
                include=("region", "service", "number", "level", "amount_fen", "holder"),
                name="case_stopped_province",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.Func(
                    "region",
                    function="SUBSTR",
                    output_field=models.CharField(),
                    template="%(function)s(%(expressions)s, 1, 4)",
                ),
                models.F("due_on"),
                models.F("id"),
                condition=models.Q(("state", "correction_due")),
                include=("region", "service", "number", "level", "amount_fen", "holder"),
                name="case_stopped_city",
            ),
        ),
        migrations.AddIndex(
            model_name="caseturn",
            index=models.Index(
                fields=["role", "region", "due_on", "case"],
                include=("service", "number", "level", "amount_fen", "holder"),
                name="case_turn_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="caseturn",
            index=models.Index(
                models.F("role"),
                models.Func(
                    "region",
                    function="SUBSTR",
                    output_field=models.CharField(),
                    template="%(function)s(%(expressions)s, 1, 2)",
                ),
                models.F("due_on"),
                models.F("case"),
                include=("region", "service", "number", "level", "amount_fen", "holder"),
                name="case_turn_province",
            ),
        ),
        migrations.AddIndex(
            model_name="caseturn",
            index=models.Index(
                models.F("role"),
                models.Func(
                    "region",
                    function="SUBSTR",
                    output_field=models.CharField(),
                    template="%(function)s(%(expressions)s, 1, 4)",
                ),
                models.F("due_on"),
                models.F("case"),
                include=("region", "service", "number", "level", "amount_fen", "holder"),
                name="case_turn_city",
            ),
        ),
    ]
