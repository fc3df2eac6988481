"""The interview of every region's refund rules ends as the rules do, and asks only what can matter."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao import services
from yibao.policy import Table, UnknownValue
from yibao.policy.interview import UNKNOWN_VALUE, Interview
from yibao.policy.types import Kind, Value

DAY = date(2023, 2, 10)
PACKS = services.packs()
REGIONS = [region for region in PACKS.regions.values() if ("refund", "situation") in region.stacks]
INTERVIEWS: dict[str, Interview] = {}
NUMBERS = (0, 1, 2, 3, 6, 12, 600)
DAYS = [DAY + timedelta(days=days) for days in (-800, -420, -405, -400, -60, -41, -40, -10, 0, 30)]


def interview(code: str) -> Interview:
    if code not in INTERVIEWS:
        table = PACKS.region_for(code).table("refund", "situation", on=DAY)
        INTERVIEWS[code] = Interview(table, {"applied_on": DAY}, lambda term: True)
    return INTERVIEWS[code]


def values(table: Table, name: str) -> st.SearchStrategy[Value]:
    fact = table.vocabulary.facts[name]
    kinds: dict[Kind, list[Value]] = {Kind.BOOL: [True, False], Kind.DATE: list(DAYS), Kind.MONTH: [2022 * 12]}
    found: list[Value] = kinds.get(fact.type.kind, [])
    if fact.type.kind is Kind.ENUM:
        found = list(table.vocabulary.enums[fact.type.name].labels)
    if fact.bounds and not found:
        found = [max(fact.bounds[0], number) for number in NUMBERS if number <= fact.bounds[1]]
    return st.sampled_from([*found, None] if fact.type.maybe else found or ["500000"])


def decided(table: Table, facts: dict[str, Value]) -> str:
    try:
        return table.decide(facts).row
    except UnknownValue:
        return UNKNOWN_VALUE


def can_end_apart(asked: Interview, one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether the same further answers can end in another row after the one than after the other."""
    left, right = asked.standing(one), asked.standing(other)
    if left is right:
        return False
    if left.rows != right.rows:
        return True
    open_still = (term for term in asked.terms if term.key in left.open | right.open)
    return any(
        can_end_apart(asked, {**one, term.key: choice.code}, {**other, term.key: choice.code})
        for term in list(open_still)[:1]
        for choice in term.choices
    )


@pytest.mark.parametrize("code", [region.code for region in REGIONS])
# Each region draws for itself.
@settings(max_examples=settings.default.max_examples // 2)
@given(data=st.data())
def test_answering_ends_in_the_decision_of_the_full_facts(code: str, data: st.DataObject) -> None:
    asked = interview(code)
    table = asked.table
    names = sorted(table.facts_needed - {"applied_on"})
    facts = {"applied_on": DAY} | {name: data.draw(values(table, name), label=name) for name in names}
    answers: dict[str, str] = {}
    while (term := asked.standing(answers).question) is not None:
        first, *others = [{**answers, term.key: choice.code} for choice in term.choices]
        assert any(can_end_apart(asked, first, other) for other in others), term.key
        answers[term.key] = term.answer(table, facts)
    assert asked.standing(answers).rows == (decided(table, facts),)


@pytest.mark.parametrize(
    ("reason", "most"), [("unemployment_overlap", 3), ("subsidy", 3), ("stop_failed", 6), ("moved_to_unit", 7)]
)
def test_a_stated_reason_needs_few_more_questions(reason: str, most: int) -> None:
    asked = interview("500000")
    longest, waiting = 0, [{"reason": reason}]
    while waiting:
        answers = waiting.pop()
        longest = max(longest, len(answers) - 1)
        term = asked.standing(answers).question
        if term is not None:
            waiting += [{**answers, term.key: choice.code} for choice in term.choices]
    assert longest <= most


def test_no_two_questions_of_a_region_bear_one_name() -> None:
    twice = {
        region.code: [
            key for key, count in Counter(term.key for term in interview(region.code).terms).items() if count > 1
        ]
        for region in REGIONS
    }
    assert not {code: keys for code, keys in twice.items() if keys}


@pytest.mark.parametrize(
    ("left_household_on", "school_moved_on"),
    [(date(2021, 12, 17), date(2020, 12, 2)), (date(2020, 12, 2), date(2021, 12, 17)), (date(2020, 12, 2), None)],
)
def test_who_moved_house_or_school_in_time_is_asked_once_for_both(
    left_household_on: date, school_moved_on: date | None
) -> None:
    asked = interview("330200")
    term = next(term for term in asked.terms if term.key == "moved_before_period")
    facts: dict[str, Value] = {
        "applied_on": DAY,
        "period_start": date(2021, 1, 1),
        "left_household_on": left_household_on,
        "school_moved_on": school_moved_on,
    }
    assert term.answer(asked.table, facts) == "yes"
