"""One database's part, in a process of its own: cases from submission to money, and the page of the work list.

`python -m benchmarks.on_database` prints one line of JSON; the database is the one of YIBAO_DATABASE_URL.
"""

import json
import statistics
import time
from datetime import UTC, datetime, timedelta

from yibao.cli.django_setup import prepare

prepare()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks import city
from benchmarks.walk import DAY, Statements, drafted, seen, submitted
from yibao.casework.actors import Actor
from yibao.services.refund import actions

CASES = 20
MORE_CASES = 60
PAGE_LOADS = 60
QUEUE = "/workbench/"


def main() -> None:
    """Measure and print."""
    settings.ALLOWED_HOSTS, settings.YIBAO_SECOND_FACTOR = ["*"], False
    call_command("migrate", verbosity=0)
    staff = city.staff()
    moment = datetime(2023, 2, 10, 1, tzinfo=UTC)
    lives = [_life(serial, staff, moment + timedelta(hours=serial)) for serial in range(CASES)]
    few = _queue(staff)
    for serial in range(CASES, CASES + MORE_CASES):
        submitted(serial, moment + timedelta(hours=serial))
    many = _queue(staff)
    result = {
        "statements": statistics.median(count for count, _ in lives),
        "seconds": statistics.median(seconds for _, seconds in lives),
        "queue_statements_few": few[0],
        "queue_statements": many[0],
        "queue_seconds": many[1],
    }
    print(json.dumps(result))


def _life(serial: int, staff: dict[str, Actor], at: datetime) -> tuple[int, float]:
    """Carry one case from the click on submit to the bank's confirmation; return statements and seconds."""
    number, citizen = drafted(serial, at)

    def when(minutes: int) -> dict[str, object]:
        return {"number": number, "on": DAY, "at": at + timedelta(minutes=minutes)}

    statements = Statements()
    start = time.perf_counter()
    with connection.execute_wrapper(statements):
        actions.submit(key=f"submit-{number}", by=citizen, **when(1))
        actions.accept(seen=seen(number), by=staff["clerk"], **when(2))
        actions.approve(level=1, seen=seen(number), by=staff["reviewer"], confirmed=True, **when(3))
        actions.pay(key=f"pay-{number}", by=staff["finance"], **when(4))
        actions.confirm_paid(reference=f"B{serial}", by=staff["finance"], **when(5))
    return statements.count, time.perf_counter() - start


def _queue(staff: dict[str, Actor], address: str = QUEUE) -> tuple[int, float, float]:
    """Return the statements of one load of the work list, its median time and the time 95 in 100 keep, in seconds."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=staff["clerk"].user_id))
    client.get(address)
    spans = []
    for _ in range(PAGE_LOADS):
        statements = Statements()
        start = time.perf_counter()
        with connection.execute_wrapper(statements):
            response = client.get(address)
        spans.append(time.perf_counter() - start)
        if response.status_code != 200:
            raise AssertionError(f"{address} answered {response.status_code}")
    return statements.count, statistics.median(spans), statistics.quantiles(spans, n=20)[-1]


if __name__ == "__main__":
    main()
