"""One case from submission to money, and the work list, on both databases."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure

ROOT = Path(__file__).resolve().parent.parent
MACHINE = str(ROOT / "tools" / "machine.sh")
QUEUE_STATEMENTS_MAX = 15
CROWD_STATEMENTS_MAX = 12
CROWD_MILLISECONDS_MAX = 30
NO_FILTER = "no filter"
PGBENCH_SECONDS = "4"
BULK = 10_000
BULK_SECONDS_MAX = 30
LETTERS = 10_000
OTHER_WAITS_MILLISECONDS_MAX = 1_000
SIGNED = 1202
SIGNED_LEAST = 100
# The example's chain has one level; the copy of its pack that is measured has three.
ONE_LEVEL = '        - {level: "1", roles: [reviewer], order: any}\n'
TWO_MORE = (
    '        - {level: "2", roles: [county_agency], order: any}\n'
    '        - {level: "3", roles: [city_agency], order: any}\n'
)


def figures() -> list[Figure]:
    """Return the figures of SQLite, then those of PostgreSQL with pgbench beside them."""
    found = [*_figures("SQLite", url="", beside=""), *_crowd("SQLite", url=""), *_many("SQLite", url="")]
    found += _letters("SQLite", url="")
    running = subprocess.run([MACHINE, "running", "bench"], check=False).returncode == 0
    url = subprocess.run([MACHINE, "start", "bench"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    try:
        beside = pgbench(url)
        found += _figures("PostgreSQL", url=_fresh_database(url, "walk"), beside=beside)
        found += _crowd("PostgreSQL", url=_fresh_database(url, "crowd"))
        found += _many("PostgreSQL", url=_fresh_database(url, "bulk"))
        found += _letters("PostgreSQL", url=_fresh_database(url, "letters"))
        return [*found, *_signed(url=_fresh_database(url, "sign"), beside=beside)]
    finally:
        if not running:
            subprocess.run([MACHINE, "stop", "bench"], check=True)


def _measured(*arguments: str, url: str, **more: str) -> Any:
    """Return what a program of its own measured on a database, in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"YIBAO_HOME": home, "YIBAO_DATABASE_URL": url, **more}
        command = [sys.executable, "-m", *arguments]
        answer = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def _many(name: str, *, url: str) -> list[Figure]:
    result = _measured("benchmarks.many", "bulk", str(BULK), url=url, YIBAO_DATABASE_POOL="0")
    beside = f"{result['cpu']:.1f} s of them in Python; {result['statements']:.0f} statements for each hundred"
    return [Figure(f"{name}: bulk approval of {BULK:,}", result["seconds"], "s", BULK_SECONDS_MAX, beside)]


def _letters(name: str, *, url: str) -> list[Figure]:
    """Return how quickly the worker makes letters, and what somebody else who writes notices of it."""
    result = _measured("benchmarks.letters", str(LETTERS), url=url, YIBAO_DATABASE_POOL="0")
    what = f"{name}: {LETTERS:,} decision letters by one worker"
    told = (
        f"{result['signed']:.0f} signed meanwhile, half of them within {result['beside_median'] * 1000:.0f} ms; "
        f"without the worker {result['alone_median'] * 1000:.0f} ms, at most {result['alone_longest'] * 1000:.0f} ms"
    )
    return [
        Figure(what, result["per_second"], "letters/s"),
        Figure(f"{what}, typeset inside a transaction", result["open"], "letters", 0),
        Figure(
            f"{name}: longest signature of another process meanwhile",
            result["beside_longest"] * 1000,
            "ms",
            OTHER_WAITS_MILLISECONDS_MAX,
            told,
        ),
    ]


