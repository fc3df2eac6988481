"""Cases, books and bank agree to the fen, or each fen on which they differ is named."""

from datetime import date, timedelta

import pytest

from yibao.bank import pain001, pain002, simulator
from yibao.bank.orders import end_to_end
from yibao.bank.pain002 import Line, StatusReport
from yibao.kernel.identifiers import make_resident_id
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import refund_paid
from yibao.services import payouts
from yibao.services.refund import actions
from yibao.store import batches, posting, verify
from yibao.store.models import Payment
from yibao.store.reconciliation import reconcile

pytestmark = pytest.mark.django_db
DAY = date(2023, 2, 10)
FEN = 194910
ANOTHER = {"bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": "622202123456789012"}


def identities():
    serial = 1
    while True:
        yield make_resident_id(area="500112", born=date(1976, 3, 1), serial=serial)
        serial += 2


@pytest.fixture
def town(make_walk, record, fund, staff):
    """Approved cases, as many as asked for."""
    names = identities()

    def make(count, on=DAY, **options):
        walks = [make_walk(record.chen(next(names)), on=on, **options) for _ in range(count)]
        return [walk.approved() for walk in walks]

    return make


def send(walks, staff, key, flow="original"):
    shared = {"region": "500000", "scheme": "employee", "flow": flow, "key": key}
    made = payouts.make(**shared, by=staff["finance"], **walks[0].now())
    return payouts.release(number=made.number, key=key, by=staff["finance2"], **walks[0].now())


def answer(batch, staff, walk, *lines, number="M1", minutes=1):
    said = StatusReport(number, batch.released_at + timedelta(minutes=minutes), batch.number, lines)
    return payouts.read_in(content=pain002.write(said), by=staff["finance"], **walk.now())


def legs(found):
    return [(leg.what, leg.case_fen, leg.ledger_fen, leg.bank_fen) for leg in found.differences]


def test_what_is_on_its_way_and_what_was_answered_agrees(town, staff):
    walks = town(3)
    batch = send(walks, staff, "m1")
    names = [end_to_end(payment.pk) for payment in Payment.objects.order_by("pk")]
    answer(batch, staff, walks[0], Line(names[0], "ACSC"), Line(names[1], "RJCT", "销户"))

    found = reconcile(region="500000", on=DAY)

    assert found.differences == ()
    (flow,) = found.flows
    assert (flow.case_fen, flow.ledger_fen, flow.bank_fen) == (2 * FEN, 2 * FEN, 2 * FEN)
    assert (flow.count, flow.on_way_fen) == (2, FEN)
    assert [leg.end_to_end for leg in found.on_way] == [names[2]]
    assert reconcile(region="500000", on=DAY - timedelta(days=1)).flows == ()


def test_money_paid_by_hand_and_by_slip_is_in_it(town, staff):
    original, slip = town(1)[0], town(1, channel="window")[0]
    original.pay()
    original.confirm()
    slip.pay()

    found = reconcile(region="500000", on=DAY)

    assert found.difference_fen == 0
    assert {flow.route: (flow.case_fen, flow.by_hand_fen, flow.on_way_fen) for flow in found.flows} == {
        "original": (FEN, FEN, 0),
        "slip": (FEN, 0, FEN),
    }


def test_a_bank_that_changes_its_mind_is_named(town, staff):
    walks = town(2)
    batch = send(walks, staff, "m1")
    names = [end_to_end(payment.pk) for payment in Payment.objects.order_by("pk")]
    answer(batch, staff, walks[0], Line(names[0], "ACSC"), Line(names[1], "RJCT", "销户"))
    answer(batch, staff, walks[0], Line(names[0], "RJCT"), Line(names[1], "ACSC"), number="M2", minutes=9)

    found = reconcile(region="500000", on=DAY)

    assert legs(found) == [("ledger_bank", FEN, FEN, 0), ("ledger_bank", 0, 0, FEN)]
    assert found.difference_fen == 2 * FEN
    assert [leg.case_number for leg in found.differences] == [walk.number for walk in walks]


def test_what_came_back_by_hand_while_the_bank_still_has_it_is_named(town, staff):
    walks = town(1)
    send(walks, staff, "m1")
    walks[0].bounce()
    assert legs(reconcile(region="500000", on=DAY)) == [("ledger_bank", 0, 0, FEN)]


def test_a_payment_the_books_do_not_know_and_a_posting_no_payment_knows_are_named(town, staff):
    walks = town(2)
    walks[0].pay()
    Payment.objects.update(transaction=None)
    found = reconcile(region="500000", on=DAY)
    assert legs(found) == [("case_ledger", FEN, 0, FEN), ("no_payment", 0, FEN, 0)]
    assert found.difference_fen == 2 * FEN


def test_one_fen_too_much_in_the_books_is_named(town, staff):
    walks = town(1)
    walks[0].pay()
    draft = Draft("stray", "refund.paid", DAY, refund_paid(region="500000", scheme="employee", amount_fen=1))
    posting.post(draft=draft, at=walks[0].now()["at"])
    found = reconcile(region="500000", on=DAY)
    assert (legs(found), found.difference_fen) == ([("no_payment", 0, 1, 0)], 1)


class Month:
    """Each day new cases go out; answers get lost, doubled and crossed; those sent back go out again."""

    SEED, BOUNCE = 11, 30

    def __init__(self, staff):
        self.staff = staff
        self.walks, self.files = [], []

    def day(self, on, new):
        """Apply, correct accounts, send what is due, and hear what the bank says of the latest files."""
        self.walks += new
        for walk in self.walks:
            walk.on = on
            if walk.case.state == "approved" and walk.case.payments.exists():
                actions.save_answers(number=walk.number, answers=ANOTHER, by=walk.citizen, **walk.now())
        if any(walk.case.state == "approved" for walk in self.walks):
            self.files.append(batches.file_of(send(self.walks, self.staff, f"batch {on}")))
        for content in self.files[-3:]:
            self.hear(content, simulator.Temper(self.SEED, self.BOUNCE, drop=30, repeat=40, round=on.day))

    def hear(self, content, temper):
        for told in simulator.answers(bulk=pain001.read(content), temper=temper):
            payouts.read_in(content=told, by=self.staff["finance"], **self.walks[0].now())

    def hear_all(self):
        for content in self.files:
            self.hear(content, simulator.Temper(self.SEED, self.BOUNCE, drop=0, repeat=0))


def test_a_month_with_a_rough_bank_reconciles_to_zero_each_day(town, staff):
    month = Month(staff)
    for place in range(0, 28, 2):
        on = DAY + timedelta(days=place)
        month.day(on, town(2, on=on) if place < 12 else [])
        assert reconcile(region="500000", on=on).differences == ()
    month.hear_all()

    end = reconcile(region="500000", on=DAY + timedelta(days=40))
    assert (end.differences, end.on_way) == ((), ())
    states = [walk.case.state for walk in month.walks]
    assert set(states) <= {"completed", "approved"}
    owed = FEN * states.count("approved")
    assert posting.balance(Account(AccountKind.REFUNDS_PAYABLE, "500000", "employee")) == owed
    assert sum(flow.bank_fen for flow in end.flows) == FEN * states.count("completed")
    assert Payment.objects.filter(status="bounced").exists()
    assert verify.verify_ledger() == []
