"""What the database refuses by itself, on both engines and after every migration."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from yibao.store import guards
from yibao.store.models import (
    AccountingPeriod,
    BankMessage,
    BankResult,
    CaseAction,
    Entry,
    JournalTransaction,
    LedgerAccount,
    PackVersion,
    PaymentBatch,
    Person,
    ReadLog,
)

AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
TABLES = [Entry, JournalTransaction, CaseAction, ReadLog]

pytestmark = pytest.mark.django_db(transaction=True)


def journal(key: str = "k", *amounts: int, region: str = "500000") -> JournalTransaction:
    account, _ = LedgerAccount.objects.get_or_create(code="a", region=region, scheme="employee", kind="pool")
    made = JournalTransaction.objects.create(
        key=key, kind="test", region=region, accounting_date=date(2023, 2, 10), posted_at=AT, content_hash="0" * 64
    )
    for line, amount in enumerate(amounts):
        Entry.objects.create(transaction=made, line=line, account=account, amount_fen=amount)
    return made


def someone() -> Person:
    return Person.objects.create(
        identity="50010119760301001X", name="张三", sex="M", born=date(1976, 3, 1), region="500000"
    )


def kept_row(model: type[models.Model]) -> models.Model:
    """One committed row of a table that only grows."""
    if model in (Entry, JournalTransaction):
        with transaction.atomic():
            journal("kept", 5, -5)
    elif model is CaseAction:
        from yibao.store.models import Case

        case = Case.objects.create(
            number="C1", service="refund", region="500000", person=someone(), state="draft", opened_on=date(2023, 2, 10)
        )
        CaseAction.objects.create(
            case=case, seq=1, kind="open", actor_kind="staff", at=AT, business_date=date(2023, 2, 10), hash="0" * 64
        )
    else:
        ReadLog.objects.create(
            chain="c", seq=1, at=AT, reader_kind="staff", person=someone(), purpose="p", hash="0" * 64
        )
    row = model.objects.first()
    assert row is not None
    return row


def bank_said(effect: str) -> tuple[BankMessage, BankResult]:
    teller = get_user_model().objects.create(username="teller")
    batch = PaymentBatch.objects.create(
        number="PB-1",
        region="500000",
        scheme="employee",
        flow="original",
        made_by=teller,
        made_at=AT,
        made_on=AT.date(),
    )
    message = BankMessage.objects.create(
        batch=batch, message_id="M1", sha256="0" * 64, written_at=AT, imported_by=teller, imported_at=AT,
        imported_on=AT.date(),
    )  # fmt: skip
    return message, BankResult.objects.create(message=message, line=1, end_to_end="X", status="ACSC", effect=effect)


class TestAJournalTransaction:
    @pytest.mark.parametrize(
        "amounts",
        [
            pytest.param((5, -4), id="one fen short"),
            pytest.param((5,), id="a single entry"),
            pytest.param((), id="no entry at all"),
            pytest.param((2**62, -(2**62), 1), id="a fen beside very large amounts"),
        ],
    )
    def test_is_refused_at_commit_when_it_does_not_balance(self, amounts: tuple[int, ...]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            journal("k", *amounts)
        assert JournalTransaction.objects.count() == 0

    def test_is_kept_when_it_balances(self) -> None:
        with transaction.atomic():
            journal("k", 7, -3, -4)
        assert Entry.objects.count() == 3

    def test_takes_no_further_entry_that_would_unbalance_it(self) -> None:
        with transaction.atomic():
            made = journal("k", 5, -5)
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(transaction=made, line=9, account=LedgerAccount.objects.get(), amount_fen=1)
        assert Entry.objects.count() == 2

    def test_is_refused_inside_a_closed_month_of_its_region_only(self) -> None:
        AccountingPeriod.objects.create(region="500000", month=2023 * 12 + 1, closed_at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            journal("closed", 5, -5)
        with transaction.atomic():
            journal("elsewhere", 5, -5, region="510000")
        assert JournalTransaction.objects.get().key == "elsewhere"


class TestWhatOnlyGrows:
    @pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
    def test_is_never_updated(self, model: type[models.Model]) -> None:
        row = kept_row(model)
        field = next(
            f
            for f in model._meta.fields
            if isinstance(f, models.CharField | models.BigIntegerField) and not f.primary_key
        )
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            model.objects.filter(pk=row.pk).update(**{field.name: getattr(row, field.name)})

    @pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
    def test_is_never_deleted(self, model: type[models.Model]) -> None:
        row = kept_row(model)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
        assert model.objects.filter(pk=row.pk).exists()

    def test_is_what_the_bank_answered(self) -> None:
        message, result = bank_said("paid")
        for statement in (
            "UPDATE store_bankresult SET effect = 'bounced'",
            "DELETE FROM store_bankresult",
            "UPDATE store_bankmessage SET written_at = imported_at",
            "UPDATE store_bankmessage SET sha256 = sha256",
            "DELETE FROM store_bankmessage",
        ):
            with (
                pytest.raises(IntegrityError, match="never changed"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        BankMessage.objects.update(finished=True)
        result.refresh_from_db()
        message.refresh_from_db()
        assert (result.effect, message.finished) == ("paid", True)

    def test_keeps_the_rules_of_old_decisions(self) -> None:
        PackVersion.objects.create(version="v", region="500000", texts={"a": "b"}, texts_sha256="0" * 64, saved_at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            PackVersion.objects.update(region="510000")


def assert_guards_stand() -> None:
    assert guards.missing() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        journal("after", 5, -4)
    with transaction.atomic():
        made = journal("balanced", 5, -5)
    for statement in (
        "UPDATE store_entry SET amount_fen = amount_fen",
        "DELETE FROM store_entry",
        "UPDATE store_journaltransaction SET memo = 'x'",
        "DELETE FROM store_journaltransaction",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert made.entries.count() == 2


@pytest.mark.parametrize(
    "name", [name for app, name in sorted(MigrationLoader(None).disk_migrations) if app == "store"]
)
def test_guards_stand_after_migration(name: str) -> None:
    call_command("migrate", "store", name, verbosity=0)
    try:
        assert_guards_stand()
    finally:
        call_command("migrate", verbosity=0)


@pytest.mark.parametrize("model", [Entry, JournalTransaction, CaseAction, ReadLog], ids=lambda model: model.__name__)
def test_guards_stand_after_a_table_was_rebuilt(model: type[models.Model]) -> None:
    with transaction.atomic():
        journal("before", 5, -5)
    field = next(
        f
        for f in model._meta.fields
        if isinstance(f, models.PositiveSmallIntegerField | models.PositiveIntegerField | models.CharField)
        and not f.is_relation
    )
    wider = field.clone()
    wider.null = True
    wider.set_attributes_from_name(field.name)
    wider.model = model
    with connection.schema_editor() as editor:
        editor.alter_field(model, field, wider, strict=False)
    try:
        call_command("migrate", verbosity=0)
        assert_guards_stand()
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(model, wider, field, strict=False)
        call_command("migrate", verbosity=0)


def test_a_missing_guard_stops_the_start() -> None:
    guards.require()
    guards.remove()
    try:
        with pytest.raises(guards.GuardsMissing, match="store_entry_balances"):
            guards.require()
    finally:
        guards.install()
    guards.require()
