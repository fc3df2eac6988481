"""Work lists: the right cases, first deadline first, at a fixed price."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yibao.store import cases, narrowing, queues, ranges
from yibao.store.models import Case, CaseTurn
from yibao.store.narrowing import Narrow, Span

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
    counts = queues.counts(roles=both, region="500000", on=DAY)
    assert (counts.total, counts.later) == (1, 1)


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
    clerk, colleague = staff("clerk", "clerk"), staff("colleague", "clerk")
    for number, days in (("mine", 1), ("free", 20), ("theirs", 21)):
        desk.submitted(make_person(), number=number, days=days)
    cases.act(number="mine", kind="take", by=clerk, at=AT, on=DAY)
    cases.act(number="theirs", kind="take", by=colleague, at=AT, on=DAY)
    CaseTurn.objects.filter(number="free").update(amount_fen=100_00, level=2)

    def left(**asked: object) -> list[str]:
        return numbers(queues.queue(roles=["clerk"], region="500000", narrow=Narrow(**asked)))

    assert left(holder=f"me:{clerk.user_id}") == ["mine"]
    assert left(holder=f"others:{clerk.user_id}") == ["theirs"]
    assert left(holder="nobody") == ["free"]
    assert left(service="relocation") == []
    assert left(level=2) == left(fen_from=100_00, fen_until=100_00) == ["free"]
    assert left(fen_until=99_99) == []
    assert left(number="he") == ["theirs"]
    assert left(refine=(lambda found: found.filter(number="mine"),)) == ["mine"]


@pytest.mark.parametrize(("service", "found"), [("refund", ["C0", "C1", "C2"]), ("relocation", [])])
def test_what_is_asked_only_of_other_tables_narrows_the_list(desk, make_person, service: str, found: list[str]) -> None:
    for n in range(3):
        desk.submitted(make_person(), number=f"C{n}", days=5 + n)
    narrow = Narrow(refine=(lambda cases: cases.filter(turns__service=service),))
    assert numbers(queues.queue(roles=["clerk", "reviewer"], region="500000", narrow=narrow)) == found


def test_every_reader_of_a_list_asks_with_the_same_statement(desk, make_person) -> None:
    desk.submitted(make_person())
    asked = [("clerk", "500000", DAY), ("reviewer", "510000", DAY + timedelta(days=1))]
    told = []
    for role, office, day in asked:
        lists = [ranges.Range(role, office).between(first=DAY, last=day).behind((day, 1))]
        told.append((ranges.keys(ranges.of(lists), count=26), len(ranges.values_of(lists))))
    assert told[0] == told[1]
    assert "clerk" not in told[0][0]


def test_deadlines_narrow_the_list(desk, make_person) -> None:
    desk.submitted(make_person(), number="early", days=1)
    desk.submitted(make_person(), number="late", days=20)
    first = Case.objects.get(number="early").due_on
    asked = {"roles": ["clerk"], "region": "500000"}
    assert numbers(queues.queue(**asked, within=Span(first, first))) == ["early"]
    assert numbers(queues.queue(**asked, within=Span(first + timedelta(days=1), date.max))) == ["late"]


@pytest.mark.parametrize(("asked", "found"), [("张**", ["other"]), ("陈", ["own"]), ("陈*", []), ("李", [])])
def test_a_person_is_found_by_the_masked_name(desk, make_person, asked: str, found: list[str]) -> None:
    desk.submitted(make_person(name="陈建国"), number="own")
    desk.submitted(make_person(name="张小红"), number="other")
    assert numbers(queues.queue(roles=["clerk"], region="500000", narrow=Narrow(name=asked))) == found


def test_a_rare_filter_looks_through_so_many_cases_and_says_where_it_stopped(desk, make_person, monkeypatch) -> None:
    monkeypatch.setattr(narrowing, "LOOKED_MAX", 4)
    for n in range(10):
        desk.submitted(make_person(), number=f"C{n}", days=5 + n // 3)
    rare, after, looks = Narrow(number="C9"), None, []
    while not looks or looks[-1].next:
        looks.append(queues.queue(roles=["clerk"], region="500000", narrow=rare, after=after))
        after = looks[-1].next
    assert [numbers(page) for page in looks] == [[], [], ["C9"]]
    assert [page.looked for page in looks] == [4, 4, 0]


def test_cases_that_wait_for_their_applicants_stand_apart(desk, make_person, staff) -> None:
    desk.submitted(make_person(), number="asked")
    desk.submitted(make_person(), number="open")
    cases.act(number="asked", kind="ask_correction", by=staff("clerk", "clerk"), at=AT, on=DAY,
              data={"clocks": {"correction": 15}})  # fmt: skip
    assert numbers(queues.stopped(region="500112")) == ["asked"]
    assert numbers(queues.stopped(region="500113")) == []
    assert numbers(queues.queue(roles=["clerk"], region="500112")) == ["open"]
    counts = queues.counts(roles=["clerk"], region="500112", on=DAY)
    assert (counts.stopped, counts.total) == (1, 1)


def test_counts_say_how_urgent_the_cases_are(desk, make_person) -> None:
    for number, days in (("overdue", 1), ("week", 8), ("later", 30)):
        desk.submitted(make_person(), number=number, days=days)
    # Eight working days after Friday the 10th is Wednesday the 22nd; the 20th is the Monday before.
    counts = queues.counts(roles=["clerk"], region="500000", on=date(2023, 2, 20))
    assert (counts.total, counts.overdue, counts.today, counts.week, counts.later) == (3, 1, 0, 1, 1)
    assert counts.unstarted == 0
    assert queues.counts(roles=["clerk"], region="500000", on=date(2023, 2, 22)).today == 1


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
            queues.counts(roles=["clerk"], region="500000", on=DAY)
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
    counts = queues.counts(roles=["clerk"], region="500000", on=date(2023, 3, 1))
    assert (counts.total, counts.overdue, counts.later) == (3, 3, 0)


def test_with_nothing_waiting_every_number_is_0(db) -> None:
    counts = queues.counts(roles=["clerk"], region="500000", on=DAY)
    assert (counts.total, counts.overdue, counts.stopped) == (0, 0, 0)
