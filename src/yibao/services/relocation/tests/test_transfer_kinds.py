"""Residents move with the year, and between the schemes either way: years arrive, and money only where there is any."""

from datetime import date

import pytest

import yibao
from yibao.services.relocation.actions import looking
from yibao.services.relocation.models import LoadedPeriod
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD, Walk, give, pay
from yibao.store.models import Enrolment, Person

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 23)


def someone(*, left, joined, moved, until=None, balance=0):
    """Somebody of one scheme at the old place before a day, of another or the same at the new one from it."""
    person = Person.objects.create(
        identity="500112197603011995", name="陈建国", phone="19900000000", sex="M", born=date(1985, 3, 1), region=OLD,
        synthetic=True,
    )  # fmt: skip
    old = Enrolment.objects.create(
        person=person, scheme=left, category="resident" if left == "resident" else "unit", region=OLD,
        start=date(2025, 1, 1), end=moved, status="normal" if until else "suspended",
    )  # fmt: skip
    pay(old, "2025-01", "2025-12")
    Enrolment.objects.create(
        person=person, scheme=joined, category="resident" if joined == "resident" else "unit", region=NEW, start=moved,
        end=until,
    )  # fmt: skip
    if balance:
        give(person, OLD, balance)
    return person


def loaded(person):
    rows = LoadedPeriod.objects.filter(transfer__person=person, transfer__side="in")
    return list(rows.values_list("scheme", "region", "months", "kind"))


def test_a_resident_who_joins_the_new_place_for_the_next_year_moves_and_stays_covered_to_the_end_of_this_one(staff):
    year = date(2027, 1, 1)
    person = someone(left="resident", joined="resident", moved=year, until=date(2028, 1, 1))
    walk = Walk(person, staff, on=NOVEMBER).loaded()
    assert [(walk.side(one).type, walk.side(one).stage, walk.side(one).money.state) for one in ("out", "in")] == [
        ("resident", "loaded", "none"), ("resident", "loaded", "none"),
    ]  # fmt: skip
    assert loaded(person) == [("resident", OLD, 12, "actual")]
    kept = Enrolment.objects.get(person=person, region=OLD)
    assert (kept.status, kept.end) == ("normal", year)
    assert {walk.case(one).state for one in ("out", "in")} == {"completed"}


@pytest.mark.parametrize("at_old", [True, False])
def test_a_resident_of_both_places_in_one_year_is_told_to_wait_for_the_next(staff, at_old):
    person = someone(left="resident", joined="resident", moved=date(2026, 10, 1), until=date(2027, 1, 1))
    walk = Walk(person, staff, on=NOVEMBER, at_old=at_old).drafted()
    told = [no.code for half in looking.both(walk.side("out" if at_old else "in"), on=NOVEMBER) for no in half.refusals]
    assert told == ["current_year"]


def test_a_resident_who_finds_work_moves_the_years_and_no_account(staff):
    person = someone(left="resident", joined="employee", moved=date(2026, 1, 1))
    walk = Walk(person, staff).loaded()
    assert {(walk.side(one).type, walk.side(one).money.mode) for one in ("out", "in")} == {("cross", "none")}
    assert loaded(person) == [("resident", OLD, 12, "actual")]
    assert (walk.balance(OLD), walk.balance(NEW)) == (0, 0)


def test_an_employee_who_becomes_a_resident_takes_the_account_along(staff):
    moved = date(2026, 1, 1)
    person = someone(left="employee", joined="resident", moved=moved, until=date(2027, 1, 1), balance=BALANCE)
    walk = Walk(person, staff).loaded()
    assert (walk.side("in").type, walk.side("in").money.mode) == ("cross", "remit")
    walk.pay()
    walk.confirm()
    walk.carry()
    walk.arrive()
    walk.credit()
    assert loaded(person) == [("employee", OLD, 12, "actual")]
    assert (walk.balance(OLD), walk.balance(NEW)) == (0, BALANCE)


def test_the_decision_says_what_the_machine_does_with_the_account(staff):
    """The plain decision and the terms both places keep are one: no account moves where a resident leaves."""
    person = someone(left="resident", joined="employee", moved=date(2026, 1, 1))
    walk = Walk(person, staff).accepted()
    row = walk.side("in")
    decided = yibao.decide(looking.case_file(row, on=walk.on))
    assert (decided["account_mode"], looking.terms(row, on=walk.on).account_mode) == (None, None)
