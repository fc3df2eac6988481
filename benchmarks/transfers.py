"""Complete transfers between two installations over HTTP on one PostgreSQL: from the application to the receipt.

Two programs, each with its database and its server, do what the people at a place do and what its worker does.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.casework import MACHINE, ROOT, pgbench
from benchmarks.exchange import Agency, database
from benchmarks.measure import Figure

OLD, NEW = "500000", "140100"
TRANSFERS, ALONE = 1_000, 100
BATCH = 100
LEAST = 50
_TICKS = os.sysconf("SC_CLK_TCK")
# Places in a line of /proc/PID/stat after the name of the program: the parent, and times of it and its dead children.
_PARENT, _TIMES = 1, slice(11, 15)


class Place(Agency):
    """One installation whose program stays and does what it is told."""

    def __init__(self, url: str, home: str) -> None:
        super().__init__(url, home)
        self.program: subprocess.Popen[str] | None = None

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Keep the program meanwhile."""
        command = [sys.executable, "-m", "benchmarks.transfers_run"]
        self.program = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        try:
            yield
        finally:
            self.program.stdin.close()
            self.program.wait()

    def tell(self, *order: object) -> None:
        """Have it begin something; `heard` has what came of it."""
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()

    def heard(self) -> Any:
        """Return what came of what was told, once it is done."""
        return json.loads(self.program.stdout.readline())

    def ask(self, *order: object) -> Any:
        """Have something done and return what came of it."""
        self.tell(*order)
        return self.heard()


def figures() -> list[Figure]:
    """Return the figures, with pgbench beside them."""
    running = subprocess.run([MACHINE, "running", "bench"], check=False).returncode == 0
    url = subprocess.run([MACHINE, "start", "bench"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    try:
        beside = pgbench(url)
        return [
            *_figures(f"in signed batches of up to {BATCH}", _measured(url, TRANSFERS, BATCH), LEAST, beside),
            *_figures("each message by itself", _measured(url, ALONE, 1), None, beside),
        ]
    finally:
        if not running:
            subprocess.run([MACHINE, "stop", "bench"], check=True)


def _figures(how: str, done: dict[str, float], least: float | None, beside: str) -> list[Figure]:
    what = f"PostgreSQL: complete transfers, {done['count']:.0f} in flight, {how}"
    told = f"{done['python']:.1f} ms of Python and {done['server']:.1f} ms of the database server each, both sides"
    return [Figure(what, done["per_second"], "transfers/s", least=least, beside=f"{told}; {beside}")]


def _measured(url: str, count: int, batch: int) -> dict[str, float]:
    with ExitStack() as held:
        places = _two_places(url, held)
        for place in places:
            place.tell("people", count)
        for place in places:
            place.heard()
        old, new = places
        start, before = time.perf_counter(), _spent(url)
        for order in (("apply",), ("work", count, batch)):
            for place in places:
                place.tell(*order)
            told = [place.heard() for place in places]
        seconds, after = time.perf_counter() - start, _spent(url)
        faults = [*old.ask("faults"), *new.ask("faults")]
    if faults:
        raise AssertionError(f"what was done is wrong: {faults[:3]}")
    print(json.dumps(told), file=sys.stderr)
    each = {name: (after[name] - before[name]) * 1000 / count for name in after}
    return {"count": count, "per_second": count / seconds, **each}


def _two_places(url: str, held: ExitStack) -> tuple[Place, Place]:
    homes = held.enter_context(tempfile.TemporaryDirectory())
    found = []
    for area in (OLD, NEW):
        place = Place(held.enter_context(database(url, area)), f"{homes}/{area}")
        held.enter_context(place.staying())
        found.append(place)
    keys = [place.ask("host", area) for place, area in zip(found, (OLD, NEW), strict=True)]
    doors = [held.enter_context(place.served()) for place in found]
    for place, area, door, key in zip(found, (NEW, OLD), reversed(doors), reversed(keys), strict=True):
        place.ask("join", area, door, key)
    return found[0], found[1]


def _spent(url: str) -> dict[str, float]:
    """Return the processor seconds so far: of every Python this program began, and of the database server."""
    with psycopg.connect(url) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()[0]
    server = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    return {"python": _below(os.getpid(), own=False), "server": _below(server, own=True)}


def _below(root: int, *, own: bool) -> float:
    """Return the processor seconds of a program and all it began."""
    lines = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            lines[int(file.parent.name)] = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
    wanted = {root}
    while more := {pid for pid, line in lines.items() if int(line[_PARENT]) in wanted} - wanted:
        wanted |= more
    times = [sum(map(int, lines[pid][_TIMES])) for pid in wanted if own or pid != root]
    return sum(times) / _TICKS
