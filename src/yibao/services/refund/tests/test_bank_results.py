"""What the bank answers takes effect once: duplicate, late, crossed and unknown messages change nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from yibao.bank import pain001, pain002
from yibao.bank.orders import BankFileInvalid
from yibao.bank.pain002 import BANK_TIME, Line, StatusReport
from yibao.kernel.errors import Refused
from yibao.ledger.accounts import Account, AccountKind
from yibao.services import payouts
from yibao.services.refund import actions
from yibao.store import batches, posting, verify
from yibao.store.models import BankMessage, BankResult, CaseAction, JournalTransaction, Payment

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 15, tzinfo=BANK_TIME)
IDENTITIES = ("500112197603011995", "50011219760302001X")
FEN = 194910


class Office:
    """Two cases at the bank, and somebody of finance who reads answers in."""

    def __init__(self, walks, staff):
        self.walks, self.staff = walks, staff
        self.batch = self.send("m1")
        self.names = [order.end_to_end for order in pain001.read(batches.file_of(self.batch)).orders]

    def send(self, key):
        shared = {"region": "500000", "scheme": "employee", "flow": "original", "key": key}
        made = payouts.make(**shared, by=self.staff["finance"], **self.walks[0].now())
        return payouts.release(number=made.number, key=key, by=self.staff["finance2"], **self.walks[0].now())

    def told(self, *lines, number="M1", minutes=0, **changed) -> bytes:
        said = StatusReport(number, AT + timedelta(minutes=minutes), self.batch.number, lines, len(self.names), 2 * FEN)
        return pain002.write(replace(said, **changed))

    def read(self, content, by="finance"):
        return payouts.read_in(content=content, by=self.staff[by], **self.walks[0].now())

    def effects(self, content):
        return [one.effect for one in self.read(content).results]

    def states(self):
        return [walk.case.state for walk in self.walks]


@pytest.fixture
def office(make_walk, record, fund, staff):
    return Office([make_walk(record.chen(identity)).approved() for identity in IDENTITIES], staff)


def stock():
    """Everything an answer could change."""
    return (
        list(CaseAction.objects.order_by("pk").values_list("hash", flat=True)),
        list(JournalTransaction.objects.order_by("pk").values_list("content_hash", flat=True)),
        list(Payment.objects.order_by("pk").values_list("status", "reference", "reason")),
    )


def balance(kind):
    return posting.balance(Account(kind, "500000", "employee"))


def paid(name, **more):
    return Line(name, "ACSC", amount_fen=FEN, reference="B7", **more)


def rejected(name):
    return Line(name, "RJCT", "户名与账号不符", FEN)


def test_paid_closes_the_case_and_rejected_brings_the_money_back(office):
    first, second = office.names
    assert office.effects(office.told(paid(first), rejected(second))) == ["paid", "bounced"]
    assert office.states() == ["completed", "approved"]
    assert [payment.status for payment in Payment.objects.order_by("pk")] == ["paid", "bounced"]
    assert balance(AccountKind.REFUNDS_PAYABLE) == FEN
    assert actions.available(case=office.walks[1].case, actor=office.walks[1].citizen)[-1] == "correct_account"
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []


def test_a_case_that_came_back_goes_out_again_in_another_batch(office):
    office.read(office.told(paid(office.names[0]), rejected(office.names[1])))
    number = office.send("m2").number
    again = Payment.objects.latest("pk")
    assert (again.status, again.batch_item.batch.number) == ("sent", number)
    with pytest.raises(Refused, match="answer_sums_differ"):
        office.read(office.told(paid(office.names[1]), number="M2", batch=number))
    late = office.told(paid(office.names[1]), number="M3", minutes=-5)
    assert office.effects(late) == ["late"]
    assert office.states() == ["completed", "executing"]


@pytest.mark.parametrize("turn", [1, 2])
def test_the_same_file_again_changes_nothing(office, turn):
    content = office.told(paid(office.names[0]), rejected(office.names[1]))
    first = office.read(content)
    before = stock()
    for _ in range(turn):
        again = office.read(content)
        assert (again.repeated, again.results) == (True, first.results)
    assert stock() == before
    assert BankMessage.objects.count() == 1


def test_repeated_late_crossed_and_unknown_lines_are_named_and_change_nothing(office):
    first, second = office.names
    office.read(office.told(paid(first), rejected(second), number="M5", minutes=50))
    before = stock()
    said = [
        (office.told(paid(first), number="M6", minutes=60), ["repeated"]),
        (office.told(Line(first, "ACSP"), number="M7", minutes=10), ["late"]),
        (office.told(rejected(first), number="M8", minutes=20), ["late"]),
        (office.told(rejected(first), paid(second), number="M9", minutes=90), ["contradicts", "contradicts"]),
        (office.told(Line("P000000099999", "ACSC"), Line("NOTPROVIDED", "RJCT"), number="M10"), ["unknown", "unknown"]),
    ]
    for content, expected in said:
        assert office.effects(content) == expected
        assert stock() == before


def test_an_order_on_its_way_changes_nothing_until_it_is_there(office):
    before = stock()
    assert office.effects(office.told(Line(office.names[0], "ACSP"), number="M1")) == ["on_way"]
    assert stock() == before
    assert office.effects(office.told(paid(office.names[0]), number="M2", minutes=1)) == ["paid"]


def test_a_batch_rejected_as_a_whole_comes_back_as_a_whole(office):
    content = office.told(status="RJCT", reason="合计金额超限")
    assert office.effects(content) == ["bounced", "bounced"]
    assert office.states() == ["approved", "approved"]
    assert {payment.reason for payment in Payment.objects.all()} == {"合计金额超限"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"batch": "PB-500000-2023-999999"}, "answer_to_no_batch"),
        ({"count": 3}, "answer_sums_differ"),
        ({"total_fen": 2 * FEN + 1}, "answer_sums_differ"),
    ],
)
def test_a_wrong_batch_or_sum_changes_nothing(office, changed, code):
    before = stock()
    with pytest.raises(Refused) as no:
        office.read(office.told(paid(office.names[0]), **changed))
    assert no.value.refusal.code == code
    assert (stock(), BankMessage.objects.count()) == (before, 0)


def test_one_wrong_amount_stops_the_whole_answer(office):
    with pytest.raises(Refused, match="answer_sums_differ"):
        office.read(office.told(paid(office.names[0]), Line(office.names[1], "ACSC", amount_fen=FEN - 1)))
    assert not BankResult.objects.exists()


def test_one_number_for_two_contents_is_refused(office):
    office.read(office.told(paid(office.names[0])))
    with pytest.raises(Refused, match="answer_number_reused"):
        office.read(office.told(rejected(office.names[1])))
    assert office.states() == ["completed", "executing"]


def test_no_xml_changes_nothing(office):
    with pytest.raises(BankFileInvalid):
        office.read(b"<Document/>")
    assert not BankMessage.objects.exists()


def test_only_finance_reads_answers_in(office):
    with pytest.raises(Refused, match="not_your_role"):
        office.read(office.told(paid(office.names[0])), by="clerk")
    assert office.states() == ["executing", "executing"]
