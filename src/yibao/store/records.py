"""Everything a proof needs, as a stream of plain records; the same stream is the export."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import BinaryField, F, Prefetch, TextField
from django.db.models.functions import Cast

from yibao.kernel.canonical import moment, text_hash
from yibao.store import crypto, heads
from yibao.store.models import (
    AccountEvent,
    AccountingPeriod,
    AuditHead,
    BalanceCheckpoint,
    Case,
    CaseAction,
    Entry,
    JournalTransaction,
    LedgerAccount,
    PackVersion,
    PersonalAccountBalance,
    ReadLog,
    StoredDecision,
)

Plain = dict[str, Any]
CHUNK = 1000
ACTION = ("id", "seq", "kind", "actor_kind", "actor_id", "role", "reason", "evidence_hash", "previous_hash", "hash")
CASE = (
    "service", "region", "state", "level", "due_provisional", "holder_id", "entered_by_id",
    "pack_version_id", "evidence_hash", "amount_fen",
)  # fmt: skip


def ledger_records() -> Iterator[Plain]:
    """Return accounts, closed months, checkpoints, transactions with entries, balances, and the end."""
    yield from (_account(row) for row in LedgerAccount.objects.order_by("id").iterator(CHUNK))
    for period in AccountingPeriod.objects.order_by("id"):
        yield {
            "record": "period",
            "region": period.region,
            "month": period.month,
            "closed_at": moment(period.closed_at),
        }
    for point in BalanceCheckpoint.objects.select_related("account").order_by("id").iterator(CHUNK):
        balance = {"account": point.account.code, "balance_fen": point.balance_fen}
        yield {"record": "checkpoint", "through": point.through_id, **balance}
    yield from _transactions()
    for running in PersonalAccountBalance.objects.select_related("account").order_by("pk").iterator(CHUNK):
        yield {
            "record": "balance",
            "account": running.account.code,
            "balance_fen": running.balance_fen,
            "imported_negative": running.imported_negative,
        }
    yield {
        "record": "end",
        "accounts": LedgerAccount.objects.count(),
        "checkpoints": BalanceCheckpoint.objects.count(),
        "transactions": JournalTransaction.objects.count(),
        "entries": Entry.objects.count(),
        "balances": PersonalAccountBalance.objects.count(),
    }


def audit_records() -> Iterator[Plain]:
    """Return heads, packs, journal hashes, cases with their actions, decisions, reads, logins, and the end."""
    for head in AuditHead.objects.order_by("day"):
        yield {"record": "head", **heads.plain(head)}
    packs = PackVersion.objects.annotate(raw=Cast("texts", TextField())).order_by("version")
    for version, texts, digest in packs.values_list("version", "raw", "texts_sha256").iterator(CHUNK):
        yield {"record": "pack", "version": version, "texts": texts, "texts_sha256": digest}
    journal = JournalTransaction.objects.order_by("id").values_list("id", "key", "content_hash")
    for id_, key, hashed in journal.iterator(CHUNK):
        yield {"record": "journal", "id": id_, "key": key, "content_hash": hashed}
    yield from _cases()
    yield from _decisions()
    for row in ReadLog.objects.order_by("chain", "seq").iterator(CHUNK):
        yield _read(row)
    events = AccountEvent.objects.defer("data").annotate(raw=Cast("data", TextField())).order_by("account_id", "seq")
    for event in events.iterator(CHUNK):
        yield _login(event)
    yield {
        "record": "end",
        "cases": Case.objects.count(),
        "actions": CaseAction.objects.count(),
        "decisions": StoredDecision.objects.count(),
        "reads": ReadLog.objects.count(),
        "logins": AccountEvent.objects.count(),
    }


def _account(row: LedgerAccount) -> Plain:
    owner = row.person_id or row.unit_id
    return {
        "record": "account",
        "code": row.code,
        "region": row.region,
        "scheme": row.scheme,
        "kind": row.kind,
        "owner": owner.hex if owner else "",
    }


def _transactions() -> Iterator[Plain]:
    lines = Entry.objects.order_by("transaction_id", "line").values_list(
        "transaction_id", "line", "account__code", "amount_fen"
    )
    grouped = groupby(lines.iterator(CHUNK), key=lambda line: line[0])
    waiting = next(grouped, None)
    for row in JournalTransaction.objects.select_related("reverses").order_by("id").iterator(CHUNK):
        entries: list[list[Any]] = []
        if waiting is not None and waiting[0] == row.pk:
            entries = [list(line[1:]) for line in waiting[1]]
            waiting = next(grouped, None)
        yield _transaction(row, entries)


def _transaction(row: JournalTransaction, entries: list[list[Any]]) -> Plain:
    return {
        "record": "transaction",
        "id": row.pk,
        "key": row.key,
        "kind": row.kind,
        "region": row.region,
        "accounting_date": row.accounting_date.isoformat(),
        "case_number": row.case_number,
        "memo": row.memo,
        "reverses": row.reverses.key if row.reverses else "",
        "posted_at": moment(row.posted_at),
        "content_hash": row.content_hash,
        "entries": entries,
    }


def _cases() -> Iterator[Plain]:
    raw = CaseAction.objects.defer("data").annotate(raw=Cast("data", TextField())).order_by("seq")
    rows = Case.objects.defer("process").annotate(process_text=Cast("process", TextField())).order_by("id")
    rows = rows.prefetch_related(Prefetch("actions", queryset=raw), "turns", "clocks", "signatures")
    for row in rows.iterator(CHUNK):
        columns = {name: getattr(row, name) for name in CASE}
        days = {name: _day(getattr(row, name)) for name in ("due_on", "opened_on", "submitted_on", "closed_on")}
        yield {
            "record": "case",
            "number": row.number,
            "chain_hash": row.chain_hash,
            "action_count": row.action_count,
            "columns": {
                **columns,
                **days,
                "person_id": str(row.person_id),
                "process": row.process_text,
                "unit_id": str(row.unit_id) if row.unit_id else None,
            },
            "turns": [_turn(one) for one in sorted(row.turns.all(), key=lambda one: one.role)],
            "clocks": {clock.name: _clock(clock) for clock in row.clocks.all()},
            "signatures": [_signature(signed) for signed in sorted(row.signatures.all(), key=lambda one: one.pk)],
            "actions": [_action(action) for action in row.actions.all()],
        }


def _action(row: Any) -> Plain:
    plain = {name: getattr(row, name) for name in ACTION}
    return {**plain, "at": moment(row.at), "business_date": row.business_date.isoformat(), "data": row.raw}


def _clock(row: Any) -> Plain:
    days = ("started_on", "running_since", "due_on", "finished_on")
    numbers = {"working_days": row.working_days, "days_used": row.days_used, "due_provisional": row.due_provisional}
    return {**numbers, **{name: _day(getattr(row, name)) for name in days}}


def _turn(row: Any) -> list[Any]:
    beside = [row.region, row.service, row.number, row.level, row.amount_fen, row.holder_id]
    return [row.role, row.due_on.isoformat(), *beside]


def _signature(row: Any) -> list[Any]:
    return [row.round, row.level, row.role, row.user_id, moment(row.at), row.evidence_hash]


def decision_record(row: StoredDecision, *, number: str, canonical: Any, sealed: str) -> Plain:
    """Return a stored decision as a plain record.

    Args:
        row: The decision; its case file and canonical columns are not looked at.
        number: Of its case.
        canonical: The canonical value when it is hashed, its stored text when it is exported.
        sealed: Hash of the case file; empty when it does not open.
    """
    return {
        "record": "decision",
        "id": row.pk,
        "case": number,
        "service": row.service,
        "decided_on": row.decided_on.isoformat(),
        "pack": row.pack_version_id,
        "evidence_hash": row.evidence_hash,
        "sealed": sealed,
        "canonical": canonical,
        "outcome": row.outcome,
        "amount_fen": row.amount_fen,
        "at": moment(row.at),
        "sha256": row.sha256,
    }


def _decisions() -> Iterator[Plain]:
    rows = (
        StoredDecision.objects.defer("canonical", "case_file")
        .select_related("case")
        .annotate(raw=Cast("canonical", TextField()), bytes=Cast(F("case_file"), BinaryField()))
        .order_by("id")
    )
    for row in rows.iterator(CHUNK):
        yield decision_record(row, number=row.case.number, canonical=row.raw, sealed=_opened_hash(row.bytes))


def _opened_hash(sealed: Any) -> str:
    try:
        plain = crypto.unseal(sealed=bytes(sealed), place="store_storeddecision.case_file")
    except crypto.SealBroken:
        return ""
    return text_hash(plain.decode())


def _read(row: ReadLog) -> Plain:
    return {
        "record": "read",
        "id": row.pk,
        "chain": row.chain,
        "seq": row.seq,
        "at": moment(row.at),
        "reader_kind": row.reader_kind,
        "reader_id": row.reader_id,
        "role": row.role,
        "person": str(row.person_id),
        "purpose": row.purpose,
        "case": row.case_number,
        "previous": row.previous_hash,
        "hash": row.hash,
    }


def _login(row: Any) -> Plain:
    return {
        "record": "login",
        "id": row.pk,
        "account": row.account_id,
        "seq": row.seq,
        "kind": row.kind,
        "actor": row.actor_id,
        "at": moment(row.at),
        "data": row.raw,
        "previous": row.previous_hash,
        "hash": row.hash,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
