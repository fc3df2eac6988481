"""Two of finance at the same moment: the same batch, the same file, and answers that cross; on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from yibao.bank import pain001, pain002
from yibao.bank.pain002 import BANK_TIME, Line, StatusReport
from yibao.kernel.errors import Refused
from yibao.services import payouts
from yibao.store import batches, verify
from yibao.store.models import BankMessage, BankResult, BatchItem, CaseAction, JournalTransaction, Payment, PaymentBatch
from yibao.store.reconciliation import reconcile

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2023, 2, 10, 15, tzinfo=BANK_TIME)
IDENTITIES = ("500112197603011995", "50011219760302001X", "500112197603030012")
GROUP = {"region": "500000", "scheme": "employee", "flow": "original"}


def at_once(*calls):
    """Run calls in threads that start together; return what each gave or was refused with."""
    ready = Barrier(len(calls))

    def run(call):
        try:
            ready.wait(timeout=20)
            return call()
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


class Desk:
    """Approved cases, and two of finance."""

    def __init__(self, walks, staff):
        self.walks, self.staff = walks, staff
        self.now = walks[0].now()

    def make(self, by, key):
        return payouts.make(**GROUP, key=key, by=self.staff[by], **self.now).number

    def release(self, number, by, key):
        return payouts.release(number=number, key=key, by=self.staff[by], **self.now).state

    def sent(self):
        number = self.make("finance", "m")
        self.release(number, "finance2", "r")
        return batches.get(number)

    def read(self, content, by):
        return [one.effect for one in payouts.read_in(content=content, by=self.staff[by], **self.now).results]

    def states(self):
        return [walk.case.state for walk in self.walks]


@pytest.fixture
def desk(make_walk, record, fund, staff):
    return Desk([make_walk(record.chen(identity)).approved() for identity in IDENTITIES], staff)


def told(batch, *lines, number="M1", minutes=0):
    return pain002.write(StatusReport(number, AT + timedelta(minutes=minutes), batch.number, lines))


def names(batch):
    return [order.end_to_end for order in pain001.read(batches.file_of(batch)).orders]


def assert_whole(desk):
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []
    assert reconcile(region="500000", on=desk.now["on"]).differences == ()
    posted = JournalTransaction.objects.filter(kind="refund.paid", reverses=None).count()
    assert posted == Payment.objects.count() == BatchItem.objects.filter(payment__isnull=False).count()


def test_of_two_who_make_a_batch_one_has_the_cases(desk):
    done = at_once(lambda: desk.make("finance", "a"), lambda: desk.make("finance2", "b"))
    assert sorted("nothing_due" if one == "nothing_due" else "made" for one in done) == ["made", "nothing_due"]
    assert PaymentBatch.objects.get().items.count() == 3


def test_a_double_click_makes_one_batch(desk):
    first, second = at_once(lambda: desk.make("finance", "a"), lambda: desk.make("finance", "a"))
    assert first == second
    assert PaymentBatch.objects.count() == 1


def test_releasing_and_going_on_at_once_pays_each_case_once(desk):
    number = desk.make("finance", "m")
    done = at_once(*[lambda: desk.release(number, "finance2", "r")] * 3)
    assert set(done) <= {"sent", "released", "batch_wrong_state"}
    assert "sent" in done or desk.release(number, "finance2", "r") == "sent"
    assert Payment.objects.count() == 3
    assert batches.get(number).count == 3
    assert_whole(desk)


def test_dropping_while_it_is_released_does_one_of_the_two(desk):
    number = desk.make("finance", "m")

    def drop():
        return batches.drop(number=number, by=desk.staff["finance"]).state

    done = set(at_once(lambda: desk.release(number, "finance2", "r"), drop))
    assert done in ({"sent", "batch_wrong_state"}, {"dropped", "batch_wrong_state"})
    assert Payment.objects.count() == (3 if "sent" in done else 0)
    assert_whole(desk)


def test_two_who_read_the_same_file_in_do_it_once(desk):
    batch = desk.sent()
    one, two, three = names(batch)
    content = told(batch, Line(one, "ACSC"), Line(two, "RJCT", "销户"), Line(three, "ACSC"), Line("X1", "ACSC"))
    done = at_once(*[lambda by=by: desk.read(content, by) for by in ("finance", "finance2", "finance")])
    assert done == [["paid", "bounced", "paid", "unknown"]] * 3
    assert (BankMessage.objects.count(), BankResult.objects.count()) == (1, 4)
    assert desk.states() == ["completed", "approved", "completed"]
    assert CaseAction.objects.filter(kind__in=["confirm_paid", "bounce"]).count() == 3
    assert_whole(desk)


def test_messages_that_cross_settle_each_payment_once_whichever_comes_first(desk):
    batch = desk.sent()
    one, two, three = names(batch)
    forth = told(batch, Line(one, "ACSC"), Line(two, "ACSC"), Line(three, "ACSC"), number="M1", minutes=1)
    back = told(batch, Line(three, "ACSC"), Line(two, "ACSP"), Line(one, "ACSC"), number="M2", minutes=2)
    first, second = at_once(lambda: desk.read(forth, "finance"), lambda: desk.read(back, "finance2"))
    assert sorted((first[0], second[2])) == ["paid", "repeated"]
    assert sorted((first[2], second[0])) == ["paid", "repeated"]
    assert (first[1], second[1]) in (("paid", "on_way"), ("paid", "late"))
    assert desk.states() == ["completed"] * 3
    assert_whole(desk)


def test_paid_and_rejected_at_once_do_one_and_name_the_other(desk):
    batch = desk.sent()
    name = names(batch)[0]
    done = at_once(
        lambda: desk.read(told(batch, Line(name, "ACSC"), number="M1", minutes=1), "finance"),
        lambda: desk.read(told(batch, Line(name, "RJCT"), number="M2", minutes=2), "finance2"),
    )
    assert done in ([["paid"], ["contradicts"]], [["late"], ["bounced"]])
    assert verify.verify_ledger() == []
    assert CaseAction.objects.filter(kind__in=["confirm_paid", "bounce"]).count() == 1
    # Where the bank's last word is not what was done, the reconciliation names the payment.
    differing = [leg.case_number for leg in reconcile(region="500000", on=desk.now["on"]).differences]
    assert differing == ([desk.walks[0].number] if done[0] == ["paid"] else [])
