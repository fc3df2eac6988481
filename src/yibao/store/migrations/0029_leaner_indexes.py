"""Indexes that nobody reads are taken away: every row written was written to them too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yibao.store.unindexed import Unindexed


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0028_turned_away"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Unindexed(
            model_name="accountevent",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="account_events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        Unindexed(
            model_name="balancecheckpoint",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checkpoints",
                to="store.ledgeraccount",
            ),
        ),
        Unindexed(
            model_name="bankresult",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="results",
                to="store.bankmessage",
            ),
        ),
        Unindexed(
            model_name="bulkrow",
            name="run",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="store.bulkrun"
            ),
        ),
        Unindexed(
            model_name="case",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entered_cases",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        Unindexed(
            model_name="case",
            name="holder",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="held_cases",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        Unindexed(
            model_name="case",
            name="pack_version",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.packversion",
            ),
        ),
        Unindexed(
            model_name="case",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="store.person"
            ),
        ),
        Unindexed(
            model_name="case",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="store.unit",
            ),
        ),
        Unindexed(
            model_name="caseaction",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="store.case"
            ),
        ),
        Unindexed(
            model_name="caseclock",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="store.case"
            ),
        ),
        Unindexed(
            model_name="casesignature",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="store.case"
            ),
        ),
        Unindexed(
            model_name="casesignature",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        Unindexed(
            model_name="caseturn",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="store.case"
            ),
        ),
        Unindexed(
            model_name="contact",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="store.person"
            ),
        ),
        Unindexed(
            model_name="datacopy",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="data_copies",
                to="store.person",
            ),
        ),
        Unindexed(
            model_name="delivery",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="store.message",
            ),
        ),
        Unindexed(
            model_name="entry",
            name="transaction",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="store.journaltransaction",
            ),
        ),
        Unindexed(
            model_name="exchangekey",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="store.exchangepartner",
            ),
        ),
        Unindexed(
            model_name="message",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="store.person"
            ),
        ),
        Unindexed(
            model_name="promiseletter",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="promises", to="store.person"
            ),
        ),
        Unindexed(
            model_name="rating",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="store.case"
            ),
        ),
        Unindexed(
            model_name="readlog",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="reads", to="store.person"
            ),
        ),
        Unindexed(
            model_name="reconciliationsum",
            name="day",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sums",
                to="store.reconciliationday",
            ),
        ),
        Unindexed(
            model_name="recordchange",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="record_changes",
                to="store.person",
            ),
        ),
        Unindexed(
            model_name="staffrole",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="staff_roles",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        Unindexed(
            model_name="storeddecision",
            name="pack_version",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.packversion"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("unit__isnull", False)), fields=["unit"], name="case_of_unit"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("holder__isnull", False)), fields=["holder"], name="case_in_hand"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "draft")), fields=["entered_by"], name="case_draft_entered"
            ),
        ),
        Unindexed(model_name="unit", name="credit_code", field=models.CharField(max_length=18, unique=True)),
        Unindexed(model_name="recoverycode", name="digest", field=models.CharField(max_length=64, unique=True)),
        Unindexed(model_name="passkey", name="credential_id", field=models.CharField(max_length=400, unique=True)),
        Unindexed(model_name="apitoken", name="sha256", field=models.CharField(max_length=64, unique=True)),
        Unindexed(
            model_name="packversion",
            name="version",
            field=models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
        Unindexed(model_name="case", name="number", field=models.CharField(max_length=30, unique=True)),
        Unindexed(model_name="ledgeraccount", name="code", field=models.CharField(max_length=120, unique=True)),
        Unindexed(
            model_name="journaltransaction",
            name="case_number",
            field=models.CharField(blank=True, db_index=True, max_length=30),
        ),
        Unindexed(
            model_name="clearingmember",
            name="bank_name",
            field=models.CharField(max_length=80, primary_key=True, serialize=False),
        ),
        Unindexed(model_name="paymentbatch", name="number", field=models.CharField(max_length=30, unique=True)),
        Unindexed(model_name="bulkrun", name="number", field=models.CharField(max_length=30, unique=True)),
        Unindexed(
            model_name="exchangepartner",
            name="area",
            field=models.CharField(max_length=6, primary_key=True, serialize=False),
        ),
        Unindexed(model_name="outboxmessage", name="key", field=models.CharField(max_length=200, unique=True)),
        Unindexed(
            model_name="numbersequence",
            name="name",
            field=models.CharField(max_length=60, primary_key=True, serialize=False),
        ),
        Unindexed(
            model_name="idempotencykey",
            name="key",
            field=models.CharField(max_length=200, primary_key=True, serialize=False),
        ),
        Unindexed(model_name="message", name="key", field=models.CharField(max_length=120, unique=True)),
        Unindexed(model_name="issuedpaper", name="number", field=models.CharField(max_length=40, unique=True)),
        Unindexed(model_name="issuedpaper", name="check_code", field=models.CharField(max_length=20, unique=True)),
        Unindexed(model_name="papernumber", name="number", field=models.CharField(max_length=40, unique=True)),
        Unindexed(model_name="promiseletter", name="number", field=models.CharField(max_length=40, unique=True)),
    ]
