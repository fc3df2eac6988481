"""Indexes that nobody reads are taken away: every row written was written to them too."""

import django.db.models.deletion
from django.db import migrations, models

from yibao.store.unindexed import Unindexed


class Migration(migrations.Migration):
    dependencies = [
        ("refund", "0002_drop_submit_key"),
        ("store", "0029_leaner_indexes"),
    ]

    operations = [
        Unindexed(
            {
                "refundedmonth": {
                    "contribution": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunded_months",
                        to="store.contribution",
                    ),
                },
            }
        ),
    ]
