"""The process is killed at each labelled point on the way of the money: nothing is half done, nothing is paid twice."""

import os
import signal
from datetime import date, datetime
from unittest import mock

import pytest
from django.db import connection, connections

from yibao.bank import pain001, pain002, simulator
from yibao.bank.pain002 import BANK_TIME
from yibao.services import payouts
from yibao.services.refund import actions
from yibao.store import bank, batches, verify
from yibao.store.models import BankResult, BatchItem, JournalTransaction, Payment, PaymentBatch
from yibao.store.reconciliation import reconcile

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2023, 2, 10)
AT = datetime(2023, 2, 10, 15, tzinfo=BANK_TIME)
IDENTITIES = ("500112197603011995", "50011219760302001X")
# What dies when it is called for the n-th time.
MAKE = {"inside the making": (batches, "_still", 2), "batch made": (batches, "get", 1)}
RELEASE = {
    "batch released": (payouts, "carry_on", 1),
    "inside the first payment": (batches, "tie", 1),
    "first case paid": (actions, "pay", 2),
    "all paid": (batches, "seal", 1),
    "file written": (batches, "_locked", 2),
}
IMPORT = {
    "answer noted": (bank, "lines_of", 1),
    "inside the first line": (bank, "record", 1),
    "import half way": (bank, "record", 2),
    "last line read": (bank, "finish", 1),
}
ROUNDS = [
    ("inside the making", "batch released", "answer noted"),
    ("batch made", "inside the first payment", "inside the first line"),
    ("batch made", "first case paid", "import half way"),
    ("inside the making", "all paid", "import half way"),
    ("batch made", "file written", "last line read"),
]


def killed(point, work) -> None:
    """Run work in a process that kills itself at a point; it must come there."""
    module, name, turn = point
    connections.close_all()
    child = os.fork()
    if child == 0:
        _run_and_die(module, name, turn, work)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{name} was not called {turn} times"


def _run_and_die(module, name, turn, work) -> None:
    # This copy of the test run has a connection of its own, and must not go on, whatever happens.
    connection.connection = None
    original, left = getattr(module, name), turn

    def die_in_time(*args, **kwargs):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    try:
        with mock.patch.object(module, name, die_in_time):
            work()
    finally:
        os._exit(0)


def assert_whole() -> None:
    """Books and chains hold, and whatever is paid is posted and tied to its batch, once."""
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []
    assert reconcile(region="500000", on=DAY).differences == ()
    posted = JournalTransaction.objects.filter(kind="refund.paid").count()
    assert posted == Payment.objects.count() == BatchItem.objects.filter(payment__isnull=False).count()


@pytest.mark.parametrize(("made_at", "released_at", "read_at"), ROUNDS, ids=[" + ".join(one[1:]) for one in ROUNDS])
def test_killed_anywhere_the_same_request_again_pays_once(
    make_walk, record, fund, staff, made_at, released_at, read_at
):
    walks = [make_walk(record.chen(identity)).approved() for identity in IDENTITIES]
    now = {"on": DAY, "at": AT}

    def make():
        group = {"region": "500000", "scheme": "employee", "flow": "original"}
        return payouts.make(**group, key="m", by=staff["finance"], **now)

    killed(MAKE[made_at], make)
    assert_whole()
    number = make().number
    assert PaymentBatch.objects.count() == 1

    def release():
        return payouts.release(number=number, key="r", by=staff["finance2"], **now)

    killed(RELEASE[released_at], release)
    assert_whole()
    sent = release()
    assert (sent.state, sent.count, sent.total_fen) == ("sent", 2, 2 * 194910)
    assert_whole()

    bulk = pain001.read(batches.file_of(sent))
    calm = simulator.Temper(seed=1, bounce=0, drop=0, repeat=0, reorder=False)
    content = simulator.answers(bulk=bulk, temper=calm)[-1]
    assert {line.status for line in pain002.read(content).lines} == {"ACSC"}

    def read():
        return payouts.read_in(content=content, by=staff["finance"], **now)

    killed(IMPORT[read_at], read)
    assert_whole()
    read()
    assert_whole()
    assert [walk.case.state for walk in walks] == ["completed", "completed"]
    assert list(BankResult.objects.values_list("effect", flat=True)) == ["paid", "paid"]
    assert Payment.objects.count() == 2
