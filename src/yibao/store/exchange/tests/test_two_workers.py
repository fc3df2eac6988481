"""Two workers at once: each message is carried and handled by one of them, and threads keep their order."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection

from yibao.store import exchange, verify
from yibao.store.exchange import partners
from yibao.store.models import InboxMessage, OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HERE, THERE = "500000", "140100"
THREADS, EACH, WORKERS = 8, 5, 3


def test_workers_share_what_is_due(heard):
    for area in (HERE, THERE):
        partners.host(area=area, at=AT)
    for n in range(EACH):
        for thread in range(THREADS):
            exchange.send(
                thread=f"T-{thread}", kind="test.note", body={"n": n}, sender=HERE, receiver=THERE,
                key=f"{thread}/{n}", at=AT,
            )  # fmt: skip
    with ThreadPoolExecutor(WORKERS) as pool:
        for worker in [pool.submit(work, f"worker {n}") for n in range(WORKERS)]:
            worker.result()
    by_thread = defaultdict(list)
    for _, thread, n in heard:
        by_thread[thread].append(n)
    assert by_thread == {f"T-{thread}": list(range(EACH)) for thread in range(THREADS)}
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"delivered"}
    assert verify.verify_audit() == []


def work(name):
    """Look until all is done, as a worker does; a SQLite file that is busy for too long is looked at again."""
    try:
        while InboxMessage.objects.filter(state="done").count() < THREADS * EACH:
            try:
                exchange.deliver_due(at=AT, name=name)
                exchange.handle_due(at=AT, name=name)
            except OperationalError:
                continue
    finally:
        connection.close()
