"""The account's money goes out in payment batches like every payment: made, checked, sent, answered, sent again."""

from datetime import datetime

import pytest

from yibao.bank import pain001, pain002
from yibao.bank.pain002 import BANK_TIME, Line, StatusReport
from yibao.kernel.errors import Refused
from yibao.services import payouts
from yibao.services.relocation import actions
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD, Walk, make_person, make_staff
from yibao.store import batches, verify
from yibao.store.models import PayerAccount, Payment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 3, 15, tzinfo=BANK_TIME)


@pytest.fixture
def loaded(walk, settings, tmp_path):
    """A transfer whose years are at the new place and whose money waits at the old one."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"
    return walk.loaded()


def make(walk, key="m1", by="finance"):
    place = {"region": OLD, "scheme": "employee", "flow": "original", "key": key}
    return payouts.make(**place, by=walk.staff[OLD][by], **walk.now())


def release(walk, batch, by="finance2"):
    return payouts.release(number=batch.number, key=batch.number, by=walk.staff[OLD][by], **walk.now())


def orders(batch):
    return pain001.read(batches.file_of(batch)).orders


def answer(walk, batch, status, number="M1", **more):
    (order,) = orders(batch)
    line = Line(order.end_to_end, status, amount_fen=order.amount_fen, **more)
    told = pain002.write(StatusReport(number, AT, batch.number, (line,), 1, order.amount_fen))
    return [one.effect for one in payouts.read_in(content=told, by=walk.staff[OLD]["finance"], **walk.now()).results]


def code_of(call):
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal.code


def test_maker_checker_file_bounce_and_once_more(loaded):
    walk = loaded
    groups, hindered = payouts.due(by=walk.staff[OLD]["finance"])
    assert [(group.region, group.scheme, group.flow, group.total_fen) for group in groups] == [
        (OLD, "employee", "original", BALANCE)
    ]
    assert hindered == []

    first = make(walk)
    assert code_of(lambda: make(walk, "m2")) == "nothing_due"
    assert code_of(walk.pay) == "in_a_batch"
    assert code_of(lambda: release(walk, first, by="finance")) == "batch_two_persons"
    first = release(walk, first)
    agency = PayerAccount.objects.get(region=NEW)
    (order,) = orders(first)
    assert (first.state, order.amount_fen, order.memo) == ("sent", BALANCE, walk.number("out"))
    assert (order.payee.name, order.payee.account) == (agency.holder, agency.number)
    assert (walk.case("out").state, walk.side("out").money.state) == ("executing", "paid")
    walk.whole()

    assert answer(walk, first, "RJCT", reason="账户状态不正常") == ["bounced"]
    assert (walk.case("out").state, walk.side("out").money.state) == ("approved", "departed")
    walk.whole()
    assert answer(walk, first, "RJCT", reason="账户状态不正常", number="M2") == ["repeated"]

    second = release(walk, make(walk, "m3"))
    assert answer(walk, second, "ACSC", number="M3", reference="B7") == ["paid"]
    assert (walk.case("out").state, walk.side("out").money.notice["reference"]) == ("completed", "B7")
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["bounced", "paid"]
    walk.carry()
    walk.arrive()
    walk.credit()
    walk.carry()
    assert (walk.balance(NEW), walk.side("out").money.state) == (BALANCE, "settled")
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []


def test_a_table_sent_back_meanwhile_leaves_the_batch(walk, settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"
    walk.sent()
    batch = make(walk)
    actions.send_back(number=walk.number("in"), why="起始月份不对", by=walk.staff[NEW]["clerk"], **walk.now())
    walk.carry()
    assert walk.balance(OLD) == BALANCE
    batch = release(walk, batch)
    assert (batch.state, batch.count, batch.items.get().left_out) == ("sent", 0, "no_money_moves")
    walk.whole()
    walk.build()
    walk.sign()
    walk.carry()
    assert len(orders(release(walk, make(walk, "m2")))) == 1


def test_without_an_account_of_the_other_agency_it_is_named_and_not_paid(db):
    walk = Walk(make_person(), make_staff())
    PayerAccount.objects.filter(region=NEW).delete()
    walk.loaded()
    groups, hindered = payouts.due(by=walk.staff[OLD]["finance"])
    assert groups == []
    assert [(one.case.number, one.hindrance) for one in hindered] == [(walk.number("out"), "no_account")]
    assert code_of(walk.pay) == "agency_bank_missing"
