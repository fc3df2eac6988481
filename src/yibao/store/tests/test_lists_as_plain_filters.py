"""The work list and its counts say what a plain filter over all cases says, whatever is asked for, page by page."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from yibao.casework.actors import covers
from yibao.casework.projection import NO_LIMIT
from yibao.store import narrowing, queues
from yibao.store.models import Case, CaseTurn, Person
from yibao.store.narrowing import Narrow, Span

pytestmark = pytest.mark.django_db
DAY = date(2023, 2, 10)
ROLES = ("clerk", "reviewer", "county_hrss", "county_finance")
OFFICES = ("500000", "500100", "500112", "510000", "510100", "140000")
REGIONS = ("500000", "500112", "500103", "510104", "510105")
NAMES = ("张小红", "陈建国", "张三")
CASES = 60
QUESTIONS = 25


@pytest.fixture
def holders(db: None) -> list[int]:
    return [get_user_model().objects.create(username=name).pk for name in ("one", "two")]


@pytest.fixture
def town(holders: list[int], random: Random) -> dict[int, frozenset[str]]:
    """Cases that differ in everything a list can be narrowed by: key of the case to the roles it waits for."""
    persons = [
        Person.objects.create(identity=f"5001011976030100{n:02d}", name=name, sex="M", born=DAY, region="500000")
        for n, name in enumerate(NAMES)
    ]
    made = Case.objects.bulk_create(
        Case(
            number=f"C{n:03d}",
            service=random.choice(("refund", "relocation")),
            region=random.choice(REGIONS),
            person=random.choice(persons),
            state=random.choice(("submitted", "accepted", "correction_due")),
            level=random.randrange(3),
            due_on=random.choice((None, *(DAY + timedelta(days=days) for days in range(-3, 9)))),
            holder_id=random.choice((None, *holders)),
            amount_fen=random.choice((None, 0, 100, 200)),
            opened_on=DAY,
        )
        for n in range(CASES)
    )
    waits = {case.pk: frozenset(random.sample(ROLES, random.choice((1, 1, 2)))) for case in made}
    waits = {case.pk: waits[case.pk] if case.state != "correction_due" else frozenset() for case in made}
    CaseTurn.objects.bulk_create(
        CaseTurn(
            case=case,
            role=role,
            region=case.region,
            service=case.service,
            due_on=case.due_on or NO_LIMIT,
            number=case.number,
            level=case.level,
            amount_fen=case.amount_fen,
            holder_id=case.holder_id,
        )
        for case in made
        for role in waits[case.pk]
    )
    return waits


@pytest.fixture(params=[1, 2, 3], ids=lambda seed: f"seed {seed}")
def random(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)


def asked(random: Random, holders: list[int]) -> Narrow:
    """One or two conditions, or none."""
    whole: dict[str, Any] = {
        "service": "refund",
        "level": random.randrange(4),
        "holder": random.choice((f"me:{holders[0]}", f"others:{holders[0]}", "nobody")),
        "fen_from": 100,
        "fen_until": 100,
        "number": str(random.randrange(10)),
        "name": random.choice(("张", "张**", "陈**", "李")),
    }
    return Narrow(**{name: whole[name] for name in random.sample(sorted(whole), random.choice((0, 1, 1, 2)))})


def passes(case: Case, narrow: Narrow) -> bool:
    """The same conditions, one case at a time."""
    who, _, user_id = narrow.holder.partition(":")
    held = {
        "": True,
        "nobody": case.holder_id is None,
        "me": str(case.holder_id) == user_id,
        "others": case.holder_id is not None and str(case.holder_id) != user_id,
    }
    return (
        narrow.service in ("", case.service)
        and narrow.level in (None, case.level)
        and held[who]
        and (narrow.fen_from is None or (case.amount_fen is not None and case.amount_fen >= narrow.fen_from))
        and (narrow.fen_until is None or (case.amount_fen is not None and case.amount_fen <= narrow.fen_until))
        and narrow.number in case.number
        and narrow.names(case.person.name)
    )


def in_order(found: Iterator[Case]) -> list[Case]:
    return sorted(found, key=lambda case: (case.due_on or NO_LIMIT, case.pk))


def walked(ask: Any, random: Random, narrow: Narrow, within: Span | None) -> list[str]:
    """Every page of a list, one after the other."""
    seen: list[str] = []
    after, size = None, random.randrange(1, 9)
    while True:
        page = ask(within=within, narrow=narrow, after=after, size=size)
        assert len(page.rows) <= size
        seen += [case.number for case in page.rows]
        if page.next is None:
            return seen
        after = queues.Cursor.parse(page.next.text())


@pytest.mark.parametrize("reach", [7, 2000])
def test_a_list_is_what_a_plain_filter_gives(town, holders, random, monkeypatch, reach: int) -> None:
    monkeypatch.setattr(narrowing, "LOOKED_MAX", reach)
    monkeypatch.setattr(narrowing, "NAMES_LOOKED_MAX", reach)
    every = list(Case.objects.select_related("person"))
    for _ in range(QUESTIONS):
        office, roles = random.choice(OFFICES), random.sample(ROLES, random.choice((0, 1, 2, 3)))
        narrow, within = asked(random, holders), random.choice((None, *queues.spans(on=DAY).values()))
        found = in_order(
            case
            for case in every
            if town[case.pk] & set(roles) and covers(office=office, region=case.region) and passes(case, narrow)
            and (within is None or within.first <= (case.due_on or NO_LIMIT) <= within.last)
        )  # fmt: skip

        def ask(office: str = office, roles: list[str] = roles, **more: Any) -> queues.Page:
            return queues.queue(roles=roles, region=office, **more)

        assert walked(ask, random, narrow, within) == [case.number for case in found]


@pytest.mark.parametrize("reach", [7, 2000])
def test_the_list_of_stopped_cases_is_what_a_plain_filter_gives(town, holders, random, monkeypatch, reach) -> None:
    monkeypatch.setattr(narrowing, "LOOKED_MAX", reach)
    monkeypatch.setattr(narrowing, "NAMES_LOOKED_MAX", reach)
    every = list(Case.objects.select_related("person"))
    for _ in range(QUESTIONS):
        office, narrow = random.choice(OFFICES), asked(random, holders)
        found = in_order(
            case
            for case in every
            if case.state == "correction_due" and case.due_on
            if covers(office=office, region=case.region) and passes(case, narrow)
        )  # fmt: skip

        def ask(office: str = office, **more: Any) -> queues.Page:
            return queues.stopped(region=office, **more)

        assert walked(ask, random, narrow, None) == [case.number for case in found]


@pytest.mark.parametrize("most", [5, 1000])
def test_counts_are_what_a_plain_filter_gives(town, random, monkeypatch, most: int) -> None:
    monkeypatch.setattr(queues, "COUNTED_MAX", most)
    every = list(Case.objects.all())
    for _ in range(QUESTIONS):
        office, roles = random.choice(OFFICES), random.sample(ROLES, random.choice((0, 1, 2, 3)))
        mine = [case for case in every if covers(office=office, region=case.region)]
        waiting = [case for case in mine if town[case.pk] & set(roles)]
        groups = [queues.urgency(due_on=case.due_on, on=DAY) for case in waiting]
        counts = queues.counts(roles=roles, region=office, on=DAY)
        assert counts.total == min(len(waiting), most)
        assert counts.stopped == min(sum(case.state == "correction_due" for case in mine), most)
        for name in queues.spans(on=DAY):
            assert getattr(counts, name) == min(groups.count(name), most)


def test_a_case_of_two_roles_in_hand_is_shown_with_both_names(town, holders) -> None:
    page = queues.queue(roles=ROLES, region="500000", narrow=Narrow(holder=f"others:{holders[0]}"))
    assert {case.holder.username for case in page.rows} == {"two"}
    assert {case.person.name for case in page.rows} <= set(NAMES)
