"""Who looked at whose record: one row per look, chained per day and process.

A process writes several chains side by side, one per transaction that is open at the moment: a chain's
end is known for certain only after the commit, and no reader waits for another one's transaction.
"""

import os
import secrets
import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.kernel.canonical import content_hash, moment
from yibao.store.models import ReadLog, Unmasking


@dataclass(frozen=True, slots=True)
class _Lane:
    """A chain of this process and its committed end."""

    chain: str
    day: date
    pid: int
    seq: int = 0
    hash: str = ""


_free: list[_Lane] = []
_lock = threading.Lock()


def record_read(
    *, reader: Actor, person_id: UUID, purpose: str, at: datetime, case_number: str = "", role: str = ""
) -> ReadLog:
    """Write down that somebody looked at a person's record, in one statement.

    Args:
        reader: Who looks.
        person_id: Whose record.
        purpose: Why, as a code the person can be told, such as `review`.
        at: Now.
        case_number: The case it was for, or empty.
        role: The role acted in, or empty.
    """
    lane = _borrow(at.astimezone(UTC).date())
    row = ReadLog(
        chain=lane.chain,
        seq=lane.seq + 1,
        at=at,
        reader_kind=reader.kind,
        reader_id=reader.id,
        role=role,
        person_id=person_id,
        purpose=purpose,
        case_number=case_number,
        previous_hash=lane.hash,
    )
    row.hash = read_hash(row)
    row.save(force_insert=True)
    # After a rollback the lane is simply not given back: its chain ends at the last committed row.
    transaction.on_commit(lambda: _give_back(replace(lane, seq=row.seq, hash=row.hash)))
    return row


def record_unmasking(
    *, reader: Actor, person_id: UUID, purpose: str, note: str, at: datetime, case_number: str, role: str
) -> None:
    """Write down that somebody had numbers shown in full, before they are shown.

    Args:
        reader: Who looks.
        person_id: Whose record.
        purpose: What for, as a code the person can be told.
        note: What they said of it; the person can read it.
        at: Now.
        case_number: The case it was for.
        role: The role acted in.
    """
    with transaction.atomic():
        look = record_read(
            reader=reader, person_id=person_id, purpose=purpose, at=at, case_number=case_number, role=role
        )
        Unmasking.objects.create(look=look, note=note)


def read_hash(row: ReadLog) -> str:
    """Return the hash of a look: it covers the row, its chain, and the row before."""
    return content_hash(
        {
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
        }
    )


def who_looked(*, person_id: UUID, limit: int = 50) -> list[ReadLog]:
    """Return the latest looks at a person's record, newest first."""
    looks = ReadLog.objects.select_related("unmasking").filter(person_id=person_id)
    return list(looks.order_by("-at", "-id")[:limit])


def forget() -> None:
    """Begin new chains from here on; for a process whose database was emptied or restored under it."""
    with _lock:
        _free.clear()


def _borrow(day: date) -> _Lane:
    with _lock:
        while _free:
            lane = _free.pop()
            # A forked process must not go on writing its parent's chain, nor today yesterday's.
            if (lane.day, lane.pid) == (day, os.getpid()):
                return lane
    return _Lane(f"{day.isoformat()}/{secrets.token_hex(8)}", day, os.getpid())


def _give_back(lane: _Lane) -> None:
    with _lock:
        _free.append(lane)
