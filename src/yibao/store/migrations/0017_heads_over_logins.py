"""Heads cover the logins of staff from the next one on; those signed before stay as they were signed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0016_representation"),
    ]

    operations = [
        migrations.AddField(
            model_name="audithead",
            name="last_login_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
