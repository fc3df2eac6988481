"""The calendar is no friend: clocks jump, years end, books close, and the holidays of a year are not known yet."""

from datetime import date, timedelta

import pytest

from yibao.batch import worker
from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.kernel.workdays import last_published_year
from yibao.ledger.accounts import Account, AccountKind
from yibao.services import payouts
from yibao.store import posting, verify
from yibao.store.models import CaseClock, JournalTransaction, Payment
from yibao.store.reconciliation import reconcile

pytestmark = pytest.mark.django_db
FEN = 194910


def close(month, walk):
    posting.close_period(region="500000", month=Month.parse(month), by=walk.staff["finance"], at=walk.now()["at"])


def refusal(work):
    with pytest.raises(Refused) as no:
        work()
    return no.value.refusal


def test_a_closed_month_refuses_the_last_signature_and_the_case_waits_unharmed(walk):
    walk.accepted()
    close("2023-02", walk)
    before = walk.case
    no = refusal(lambda: walk.approve(confirmed=True))
    assert (no.code, no.status) == ("period_closed", 409)
    assert no.zh == "该记账日期所在月份已结账"
    assert "未结账月份" in no.next_zh
    assert no.next_en
    after = walk.case
    assert (after.state, after.action_count, after.evidence_hash) == (
        "accepted",
        before.action_count,
        before.evidence_hash,
    )
    assert not JournalTransaction.objects.filter(case_number=walk.number).exists()

    walk.on = date(2023, 3, 1)
    assert walk.approve(confirmed=True).state == "approved"
    (posted,) = JournalTransaction.objects.filter(case_number=walk.number)
    assert posted.accounting_date == date(2023, 3, 1)
    assert verify.verify_ledger() == []


def test_a_month_closed_between_approval_and_payment_holds_up_the_payment_only(walk):
    walk.approved()
    close("2023-02", walk)
    assert refusal(walk.pay).code == "period_closed"
    assert (walk.case.state, Payment.objects.count()) == ("approved", 0)
    walk.on = date(2023, 3, 1)
    walk.pay()
    assert walk.case.state == "executing"


def test_money_that_comes_back_after_the_month_was_closed_is_booked_in_the_open_one(walk):
    walk.paid()
    close("2023-02", walk)
    assert refusal(walk.bounce).code == "period_closed"
    assert (walk.case.state, Payment.objects.get().status) == ("executing", "sent")
    walk.on = date(2023, 3, 2)
    walk.bounce()
    assert walk.case.state == "approved"
    assert posting.balance(Account(AccountKind.REFUNDS_PAYABLE, "500000", "employee")) == FEN
    for day in (date(2023, 2, 28), date(2023, 3, 2)):
        assert reconcile(region="500000", on=day).differences == ()


def test_a_closed_month_leaves_a_case_out_of_its_batch_and_frees_it(walk, fund):
    walk.approved()
    group = {"region": "500000", "scheme": "employee", "flow": "original"}
    made = payouts.make(**group, key="a", by=walk.staff["finance"], **walk.now())
    close("2023-02", walk)
    sent = payouts.release(number=made.number, key="b", by=walk.staff["finance2"], **walk.now())
    assert [item.left_out for item in sent.items.all()] == ["period_closed"]
    walk.on = date(2023, 3, 1)
    again = payouts.make(**group, key="c", by=walk.staff["finance"], **walk.now())
    payouts.release(number=again.number, key="d", by=walk.staff["finance2"], **walk.now())
    assert walk.case.state == "executing"


@pytest.mark.parametrize("hours", [-30 * 24, -5, 5, 400 * 24], ids=["a month back", "back", "forth", "a year forth"])
def test_a_clock_that_jumps_between_two_steps_breaks_nothing(walk, hours):
    walk.accepted()
    walk.minutes += hours * 60
    walk.approve(confirmed=True)
    walk.minutes -= hours * 60
    walk.pay()
    walk.minutes += hours * 60
    walk.confirm()
    assert walk.case.state == "completed"
    assert verify.verify_audit(files=False) == []
    assert verify.verify_ledger() == []
    assert reconcile(region="500000", on=walk.on).differences == ()


def test_over_the_end_of_a_year_each_step_stands_in_its_own_year(walk):
    walk.on = date(2023, 12, 31)
    walk.approved()
    walk.on = date(2024, 1, 1)
    walk.pay()
    walk.confirm()
    days = list(JournalTransaction.objects.filter(case_number=walk.number).values_list("kind", "accounting_date"))
    assert days == [("refund.payable", date(2023, 12, 31)), ("refund.paid", date(2024, 1, 1))]
    assert walk.number.startswith("CQ-2023-")
    assert reconcile(region="500000", on=date(2023, 12, 31)).flows == ()
    (flow,) = reconcile(region="500000", on=date(2024, 1, 1)).flows
    assert flow.case_fen == FEN


def test_a_due_day_in_a_year_without_a_calendar_is_marked_and_the_worker_waits_for_it(walk):
    last = last_published_year()
    walk.on = date(last, 12, 28)
    walk.accepted()
    clock = CaseClock.objects.get(case__number=walk.number, finished_on=None)
    assert (clock.due_on.year, clock.due_provisional) == (last + 1, True)
    at = walk.now()["at"]
    early = worker.look(name="w", on=clock.due_on, at=at + timedelta(days=1))
    assert (early.escalated, early.failures) == ([], [])
    late = worker.look(name="w", on=clock.due_on + timedelta(days=1), at=at + timedelta(days=2))
    assert (late.escalated, late.failures) == ([walk.number], [])
