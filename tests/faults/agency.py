"""Run in a process of its own, with Django set up: one of two agencies that talk, whose worker can be killed.

With stay it does one verb for each line of JSON it reads, and answers with JSON.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from yibao.store import exchange, ready, verify
from yibao.store.exchange import partners, troubles
from yibao.store.models import InboxMessage, NumberSequence
from yibao.store.numbers import next_number

ASKED, ANSWERED = "test.asked", "test.answered"
LEASES_END = timedelta(minutes=11)


@exchange.handles(ASKED)
def _asked(message: InboxMessage, *, at: datetime) -> None:
    """Count what was asked, and answer it on the same thread, in one transaction."""
    _in_turn(message)
    exchange.send(
        thread=message.thread, kind=ANSWERED, body={"n": message.body["n"]}, sender=message.receiver,
        receiver=message.sender, key=f"answer/{message.message_id}", at=at,
    )  # fmt: skip


@exchange.handles(ANSWERED)
def _answered(message: InboxMessage, *, at: datetime) -> None:
    _in_turn(message)


def _all_answered(messages: Sequence[InboxMessage], *, at: datetime) -> Sequence[InboxMessage]:
    """Take the next number of each thread, and mark the messages done with it."""
    for message in messages:
        _in_turn(message)
    writes = ready.Writes()
    place = exchange.mark_done(messages, writes=writes, at=at)
    if writes.send()[place] != len(messages):
        raise AssertionError("another worker was quicker with one of them")
    return messages


exchange.handles_together(kind=ANSWERED, handler=_all_answered)


def _in_turn(message: InboxMessage) -> None:
    """Take the next number of this thread; it is the message's own place where each is handled once and in order."""
    if next_number(f"heard/{message.thread}") != message.position:
        raise AssertionError(f"{message.thread} {message.position} came out of turn")


def host(area: str) -> str:
    """Take part; return the public key."""
    partners.host(area=area, at=timezone.now())
    return next(key.public for row in partners.all_of() if row.area == area for key in row.keys.all())


def join(area: str, address: str, public: str) -> None:
    """Enter the other agency."""
    partners.join(area=area, address=address, public=public, version=1, at=timezone.now())


def ask(sender: str, receiver: str, threads: list[str], n: int) -> None:
    """Ask one thing on each thread."""
    for thread in threads:
        exchange.send(
            thread=thread, kind=ASKED, body={"n": n}, sender=sender, receiver=receiver, key=f"{thread}/{n}",
            at=timezone.now(),
        )  # fmt: skip


def look(turn: int) -> str:
    """Look as the worker does while anything moves, in a process that may be killed.

    Returns:
        How it ended, `killed` or `failed`; else what is left, `waiting` or `quiet`.
    """
    # A connection left open would be one socket for parent and child.
    connection.close()
    child = os.fork()
    if child == 0:
        at = timezone.now() + turn * LEASES_END
        while exchange.deliver_due(at=at).taken + exchange.handle_due(at=at).done:
            pass
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return "killed"
    if os.waitstatus_to_exitcode(status):
        return "failed"
    return "waiting" if waiting() else "quiet"


def waiting() -> int:
    """Return how many messages are on their way out or wait for their turn."""
    return sum(states.get("waiting", 0) for states in troubles.counts().values())


def heard() -> dict[str, int]:
    """Return how many messages were handled on each thread."""
    rows = NumberSequence.objects.filter(name__startswith="heard/")
    return {row.name.removeprefix("heard/"): row.last for row in rows}


def faults() -> list[str]:
    """Return what is wrong with the boxes, and what stands still."""
    found = troubles.troubles(at=timezone.now() + timedelta(days=365))
    return [*verify.verify_audit(files=False), *(f"{one.side} {one.thread} {one.why}" for one in found)]


VERBS: dict[str, Any] = {one.__name__: one for one in (host, join, ask, look, waiting, heard, faults)}


def stay() -> None:
    """Do one verb for each line of JSON: its name and its arguments."""
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(VERBS[verb](*arguments)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    stay()
