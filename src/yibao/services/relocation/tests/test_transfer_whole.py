"""A transfer from application to money, applied for at either place."""

import pytest

from yibao.services.relocation import actions
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD
from yibao.store import verify
from yibao.store.models import Enrolment, MovedEnrolment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("at_old", [False, True], ids=["applied at the new place", "applied at the old place"])
def test_years_and_money_arrive_each_at_its_own_end(walk, at_old):
    walk.at_old = at_old
    walk.accepted()
    assert (walk.case("out").state, walk.case("in").state) == ("accepted", "accepted")
    walk.build()
    walk.sign()
    assert walk.balance(OLD) == 0
    walk.carry()
    walk.check()
    walk.load()
    walk.carry()
    assert walk.case("in").state == "completed"
    assert walk.side("in").stage == walk.side("out").stage == "loaded"
    assert set(Enrolment.objects.filter(person=walk.person, region=OLD).values_list("status", flat=True)) == {"ended"}
    assert MovedEnrolment.objects.get().to_region == NEW
    walk.pay()
    walk.whole()
    walk.confirm()
    walk.carry()
    walk.arrive()
    walk.whole()
    assert walk.balance(NEW) == 0
    walk.credit()
    walk.carry()
    assert (walk.balance(OLD), walk.balance(NEW)) == (0, BALANCE)
    assert walk.case("out").state == "completed"
    assert walk.side("out").money.state == "settled"
    shown = actions.progress(number=walk.number("in"), on=walk.on)
    assert shown["years_ended"]
    assert shown["money"]["ended"]
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []
