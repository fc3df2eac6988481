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
            model_name="signinfailure",
            name="login_hash",
            field=models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
        Unindexed(
            model_name="requestcount",
            name="key",
            field=models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
        Unindexed(
            model_name="opensession",
            name="session_key",
            field=models.CharField(max_length=40, primary_key=True, serialize=False),
        ),
        Unindexed(
            model_name="savedfilter",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_filters",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
