"""Many transfers at once: the same steps as one by one, in a few transactions, and one that fails stops no other."""

import logging

import pytest

from yibao.services.relocation import actions
from yibao.services.relocation.actions import several
from yibao.services.relocation.models import LoadedPeriod, Transfer
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD, Walk, deliver, make_person
from yibao.services.relocation.tests.simulation import identity
from yibao.store import exchange, verify
from yibao.store.models import MovedEnrolment, Payment

pytestmark = pytest.mark.django_db
COUNT = 3


@pytest.fixture
def walks(staff):
    """A few persons who have applied at the new place."""
    return [Walk(make_person(identity(5, n)), staff).submitted() for n in range(COUNT)]


@pytest.fixture
def no_group_fails(caplog):
    """Every group is done together."""
    yield
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def numbers(walks, side):
    return [walk.number(side) for walk in walks]


def seen(walks, side):
    return {walk.number(side): walk.case(side).evidence_hash for walk in walks}


def carry(walks):
    deliver(walks[0].now()["at"])
    for walk in walks:
        walk.whole()


def by(walks, place, role):
    walks[0].minutes += 50
    return {"by": walks[0].staff[place][role], **walks[0].now()}


def tables_sent(walks):
    carry(walks)
    assert actions.build_all(numbers=numbers(walks, "out"), **by(walks, OLD, "clerk")) == {}
    assert actions.sign_all(seen=seen(walks, "out"), **by(walks, OLD, "reviewer")) == {}
    carry(walks)


def all_loaded(walks):
    tables_sent(walks)
    assert actions.check_all(seen=seen(walks, "in"), **by(walks, NEW, "clerk")) == {}
    assert actions.load_all(seen=seen(walks, "in"), **by(walks, NEW, "reviewer")) == {}
    carry(walks)


def test_many_go_the_whole_way_together(walks, no_group_fails):
    all_loaded(walks)
    assert actions.pay_all(numbers=numbers(walks, "out"), key="k", **by(walks, OLD, "finance")) == {}
    assert actions.confirm_all(paid=dict.fromkeys(numbers(walks, "out"), "B1"), **by(walks, OLD, "finance")) == {}
    carry(walks)
    came = dict.fromkeys(numbers(walks, "in"), (BALANCE, "R1"))
    assert actions.arrived_all(came=came, **by(walks, NEW, "finance")) == {}
    assert actions.credit_all(numbers=numbers(walks, "in"), **by(walks, NEW, "finance2")) == {}
    carry(walks)
    for walk in walks:
        assert (walk.balance(OLD), walk.balance(NEW)) == (0, BALANCE)
        assert [walk.side(side).money.state for side in ("out", "in")] == ["settled", "credited"]
        assert [walk.case(side).state for side in ("out", "in")] == ["completed", "completed"]
        assert LoadedPeriod.objects.filter(transfer__thread=walk.thread).count() == 2
        assert MovedEnrolment.objects.get(enrolment__person=walk.person).to_region == NEW
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []


def test_one_that_may_not_be_signed_stops_no_other(walks):
    carry(walks)
    actions.build_all(numbers=numbers(walks, "out"), **by(walks, OLD, "clerk"))
    shown = {**seen(walks, "out"), walks[1].number("out"): "0" * 64}
    refusals = actions.sign_all(seen=shown, **by(walks, OLD, "reviewer"))
    assert {number: no.code for number, no in refusals.items()} == {walks[1].number("out"): "evidence_changed"}
    assert [walk.side("out").stage for walk in walks] == ["table_sent", "table_built", "table_sent"]


def test_who_died_is_called_off_while_the_others_go_on(walks):
    carry(walks)
    walks[0].person.died_on = walks[0].on
    walks[0].person.save()
    refusals = actions.build_all(numbers=numbers(walks, "out"), **by(walks, OLD, "clerk"))
    assert [no.code for no in refusals.values()] == ["died_in_transit"]
    assert [walk.side("out").stage for walk in walks] == ["cancelled", "table_built", "table_built"]


def test_signing_what_one_made_oneself_is_refused_for_each(walks):
    carry(walks)
    clerk = by(walks, OLD, "clerk")
    actions.build_all(numbers=numbers(walks, "out"), **clerk)
    refusals = actions.sign_all(seen=seen(walks, "out"), **clerk)
    assert len(refusals) == COUNT
    assert set(Transfer.objects.filter(side="out").values_list("stage", flat=True)) == {"table_built"}


def test_paying_again_under_the_same_key_pays_nothing(walks):
    tables_sent(walks)
    finance = by(walks, OLD, "finance")
    actions.pay_all(numbers=numbers(walks, "out"), key="k", **finance)
    again = actions.pay(number=walks[0].number("out"), key="k", **finance)
    assert again.case.number == walks[0].number("out")
    assert actions.pay_all(numbers=numbers(walks, "out"), key="k", **finance) == {}
    assert Payment.objects.count() == COUNT


def test_a_group_that_breaks_is_done_one_by_one(walks, monkeypatch, caplog):
    carry(walks)
    monkeypatch.setattr(several.Together, "send", lambda *_, **__: 1 / 0)
    assert actions.build_all(numbers=numbers(walks, "out"), **by(walks, OLD, "clerk")) == {}
    assert actions.sign_all(seen=seen(walks, "out"), **by(walks, OLD, "reviewer")) == {}
    carry(walks)
    assert [walk.side("in").stage for walk in walks] == ["table_sent"] * COUNT
    assert "ZeroDivisionError" in caplog.text


def test_one_message_that_fails_leaves_the_others_done(walks, monkeypatch):
    at = walks[0].now()["at"]
    exchange.deliver_due(at=at)
    broken, hindrances = walks[1].person.pk, several.looking.hindrances

    def fails(row, *, on):
        if row.person_id == broken:
            raise RuntimeError("broken")
        return hindrances(row, on=on)

    monkeypatch.setattr(several.looking, "hindrances", fails)
    handled = exchange.handle_due(at=at)
    assert (handled.done, len(handled.failures)) == (COUNT - 1, 1)
    assert Transfer.objects.filter(side="out").count() == COUNT - 1


def test_where_the_new_place_wants_the_money_is_kept_for_many_together(staff, monkeypatch, no_group_fails):
    walks = [Walk(make_person(identity(6, n)), staff, at_old=True).submitted() for n in range(COUNT)]
    monkeypatch.setattr(several, "_side", lambda *_: pytest.fail("a message was handled by itself"))
    carry(walks)
    accounts = [walk.side("out").money.bank_account for walk in walks]
    assert [account.number for account in accounts] == ["31001500050000050001"] * COUNT
    assert [account.case_number for account in accounts] == numbers(walks, "out")
    assert [walk.side("out").stage for walk in walks] == ["accepted"] * COUNT
