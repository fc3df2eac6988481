"""Carrying what waits in the outbox to its receivers, in batches, each under a lease."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from django.db import transaction

from yibao.exchange.batch import MESSAGES_MAX, TAKEN, TEXTS_BYTES_MAX, open_receipt, sign_batch
from yibao.kernel.errors import Refused
from yibao.store import ready
from yibao.store.exchange import leasing, partners, receiving
from yibao.store.exchange.carriers import HttpCarrier
from yibao.store.exchange.refusals import REFUSALS
from yibao.store.models import ExchangePartner, InboxMessage, OutboxMessage

LEASE = timedelta(minutes=5)
AT_ONCE = 5 * MESSAGES_MAX
_READER = ready.Reader(OutboxMessage)
_TURN = "message.receiver NOT IN (SELECT area FROM store_exchangepartner WHERE paused_until > %s)"
_UNKNOWN = "refused_over_there"

_log = logging.getLogger(__name__)


class Carrier(Protocol):
    """The way to another installation."""

    def carry(self, *, batch: bytes, address: str) -> bytes:
        """Return the answer to a signed batch; raise OSError or Refused where there is none to rely on."""


@dataclass(slots=True)
class Delivered:
    """What one round of carrying did.

    Attributes:
        taken: How many messages their receivers have now.
        failures: What went wrong, one line each; it is tried again later.
    """

    taken: int = 0
    failures: list[str] = field(default_factory=list)


def deliver_due(
    *, at: datetime, carrier: Carrier | None = None, name: str = "", batch_max: int = MESSAGES_MAX
) -> Delivered:
    """Carry messages that wait, at most five hundred; call again at once while any are taken.

    Args:
        at: Now.
        carrier: The way to every receiver, also to those kept here; left out, those kept here are reached within
            the database and the others over HTTP.
        name: Who takes the lease: machine and process.
        batch_max: Most messages of one batch, 1 to 100.
    """
    done = Delivered()
    rows = lease(name=name, at=at)
    addresses = dict(
        ExchangePartner.objects.filter(area__in={row.receiver for row in rows}).values_list("area", "address")
    )
    for batch in _batches(rows, batch_max):
        receiver = batch[0].receiver
        try:
            results = _carried(batch, addresses[receiver], carrier, at)
        except (OSError, Refused) as error:
            why = error.refusal.code if isinstance(error, Refused) else type(error).__name__
            _log.warning("a batch for %s did not arrive: %s", receiver, why)
            done.failures.append(f"{receiver}: {why}")
            give_back(batch)
            partners.silent(area=receiver, why=why, at=at)
        else:
            settle(batch, results=results, at=at)
            partners.answered(receiver)
            done.taken += len(batch)
    return done


def lease(*, name: str, at: datetime) -> list[OutboxMessage]:
    """Return messages that wait, in the order they were said, taken under a lease."""
    rows = leasing.take(
        _READER, turn=_TURN, given=[at], order="message.id", most=AT_ONCE, at=at, until=at + LEASE, name=name
    )  # fmt: skip
    return sorted(rows, key=lambda row: row.pk)


def settle(batch: Sequence[OutboxMessage], *, results: Mapping[str, str], at: datetime) -> None:
    """Write down what became of each message at its receiver's door."""
    taken = [row.pk for row in batch if results[str(row.message_id)] == TAKEN]
    with transaction.atomic():
        still = OutboxMessage.objects.filter(state="waiting")
        still.filter(pk__in=taken).update(state="delivered", delivered_at=at, lease_until=None)
        for row in batch:
            code = results[str(row.message_id)]
            if code != TAKEN:
                still.filter(pk=row.pk).update(state="stuck", reason=_reason(code), lease_until=None)


def give_back(batch: Sequence[OutboxMessage]) -> None:
    """Let messages that did not arrive be taken again."""
    OutboxMessage.objects.filter(pk__in=[row.pk for row in batch], state="waiting").update(lease_until=None)


def _carried(batch: Sequence[OutboxMessage], address: str, carrier: Carrier | None, at: datetime) -> Mapping[str, str]:
    if carrier is None and not address:
        return receiving.take([_came(row, at) for row in batch])
    by, to = partners.signer(batch[0].sender), batch[0].receiver
    token, told = sign_batch(texts=[str(row.content) for row in batch], receiver=to, by=by)
    answer = (carrier or HttpCarrier()).carry(batch=token, address=address)
    ids = [str(row.message_id) for row in batch]
    return open_receipt(answer, keys=partners.public_key, of=to, batch=told, ids=ids).results


def _batches(rows: Sequence[OutboxMessage], most: int) -> Iterator[list[OutboxMessage]]:
    """Yield batches, each from one sender to one receiver, in the order the messages were said."""
    in_order = sorted(rows, key=lambda row: (row.sender, row.receiver, row.pk))
    for _, same in groupby(in_order, key=lambda row: (row.sender, row.receiver)):
        batch: list[OutboxMessage] = []
        size = 0
        for row in same:
            size += len(str(row.content).encode())
            if batch and (len(batch) == most or size > TEXTS_BYTES_MAX):
                yield batch
                batch, size = [], len(str(row.content).encode())
            batch.append(row)
        yield batch


def _came(row: OutboxMessage, at: datetime) -> InboxMessage:
    return InboxMessage(
        message_id=row.message_id, thread=row.thread, position=row.position, kind=row.kind, sender=row.sender,
        receiver=row.receiver, content_hash=row.content_hash, content=row.content, sent_at=row.sent_at,
        received_at=at, due_at=at,
    )  # fmt: skip


def _reason(code: str) -> dict[str, str]:
    no = REFUSALS.get(code)
    if no is None:
        return {"code": _UNKNOWN, "zh": "对方未接收", "en": "not taken by the other agency"}
    return {"code": no.code, "zh": no.zh, "en": no.en}
