"""A key of a request that moves no money says from when on nobody repeats it; those from before stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0020_window_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="idempotencykey",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="idempotencykey",
            index=models.Index(
                condition=models.Q(("until__isnull", False)), fields=["until"], name="idempotency_key_until"
            ),
        ),
    ]
