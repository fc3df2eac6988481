"""Indexes that nobody reads are taken away: every row written was written to them too."""

import django.db.models.deletion
from django.db import migrations, models

from yibao.store.unindexed import Unindexed


class Migration(migrations.Migration):
    dependencies = [
        ("relocation", "0002_money_escalated"),
    ]

    operations = [
        Unindexed(
            {
                "table": {
                    "transfer": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tables",
                        to="relocation.transfer",
                    ),
                },
            }
        ),
    ]
