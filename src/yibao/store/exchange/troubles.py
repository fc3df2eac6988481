"""What stands still: messages not taken, stuck, or waiting for one that never came; and how it goes on again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from yibao.store.exchange.refusals import refuse
from yibao.store.models import ExchangePartner, InboxMessage, OutboxMessage

GAP_AFTER = timedelta(hours=1)
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Trouble:
    """One message that does not get on.

    Attributes:
        side: `out` or `in`.
        message_id: Its number.
        kind: What it says.
        thread: What it belongs to.
        other: The area at the other end.
        why: `stuck` or `gap`, or the code of the refusal.
        since: When it was said or came.
    """

    side: str
    message_id: UUID
    kind: str
    thread: str
    other: str
    why: str
    since: datetime


def counts() -> Mapping[str, Mapping[str, int]]:
    """Return how many messages stand in each state, by box: `out` and `in`."""
    return {
        side: dict(model.objects.order_by().values_list("state").annotate(Count("pk")))
        for side, model in (("out", OutboxMessage), ("in", InboxMessage))
    }


def troubles(*, at: datetime) -> list[Trouble]:
    """Return the messages that do not get on, oldest first, at most two hundred of each kind.

    Args:
        at: Now; one that waits for another to come is told after an hour.
    """
    out = OutboxMessage.objects.filter(state="stuck").order_by("pk")[:SHOWN]
    stuck = InboxMessage.objects.filter(state="stuck").order_by("pk")[:SHOWN]
    gaps = _gaps(at).order_by("pk")[:SHOWN]
    found = [_trouble("out", row, str((row.reason or {}).get("code", "stuck")), row.sent_at) for row in out]
    found += [_trouble("in", row, row.last_error or "stuck", row.received_at) for row in stuck]
    return found + [_trouble("in", row, "gap", row.received_at) for row in gaps]


def resend(*, message_id: UUID, at: datetime) -> str:
    """Have a message carried or handled once more; return which box it lies in, `out` or `in`.

    A message that was delivered may be sent again too, as after the other agency restored its database: what is known
    there changes nothing.

    Args:
        message_id: Its number.
        at: Now.

    Raises:
        Refused: no_such_message, not_in_trouble (it is done, refused, or on its way already).
    """
    with transaction.atomic():
        said = OutboxMessage.objects.filter(message_id=message_id)
        if said.filter(state__in=("stuck", "delivered"), content__isnull=False).update(
            state="waiting", reason=None, lease_until=None
        ):
            return "out"
        came = InboxMessage.objects.filter(message_id=message_id)
        if came.filter(state="stuck").update(state="waiting", tries=0, due_at=at, last_error="", lease_until=None):
            return "in"
        raise refuse("not_in_trouble" if said.exists() or came.exists() else "no_such_message")


def hurry(*, area: str) -> None:
    """Try an area again at once that did not answer."""
    ExchangePartner.objects.filter(area=area).update(paused_until=None)


def _gaps(at: datetime) -> Any:
    before = InboxMessage.objects.filter(
        thread=OuterRef("thread"), sender=OuterRef("sender"), receiver=OuterRef("receiver"),
        position=OuterRef("position") - 1,
    )  # fmt: skip
    waiting = InboxMessage.objects.filter(state="waiting", position__gt=1, received_at__lt=at - GAP_AFTER)
    return waiting.filter(~Exists(before))


def _trouble(side: str, row: Any, why: str, since: datetime) -> Trouble:
    other = row.receiver if side == "out" else row.sender
    return Trouble(side, row.message_id, row.kind, row.thread, other, why, since)
