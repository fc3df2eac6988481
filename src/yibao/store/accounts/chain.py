"""The chain of a login: what happened to it, one event after another, each with the hash of the one before."""

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
