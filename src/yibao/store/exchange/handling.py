"""Doing what a message says: once, in the order of its thread, in one transaction with the mark that it was done."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import OperationalError, transaction

from yibao.kernel.errors import Refusal, Refused
from yibao.store import ready
from yibao.store.exchange import leasing
from yibao.store.exchange.refusals import refuse
from yibao.store.exchange.sending import send
from yibao.store.models import InboxMessage, OutboxMessage

REFUSAL = "refusal"
"""The kind of message that tells a sender its message was refused; its body has refused (the number), code and
sentences."""
LEASE = timedelta(minutes=5)
RETRY_AFTER = timedelta(minutes=1)
TRIES_MAX = 8
AT_ONCE = 100
FINISHED = ("done", "refused")
ERROR_MAX = 60
_READER = ready.Reader(InboxMessage)
_TURN = f"""
    message.due_at <= %s AND message.tries < %s AND (message.position = 1 OR EXISTS (
        SELECT 1 FROM store_inboxmessage earlier
            WHERE earlier.thread = message.thread AND earlier.sender = message.sender
                AND earlier.receiver = message.receiver AND earlier.position = message.position - 1
                AND earlier.state IN {FINISHED}
    ))
"""
_MARKS, _FOUND = ("state", "done_at", "lease_until"), ("id", "state")

Handler = TypeVar("Handler", bound=Callable[..., None])

GroupHandler = Callable[..., "Sequence[InboxMessage]"]

_HANDLERS: dict[str, Callable[..., None]] = {}
_TOGETHER: dict[str, GroupHandler] = {}
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Handled:
    """What one round of handling did.

    Attributes:
        done: How many messages were done.
        refused: How many were refused, and their senders told.
        failures: What went wrong, one line each; it is tried again later.
    """

    done: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Return a decorator that makes a function the handler of a kind of message.

    The function is called as `handler(message, at=now)` inside the transaction that marks the message done. It raises
    `Refused` to have the message refused and its sender told; any other exception undoes it, and it is tried again.

    Args:
        kind: Such as `transfer.request`; `REFUSAL` for what our own messages are refused with.

    Raises:
        ValueError: Another function handles it already; that is a bug.
    """

    def put(handler: Handler) -> Handler:
        if _HANDLERS.setdefault(kind, handler) is not handler:
            raise ValueError(f"messages of kind {kind} have a handler already")
        return handler

    return put


def handles_together(*, kind: str, handler: GroupHandler) -> None:
    """Have messages of a kind, each of another thread, handled together where several are due; `handles` has the way of
    one.

    The function is called as `handler(messages, at=now)` inside a transaction and returns those it has done *and*
    marked with `mark_done`; every other one is then handled alone, and so are all where it raises.

    Args:
        kind: Such as `transfer.request`.
        handler: Does what several messages say.
    """
    _TOGETHER[kind] = handler


def mark_done(rows: Sequence[InboxMessage], *, writes: ready.Writes, at: datetime) -> int:
    """Add the marks that messages were done to what is written; return their place among its parts."""
    values = [["done", at, None, row.pk, "waiting"] for row in rows]
    return writes.update(InboxMessage, sets=_MARKS, where=_FOUND, values=values)


def handle_due(*, at: datetime, name: str = "") -> Handled:
    """Handle messages whose turn it is, at most a hundred; call again at once while any are done.

    Args:
        at: Now.
        name: Who takes the lease: machine and process.
    """
    done = Handled()
    _shelve(at)
    for row in _not_together(lease(name=name, at=at), done, at):
        try:
            done.done += handle(row, at=at)
        except Refused as no:
            done.refused += _guarded(row, done, at, lambda row=row, no=no: refuse_message(row, no=no.refusal, at=at))
        except Exception as error:
            put_off(row, error=error, at=at)
            done.failures.append(f"{row.kind} {row.message_id}: {type(error).__name__}")
    return done


