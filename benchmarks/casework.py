"""One case from submission to money, and the work list, on both databases."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Figure

ROOT = Path(__file__).resolve().parent.parent
MACHINE = str(ROOT / "tools" / "machine.sh")
QUEUE_STATEMENTS_MAX = 15
CROWD_STATEMENTS_MAX = 12
CROWD_MILLISECONDS_MAX = 30
PGBENCH_SECONDS = "4"


def figures() -> list[Figure]:
    """Return the figures of SQLite, then those of PostgreSQL with pgbench beside them."""
    found = _figures("SQLite", url="", beside="")
    running = subprocess.run([MACHINE, "running", "bench"], check=False).returncode == 0
    url = subprocess.run([MACHINE, "start", "bench"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    try:
        return found + _figures("PostgreSQL", url=_fresh_database(url), beside=_pgbench(url))
    finally:
        if not running:
            subprocess.run([MACHINE, "stop", "bench"], check=True)


def _figures(name: str, *, url: str, beside: str) -> list[Figure]:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"YIBAO_HOME": home, "YIBAO_DATABASE_URL": url, "YIBAO_DATABASE_POOL": "0"}
        command = [sys.executable, "-m", "benchmarks.on_database"]
        answer = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    result = json.loads(answer.stdout.splitlines()[-1])
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
        Figure(
            f"{name}: work list with a million open cases",
            result["crowd_statements"],
            "statements",
            CROWD_STATEMENTS_MAX,
        ),
        Figure(
            f"{name}: work list with a million open cases, 95 of 100 loads within",
            result["crowd_seconds_p95"] * 1000,
            "ms",
            CROWD_MILLISECONDS_MAX,
        ),
        Figure(
            f"{name}: work list narrowed by a filter nothing passes, statements",
            result["narrowed_statements"],
            "statements",
            CROWD_STATEMENTS_MAX,
        ),
        Figure(
            f"{name}: work list narrowed by a filter nothing passes, 95 of 100 loads within",
            result["narrowed_seconds_p95"] * 1000,
            "ms",
            CROWD_MILLISECONDS_MAX,
        ),
    ]


def _fresh_database(url: str) -> str:
    name = f"bench_{os.getpid()}"
    _program("createdb", url, name)
    return url.rpartition("/")[0] + f"/{name}"


def _pgbench(url: str) -> str:
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
