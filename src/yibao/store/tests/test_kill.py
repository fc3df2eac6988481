"""A process killed between any two statements loses nothing, doubles nothing, and the request can be sent again."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from yibao.kernel.errors import Refused
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.store import cases, posting, verify
from yibao.store.models import Case, CaseSignature, Entry, JournalTransaction

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
POOL = Account(AccountKind.POOL, "500000", "employee")


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(place: int, work: Callable[[], Any]) -> bool:
    """Run work in a process that kills itself before its statement number `place`; return whether it did.

    One place more than there are statements is just before the commit.
    """
    connections.close_all()
    child = os.fork()
    if child == 0:
        _run_and_die(place, work)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _run_and_die(place: int, work: Callable[[], Any]) -> None:
    # A connection the parent opened outside its event loop is seen here again; a server that still hears the parent
    # on it would keep the killed transaction alive, so this copy starts with a connection of its own.
    connection.connection = None
    done = 0

    def count(execute, sql, params, many, context):
        nonlocal done
        if sql.startswith(("SAVEPOINT", "RELEASE")) or "pg_catalog" in sql:
            return execute(sql, params, many, context)
        if done == place:
            kill_me()
        done += 1
        return execute(sql, params, many, context)

    commit = connection._commit

    def commit_or_die():
        if done <= place:
            kill_me()
        return commit()

    connection._commit = commit_or_die
    try:
        with connection.execute_wrapper(count):
            work()
    finally:
        # Whatever happened, this copy of the test run must not go on.
        os._exit(0)


def statements_of(work: Callable[[], Any]) -> int:
    """Return how many statements a work takes, without the ones that frame the transaction."""
    with CaptureQueriesContext(connection) as captured:
        work()
    framing = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return sum(not query["sql"].startswith(framing) for query in captured)


def test_a_posting_is_whole_or_not_there_wherever_the_process_dies(make_person) -> None:
    mine = Account(AccountKind.PERSONAL, "500000", "employee", make_person().pk)

    def post(key: str) -> JournalTransaction:
        return posting.post(draft=Draft(key, "test", DAY, (Posting(POOL, 7), Posting(mine, -7))), at=AT)

    post("first")
    count = statements_of(lambda: post("second"))
    for place in range(count + 1):
        before = (JournalTransaction.objects.count(), Entry.objects.count(), posting.personal_balance(mine))
        assert killed_at(place, lambda place=place: post(f"killed at {place}")), f"place {place} was never reached"
        assert (JournalTransaction.objects.count(), Entry.objects.count(), posting.personal_balance(mine)) == before
        post(f"killed at {place}")
        assert posting.personal_balance(mine) == before[2] + 7
    assert verify.verify_ledger() == []


def test_an_approval_is_whole_or_not_there_wherever_the_process_dies(desk, make_person, staff) -> None:
    reviewer = staff("reviewer", "reviewer")

    def approve(number: str) -> Case:
        return cases.act(number=number, kind="approve", by=reviewer, at=AT, on=DAY, seen="e1")

    first = desk.accepted(make_person(), number="first").number
    count = statements_of(lambda: approve(first))
    for place in range(count + 1):
        number = desk.accepted(make_person(), number=f"killed at {place}").number
        assert killed_at(place, lambda number=number: approve(number)), f"place {place} was never reached"
        assert cases.get(number).state == "accepted"
        assert not CaseSignature.objects.filter(case__number=number).exists()
        assert approve(number).state == "approved"
        with pytest.raises(Refused):
            approve(number)
    assert verify.verify_audit() == []
