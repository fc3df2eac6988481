"""The work list of an office above others is one index range, however few of all cases are its own."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_heads_over_logins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_state_due",
        ),
        migrations.RemoveIndex(
            model_name="caseturn",
            name="case_turn_queue_above",
        ),
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
                include=("region",),
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
                include=("region",),
                name="case_stopped_city",
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
                include=("region",),
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
                include=("region",),
                name="case_turn_city",
            ),
        ),
    ]
