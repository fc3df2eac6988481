"""Indexes that nobody reads are taken away: every row written was written to them too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yibao.store.unindexed import Unindexed


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0004_failed_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Unindexed(
            {
                "opensession": {
                    "session_key": models.CharField(max_length=40, primary_key=True, serialize=False),
                },
                "requestcount": {
                    "key": models.CharField(max_length=64, primary_key=True, serialize=False),
                },
                "savedfilter": {
                    "user": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                },
                "signinfailure": {
                    "login_hash": models.CharField(max_length=64, primary_key=True, serialize=False),
                },
            }
        ),
    ]
