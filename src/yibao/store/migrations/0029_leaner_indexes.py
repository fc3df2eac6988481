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
            {
                "accountevent": {
                    "account": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                },
                "apitoken": {
                    "sha256": models.CharField(max_length=64, unique=True),
                },
                "balancecheckpoint": {
                    "account": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkpoints",
                        to="store.ledgeraccount",
                    ),
                },
                "bankresult": {
                    "message": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="store.bankmessage",
                    ),
                },
                "bulkrow": {
                    "run": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="store.bulkrun",
                    ),
                },
                "bulkrun": {
                    "number": models.CharField(max_length=30, unique=True),
                },
                "case": {
                    "entered_by": models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entered_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                    "holder": models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                    "pack_version": models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.packversion",
                    ),
                    "person": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="store.person",
                    ),
                    "unit": models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="store.unit",
                    ),
                    "number": models.CharField(max_length=30, unique=True),
                },
                "caseaction": {
                    "case": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="store.case",
                    ),
                },
                "caseclock": {
                    "case": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="store.case",
                    ),
                },
                "casesignature": {
                    "case": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="store.case",
                    ),
                    "user": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                },
                "caseturn": {
                    "case": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="turns",
                        to="store.case",
                    ),
                },
                "clearingmember": {
                    "bank_name": models.CharField(max_length=80, primary_key=True, serialize=False),
                },
                "contact": {
                    "person": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="store.person",
                    ),
                },
                "datacopy": {
                    "person": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_copies",
                        to="store.person",
                    ),
                },
                "delivery": {
                    "message": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="store.message",
                    ),
                },
                "entry": {
                    "transaction": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="store.journaltransaction",
                    ),
                },
                "exchangekey": {
                    "partner": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="store.exchangepartner",
                    ),
                },
                "exchangepartner": {
                    "area": models.CharField(max_length=6, primary_key=True, serialize=False),
                },
                "idempotencykey": {
                    "key": models.CharField(max_length=200, primary_key=True, serialize=False),
                },
                "issuedpaper": {
                    "number": models.CharField(max_length=40, unique=True),
                    "check_code": models.CharField(max_length=20, unique=True),
                },
                "journaltransaction": {
                    "case_number": models.CharField(blank=True, db_index=True, max_length=30),
                },
                "ledgeraccount": {
                    "code": models.CharField(max_length=120, unique=True),
                },
                "message": {
                    "person": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="store.person",
                    ),
                    "key": models.CharField(max_length=120, unique=True),
                },
                "numbersequence": {
                    "name": models.CharField(max_length=60, primary_key=True, serialize=False),
                },
                "outboxmessage": {
                    "key": models.CharField(max_length=200, unique=True),
                },
                "packversion": {
                    "version": models.CharField(max_length=64, primary_key=True, serialize=False),
                },
                "papernumber": {
                    "number": models.CharField(max_length=40, unique=True),
                },
                "passkey": {
                    "credential_id": models.CharField(max_length=400, unique=True),
                },
                "paymentbatch": {
                    "number": models.CharField(max_length=30, unique=True),
                },
                "promiseletter": {
                    "person": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="store.person",
                    ),
                    "number": models.CharField(max_length=40, unique=True),
                },
                "rating": {
                    "case": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="store.case",
                    ),
                },
                "readlog": {
                    "person": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reads",
                        to="store.person",
                    ),
                },
                "reconciliationsum": {
                    "day": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sums",
                        to="store.reconciliationday",
                    ),
                },
                "recordchange": {
                    "person": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record_changes",
                        to="store.person",
                    ),
                },
                "recoverycode": {
                    "digest": models.CharField(max_length=64, unique=True),
                },
                "staffrole": {
                    "user": models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                },
                "storeddecision": {
                    "pack_version": models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.packversion"
                    ),
                },
                "unit": {
                    "credit_code": models.CharField(max_length=18, unique=True),
                },
            }
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
    ]
