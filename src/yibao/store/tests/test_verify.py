"""The proofs pass on an honest record and fail when one stored byte is changed."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, models, transaction

from yibao.cli.audit import command as audit
from yibao.cli.ledger import command as ledger
from yibao.kernel.months import Month
from yibao.ledger import recipes
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.store import accounts, audit_log, cases, documents, guards, heads, packs, posting, records, verify
from yibao.store.accounts.chain import event_hash
from yibao.store.fields import CanonicalJson, SealedText
from yibao.store.models import (
    AccountEvent,
    AuditHead,
    BalanceCheckpoint,
    Case,
    CaseAction,
    CaseClock,
    CaseSignature,
    CaseTurn,
    Entry,
    JournalTransaction,
    LedgerAccount,
    PackVersion,
    Payment,
    PersonalAccountBalance,
    ReadLog,
    StoredDecision,
)

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
# Notes for people; and a checkpoint moved to another transaction where it is as true.
UNPROVEN = {
    "LedgerAccount.closed_on",
    "BalanceCheckpoint.through_id",
    "CaseClock.escalated_on",
    "PackVersion.saved_at",
    "PackVersion.region",
}
LEDGER = [Entry, JournalTransaction, LedgerAccount, PersonalAccountBalance, BalanceCheckpoint]
AUDIT = [
    AccountEvent,
    AuditHead,
    Case,
    CaseAction,
    CaseClock,
    CaseSignature,
    CaseTurn,
    PackVersion,
    ReadLog,
    StoredDecision,
]


@pytest.fixture
def books(make_person) -> None:
    """A journal with a reversal, a checkpoint, a closed month and a personal account."""
    person = make_person()
    mine = Account(AccountKind.PERSONAL, "500000", "employee", person.pk)
    pool = Account(AccountKind.POOL, "500000", "employee")
    posting.post(draft=Draft("credit", "credit", DAY, (Posting(pool, 500), Posting(mine, -500))), at=AT)
    paid = recipes.refund_paid(region="500000", scheme="employee", amount_fen=700)
    wrong = posting.post(draft=Draft("paid", "refund_paid", DAY, paid, "C1"), at=AT)
    posting.checkpoint("500000")
    posting.reverse(transaction_id=wrong.pk, key="back", accounting_date=DAY, at=AT, memo="误记")
    from yibao.casework.actors import Actor

    posting.close_period(region="500000", month=Month.of(DAY), by=Actor.system(), at=AT + timedelta(days=30))


@pytest.fixture
def casework(books, desk, make_person, staff) -> None:
    """A case under review, a paid one, decisions, reads, and two heads with more after them."""
    packs.save(version="v1", region="500000", texts={"a.yaml": "x: 1"}, at=AT)
    open_case = desk.accepted(make_person(), number="C1")
    for row in (open_case, desk.accepted(make_person(), number="C2")):
        cases.record_decision(
            case=row, service="refund", decided_on=DAY, pack_version="v1", evidence_hash="e1", at=AT,
            case_file={"service": "refund"}, canonical={"decision": "refund"}, outcome="refund", amount_fen=194910,
        )  # fmt: skip
    reviewer, finance = staff("reviewer", "reviewer"), staff("finance", "finance")
    cases.act(number="C2", kind="approve", by=reviewer, at=AT, on=DAY, seen="e1")
    login = get_user_model().objects.get(username="reviewer")
    accounts.note(account=login, kind="role_given", actor_id=None, at=AT, data={"role": "reviewer"})
    heads.make_head(day=DAY, at=AT)
    accounts.note(account=login, kind="sign_in_failed", actor_id=None, at=AT)
    cases.act(number="C2", kind="pay", by=finance, at=AT, on=DAY)
    audit_log.record_read(reader=reviewer, person_id=open_case.person_id, purpose="review", at=AT)
    heads.make_head(day=DAY + timedelta(days=1), at=AT)
    cases.act(number="C2", kind="confirm_paid", by=finance, at=AT, on=DAY)


def ledger_faults() -> list[str]:
    return verify.verify_ledger(list(records.ledger_records()))


def audit_faults() -> list[str]:
    return verify.verify_audit(list(records.audit_records()))


def other(field: models.Field, value):
    """Return a value that differs from a stored one in the least way its kind allows."""
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return value + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return value - timedelta(days=1)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    return uuid4()


def change(row: models.Model, field: models.Field) -> None:
    """Change one stored value behind the back of the store, byte for byte where it is text or sealed."""
    table, column = row._meta.db_table, field.column
    if isinstance(field, CanonicalJson | SealedText):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {row._meta.pk.column} = %s", [row.pk])
            stored = cursor.fetchone()[0]
            text = isinstance(stored, str)
            changed = stored + " " if text else bytes(stored)[:-1] + bytes([bytes(stored)[-1] ^ 1])
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE {row._meta.pk.column} = %s",
                [changed if text else connection.Database.Binary(changed), row.pk],
            )
    else:
        type(row)._default_manager.filter(pk=row.pk).update(
            **{field.attname: other(field, getattr(row, field.attname))}
        )


def take_out_the_first_event() -> None:
    """Delete the first thing that happened to the login, and make the chain of the rest good again."""
    AccountEvent.objects.filter(kind="role_given").delete()
    left = AccountEvent.objects.get()
    left.seq, left.previous_hash = 1, ""
    left.hash = event_hash(left)
    left.save()


def unnoticed(tables: list[type[models.Model]], faults) -> list[str]:
    """Change every stored value in turn, and return those that no proof misses."""
    found = []
    for model in tables:
        rows = list(model._default_manager.order_by("pk"))
        for row in dict.fromkeys([rows[0], rows[-1]]):
            for field in model._meta.concrete_fields:
                name = f"{model.__name__}.{field.attname}"
                value = getattr(row, field.attname)
                if field.primary_key or value is None or name in UNPROVEN:
                    continue
                with transaction.atomic():
                    try:
                        with transaction.atomic():
                            change(row, field)
                            seen = bool(faults())
                    except (DatabaseError, ValueError):
                        # The database itself refused the value, or it can no longer be read.
                        seen = True
                    transaction.set_rollback(True)
                if not seen:
                    found.append(f"{name} of {row.pk}")
    return found


class TestTheBooks:
    def test_are_proven_when_nothing_was_touched(self, books) -> None:
        assert verify.verify_ledger() == []

    def test_show_every_changed_value(self, books) -> None:
        guards.remove()
        assert ledger_faults() == []
        assert unnoticed(LEDGER, ledger_faults) == []

    @pytest.mark.parametrize("table", ["store_entry", "store_personalaccountbalance"])
    def test_show_a_missing_row(self, books, table: str) -> None:
        guards.remove()
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
        assert ledger_faults()

    def test_show_a_guard_that_was_taken_away(self, books) -> None:
        guards.remove()
        assert any("store_entry_balances" in fault for fault in verify.verify_ledger())


class TestTheCasework:
    def test_is_proven_when_nothing_was_touched(self, casework) -> None:
        assert verify.verify_audit() == []

    def test_shows_every_changed_value(self, casework) -> None:
        guards.remove()
        assert audit_faults() == []
        assert unnoticed(AUDIT, audit_faults) == []

    def test_shows_the_last_action_cut_off_with_its_projection(self, casework) -> None:
        guards.remove()
        last = CaseAction.objects.get(case__number="C1", seq=3)
        before = CaseAction.objects.get(case__number="C1", seq=2)
        last.delete()
        Case.objects.filter(number="C1").update(chain_hash=before.hash, action_count=2, state="submitted")
        assert any("2023-02-10" in fault for fault in audit_faults())

    def test_shows_a_sign_in_that_was_taken_out_with_its_chain_made_again(self, casework) -> None:
        guards.remove()
        take_out_the_first_event()
        assert any("2023-02-10" in fault for fault in audit_faults())

    def test_proves_heads_that_were_signed_before_they_covered_logins(self, casework) -> None:
        guards.remove()
        kept = list(AccountEvent.objects.order_by("id"))
        AccountEvent.objects.all().delete()
        AuditHead.objects.all().delete()
        old = heads.make_head(day=DAY, at=AT)
        old.last_login_id = None
        heads._sign(old)
        old.save()
        AccountEvent.objects.bulk_create(kept)
        assert "last_login_id" not in heads.plain(old)
        assert audit_faults() == []
        heads.make_head(day=DAY + timedelta(days=1), at=AT)
        assert audit_faults() == []
        # What happened before the first head that covers logins is proven by it.
        take_out_the_first_event()
        assert any("2023-02-11" in fault for fault in audit_faults())
        assert not any("2023-02-10" in fault for fault in audit_faults())

    def test_shows_a_head_signed_again_by_another_key(self, casework) -> None:
        assert verify.verify_audit(public_key="00" * 32)
        assert verify.verify_audit(public_key=heads.own_public_key()) == []

    def test_shows_a_file_that_is_gone_and_one_that_was_changed(self, casework, desk) -> None:
        case = cases.get("C1")
        for content in (b"one file", b"another file"):
            documents.add(
                case=case, material="id_document", name="a.pdf", content_type="application/pdf",
                content=content, by=desk.citizen(case.person), at=AT,
            )  # fmt: skip
        assert verify.verify_audit() == []
        gone, changed = (documents.path_of(digest) for digest in case.documents.values_list("sha256", flat=True))
        gone.unlink()
        changed.write_bytes(changed.read_bytes() + b"x")
        assert len(verify.verify_audit()) == 2
        assert verify.verify_audit(files=False) == []
        changed.unlink()

    def test_shows_a_payment_that_differs_from_what_was_posted(self, casework) -> None:
        paid = JournalTransaction.objects.get(key="paid")
        case = cases.get("C2")
        Payment.objects.create(
            case=case, receiver="person", amount_fen=700, route="slip", sent_on=DAY, transaction=paid
        )
        assert verify.verify_audit() == []
        Payment.objects.update(amount_fen=701)
        assert any("701" in fault for fault in verify.verify_audit())

    def test_signs_the_head_of_yesterday_once_when_the_worker_looks(self, casework) -> None:
        today = DAY + timedelta(days=9)
        made = heads.sign_due(on=today, at=AT)
        assert made is not None
        assert made.day == DAY + timedelta(days=8)
        assert heads.sign_due(on=today, at=AT) is None
        assert verify.verify_audit() == []

    def test_makes_one_head_a_day(self, casework) -> None:
        with pytest.raises(heads.HeadExists):
            heads.make_head(day=DAY, at=AT)


class TestTheCommands:
    def run(self, command, *arguments: str):
        return CliRunner().invoke(command, list(arguments))

    def test_end_with_zero_when_all_is_proven(self, casework) -> None:
        assert self.run(ledger, "verify").exit_code == 0
        assert self.run(audit, "verify").exit_code == 0

    @pytest.mark.parametrize(
        ("command", "statement", "told"),
        [
            (ledger, "UPDATE store_entry SET amount_fen = amount_fen + 1 WHERE amount_fen = 500", "1 分"),
            (ledger, "UPDATE store_personalaccountbalance SET balance_fen = balance_fen + 1", "501"),
            (audit, "UPDATE store_caseaction SET reason = 'x' WHERE seq = 2", "C1#2"),
            (audit, "UPDATE store_case SET state = 'completed'", "C1"),
        ],
    )
    def test_end_with_one_and_say_what_is_wrong(self, casework, command, statement: str, told: str) -> None:
        guards.remove()
        with connection.cursor() as cursor:
            cursor.execute(statement)
        result = self.run(command, "verify")
        assert result.exit_code == 1
        assert told in result.output

    @pytest.mark.parametrize("command", [ledger, audit], ids=["ledger", "audit"])
    def test_prove_an_export_and_fail_when_a_byte_of_it_is_changed(self, casework, tmp_path: Path, command) -> None:
        file = tmp_path / "export.jsonl"
        assert self.run(command, "export", str(file)).exit_code == 0
        assert self.run(command, "verify", "--export", str(file)).exit_code == 0
        lines = file.read_text(encoding="utf-8").splitlines()
        for cut in (lines[:-1], lines[:-2] + lines[-1:]):
            file.write_text("\n".join(cut), encoding="utf-8")
            assert self.run(command, "verify", "--export", str(file)).exit_code == 1
        file.write_text("\n".join([*lines, "{"]), encoding="utf-8")
        assert self.run(command, "verify", "--export", str(file)).exit_code == 2

    def test_sign_the_head_of_a_day_once(self, casework) -> None:
        assert self.run(audit, "head", "--day", "2023-03-01").exit_code == 0
        assert self.run(audit, "head", "--day", "2023-03-01").exit_code == 2
        assert AuditHead.objects.filter(day=date(2023, 3, 1)).exists()


def test_an_export_holds_no_name_and_no_number_of_a_person(casework, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    verify.export(what="audit", file=file)
    text = file.read_text(encoding="utf-8")
    assert "张三" not in text
    assert "50010119760301" not in text
    assert {json.loads(line)["record"] for line in text.splitlines()} >= {
        *("case", "head", "decision", "read", "login", "end")
    }
