"""Taking what another area says: each message is stored once, and the receipt says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from yibao.exchange.batch import TAKEN, Receipt, open_batch, sign_receipt
from yibao.exchange.envelope import Read
from yibao.kernel.errors import Refused
from yibao.store import ready
from yibao.store.exchange import partners, turned_away
from yibao.store.exchange.refusals import refuse
from yibao.store.models import InboxMessage


def receive(batch: bytes, *, at: datetime) -> bytes:
    """Store the messages of a signed batch and return the signed receipt; a batch that comes again changes nothing.

    Args:
        batch: As it came over the line.
        at: Now.

    Raises:
        Refused: Of `yibao.exchange.batch.open_batch`, or not_our_message; nothing of the batch is stored, and staff
            are shown that it was turned away.
    """
    try:
        return _received(batch, at)
    except Refused as no:
        turned_away.note(no.refusal, at=at)
        raise


def _received(batch: bytes, at: datetime) -> bytes:
    opened = open_batch(batch, keys=partners.public_key)
    if not partners.is_here(opened.receiver):
        raise refuse("not_our_message", opened.receiver)
    results = take([_row(one, at) for one in opened.messages])
    receipt = Receipt(opened.hash, results)
    return sign_receipt(receipt=receipt, by=partners.signer(opened.receiver))


def take(rows: Sequence[InboxMessage]) -> dict[str, str]:
    """Store messages that came, each once; return for each number `taken`, or why it is not taken.

    Args:
        rows: Not stored yet.
    """
    with transaction.atomic():
        if ready.insert(rows, ignore_conflicts=True) == len(rows):
            return {str(row.message_id): TAKEN for row in rows}
        known = dict(
            InboxMessage.objects.filter(message_id__in=[row.message_id for row in rows]).values_list(
                "message_id", "content_hash"
            )
        )
    return {str(row.message_id): _result(row, known) for row in rows}


def _result(row: InboxMessage, known: Mapping[object, str]) -> str:
    stored = known.get(row.message_id)
    if stored is None:
        return "position_taken"
    return TAKEN if stored == row.content_hash else "id_reused"


def _row(one: Read, at: datetime) -> InboxMessage:
    said = one.envelope
    return InboxMessage(
        message_id=said.id, thread=said.thread, position=said.position, kind=said.kind, sender=said.sender,
        receiver=said.receiver, content_hash=one.hash, content=one.text, sent_at=said.sent_at, received_at=at,
        due_at=at,
    )  # fmt: skip
