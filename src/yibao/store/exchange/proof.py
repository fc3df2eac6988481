"""The proof of both boxes: what is kept is what was said, in order, and what was delivered here lies in the inbox."""

from collections.abc import Iterator

from django.db.models import BinaryField, Count, Exists, F, Max, OuterRef, Q
from django.db.models.expressions import RawSQL

from yibao.kernel.canonical import text_hash
from yibao.store import crypto
from yibao.store.models import ExchangePartner, InboxMessage, OutboxMessage

_SIDES = ("thread", "sender", "receiver")
_FINISHED = Q(state__in=("done", "refused"))


def faults() -> Iterator[str]:
    """Yield every fault of the boxes, in Chinese and English; none proves them."""
    yield from _contents()
    yield from _order()
    yield from _within()


def _contents() -> Iterator[str]:
    for model in (OutboxMessage, InboxMessage):
        table = model._meta.db_table
        # As the database keeps it: one broken value must not hide the others.
        sealed = RawSQL(f"{table}.content", [], output_field=BinaryField())
        rows = model._default_manager.filter(content__isnull=False).order_by("pk")
        for number, told, value in rows.values_list("message_id", "content_hash", sealed).iterator():
            if _hash(bytes(value), f"{table}.content") != told:
                yield f"报文 {number} 的内容与其摘要不符。 / The content of message {number} differs from its hash."


def _hash(value: bytes, place: str) -> str:
    try:
        return text_hash(crypto.unseal(sealed=value, place=place).decode())
    except (crypto.SealBroken, UnicodeDecodeError):
        return ""


def _order() -> Iterator[str]:
    said = OutboxMessage.objects.values(*_SIDES).annotate(last=Max("position"), count=Count("pk"))
    for row in said.exclude(last=F("count")).order_by(*_SIDES):
        yield f"事项 {row['thread']} 发出的报文序号不连续。 / Messages of {row['thread']} are not numbered in order."
    heard = InboxMessage.objects.filter(_FINISHED).values(*_SIDES).annotate(last=Max("position"), count=Count("pk"))
    for row in heard.exclude(last=F("count")).order_by(*_SIDES):
        yield f"事项 {row['thread']} 的报文未按序办理。 / Messages of {row['thread']} were handled out of order."


def _within() -> Iterator[str]:
    """Compare both ends where both are kept here."""
    here = ExchangePartner.objects.filter(address="").values("area")
    came = InboxMessage.objects.filter(message_id=OuterRef("message_id"), content_hash=OuterRef("content_hash"))
    gone = OutboxMessage.objects.filter(~Exists(came), state__in=("delivered", "refused"), receiver__in=here)
    for number in gone.order_by("pk").values_list("message_id", flat=True):
        yield f"报文 {number} 记为已送达，但收件箱没有。 / Message {number} counts as delivered, the inbox lacks it."
