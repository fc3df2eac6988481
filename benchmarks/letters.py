"""The worker makes decision letters by the thousand while another process signs cases; on one database.

`python -m benchmarks.letters 10000` prints one line of JSON; the database is the one of YIBAO_DATABASE_URL.
"""

import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from threading import Event

from yibao.cli.django_setup import prepare

prepare()

from django.core.management import call_command
from django.db import connections
from rich.console import Console
from rich.progress import Progress

from benchmarks import city, crowd
from yibao.batch import worker
from yibao.casework.actors import Actor
from yibao.services import bulk
from yibao.services.refund import actions, documents
from yibao.store import bulk as runs
from yibao.store import rings
from yibao.store.bulk import Query
from yibao.store.models import Case, IssuedPaper, Outbox

NOW = crowd.Moment(date(2023, 2, 10), datetime(2023, 2, 10, 1, tzinfo=UTC))
ALONE = 50
PAUSE_SECONDS = 0.1


def main(count: int) -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    staff = city.staff()
    _approved(count, staff)
    # Enough for somebody who signs at every pause until the last letter is made.
    others = crowd.accepted(count=max(ALONE * 2, count // 2), first=count, clerk=staff["clerk"], now=NOW)
    connections.close_all()
    other = _Other(others, staff["reviewer"])
    with _watched() as held:
        start = time.perf_counter()
        made = _made(count)
        seconds = time.perf_counter() - start
    alone, beside = other.stop()
    letters = IssuedPaper.objects.filter(kind="decision_letter")
    if letters.count() != made or letters.values("case").distinct().count() != made:
        raise AssertionError("a letter is missing, or was made twice")
    result = {
        "per_second": made / seconds,
        "open": float(len(held)),
        "signed": float(len(beside)),
        "alone_median": statistics.median(alone),
        "alone_longest": max(alone),
        "beside_median": statistics.median(beside),
        "beside_longest": max(beside),
    }
    print(json.dumps(result))


def _approved(count: int, staff: dict[str, Actor]) -> None:
    """Approve so many cases in bulk; each leaves its letter to the worker."""
    crowd.accepted(count=count, first=0, clerk=staff["clerk"], now=NOW)
    run = bulk.make(query=Query("reviewer", city.REGION, "refund"), key="k", by=staff["reviewer"], on=NOW.on, at=NOW.at)
    run.rows.filter(drawn__isnull=False).update(verdict="agreed")
    runs.release(number=run.number, by=staff["reviewer"], at=NOW.at)
    bulk.work(number=run.number, on=NOW.on, at=NOW.at)
    Outbox.objects.exclude(kind=worker.PAPER_JOB).delete()


def _made(count: int) -> int:
    """Let the worker look until so many letters are made; return how many there are."""
    rings.settle()
    made = 0
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("letters", total=count)
        while made < count:
            done = worker.look(name="measured", on=NOW.on, at=NOW.at)
            if done.failures or not done.letters:
                raise AssertionError(f"the worker stopped after {made} letters: {done.failures}")
            made += len(done.letters)
            progress.update(bar, completed=made)
    return made


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Note every letter that is typeset while the worker has a transaction open."""
    own, typeset, held = connections["default"], documents.typeset, []

    def watched(**given: object) -> bytes:
        if own.in_atomic_block:
            held.append(str(given["stamp"]))
        return typeset(**given)

    documents.typeset = watched
    try:
        yield held
    finally:
        documents.typeset = typeset


class _Other:
    """Somebody who signs one case after the other in a process of their own: first alone, then beside the worker."""

    def __init__(self, numbers: list[str], by: Actor) -> None:
        self._read, answer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                spans = _signed(numbers, by, lambda: os.write(answer, b"\n"))
                # A file writes all of it, however often a full pipe or a signal stops it on the way.
                with os.fdopen(answer, "w") as told:
                    json.dump(spans, told)
            finally:
                os._exit(0)
        os.close(answer)
        # The first line says that the measurement alone is over.
        os.read(self._read, 1)

    def stop(self) -> tuple[list[float], list[float]]:
        """Return the seconds of each signature: alone, and beside the worker."""
        os.kill(self._child, signal.SIGTERM)
        with os.fdopen(self._read) as answer:
            alone, beside = json.loads(answer.read())
        os.waitpid(self._child, 0)
        return alone, beside


def _signed(numbers: list[str], by: Actor, ready: Callable[[], object]) -> tuple[list[float], list[float]]:
    over = Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: over.set())
    seen = dict(Case.objects.filter(number__in=numbers).values_list("number", "evidence_hash"))
    spans: list[float] = []
    for place, number in enumerate(numbers):
        if place == ALONE:
            ready()
        if over.is_set():
            break
        start = time.perf_counter()
        actions.approve(number=number, level=1, seen=seen[number], by=by, on=NOW.on, at=NOW.at)
        spans.append(time.perf_counter() - start)
        over.wait(PAUSE_SECONDS if place >= ALONE else 0)
    return spans[:ALONE], spans[ALONE:]


if __name__ == "__main__":
    main(int(sys.argv[1]))
