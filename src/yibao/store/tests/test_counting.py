"""Kept numbers of closed days are those of the record, whatever is written later and by whom."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yibao.store import cases, counting, figures
from yibao.store.models import (
    Case,
    CaseAction,
    CaseClock,
    CaseTurn,
    CountedDay,
    DayFigure,
    Payment,
    Person,
    StandingFigure,
)

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 20, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
TODAY = date(2023, 2, 20)
DAYS = 12
REGIONS = ("500000", "500112", "500103", "510104")
OFFICES = ("500000", "500100", "500112", "510000", "140000")
KINDS = ("open", *counting.STEPS)


def of(region: str = "500000", *, first: date = DAY, last: date = TODAY, at: datetime = AT) -> figures.Figures:
    return figures.of_period(region=region, first=first, last=last, on=TODAY, at=at)


def told(found: figures.Figures) -> dict[str, Any]:
    """Every number, without when it was counted and without zeros."""
    names = ("paid", "fen", "fen_by_region", "fen_by_service", "decided", "late", "reasons", "corrections")
    counters = {name: +getattr(found, name) for name in names}
    steps = {kind: +numbers for kind, numbers in found.steps.items() if +numbers}
    return {**counters, "steps": steps, "ages": found.ages, "waiting": found.waiting}


def plain(region: str, first: date, last: date) -> dict[str, Any]:
    """Steps and money of a period, one row at a time."""
    steps: dict[str, dict[date, int]] = {}
    prefix = region.rstrip("0").ljust(2, "0")
    prefix = prefix + "0" * (len(prefix) % 2)
    for action in CaseAction.objects.select_related("case"):
        inside = action.case.region.startswith(prefix) and first <= action.business_date <= last
        if inside and action.kind in counting.STEPS:
            own = steps.setdefault(action.kind, {})
            own[action.business_date] = own.get(action.business_date, 0) + 1
    fen = sum(
        payment.amount_fen
        for payment in Payment.objects.select_related("case")
        if payment.status == "paid" and first <= payment.settled_on <= last and payment.case.region.startswith(prefix)
    )
    return {"steps": steps, "fen": fen}


@pytest.fixture(params=[1, 2], ids=lambda seed: f"seed {seed}")
def random(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)


@pytest.fixture
def town(random: Random, db: None) -> list[Case]:
    """Cases with steps, clocks and payments on random days."""
    person = Person.objects.create(identity="500101197603010011", name="张三", sex="M", born=DAY, region="500000")
    made = Case.objects.bulk_create(
        Case(number=f"C{n}", service=random.choice(("refund", "relocation")), region=random.choice(REGIONS),
             person=person, state=random.choice(("submitted", "accepted", "completed")), opened_on=DAY,
             submitted_on=random.choice((None, DAY - timedelta(days=random.randrange(120)))))
        for n in range(30)
    )  # fmt: skip
    steps = [step(case, seq, random) for case in made for seq in range(1, random.randrange(2, 6))]
    CaseAction.objects.bulk_create(steps)
    CaseTurn.objects.bulk_create(
        CaseTurn(case=case, role=random.choice(("clerk", "reviewer")), region=case.region, service=case.service,
                 number=case.number, due_on=day(random))
        for case in made
    )  # fmt: skip
    CaseClock.objects.bulk_create(
        CaseClock(case=case, name=random.choice(("decision", "correction")), working_days=5, started_on=DAY,
                  days_used=random.randrange(9), finished_on=random.choice((None, day(random))))
        for case in made
    )  # fmt: skip
    Payment.objects.bulk_create(
        Payment(case=case, receiver="a", amount_fen=1 + random.randrange(10**6), route="slip", sent_on=DAY,
                status=random.choice(("paid", "paid", "bounced")), settled_on=day(random))
        for case in made[::2]
    )  # fmt: skip
    return made


def day(random: Random) -> date:
    return DAY + timedelta(days=random.randrange(DAYS))


def step(case: Case, seq: int, random: Random) -> CaseAction:
    kind = random.choice(KINDS)
    items = [{"material": random.choice(("bank_card", "id_document"))}, {"note": "说明"}]
    data = {"refuse": {"reason_code": random.choice(("late", "untrue"))}, "ask_correction": {"items": items}}
    return CaseAction(case=case, seq=seq, kind=kind, actor_kind="staff", at=AT, business_date=day(random),
                      data=data.get(kind, {}), hash="h")  # fmt: skip


def closed() -> None:
    counting.stand(on=TODAY, at=AT)
    while counting.close_due(on=TODAY, at=AT):
        pass


def test_kept_numbers_are_those_of_the_record(town, random) -> None:
    periods = [sorted((day(random), day(random))) for _ in range(6)]
    asked = [(office, first, last) for office in OFFICES for first, last in periods]
    fresh = [told(of(office, first=first, last=last)) for office, first, last in asked]
    closed()
    assert CountedDay.objects.count() >= DAYS - 3
    assert not CountedDay.objects.filter(day__gte=TODAY).exists()
    assert [told(of(office, first=first, last=last)) for office, first, last in asked] == fresh
    for (office, first, last), found in zip(asked, fresh, strict=True):
        if office != "500100":
            assert {"steps": found["steps"], "fen": found["fen"].total()} == plain(office, first, min(last, TODAY))
    assert counting.faults() == []


def test_counting_twice_changes_nothing(town) -> None:
    closed()
    before = set(DayFigure.objects.values_list(*counting.Row.__slots__))
    counting.close(days=list(CountedDay.objects.values_list("day", flat=True)), at=AT)
    assert set(DayFigure.objects.values_list(*counting.Row.__slots__)) == before
    marked = CountedDay.objects.count()
    assert counting.rebuild(on=TODAY, at=AT) == marked
    assert set(DayFigure.objects.values_list(*counting.Row.__slots__)) == before


def test_a_step_that_comes_late_is_counted_at_once_and_kept_by_the_next_look(desk, make_person) -> None:
    desk.submitted(make_person(), number="first")
    closed()
    assert CountedDay.objects.filter(day=DAY).exists()
    desk.submitted(make_person(), number="late")
    assert not CountedDay.objects.filter(day=DAY).exists()
    assert of().steps["submit"] == {DAY: 2}
    assert counting.close_due(on=TODAY, at=AT) == 1
    assert of().steps["submit"] == {DAY: 2}
    assert counting.faults() == []


def test_a_day_closed_too_early_by_a_clock_that_ran_ahead_is_corrected(desk, make_person) -> None:
    desk.submitted(make_person(), number="first")
    assert counting.close_due(on=DAY + timedelta(days=400), at=AT) > 0
    while counting.close_due(on=DAY + timedelta(days=400), at=AT):
        pass
    desk.submitted(make_person(), number="second")
    assert of(last=DAY).steps["submit"] == {DAY: 2}


@pytest.mark.parametrize(
    "change",
    [{"status": "bounced"}, {"settled_on": DAY + timedelta(days=1)}, {"amount_fen": 1}],
    ids=["bounced", "dated anew", "amount"],
)
def test_a_payment_that_changes_later_is_counted_anew(desk, make_person, change: dict[str, Any]) -> None:
    case = desk.submitted(make_person())
    paid = Payment.objects.create(case=case, receiver="a", amount_fen=500, route="slip", status="paid", sent_on=DAY,
                                  settled_on=DAY)  # fmt: skip
    closed()
    assert of().fen == {DAY: 500}
    Payment.objects.filter(pk=paid.pk).update(**change)
    expected = {"status": {}, "settled_on": {DAY + timedelta(days=1): 500}, "amount_fen": {DAY: 1}}
    assert +of().fen == expected[next(iter(change))]
    closed()
    assert +of().fen == expected[next(iter(change))]
    assert counting.faults() == []


def test_the_end_of_a_clock_that_comes_late_is_counted(desk, make_person, staff) -> None:
    desk.accepted(make_person(), days=1)
    closed()
    on = DAY + timedelta(days=5)
    cases.act(number="C1", kind="refuse", by=staff("reviewer", "reviewer"), at=AT, on=on, data={"reason_code": "late"})
    found = of()
    assert (found.decided, found.late, found.reasons) == ({on: 1}, {on: 1}, {"late": 1})


def test_a_kept_number_that_was_changed_by_hand_is_found(desk, make_person) -> None:
    desk.submitted(make_person())
    closed()
    DayFigure.objects.filter(kind="submit").update(number=7)
    found = counting.faults()
    assert len(found) == 2
    assert all("2023-02-10 500112 refund submit" in line for line in found)
    counting.rebuild(on=TODAY, at=AT)
    assert counting.faults() == []


def test_what_is_open_now_is_read_as_it_was_counted_and_counted_again_when_that_is_long_ago(desk, make_person) -> None:
    desk.submitted(make_person(), number="first")
    counting.stand_due(on=TODAY, at=AT)
    desk.submitted(make_person(), number="second")
    soon, later = AT + timedelta(minutes=5), AT + timedelta(hours=1)
    assert of(at=soon).waiting == {"clerk": (1, 0)}
    assert of(at=soon).standing_at == AT
    assert of(at=later).waiting == {"clerk": (2, 0)}
    counting.stand_due(on=TODAY, at=soon)
    assert of(at=soon).waiting == {"clerk": (1, 0)}
    counting.stand_due(on=TODAY, at=later)
    assert of(at=later).waiting == {"clerk": (2, 0)}
    assert StandingFigure.objects.filter(kind="role").count() == 1


def test_kept_days_cost_no_more_statements(town) -> None:
    closed()
    with CaptureQueriesContext(connection) as captured:
        of()
    assert len(captured) <= 7
