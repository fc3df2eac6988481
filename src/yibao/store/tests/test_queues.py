"""Work lists: the right cases, first deadline first, at a fixed price."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yibao.store import cases, queues

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
TWO_OFFICES = [{"level": 1, "roles": ["county_hrss", "county_finance"], "order": "any"}]


def numbers(page: queues.Page) -> list[str]:
    return [case.number for case in page.rows]


def test_the_first_deadline_comes_first(desk, make_person) -> None:
    for number, days in (("late", 30), ("soon", 2), ("between", 10)):
        desk.submitted(make_person(), number=number, days=days)
    assert numbers(queues.queue(roles=["clerk"], region="500000")) == ["soon", "between", "late"]


def test_a_case_stands_in_the_list_of_the_role_whose_turn_it_is(desk, make_person) -> None:
    desk.submitted(make_person(), number="new")
    desk.accepted(make_person(), number="accepted")
    assert numbers(queues.queue(roles=["clerk"], region="500000")) == ["new"]
    assert numbers(queues.queue(roles=["reviewer"], region="500000")) == ["accepted"]
    assert numbers(queues.queue(roles=["finance"], region="500000")) == []


@pytest.mark.parametrize(
    ("office", "seen"),
    [("500000", True), ("500112", True), ("500113", False), ("510000", False)],
)
def test_an_office_sees_its_own_region_and_what_lies_below(desk, make_person, office: str, seen: bool) -> None:
    desk.submitted(make_person(), region="500112")
    assert bool(queues.queue(roles=["clerk"], region=office).rows) is seen
    assert bool(queues.search(region=office)) is seen


def test_a_case_that_waits_for_two_roles_of_the_reader_stands_once(desk, make_person) -> None:
    desk.accepted(make_person(), levels=TWO_OFFICES)
    both = ["county_hrss", "county_finance"]
    assert numbers(queues.queue(roles=both, region="500000")) == ["C1"]
    counts = queues.counts(roles=both, region="500000", on=DAY, soon=DAY)
    assert (counts.total, counts.by_role) == (1, {"county_finance": 1, "county_hrss": 1})


def test_pages_follow_one_another_without_a_gap_or_a_repeat(desk, make_person) -> None:
    for n in range(7):
        desk.submitted(make_person(), number=f"C{n}", days=5 + n // 3)
    seen: list[str] = []
    after = None
    while True:
        page = queues.queue(roles=["clerk"], region="500000", after=after, size=2)
        seen += numbers(page)
        if page.next is None:
            break
        after = queues.Cursor.parse(page.next.text())
    assert seen == [f"C{n}" for n in range(7)]


def test_filters_narrow_the_list(desk, make_person, staff) -> None:
    clerk = staff("clerk", "clerk")
    desk.submitted(make_person(), number="mine", days=1)
    desk.submitted(make_person(), number="free", days=20)
    cases.act(number="mine", kind="take", by=clerk, at=AT, on=DAY)
    of_clerks = {"roles": ["clerk"], "region": "500000"}
    assert numbers(queues.queue(**of_clerks, holder=clerk.user_id)) == ["mine"]
    assert numbers(queues.queue(**of_clerks, overdue_on=date(2023, 3, 1))) == ["mine"]
    assert numbers(queues.queue(**of_clerks, state="accepted")) == []
    assert numbers(queues.queue(**of_clerks, service="relocation")) == []


def test_counts_say_what_is_overdue_soon_and_mine(desk, make_person, staff) -> None:
    clerk = staff("clerk", "clerk")
    for number, days in (("overdue", 1), ("soon", 8), ("later", 30)):
        desk.submitted(make_person(), number=number, days=days)
    cases.act(number="later", kind="take", by=clerk, at=AT, on=DAY)
    counts = queues.counts(
        roles=["clerk"], region="500000", on=date(2023, 2, 20), soon=date(2023, 2, 24), user_id=clerk.user_id
    )
    assert (counts.total, counts.overdue, counts.due_soon, counts.mine) == (3, 1, 1, 1)


def test_drafts_of_citizens_are_in_no_list_of_the_office(desk, make_person) -> None:
    person = make_person()
    cases.open_case(
        number="D1", service="refund", region="500112", person_id=person.pk, by=desk.citizen(person), at=AT, on=DAY
    )
    assert queues.search(region="500000") == []
    assert [case.number for case in queues.of_person(person.pk)] == ["D1"]


def test_a_page_costs_the_same_however_many_cases_there_are(desk, make_person) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = queues.queue(roles=["clerk"], region="500000")
            queues.counts(roles=["clerk"], region="500000", on=DAY, soon=DAY)
            assert all(case.person.name for case in page.rows)
        return len(captured)

    desk.submitted(make_person(), number="first")
    few = statements()
    for n in range(25):
        desk.submitted(make_person(), number=f"C{n}")
    assert few == statements() == 2


def test_counting_stops_where_nobody_reads_on(desk, make_person, monkeypatch) -> None:
    monkeypatch.setattr(queues, "COUNTED_MAX", 3)
    for n in range(5):
        desk.submitted(make_person(), number=f"C{n}", days=1)
    counts = queues.counts(roles=["clerk"], region="500000", on=date(2023, 3, 1), soon=date(2023, 3, 5))
    assert (counts.total, counts.overdue, counts.due_soon) == (3, 3, 0)
    assert counts.by_role == {"clerk": 3}


def test_with_nothing_waiting_every_number_is_0(db) -> None:
    counts = queues.counts(roles=["clerk"], region="500000", on=DAY, soon=DAY, user_id=1)
    assert (counts.total, counts.overdue, counts.due_soon, counts.mine, counts.by_role) == (0, 0, 0, 0, {"clerk": 0})
