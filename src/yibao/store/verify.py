"""The proof of books and casework, from the database or from an export; and the exports."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, Q, Sum

from yibao.casework import proof as casework_proof
from yibao.kernel.canonical import canonical_json
from yibao.ledger import proof as ledger_proof
from yibao.store import documents, guards, heads
from yibao.store.exchange import proof as exchange_proof
from yibao.store.models import (
    CaseAction,
    Document,
    IssuedPaper,
    Payment,
    PaymentBatch,
    Representation,
    UnitAgent,
)
from yibao.store.records import audit_records, ledger_records
from yibao.store.snapshot import snapshot

Record = Mapping[str, Any]


class ExportUnreadable(ValueError):
    """The file is no export; make it with `yibao ledger export` or `yibao audit export`."""


def verify_ledger(records: Iterable[Record] | None = None) -> list[str]:
    """Return every fault of the books; an empty list proves them.

    Args:
        records: Of an export; the database when left out, and then its guards are looked at as well.
    """
    if records is not None:
        return list(ledger_proof.faults(records))
    with snapshot():
        return [*_guard_faults(), *_read_through(ledger_proof.faults(ledger_records()))]


def verify_audit(
    records: Iterable[Record] | None = None, *, public_key: str | None = None, files: bool = True
) -> list[str]:
    """Return every fault of chains, projections, decisions and heads; an empty list proves them.

    Args:
        records: Of an export; the database when left out, and then its guards, its payments and its
            files are looked at as well.
        public_key: The key heads must be signed with; this installation's own when left out.
        files: Whether to read every file in the documents folder, which takes as long as copying it.
    """
    key = public_key or heads.own_public_key()

    def signed(head: Record) -> bool:
        return heads.signed_by(head, public_key=key)

    if records is not None:
        return list(casework_proof.faults(records, signed=signed))
    with snapshot():
        faults = _read_through(casework_proof.faults(audit_records(), signed=signed))
        return [*_guard_faults(), *faults, *_row_faults(), *(_file_faults() if files else ())]


def export(*, what: str, file: Path) -> int:
    """Write the records a proof needs to a file, one JSON text per line; return how many.

    Args:
        what: ledger or audit.
        file: Written anew.
    """
    count = 0
    with snapshot(), file.open("w", encoding="utf-8") as stream:
        for record in ledger_records() if what == "ledger" else audit_records():
            stream.write(canonical_json(dict(record)) + "\n")
            count += 1
    return count


def read_export(file: Path) -> Iterator[Record]:
    """Return the records of an export, one at a time.

    Raises:
        ExportUnreadable: A line is no record; the message names it.
    """
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                record = _record_of(line.decode().removesuffix("\n"))
            except (ValueError, TypeError, RecursionError) as error:
                raise ExportUnreadable(f"{file}:{number}: 不是导出的记录 / no record of an export") from error
            yield record


def _record_of(line: str) -> Record:
    record = json.loads(line)
    if not isinstance(record, dict) or "record" not in record or canonical_json(record) != line:
        raise ValueError("no record in its one spelling")
    return record


def _read_through(faults: Iterable[str]) -> Iterator[str]:
    """A value that cannot even be read is a fault like any other."""
    try:
        yield from faults
    except (ValueError, TypeError, DatabaseError) as error:
        yield f"有记录无法读出：{error}。 / A record cannot be read: {error}."


def _row_faults() -> Iterator[str]:
    yield from _payment_faults()
    yield from _batch_faults()
    yield from _reprint_faults()
    yield from exchange_proof.faults()


def _reprint_faults() -> Iterator[str]:
    """Compare how often papers were printed again with what the chains say of it."""
    done = CaseAction.objects.filter(kind="print").values_list("data", flat=True)
    acted = Counter(data.get("paper") for data in done.iterator())
    told = dict(IssuedPaper.objects.filter(reprints__gt=0).values_list("number", "reprints"))
    for number in sorted({*acted, *told}, key=str):
        if acted[number] != told.get(number, 0):
            counts = f"{told.get(number, 0)}/{acted[number]}"
            yield f"文书 {number} 的补打次数与案件记录不符 {counts}。 / Reprints of {number} differ: {counts}."


def _payment_faults() -> Iterator[str]:
    posted = Sum("transaction__entries__amount_fen", filter=Q(transaction__entries__amount_fen__gt=0))
    rows = Payment.objects.filter(transaction__isnull=False).annotate(posted=posted)
    for number, told, amount in rows.values_list("case__number", "amount_fen", "posted"):
        if told != amount:
            yield f"案件 {number} 的付款 {told} 分，入账 {amount} 分。 / {number} paid {told} fen, posted {amount}."


def _batch_faults() -> Iterator[str]:
    paid = {"paid": Count("items__payment"), "sum": Sum("items__payment__amount_fen")}
    for row in PaymentBatch.objects.filter(state="sent").annotate(**paid).order_by("pk"):
        if (row.count, row.total_fen) != (row.paid, row.sum or 0):
            told, known = f"{row.count}/{row.total_fen}", f"{row.paid}/{row.sum or 0}"
            yield f"批次 {row.number} 报 {told} 分，付款 {known} 分。 / {row.number} told {told}, paid {known}."
        if row.released_by_id == row.made_by_id:
            yield f"批次 {row.number} 由制作人自己复核。 / {row.number} was released by its maker."


def _file_faults() -> Iterator[str]:
    for model in (Document, IssuedPaper):
        rows = (
            model._default_manager.filter(purged_at=None).values_list("case__number", "sha256", "size").order_by("pk")
        )
        for number, digest, size in rows.iterator():
            if _kept(digest) != size:
                name = digest[:12]
                yield f"案件 {number} 的文件 {name} 缺失或已改动。 / File {name} of {number} is gone or changed."
    yield from _right_faults()


def _right_faults() -> Iterator[str]:
    """Yield the rights to act for others whose paper is gone: without it nobody can show who allowed what."""
    for model, zh, en in ((Representation, "代办权", "right"), (UnitAgent, "单位经办权", "right for a unit")):
        rows = model._default_manager.exclude(paper_sha256="").values_list("pk", "paper_sha256").order_by("pk")
        for number, digest in rows.iterator():
            if _kept(digest) is None:
                yield f"{zh} {number} 的书面材料缺失或已改动。 / The paper of {en} {number} is gone or changed."


def _kept(digest: str) -> int | None:
    """Return how many bytes a kept file has, or None where it is gone or changed."""
    try:
        return len(documents.get(digest))
    except documents.FileDamaged:
        return None


def _guard_faults() -> list[str]:
    return [f"数据库缺少保护 {name}。 / The database lacks its guard {name}." for name in guards.missing()]
