"""From its checkpoints the reconciliation says what the full one says, whatever happened, in whatever order."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from yibao.bank.orders import end_to_end
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import refund_paid
from yibao.store import posting
from yibao.store.models import (
    BankMessage,
    BankResult,
    BatchItem,
    Case,
    JournalTransaction,
    Payment,
    PaymentBatch,
    ReconciliationDay,
    ReconciliationOpen,
)
from yibao.store.reconciliation import checkpoints, make_due, reconcile

pytestmark = pytest.mark.django_db
START = date(2023, 12, 20)
AT = datetime(2023, 12, 20, 2, tzinfo=UTC)
REGIONS = ("500000", "500112", "510100")
OFFICES = ("500000", "500112", "510000")
DAYS = 20


class World:
    """Payments, postings and answers, written as the actions write them, on days that jump back and forth."""

    def __init__(self, person, staff, seed=0):
        self.chance = Random(seed)
        self.person, self.staff = person, staff
        self.made = 0

    def next(self) -> int:
        self.made += 1
        return self.made

    def day(self, on=None) -> date:
        return on or START + timedelta(days=self.chance.randrange(DAYS))

    def pay(self, on=None, *, batch=None, fen=None, region=None, receiver="person") -> Payment:
        on, fen = self.day(on), fen or self.chance.randrange(1, 10**6)
        region = region or self.chance.choice(REGIONS)
        case = Case.objects.create(
            number=f"C{self.next()}", service="refund", region=region, person=self.person, state="executing",
            opened_on=on,
        )  # fmt: skip
        route = self.chance.choice(["original", "slip"])
        made = Payment.objects.create(case=case, receiver=receiver, amount_fen=fen, route=route, sent_on=on)
        made.transaction = self.post(on, fen, region)
        made.save()
        if self.chance.random() < 0.7 if batch is None else batch:
            BatchItem.objects.create(
                batch=self.batch(), case=case, amount_fen=fen, evidence_hash="e", payment=made, bank_account=None
            )
        return made

    def post(self, on, fen, region) -> JournalTransaction:
        postings = refund_paid(region=region, scheme="employee", amount_fen=fen)
        return posting.post(draft=Draft(f"t{self.next()}", "refund.paid", on, postings), at=AT)

    def batch(self) -> PaymentBatch:
        found, _ = PaymentBatch.objects.get_or_create(
            number="PB-1", defaults={"region": "500000", "scheme": "employee", "flow": "original", "state": "made",
            "made_by_id": self.staff.user_id, "made_at": AT, "made_on": START},
        )  # fmt: skip
        return found

    def answer(self, payment, status, on=None, minutes=0) -> None:
        on = self.day(on)
        message = BankMessage.objects.create(
            batch=self.batch(), message_id=f"M{self.next()}", sha256="0" * 64,
            written_at=AT + timedelta(minutes=minutes), imported_by_id=self.staff.user_id, imported_at=AT,
            imported_on=on,
        )  # fmt: skip
        effect = "contradicts"
        if payment.status == "sent" and status in ("ACSC", "RJCT"):
            effect = "paid" if status == "ACSC" else "bounced"
            self.settle(payment, effect, on)
        BankResult.objects.create(
            message=message, line=1, end_to_end=end_to_end(payment.pk), payment=payment, status=status, effect=effect
        )

    def settle(self, payment, status, on=None) -> None:
        """As by hand: with a reference, or as come back."""
        on = self.day(on)
        if status == "bounced" and payment.transaction:
            self.reverse(payment.transaction, on)
        payment.status, payment.settled_on = status, on
        payment.save()

    def reverse(self, row, on=None) -> None:
        if not JournalTransaction.objects.filter(reverses=row).exists():
            posting.reverse(transaction_id=row.pk, key=f"r{self.next()}", accounting_date=self.day(on), at=AT)

    def anything(self) -> None:
        payments, chance = list(Payment.objects.all()), self.chance
        kind = chance.choice(["pay", "pay", "pay", "answer", "answer", "answer", "settle", "stray", "reverse", "day"])
        if kind == "day":
            checkpoints.make(on=self.day(), at=AT)
        elif kind == "stray":
            self.post(self.day(), chance.randrange(1, 1000), chance.choice(REGIONS))
        elif kind == "pay" or not payments:
            self.pay(receiver=chance.choice(["person", "person", "heir", "account"]))
        elif kind == "answer":
            self.answer(chance.choice(payments), chance.choice(["ACSC", "RJCT", "ACSP"]), minutes=chance.randrange(9))
        elif kind == "reverse":
            self.reverse(chance.choice(list(JournalTransaction.objects.filter(reverses=None))))
        else:
            waiting = [one for one in payments if one.status == "sent"]
            if waiting:
                self.settle(chance.choice(waiting), chance.choice(["paid", "bounced"]))


@pytest.fixture
def world(make_person, staff):
    person, finance = make_person(), staff("finance", "finance")
    return lambda seed=0: World(person, finance, seed)


def assert_same(on=None) -> None:
    for office in OFFICES:
        for place in range(0, DAYS + 1, 4) if on is None else [0]:
            day = (on or START) + timedelta(days=place)
            assert reconcile(region=office, on=day) == reconcile(region=office, on=day, full=True), (office, day)


@pytest.mark.parametrize("seed", range(3))
def test_checkpoints_change_nothing_of_what_is_said(world, seed):
    made = world(seed)
    for step in range(45):
        made.anything()
        if step % 9 == 8:
            assert_same(on=made.day())
    assert ReconciliationDay.objects.exists()
    assert_same()


def test_a_difference_stays_named_behind_any_number_of_checkpoints(world):
    made = world()
    made.answer(made.pay(START, batch=True, fen=500, region="500000"), "RJCT", START, minutes=1)
    odd = made.pay(START, batch=True, fen=700, region="500000")
    made.answer(odd, "ACSC", START, minutes=1)
    made.answer(odd, "RJCT", START, minutes=2)
    made.post(START, 1, "500000")
    for later in range(1, 6):
        make_due(on=START + timedelta(days=later), at=AT)
    found = reconcile(region="500000", on=START + timedelta(days=9))
    assert [(leg.case_fen, leg.ledger_fen, leg.bank_fen) for leg in found.differences] == [(700, 700, 0), (0, 1, 0)]
    assert ReconciliationDay.objects.count() == 5


def test_a_bank_that_takes_back_what_had_agreed_is_named_though_it_answers_with_an_old_day(world):
    made = world()
    paid = made.pay(START, batch=True, fen=500, region="500000")
    made.answer(paid, "ACSC", START, minutes=1)
    make_due(on=START + timedelta(days=3), at=AT)
    assert not ReconciliationOpen.objects.exists()
    made.answer(paid, "RJCT", START, minutes=2)
    (leg,) = reconcile(region="500000", on=START + timedelta(days=3)).differences
    assert (leg.case_fen, leg.ledger_fen, leg.bank_fen) == (500, 500, 0)


def test_a_day_costs_what_happened_on_it(world, django_assert_max_num_queries):
    made = world()
    for _ in range(30):
        made.answer(made.pay(START, batch=True, region="500000"), "ACSC", START, minutes=1)
    make_due(on=START + timedelta(days=1), at=AT)
    made.pay(START + timedelta(days=1), batch=True, region="500000")
    base = checkpoints.latest(START + timedelta(days=1))
    assert (base.payments().count(), base.touched) == (1, frozenset())
    with django_assert_max_num_queries(12):
        (flow, *_) = reconcile(region="500000", on=START + timedelta(days=1)).flows
    assert flow.count


def test_a_day_is_kept_once_and_never_changed(world):
    made = world()
    made.pay(START)
    assert make_due(on=START + timedelta(days=1), at=AT)
    assert make_due(on=START + timedelta(days=1), at=AT) is None
    assert ReconciliationDay.objects.count() == 1
