"""The work list with a million open cases, for each role and each filter; in a process of its own.

`python -m benchmarks.worklist` prints one line of JSON; the database is the one of YIBAO_DATABASE_URL.
"""

import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from yibao.cli.django_setup import prepare

prepare()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks import city, million, walk
from yibao.project import loaded
from yibao.store.models import Case

LOADS = 40
WARM = 3
DAY = date(2023, 2, 10)
QUEUE = "/workbench/"
ROLES = ("clerk", "reviewer", "finance")
FILTERS = {
    "no filter": "",
    "no filter, deep": "after=2023-09-01~1",
    "filter, deep": "channel=window&after=2023-09-01~1",
    "overdue": "due=overdue",
    "due later": "due=later",
    "district": "region=500130",
    "taken by the reader": "holder=me",
    "taken by others": "holder=others",
    "taken by nobody": "holder=nobody",
    "level 1": "level=1",
    "level 4 (nothing)": "level=4",
    "amount": "min=500&max=501",
    "channel": "channel=window",
    "weak basis (nothing)": "basis=weak",
    "number": "q=77777",
    "name": "q=测*",
    "name (nothing)": "q=欧阳",
    "another role": "waiting=reviewer",
    "stopped": "waiting=applicant",
    "nothing at all": "channel=tax_wechat&min=1&holder=nobody",
}


def main() -> None:
    """Measure and print."""
    settings.ALLOWED_HOSTS, settings.YIBAO_SECOND_FACTOR = ["*"], False
    call_command("migrate", verbosity=0)
    if not Case.objects.filter(number__startswith="M").exists():
        _make()
    # As the site's own process does before it opens.
    loaded.load()
    server = _server()
    found = []
    for role, name, asked, reader in _asked():
        found.append({"role": role, "filter": name, **_loaded(reader, f"{QUEUE}?{asked}", server)})
    print(json.dumps(found))


def _make() -> None:
    staff = city.staff("colleague")
    at = datetime(2023, 2, 10, 1, tzinfo=UTC)
    numbers = [
        walk.submitted(0, at),
        walk.accepted(1, staff, at),
        walk.approved(2, staff, at),
        walk.asked(3, staff, at),
    ]
    patterns = [Case.objects.get(number=number) for number in numbers]
    million.fill(patterns, holders=(staff["clerk"].user_id, staff["colleague"].user_id))


def _asked() -> Iterator[tuple[str, str, str, Client]]:
    for role in ROLES:
        reader = Client()
        reader.force_login(get_user_model().objects.get(username=role))
        for name, asked in FILTERS.items():
            yield role, name, asked, reader


def _server() -> Path | None:
    """Return where Linux keeps the processor time of the server's process behind this connection, when it is here."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        kept = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return kept if kept.exists() else None


def _spent(server: Path | None) -> float:
    """Return the processor time of this process and of the server's so far, in seconds."""
    return time.process_time() + (int(server.read_text().split()[0]) / 1e9 if server else 0.0)


def _loaded(client: Client, address: str, server: Path | None) -> dict[str, float]:
    """Return the statements of one page, the time 95 in 100 keep, and its median processor time, both in seconds."""
    for _ in range(WARM):
        client.get(address)
    spans, spent = [], []
    for _ in range(LOADS):
        statements = walk.Statements()
        start, before = time.perf_counter(), _spent(server)
        with connection.execute_wrapper(statements):
            response = client.get(address)
        spans.append(time.perf_counter() - start)
        spent.append(_spent(server) - before)
        if response.status_code != 200:
            raise AssertionError(f"{address} answered {response.status_code}")
    return {
        "statements": statements.count,
        "p95": statistics.quantiles(spans, n=20)[-1],
        "processor": statistics.median(spent),
    }


if __name__ == "__main__":
    main()
