"""Whose work list a transfer stands in: never that of somebody who has nothing to do with it now."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yibao.casework.standing import OTHER_PLACE
from yibao.services.relocation import actions
from yibao.services.relocation.tests.conftest import NEW, OLD, Walk, make_person, make_staff
from yibao.store import queues, verify

pytestmark = pytest.mark.django_db


def lists(walk, side):
    """Return the roles in whose work lists one side's case stands."""
    place = walk.source if side == "out" else walk.target
    roles = ("clerk", "reviewer", "finance", OTHER_PLACE)
    found = {role: queues.queue(roles=[role], region=place).rows for role in roles}
    return [role for role, rows in found.items() if walk.number(side) in [case.number for case in rows]]


def test_each_step_passes_the_turn_on(walk):
    walk.submitted()
    assert lists(walk, "in") == [OTHER_PLACE]
    walk.carry()
    assert (lists(walk, "out"), lists(walk, "in")) == (["clerk"], [OTHER_PLACE])
    walk.build()
    assert lists(walk, "out") == ["reviewer"]
    walk.sign()
    walk.carry()
    assert (lists(walk, "out"), lists(walk, "in")) == (["finance"], ["clerk"])
    walk.check()
    assert lists(walk, "in") == ["reviewer"]
    actions.send_back(number=walk.number("in"), why="起始月份不对", by=walk.staff[NEW]["reviewer"], **walk.now())
    walk.carry()
    assert (lists(walk, "out"), lists(walk, "in")) == (["clerk"], [OTHER_PLACE])
    walk.build()
    walk.sign()
    walk.carry()
    assert (lists(walk, "out"), lists(walk, "in")) == (["finance"], ["clerk"])
    assert verify.verify_audit(files=False) == []


@pytest.fixture
def without_money(db):
    """Somebody whose account is empty: the old place signs and then only waits."""
    return Walk(make_person(balance=0), make_staff()).sent()


def test_approved_without_money_it_waits_for_the_other_place_and_not_for_finance(without_money):
    walk = without_money
    assert walk.case("out").state == "approved"
    assert lists(walk, "out") == [OTHER_PLACE]
    assert queues.counts(roles=["finance"], region=OLD, on=date(2026, 3, 2)).elsewhere == 1
    walk.check()
    walk.load()
    walk.carry()
    assert (walk.case("out").state, lists(walk, "out")) == ("completed", [])


def test_a_colleague_finds_it_under_the_other_agency(without_money):
    walk = without_money
    client = Client()
    client.force_login(get_user_model().objects.get(pk=walk.staff[OLD]["finance"].user_id))
    own = client.get("/workbench/")
    assert walk.number("out") not in own.content.decode()
    assert f"?waiting={OTHER_PLACE}" in own.content.decode()
    elsewhere = client.get("/workbench/", {"waiting": OTHER_PLACE})
    assert walk.number("out") in elsewhere.content.decode()
    assert "等对方经办机构" in elsewhere.content.decode()
