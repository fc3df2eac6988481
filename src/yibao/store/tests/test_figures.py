"""The figures of an office: right to the case and the fen, whatever the period, at a fixed price."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yibao.store import cases, figures
from yibao.store.models import Payment

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
FEBRUARY = {"first": date(2023, 2, 1), "last": date(2023, 2, 28), "on": date(2023, 2, 28)}


def of(region: str = "500000", **changes: date) -> figures.Figures:
    return figures.of_period(region=region, at=AT, **{**FEBRUARY, **changes})


def test_steps_are_counted_by_day_and_region(desk, make_person) -> None:
    for place, region in enumerate(("500112", "500112", "500103")):
        desk.submitted(make_person(), number=f"C{place}", region=region)
    found = of()
    assert found.steps["submit"] == {DAY: 3}
    assert of("500112").steps["submit"] == {DAY: 2}
    assert of(first=date(2023, 2, 11)).steps["submit"] == Counter()


@pytest.mark.parametrize(("office", "seen"), [("500000", 1), ("500112", 1), ("500103", 0), ("510000", 0)])
def test_an_office_counts_itself_and_what_lies_below(desk, make_person, office: str, seen: int) -> None:
    desk.submitted(make_person(), region="500112")
    found = of(office)
    assert (sum(found.steps["submit"].values()), sum(found.ages)) == (seen, seen)
    assert found.waiting == ({"clerk": (1, 0)} if seen else {})


def test_reasons_and_papers_are_counted_by_code(desk, make_person, staff) -> None:
    reviewer, clerk = staff("reviewer", "reviewer"), staff("clerk", "clerk")
    for place, code in enumerate(("late", "late", "untrue")):
        desk.accepted(make_person(), number=f"R{place}")
        cases.act(number=f"R{place}", kind="refuse", by=reviewer, at=AT, on=DAY, data={"reason_code": code})
    desk.submitted(make_person(), number="A")
    items = [{"material": "bank_card", "note": "看不清"}, {"note": "请说明"}]
    cases.act(number="A", kind="ask_correction", by=clerk, at=AT, on=DAY, data={"items": items, "clocks": {}})
    found = of()
    assert found.reasons == {"late": 2, "untrue": 1}
    assert found.corrections == {"bank_card": 1, "": 1}


def test_what_was_decided_late_is_told(desk, make_person, staff) -> None:
    reviewer = staff("reviewer", "reviewer")
    for number, days, on in (("late", 1, date(2023, 2, 20)), ("early", 20, DAY)):
        desk.accepted(make_person(), number=number, days=days)
        cases.act(number=number, kind="refuse", by=reviewer, at=AT, on=on, data={"reason_code": "late"})
    found = of()
    assert (sum(found.decided.values()), sum(found.late.values())) == (2, 1)


def test_only_money_that_arrived_counts(desk, make_person) -> None:
    case = desk.submitted(make_person())
    for place, (status, settled) in enumerate((("paid", DAY), ("sent", None), ("bounced", DAY))):
        Payment.objects.create(
            case=case, receiver=f"{place}", amount_fen=194910, route="slip", status=status, sent_on=DAY,
            settled_on=settled,
        )  # fmt: skip
    found = of()
    assert found.fen == {DAY: 194910}
    assert (found.fen_by_region, found.fen_by_service) == ({"500112": 194910}, {"refund": 194910})
    assert sum(found.paid.values()) == 1


@pytest.mark.parametrize(
    ("on", "ages"),
    [
        (date(2023, 2, 17), [1, 0, 0, 0]),
        (date(2023, 2, 18), [0, 1, 0, 0]),
        (date(2023, 3, 13), [0, 0, 1, 0]),
        (date(2023, 6, 1), [0, 0, 0, 1]),
    ],
)
def test_open_cases_stand_by_the_days_since_they_came(desk, make_person, on: date, ages: list[int]) -> None:
    # Submitted on 10 February: 7 days until the 17th, 31 until 13 March, 111 until 1 June.
    desk.submitted(make_person())
    assert of(on=on).ages == ages


def test_any_period_and_office_costs_seven_statements(desk, make_person) -> None:
    for n in range(5):
        desk.accepted(make_person(), number=f"C{n}")
    with CaptureQueriesContext(connection) as captured:
        of()
    assert len(captured) == 7
