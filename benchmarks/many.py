"""Bulk approval of thousands, and three approvals of each case by two processes at once; each in a process of its own.

`python -m benchmarks.many bulk 10000` and `python -m benchmarks.many sign 600 3` print one line of JSON; the database
is the one of YIBAO_DATABASE_URL. The second wants packs whose ordinary chain has that many levels.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Lock

from yibao.cli.django_setup import prepare

prepare()

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from benchmarks import city, crowd
from yibao.casework.actors import Actor
from yibao.services import bulk
from yibao.services.refund import actions
from yibao.store import bulk as runs
from yibao.store import rings
from yibao.store.bulk import Query
from yibao.store.models import Case, Outbox

NOW = crowd.Moment(date(2023, 2, 10), datetime(2023, 2, 10, 1, tzinfo=UTC))
SIGNERS = ("reviewer", "county_agency", "city_agency")
PROCESSES = 2
THREADS = 4
"""As many as `yibao serve` gives each process where nothing else is said."""


def main(what: str, count: int) -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    staff = city.staff(*SIGNERS)
    print(json.dumps({"bulk": _bulk, "sign": _sign}[what](count, staff)))


def _bulk(count: int, staff: dict[str, Actor]) -> dict[str, float]:
    """Return the seconds the worker takes for one run of so many cases, and the statements for each hundred."""
    crowd.accepted(count=count, first=0, clerk=staff["clerk"], now=NOW)
    now = {"on": NOW.on, "at": NOW.at}
    start = time.perf_counter()
    run = bulk.make(query=Query("reviewer", city.REGION, "refund"), key="k", by=staff["reviewer"], **now)
    made = time.perf_counter() - start
    # What is inspected is a person's time, not the machine's.
    run.rows.filter(drawn__isnull=False).update(verdict="agreed")
    runs.release(number=run.number, by=staff["reviewer"], at=NOW.at)
    rings.settle()
    sent = Counter()
    # A second connection is opened by the thread that signs beside this one.
    connection_created.connect(sent.listen, dispatch_uid="benchmark")
    start, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(sent):
        bulk.work(number=run.number, **now)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    told = runs.progress(run)
    if set(told) != {"approved"} or told["approved"]["count"] != count:
        raise AssertionError(f"not all were approved: {told}")
    return {"seconds": seconds, "cpu": cpu, "made": made, "statements": sent.count / (count / bulk.GROUP)}


class Counter:
    """Counts the statements sent while it is open, by whatever thread."""

    def __init__(self) -> None:
        self.count = 0
        self._counting = Lock()

    def __call__(self, execute: Callable[..., object], *arguments: object) -> object:
        with self._counting:
            self.count += 1
        return execute(*arguments)

    def listen(self, *, connection: BaseDatabaseWrapper, **_: object) -> None:
        """Count what a new connection sends too."""
        connection.execute_wrappers.append(self)


def _sign(count: int, staff: dict[str, Actor]) -> dict[str, float]:
    """Return how many cases a second two processes carry through three levels, each level a transaction.

    Half of the cases one at a time in each process, half by as many threads as the pages are served by.
    """
    numbers = crowd.accepted(count=count, first=0, clerk=staff["clerk"], now=NOW)
    Outbox.objects.all().delete()
    _carry(numbers[:1], staff)
    sent = Counter()
    with connection.execute_wrapper(sent):
        _carry(numbers[1:2], staff)
    rings.settle()
    half = 2 + (count - 2) // 2
    alone = _by_processes(numbers[2:half], staff, threads=1)
    together = _by_processes(numbers[half:], staff, threads=THREADS)
    if Case.objects.filter(state="approved").count() != count:
        raise AssertionError("not all were approved")
    return {"by_threads": together, "one_at_a_time": alone, "threads": THREADS, "statements": sent.count}


def _by_processes(numbers: list[str], staff: dict[str, Actor], *, threads: int) -> float:
    """Return how many cases a second the processes carry, each by so many threads."""
    connections.close_all()
    start = time.perf_counter()
    for child in [_child(numbers[place::PROCESSES], staff, threads) for place in range(PROCESSES)]:
        os.waitpid(child, 0)
    return len(numbers) / (time.perf_counter() - start)


def _child(numbers: list[str], staff: dict[str, Actor], threads: int) -> int:
    child = os.fork()
    if child == 0:
        try:
            with ThreadPoolExecutor(threads) as hands:
                hands.map(lambda place: _carry(numbers[place::threads], staff), range(threads))
        finally:
            os._exit(0)
    return child


def _carry(numbers: list[str], staff: dict[str, Actor]) -> None:
    seen = dict(Case.objects.filter(number__in=numbers).values_list("number", "evidence_hash"))
    for number in numbers:
        for level, role in enumerate(SIGNERS, 1):
            actions.approve(
                number=number, level=level, seen=seen[number], by=staff[role], on=NOW.on, at=NOW.at, role=role
            )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
