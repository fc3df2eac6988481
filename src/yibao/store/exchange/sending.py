"""Saying something to another area: one row of the outbox, in the transaction of the step it tells of."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from yibao.exchange.envelope import Envelope
from yibao.kernel.canonical import text_hash
from yibao.store import ready
from yibao.store.exchange.refusals import refuse as no
from yibao.store.models import ExchangePartner, OutboxMessage
from yibao.store.refusals import refuse

_NEXT = (
    "INSERT INTO store_exchangethread (thread, sender, receiver, last) SELECT %s, %s, %s, 1"
    " WHERE (SELECT count(*) FROM store_exchangepartner WHERE area IN (%s, %s)) = 2"
    " ON CONFLICT (thread, sender, receiver) DO UPDATE SET last = store_exchangethread.last + 1 RETURNING last"
)
_NEXT_ALL = (
    "INSERT INTO store_exchangethread (thread, sender, receiver, last)"
    " SELECT * FROM unnest(%s::varchar[], %s::varchar[], %s::varchar[], %s::integer[])"
    " ON CONFLICT (thread, sender, receiver) DO UPDATE SET last = store_exchangethread.last + excluded.last"
    " RETURNING thread, sender, receiver, last"
)
_BACK = "UPDATE store_exchangethread SET last = last - 1 WHERE thread = %s AND sender = %s AND receiver = %s"


def send(
    *, thread: str, kind: str, body: dict[str, Any], sender: str, receiver: str, key: str, at: datetime
) -> OutboxMessage:
    """Write a message into the outbox, inside the caller's transaction; the worker carries it.

    Takes the lock of the thread in this direction until the transaction ends: lock the case before.

    Args:
        thread: What it belongs to, such as the number of a case; letters, digits and `-_./`, at most 60.
        kind: What it says, such as `transfer.request`.
        body: Plain data, at most 64 KB.
        sender: Six digits of the area that says it.
        receiver: Six digits of the area it is said to.
        key: Of the step that says it: the same key again writes nothing.
        at: Now.

    Returns:
        The message; under a key used before the one that was written then.

    Raises:
        Refused: area_not_joined, message_too_large, key_reused (the key was used for something else); nothing is
            changed.
    """
    # Inside the caller's transaction no savepoint is needed: whatever is refused takes its place back.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        position = _place(thread, sender, receiver)
        said = Envelope(uuid4(), thread, position, kind, sender, receiver, at, body)
        text = _text(said)
        row = OutboxMessage(
            message_id=said.id, key=key, thread=thread, position=position, kind=kind, sender=sender,
            receiver=receiver, content_hash=text_hash(text), content=text, sent_at=at,
        )  # fmt: skip
        if ready.insert([row], ignore_conflicts=True):
            return row
        _give_back(said)
        return _said_before(said, key)


def written_all(said: Sequence[Mapping[str, Any]]) -> list[OutboxMessage]:
    """Return the rows of many messages, each with its place; the caller writes them in the same transaction.

    Takes the locks of the threads, in their order.

    Args:
        said: The arguments of `send` for each.

    Raises:
        Refused: area_not_joined, message_too_large; end the transaction.
    """
    places = _places(Counter(_direction(one) for one in said))
    return [_written(one, next(places[_direction(one)])) for one in said]


def _direction(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["thread"], one["sender"], one["receiver"]


def _places(counts: Mapping[tuple[str, str, str], int]) -> dict[tuple[str, str, str], Iterator[int]]:
    """Return the next places of each thread and direction, as many as are wanted."""
    if connection.vendor != "postgresql" or len(counts) == 1:
        return {way: iter([_place(*way) for _ in range(many)]) for way, many in sorted(counts.items())}
    ways = sorted(counts)
    areas = {area for _, *ends in ways for area in ends}
    missing = areas - set(ExchangePartner.objects.filter(area__in=areas).values_list("area", flat=True))
    if missing:
        raise no("area_not_joined", *sorted(missing))
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_ALL, [*map(list, zip(*ways, strict=True)), [counts[way] for way in ways]])
        found = {tuple(row[:3]): int(row[3]) for row in cursor.fetchall()}
    return {way: iter(range(last - counts[way] + 1, last + 1)) for way, last in found.items()}


def _written(one: Mapping[str, Any], position: int) -> OutboxMessage:
    said = Envelope(
        uuid4(), one["thread"], position, one["kind"], one["sender"], one["receiver"], one["at"], one["body"]
    )
    text = said.text()
    return ready.new(
        OutboxMessage, message_id=said.id, key=one["key"], thread=said.thread, position=position, kind=said.kind,
        sender=said.sender, receiver=said.receiver, content_hash=text_hash(text), content=text, sent_at=said.sent_at,
    )  # fmt: skip


def _place(thread: str, sender: str, receiver: str) -> int:
    with ready.prepared() as cursor:
        cursor.execute(_NEXT, [thread, sender, receiver, sender, receiver])
        found = cursor.fetchall()
    if not found:
        raise no("area_not_joined", sender, receiver)
    return int(found[0][0])


def _text(said: Envelope) -> str:
    try:
        return said.text()
    except Exception:
        _give_back(said)
        raise


def _give_back(said: Envelope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [said.thread, said.sender, said.receiver])


def _said_before(said: Envelope, key: str) -> OutboxMessage:
    row = OutboxMessage.objects.get(key=key)
    then = Envelope(
        row.message_id, said.thread, row.position, said.kind, said.sender, said.receiver, row.sent_at, said.body
    )
    if text_hash(then.text()) != row.content_hash:
        raise refuse("key_reused", key)
    return row
