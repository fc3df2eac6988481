"""Complete transfers between two installations over HTTP on one PostgreSQL: from the application to the receipt.

Two places, each with its database, its server and two programs as a site has them: a worker carries and handles
messages, a desk takes the steps of the staff; applications come through both.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
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


class Program:
    """A program of a place, which stays and does what it is told.

    Args:
        place: Whose.
    """

    def __init__(self, place: Agency) -> None:
        command = [sys.executable, "-m", "benchmarks.transfers_run"]
        self.program = subprocess.Popen(
            command, cwd=ROOT, env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        """Let it end."""
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
    told += "; a worker and a desk at each place"
    return [Figure(what, done["per_second"], "transfers/s", least=least, beside=f"{told}; {beside}")]


def _measured(url: str, count: int, batch: int) -> dict[str, float]:
    with ExitStack() as held:
        workers, desks = _two_places(url, held)
        _all_do(workers, "people", count)
        start, before = time.perf_counter(), _spent(url)
        for part, programs in enumerate((workers, desks)):
            _tell(programs, "apply", part)
        _hear([*workers, *desks])
        _tell(workers, "carry", count, batch)
        _tell(desks, "steps", count)
        told = _hear([*workers, *desks])
        seconds, after = time.perf_counter() - start, _spent(url)
        faults = [fault for found in _all_do(workers, "faults") for fault in found]
    if faults:
        raise AssertionError(f"what was done is wrong: {faults[:3]}")
    print(json.dumps(told), file=sys.stderr)
    each = {name: (after[name] - before[name]) * 1000 / count for name in after}
    return {"count": count, "per_second": count / seconds, **each}


def _tell(programs: Sequence[Program], *order: object) -> None:
    for program in programs:
        program.tell(*order)


def _hear(programs: Sequence[Program]) -> list[Any]:
    return [program.heard() for program in programs]


def _all_do(programs: Sequence[Program], *order: object) -> list[Any]:
    _tell(programs, *order)
    return _hear(programs)


def _two_places(url: str, held: ExitStack) -> tuple[list[Program], list[Program]]:
    """Return the workers of the old and of the new place, and their desks."""
    homes = held.enter_context(tempfile.TemporaryDirectory())
    areas = (OLD, NEW)
    places = [Agency(held.enter_context(database(url, area)), f"{homes}/{area}") for area in areas]
    workers, desks = ([held.enter_context(Program(place)) for place in places] for _ in range(2))
    keys = [worker.ask("host", area) for worker, area in zip(workers, areas, strict=True)]
    for desk, area in zip(desks, areas, strict=True):
        desk.ask("enter", area)
    doors = [held.enter_context(place.served()) for place in places]
    for worker, area, door, key in zip(workers, reversed(areas), reversed(doors), reversed(keys), strict=True):
        worker.ask("join", area, door, key)
    return workers, desks


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
