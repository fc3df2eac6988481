"""One of two agencies that are measured: says things and carries them, or handles what came; prints JSON.

Usage: exchange_run host AREA | join AREA ADDRESS KEY | speak COUNT BATCH ALONE | handle
"""

import json
import sys
import time
from datetime import datetime
from typing import Any

from yibao.cli.django_setup import prepare

prepare()

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yibao.store import exchange
from yibao.store.exchange import partners
from yibao.store.models import InboxMessage

HERE, THERE = "500000", "140100"
KIND = "bench.note"
# As large as what a year of somebody's months says.
BODY = {"months": [{"month": f"2025-{n:02d}", "paid": "412.50", "base": "4125.00"} for n in range(1, 13)]}


@exchange.handles(KIND)
def _note(message: InboxMessage, *, at: datetime) -> None:
    """Read what was said, and do nothing: the carrier alone is measured."""
    assert message.body["months"]


def host(area: str) -> str:
    """Make the tables and take part; return the public key."""
    call_command("migrate", verbosity=0)
    row = partners.host(area=area, at=timezone.now())
    return str(row.keys.get().public)


def join(area: str, address: str, public: str) -> None:
    """Enter the other agency."""
    partners.join(area=area, address=address, public=public, version=1, at=timezone.now())


def speak(count: str, batch: str, alone: str) -> list[dict[str, float]]:
    """Say so many things and carry them over HTTP in batches, then a few more one at a time."""
    said, batched = say(int(count)), carry(int(batch))
    say(int(alone))
    return [said, batched, carry(1)]


def say(count: int) -> dict[str, float]:
    """Say so many things, each in a transaction of its own and on a thread of its own."""
    return _timed(lambda: [_said() for _ in range(count)])


def _said() -> int:
    now = timezone.now()
    with transaction.atomic():
        thread = f"T-{time.monotonic_ns()}"
        exchange.send(thread=thread, kind=KIND, body=BODY, sender=HERE, receiver=THERE, key=thread, at=now)
    return 1


def carry(batch: int) -> dict[str, float]:
    """Carry everything over HTTP."""
    return _timed(lambda: _all(lambda: exchange.deliver_due(at=timezone.now(), batch_max=batch).taken))


def handle() -> dict[str, float]:
    """Handle everything that came."""
    return _timed(lambda: _all(lambda: exchange.handle_due(at=timezone.now()).done))


def _all(work: Any) -> list[int]:
    done = []
    while count := work():
        done.append(count)
    return done


def _timed(work: Any) -> dict[str, float]:
    connection.ensure_connection()
    start, cpu = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as asked:
        many = sum(work())
    return {
        "per_second": many / (time.perf_counter() - start),
        "cpu_milliseconds": (time.process_time() - cpu) * 1000 / many,
        "statements": len(asked) / many,
    }


if __name__ == "__main__":
    told = globals()[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(told) + "\n")