def _signed(*, url: str, beside: str) -> list[Figure]:
    """Return how many cases two processes carry through three levels of approval."""
    with tempfile.TemporaryDirectory() as folder:
        packs = Path(folder) / "packs"
        shutil.copytree(ROOT / "packs", packs)
        rules = next(packs.glob("500000_*")) / "refund.yaml"
        text = rules.read_text(encoding="utf-8")
        rules.write_text(text.replace(ONE_LEVEL, ONE_LEVEL + TWO_MORE, 1), encoding="utf-8")
        result = _measured(
            "benchmarks.many", "sign", str(SIGNED), url=url, YIBAO_PACKS=str(packs), YIBAO_DATABASE_POOL="0"
        )
    told = f"{result['statements']:.0f} statements for the three; {beside}"
    name = "PostgreSQL: three approvals of a case, two processes"
    return [
        Figure(name, result["one_at_a_time"], "cases/s", beside=told, least=SIGNED_LEAST),
        Figure(f"{name}, {result['threads']} threads each", result["by_threads"], "cases/s"),
    ]


def _figures(name: str, *, url: str, beside: str) -> list[Figure]:
    # A site keeps its connections; so does the page that is measured.
    result = _measured("benchmarks.on_database", url=url, YIBAO_DATABASE_POOL="4" if url else "0")
    return [
        Figure(f"{name}: submit to paid, statements", result["statements"], "statements"),
        Figure(f"{name}: submit to paid, time", result["seconds"] * 1000, "ms", beside=beside),
        Figure(
            f"{name}: page of the work list",
            result["queue_statements"],
            "statements",
            QUEUE_STATEMENTS_MAX,
            f"with a quarter of the cases {result['queue_statements_few']}",
        ),
        Figure(f"{name}: page of the work list, time", result["queue_seconds"] * 1000, "ms"),
    ]


def _crowd(name: str, *, url: str) -> list[Figure]:
    """Return the work list of three roles with a million open cases: without a filter, and the worst of all filters."""
    rows = _measured("benchmarks.worklist", url=url, YIBAO_DATABASE_POOL="4" if url else "0")
    most = max(rows, key=lambda row: row["statements"])
    who = f"{name}: work list with a million open cases"
    told = f"most: {most['role']}, {most['filter']}; {len(rows)} lists"
    plain = max((row for row in rows if row["filter"] == NO_FILTER), key=lambda row: row["p95"])
    found = [
        Figure(f"{who}, any filter", most["statements"], "statements", CROWD_STATEMENTS_MAX, told),
        _waited(f"{who}, no filter", plain),
    ]
    for role in dict.fromkeys(row["role"] for row in rows):
        slowest = max((row for row in rows if row["role"] == role), key=lambda row: row["p95"])
        found.append(_waited(f"{who}, {role}, slowest filter", slowest))
    return found


def _waited(what: str, row: dict[str, Any]) -> Figure:
    told = f"{row['role']}, {row['filter']}: processor time {row['processor'] * 1000:.1f} ms at the median"
    return Figure(f"{what}, 95 of 100 loads within", row["p95"] * 1000, "ms", CROWD_MILLISECONDS_MAX, told)


def _fresh_database(url: str, what: str) -> str:
    name = f"bench_{what}_{os.getpid()}"
    _program("createdb", url, name)
    return url.rpartition("/")[0] + f"/{name}"


def pgbench(url: str) -> str:
    """Return what pgbench's own transaction takes on the same server, in the same run."""
    _program("pgbench", url, "--initialize", "--quiet", "yibao")
    shown = _program("pgbench", url, "--time", PGBENCH_SECONDS, "--no-vacuum", "yibao")
    found = re.search(r"latency average = ([\d.]+) ms", shown)
    return f"one pgbench transaction {found[1]} ms" if found else ""


def _program(name: str, url: str, *arguments: str) -> str:
    folder = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    user, password, host, port = re.match(r"postgres://(\w+):(\w+)@([\w.]+):(\d+)/", url).groups()
    command = [str(folder / name), "-h", host, "-p", port, "-U", user, *arguments]
    environment = os.environ | {"PGPASSWORD": password}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
