"""Approved refunds go to the bank in batches: made by one, released by another, one file, exact to the fen."""

import pytest
from django.db import IntegrityError, transaction

from yibao.bank import pain001
from yibao.bank.orders import Party, end_to_end
from yibao.kernel.errors import Refused
from yibao.services import payouts
from yibao.services.refund import actions
from yibao.store import batches, verify
from yibao.store.models import ClearingMember, PayerAccount, Payment, PaymentBatch

pytestmark = pytest.mark.django_db
IDENTITIES = ("500112197603011995", "50011219760302001X", "500112197603030012")


@pytest.fixture
def walks(make_walk, record):
    """Three approved cases, each of 1,949.10 yuan."""
    return [make_walk(record.chen(identity)).approved() for identity in IDENTITIES]


@pytest.fixture
def till(walks, fund, staff):
    return Till(walks, staff)


class Till:
    """The pay-out desk: finance makes, finance2 releases."""

    def __init__(self, walks, staff):
        self.walks, self.staff = walks, staff

    def now(self):
        return self.walks[0].now()

    def make(self, by="finance", key="m1", **changed):
        given = {"region": "500000", "scheme": "employee", "flow": "original", **changed}
        return payouts.make(**given, key=key, by=self.staff[by], **self.now())

    def release(self, number, by="finance2", key="r1"):
        return payouts.release(number=number, key=key, by=self.staff[by], **self.now())


def refusal(work, *args, **kwargs):
    with pytest.raises(Refused) as no:
        work(*args, **kwargs)
    return no.value.refusal.code


def test_a_released_batch_pays_its_cases_and_says_so_to_the_bank(till):
    made = till.make()
    assert (made.state, made.items.count()) == ("made", 3)
    assert {walk.case.state for walk in till.walks} == {"approved"}

    sent = till.release(made.number)

    assert (sent.state, sent.count, sent.total_fen) == ("sent", 3, 3 * 194910)
    assert {walk.case.state for walk in till.walks} == {"executing"}
    told = pain001.read(batches.file_of(sent))
    assert (told.message_id, told.total_fen) == (made.number, 584730)
    assert told.payer == Party("演示市医保基金", "31001500000050000001", "105653000014")
    payments = Payment.objects.order_by("pk")
    assert [order.end_to_end for order in told.orders] == [end_to_end(payment.pk) for payment in payments]
    assert {order.payee for order in told.orders} == {Party("陈建国", "6222020000000000000", "102653000012")}
    assert {order.memo for order in told.orders} == {walk.number for walk in till.walks}
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []


def test_the_maker_never_releases_on_any_route(till):
    made = till.make()
    assert refusal(till.release, made.number, by="finance") == "batch_two_persons"
    assert refusal(payouts.carry_on, number=made.number, by=till.staff["finance"], **till.now()) == "batch_two_persons"
    assert refusal(till.walks[0].pay, by="finance") == "in_a_batch"
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.objects.update(released_by=till.staff["finance"].user_id)
    assert batches.get(made.number).state == "made"
    assert not Payment.objects.exists()


@pytest.mark.parametrize("name", ["clerk", "reviewer", "county_agency"])
def test_only_finance_makes_and_releases(till, name):
    made = till.make()
    assert refusal(till.make, by=name, key="other") == "not_your_role"
    assert refusal(till.release, made.number, by=name) == "not_your_role"


def test_asking_twice_makes_one_batch_and_pays_once(till):
    first, again = till.make(), till.make()
    assert first == again
    assert refusal(till.make, key="m2") == "nothing_due"
    assert refusal(till.make, key="m1", flow="slip") == "key_reused"
    sent = [till.release(first.number, key=key) for key in ("r1", "r1")]
    assert sent[0].file_sha256 == sent[1].file_sha256
    assert refusal(till.release, first.number, key="r2") == "batch_wrong_state"
    assert Payment.objects.count() == 3


def test_a_dropped_batch_frees_its_cases(till):
    made = till.make()
    batches.drop(number=made.number, by=till.staff["finance"])
    assert refusal(till.release, made.number) == "batch_wrong_state"
    assert till.make(key="m2").items.count() == 3


def test_a_case_that_may_no_longer_be_paid_is_left_out_and_named(till):
    made = till.make()
    walk = till.walks[1]
    actions.withdraw(number=walk.number, reason="本人不再申请", by=walk.citizen, **walk.now())
    sent = till.release(made.number)
    assert (sent.count, sent.total_fen) == (2, 2 * 194910)
    assert [item.left_out for item in sent.items.all()] == ["", "wrong_state", ""]


def test_an_account_that_changed_after_the_checker_saw_it_is_not_paid(till):
    walk = till.walks[1]
    walk.pay()
    walk.bounce()
    made = till.make()
    other = {"bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": "622202123456789012"}
    actions.save_answers(number=walk.number, answers=other, by=walk.citizen, **walk.now())
    sent = till.release(made.number)
    assert [item.left_out for item in sent.items.all()] == ["", "batch_item_changed", ""]
    assert walk.case.state == "approved"


def test_what_cannot_go_into_a_batch_is_named_with_its_hindrance(till, staff):
    ClearingMember.objects.all().delete()
    groups, others = payouts.due(by=staff["finance"])
    assert groups == []
    assert {one.hindrance for one in others} == {"no_clearing_code"}


def test_without_an_account_of_the_fund_no_batch_is_made(till):
    PayerAccount.objects.all().delete()
    assert refusal(till.make) == "no_payer_account"
    assert not PaymentBatch.objects.exists()


def test_one_fen_changed_in_a_batch_behind_the_systems_back_is_told(till):
    sent = till.release(till.make().number)
    assert verify.verify_audit(files=False) == []
    PaymentBatch.objects.update(total_fen=3 * 194910 + 1)
    (fault,) = verify.verify_audit(files=False)
    assert sent.number in fault
    assert "584731" in fault
