"""The limits of a transfer are escalated by the worker, each leg apart, and the money's after the case was closed."""

from datetime import date, datetime, time

import pytest
from django.utils import timezone

from yibao.batch import worker
from yibao.services.relocation import actions
from yibao.services.relocation.models import AccountMove
from yibao.services.relocation.tests.conftest import Walk, make_person, make_staff
from yibao.store import verify
from yibao.store.models import Message

pytestmark = pytest.mark.django_db
OLD, NEW = "500000", "350200"


def look(on, put_off=None):
    """Let the worker look until nothing is left; return the numbers it escalated and counted again."""
    at = timezone.make_aware(datetime.combine(on, time(23)))
    found, again = [], []
    for _ in range(20):
        done = worker.look(name="test", on=on, at=at, put_off=put_off)
        found += done.escalated
        again += done.recomputed
        if not done.work:
            return found, again
    raise AssertionError("the worker never ran out of work")


def escalations(walk, side):
    return [action.data["clock"] for action in walk.case(side).actions.filter(kind="escalate").order_by("seq")]


class TestLegs:
    """Accepted on Monday 2 March 2026: 10 working days out end on the 16th, 15 in all on the 23rd."""

    def test_the_way_out_is_late_alone(self, walk):
        walk.accepted()
        assert look(date(2026, 3, 16)) == ([], [])
        assert look(date(2026, 3, 17))[0] == [walk.number("out")]
        assert (escalations(walk, "out"), escalations(walk, "in")) == (["out"], [])
        assert look(date(2026, 3, 17))[0] == []

    def test_the_way_in_is_late_alone(self, walk):
        """The table came on 2 March: 5 working days end on the 9th."""
        walk.sent()
        assert look(date(2026, 3, 9))[0] == []
        assert look(date(2026, 3, 10))[0] == [walk.number("in")]
        assert (escalations(walk, "out"), escalations(walk, "in")) == ([], ["in"])

    def test_the_whole_is_late_beside_the_leg(self, walk):
        walk.accepted()
        assert sorted(look(date(2026, 3, 24))[0]) == sorted([walk.number("out"), walk.number("in")])
        assert (escalations(walk, "out"), escalations(walk, "in")) == (["out"], ["total"])

    def test_what_was_done_in_time_is_never_escalated(self, walk):
        walk.loaded()
        assert look(date(2026, 6, 1))[0] == []


@pytest.fixture
def fujian(db):
    """A move to Fujian, whose rules give two working days to credit the money: loaded, and the money is paid."""
    walk = Walk(make_person(old=OLD, new=NEW), make_staff((OLD, NEW)), source=OLD, target=NEW)
    walk.loaded()
    walk.pay()
    walk.confirm()
    return walk.carry()


class TestMoney:
    """The money came on Monday 2 March 2026: 2 working days end on Wednesday the 4th."""

    def test_late_money_is_escalated_once_though_the_case_is_closed(self, fujian):
        fujian.arrive()
        assert fujian.case("in").state == "completed"
        assert look(date(2026, 3, 4))[0] == []
        assert look(date(2026, 3, 5))[0] == [fujian.number("in")]
        assert look(date(2026, 3, 5))[0] == []
        told = fujian.case("in").actions.filter(kind="note", data__contains='"money_late"').get()
        assert told.data == {"step": "money_late", "clock": "money", "due_on": "2026-03-04"}
        assert Message.objects.filter(case_number=fujian.number("in"), kind="late").count() == 1
        assert verify.verify_audit(files=False) == []

    def test_money_that_was_credited_is_never_late(self, fujian):
        fujian.arrive()
        fujian.credit()
        assert look(date(2026, 6, 1))[0] == []

    def test_two_workers_escalate_once(self, fujian):
        fujian.arrive()
        late = {"number": fujian.number("in"), "on": date(2026, 3, 5), "at": timezone.now()}
        assert actions.escalate_beside(**late)
        assert not actions.escalate_beside(**late)

    def test_one_that_fails_waits_and_stops_no_other(self, fujian, monkeypatch):
        fujian.arrive()
        put_off = worker.PutOff()
        with monkeypatch.context() as broken:
            broken.setattr(actions.limits.cases, "act", lambda **_: 1 // 0)
            assert look(date(2026, 3, 5), put_off)[0] == []
        assert list(put_off.beside) == [fujian.number("in")]
        assert look(date(2026, 3, 6), put_off)[0] == [fujian.number("in")]

    def test_a_provisional_day_is_counted_again_when_the_calendar_came(self, fujian):
        fujian.arrive()
        AccountMove.objects.filter(due_on=date(2026, 3, 4)).update(due_on=date(2026, 3, 9), due_provisional=True)
        assert look(date(2026, 3, 3))[1] == [fujian.number("in")]
        move = fujian.side("in").money
        assert (move.due_on, move.due_provisional) == (date(2026, 3, 4), False)
