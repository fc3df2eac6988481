"""The chain of a login: what happened to it, one event after another, each with the hash of the one before."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from yibao.kernel.canonical import content_hash, moment
from yibao.store.models import AccountEvent


def note(*, account: User, kind: str, actor_id: int | None, at: datetime, data: Any = None) -> AccountEvent:
    """Write down what happened to a login; waits for whoever writes to the same chain.

    Args:
        account: The login it happened to.
        kind: What, as a code.
        actor_id: Whose doing it was; None for the system or somebody unknown.
        at: Now.
        data: Plain values; no password, code or key.
    """
    with transaction.atomic():
        User.objects.select_for_update().only("pk").get(pk=account.pk)
        last = AccountEvent.objects.filter(account=account).order_by("-seq").first()
        event = AccountEvent(
            account=account,
            seq=last.seq + 1 if last else 1,
            kind=kind,
            actor_id=actor_id,
            at=at,
            data=data or {},
            previous_hash=last.hash if last else "",
        )
        event.hash = event_hash(event)
        event.save(force_insert=True)
    return event


def event_hash(event: AccountEvent) -> str:
    """Return the hash of an event: it covers the event, its login, and the event before."""
    return content_hash(
        {
            "account": event.account_id,
            "seq": event.seq,
            "kind": event.kind,
            "actor": event.actor_id,
            "at": moment(event.at),
            "data": event.data,
            "previous": event.previous_hash,
        }
    )


def faults() -> Iterator[str]:
    """Yield what is wrong with the chains of the logins; nothing proves them."""
    seq, previous, account = 0, "", None
    for event in AccountEvent.objects.order_by("account_id", "seq").iterator():
        if event.account_id != account:
            seq, previous, account = 0, "", event.account_id
        if (event.seq, event.previous_hash, event.hash) != (seq + 1, previous, event_hash(event)):
            yield (
                f"账号 {event.account_id} 的第 {event.seq} 条记录与链不符。"
                f" / Event {event.seq} of login {event.account_id} does not fit its chain."
            )
        seq, previous = event.seq, event.hash
