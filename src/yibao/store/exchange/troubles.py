"""What stands still: messages not taken, stuck, or waiting for one that never came; and how it goes on again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from yibao.exchange import refusals as batch_refusals
from yibao.kernel.errors import Refusal
from yibao.store.exchange import turned_away
from yibao.store.exchange.refusals import REFUSALS, refuse
from yibao.store.models import ExchangePartner, InboxMessage, OutboxMessage

GAP_AFTER = timedelta(hours=1)
SHOWN = 200
GAP = "gap"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One message that does not get on.

    Attributes:
        side: `out` or `in`.
        message_id: Its number.
        kind: What it says.
        thread: What it belongs to.
        other: The area at the other end.
        why: `stuck`, `gap`, the code of the refusal, or the kind of error its handler ended with.
        since: When it was said or came.
        told: What the agency that refused it said: code and sentences; empty where none did.
    """

    side: str
    message_id: UUID
    kind: str
    thread: str
    other: str
    why: str
    since: datetime
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_again(self) -> bool:
        """Return whether it can be carried or handled once more: not while it waits for another, nor when refused."""
        return self.why != GAP and not self.told


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
    return found + [_trouble("in", row, GAP, row.received_at) for row in gaps]


def refused(*, at: datetime) -> list[Trouble]:
    """Return messages a handler refused during the last thirty days, here or over there, the latest first.

    A refusal is final; whoever said the message is told and may say another.

    Args:
        at: Now.
    """
    since = at - turned_away.SHOWN_FOR
    found = []
    for side, model in (("out", OutboxMessage), ("in", InboxMessage)):
        for row in model.objects.filter(state="refused", sent_at__gt=since).order_by("-pk")[:SHOWN]:
            told = row.reason or {}
            found.append(replace(_trouble(side, row, str(told.get("code", "")), row.sent_at), told=told))
    return sorted(found, key=lambda one: one.since, reverse=True)


def reason(code: str) -> Refusal | None:
    """Return the refusal a code of the exchange stands for, with its sentences; None for the kind of an error."""
    return {**batch_refusals.REFUSALS, **REFUSALS}.get(code)


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
        came = InboxMessage.objects.filter(message_id=message_id)
        # First the box it is stuck in: where both areas are kept here, one number lies in both.
        if came.filter(state="stuck").update(state="waiting", tries=0, due_at=at, last_error="", lease_until=None):
            return "in"
        said = OutboxMessage.objects.filter(message_id=message_id)
        if said.filter(state__in=("stuck", "delivered"), content__isnull=False).update(
            state="waiting", reason=None, lease_until=None
        ):
            return "out"
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