def _not_together(rows: Sequence[InboxMessage], done: Handled, at: datetime) -> Iterator[InboxMessage]:
    """Handle those together that can be, and yield the others."""
    by_kind: dict[str, list[InboxMessage]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    for kind, same in by_kind.items():
        finished = handle_together(kind=kind, rows=same, at=at) if kind in _TOGETHER and len(same) > 1 else set()
        done.done += len(finished)
        yield from (row for row in same if row.pk not in finished)


def handle_together(*, kind: str, rows: Sequence[InboxMessage], at: datetime) -> set[int]:
    """Do what messages of one kind say in one transaction; return the keys of those that are done.

    Args:
        kind: Their kind.
        rows: Messages under a lease.
        at: Now.
    """
    try:
        with transaction.atomic():
            return {row.pk for row in _TOGETHER[kind](rows, at=at)}
    except OperationalError:
        raise
    except Exception:
        # One message that the others trip over must not stop them: each gets a transaction of its own.
        _log.exception("messages of kind %s are handled one by one", kind)
        return set()


def lease(*, name: str, at: datetime) -> Sequence[InboxMessage]:
    """Return messages whose turn it is, taken under a lease: all before them in their thread are finished."""
    rows = leasing.take(
        _READER, turn=_TURN, given=[at, TRIES_MAX], order="message.due_at, message.id", most=AT_ONCE,
        at=at, until=at + LEASE, name=name, more=", tries = tries + 1",
    )  # fmt: skip
    return sorted(rows, key=lambda row: (row.due_at, row.pk))


def handle(row: InboxMessage, *, at: datetime) -> bool:
    """Do what one message says; False where another worker was quicker.

    Args:
        row: A message under a lease.
        at: Now.

    Raises:
        Refused: Whatever its handler refuses with; nothing is changed.
    """
    with transaction.atomic():
        if not _done(row, at):
            return False
        if row.kind == REFUSAL:
            _note_refusal(row)
        handler = _HANDLERS.get(row.kind)
        if handler is not None:
            handler(row, at=at)
        elif row.kind != REFUSAL:
            raise refuse("kind_unknown", row.kind)
    return True


def refuse_message(row: InboxMessage, *, no: Refusal, at: datetime) -> bool:
    """Mark a message refused and tell its sender, in one transaction; False where another worker was quicker.

    Args:
        row: A message under a lease.
        no: Why.
        at: Now.
    """
    told = {"code": no.code, "zh": no.zh, "en": no.en, "next_zh": no.next_zh, "next_en": no.next_en}
    with transaction.atomic():
        if not _mark(row, state="refused", done_at=at, reason=told):
            return False
        if row.kind != REFUSAL:
            # A refusal of a refusal would go to and fro for ever.
            send(
                thread=row.thread, kind=REFUSAL, body={"refused": str(row.message_id), **told}, sender=row.receiver,
                receiver=row.sender, key=f"{REFUSAL}/{row.message_id}", at=at,
            )  # fmt: skip
    return True


def put_off(row: InboxMessage, *, error: Exception, at: datetime) -> None:
    """Have a message that failed tried again later, or shown to staff once it failed too often.

    Args:
        row: A message under a lease.
        error: What went wrong; only its kind is kept: its text may hold what a person wrote.
        at: Now.
    """
    _log.exception("message %s of kind %s could not be handled", row.message_id, row.kind, exc_info=error)
    state = "stuck" if row.tries >= TRIES_MAX else "waiting"
    _mark(row, state=state, due_at=at + RETRY_AFTER * 2**row.tries, last_error=type(error).__name__[:ERROR_MAX])


def _guarded(row: InboxMessage, done: Handled, at: datetime, work: Callable[[], bool]) -> bool:
    try:
        return work()
    except Exception as error:
        put_off(row, error=error, at=at)
        done.failures.append(f"{row.kind} {row.message_id}: {type(error).__name__}")
        return False


def _done(row: InboxMessage, at: datetime) -> bool:
    """Mark a message done, by a statement that is prepared once."""
    return bool(ready.update(InboxMessage, sets=_MARKS, where=_FOUND, values=[["done", at, None, row.pk, "waiting"]]))


def _mark(row: InboxMessage, **changes: object) -> bool:
    still = InboxMessage.objects.filter(pk=row.pk, state="waiting")
    return bool(still.update(lease_until=None, **changes))


def _shelve(at: datetime) -> None:
    """Show staff what was begun too often and never came to an end, as when each try kills its process."""
    hopeless = InboxMessage.objects.filter(state="waiting", tries__gte=TRIES_MAX, lease_until__lt=at)
    hopeless.update(state="stuck", lease_until=None)


def _note_refusal(row: InboxMessage) -> None:
    """Write the other agency's refusal beside our own message."""
    told = {name: str(row.body.get(name, "")) for name in ("code", "zh", "en", "next_zh", "next_en")}
    said = OutboxMessage.objects.filter(
        message_id=_refused(row), thread=row.thread, sender=row.receiver, receiver=row.sender
    )
    said.update(state="refused", reason=told)


def _refused(row: InboxMessage) -> UUID | None:
    try:
        return UUID(str(row.body.get("refused")))
    except ValueError:
        return None
