"""The facts of a history come out in columns exactly as the rules compute them one by one."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from random import Random
from typing import get_args

import duckdb

from yibao import services
from yibao.batch.history import history_facts, lines_of, put_history
from yibao.kernel.errors import InputInvalid
from yibao.kernel.months import Month
from yibao.policy import casefile, load_packs
from yibao.policy.casefile import CaseFile, codes
from yibao.services.refund.columns import FACTS, FROM_TABLES, VIEWS
from yibao.services.refund.rules.facts import Facts
from yibao.services.refund.rules.lines import History

PACKS = load_packs(roots=[services.packs_folder()], vocabularies=services.vocabularies())


def one_by_one(number: str, case: CaseFile) -> dict[tuple[str, str], dict[str, object]]:
    history = History(case=case, region=PACKS.region_for(case.region))
    return {(number, line.payment.id): {name: Facts(line)[name] for name in FACTS} for line in history.lines()}


def in_columns(given_cases: list[tuple[str, CaseFile]]) -> dict[tuple[str, str], dict[str, object]]:
    connection = duckdb.connect(config={"threads": 1})
    put_history(lines=lines_of(cases=given_cases, packs=PACKS), views=VIEWS, connection=connection)
    rows = history_facts(facts=FACTS, connection=connection).to_pylist()
    return {(row.pop("person"), row.pop("payment")): row for row in rows}


def differing(given_cases: list[tuple[str, CaseFile]]) -> list[object]:
    wanted = {key: facts for number, case in given_cases for key, facts in one_by_one(number, case).items()}
    found = in_columns(given_cases)
    assert found.keys() == wanted.keys()
    return [
        (key, name, value, found[key][name])
        for key, facts in wanted.items()
        for name, value in facts.items()
        if found[key][name] != value
    ]


def some_case(dice: Random) -> dict[str, object]:
    """Return a record full of coincidences: months that overlap, days at the edges of months, ties."""

    def day() -> str:
        return date(dice.randrange(2018, 2023), dice.randrange(1, 13), dice.choice((1, 1, 15, 28))).isoformat()

    def enrolment(name: str) -> dict[str, object]:
        scheme = dice.choice(("employee", "resident"))
        first, last = sorted((day(), day()))
        return {
            "id": name, "scheme": scheme, "as": dice.choice(RELATIONS[scheme]), "tier": 1,
            "region": dice.choice(("500000", "500112", "500103", "510100")), "from": first,
            "to": dice.choice((None, last)), "status": dice.choice(("normal", "normal", "suspended", "ended")),
            "benefits_from": dice.choice((None, None, day())),
        }  # fmt: skip

    def payment(name: str) -> dict[str, object]:
        start, span = (
            Month(dice.randrange(2019, 2022), dice.choice((1, 1, 4, 9))).index,
            dice.choice((1, 6, 12, 12, 30)),
        )
        part = {"fund": "pool", "payer": dice.choice(("unit", "person")), "amount": "100.00"}
        return {
            "id": name, "enrolment": dice.choice(("e1", "e2", "e3")), "kind": dice.choice(get_args(codes.PaymentKind)),
            "paid_on": dice.choice((None, day(), day())), "from": str(Month.from_index(start)),
            "to": str(Month.from_index(start + span - 1)), "amount": "100.00",
            "payer": dice.choice(get_args(codes.Payer)), "years": dice.choice((None, None, 1, 3)),
            "parts": dice.choice(([], [part])),
        }  # fmt: skip

    def event() -> dict[str, object]:
        kind = dice.choice(list(EVENTS))
        return {"kind": kind, "on": day(), **EVENTS[kind](dice, day)}

    return {
        "service": "refund", "region": dice.choice(("500000", "500112")), "on": day(),
        "person": {"born": "1976-03-01", "died": dice.choice((None, day())), "retired_on": dice.choice((None, day()))},
        "enrolments": [enrolment(name) for name in ("e1", "e2", "e3")],
        "payments": [payment(name) for name in ("p1", "p2", "p3", "p4")],
        "benefits": [
            {"enrolment": dice.choice(("e1", "e2")), "on": day(), "kind": dice.choice(get_args(codes.BenefitKind))}
            for _ in range(dice.randrange(3))
        ],
        "events": [event() for _ in range(dice.randrange(5))],
        "request": {"payments": dice.choice((None, ["p1"], ["p2", "p1"], ["p3", "p4", "p1"]))},
    }  # fmt: skip


def spanned(dice: Random, day: Callable[[], str]) -> dict[str, object]:
    first, last = sorted((day(), day()))
    return {"from": dice.choice((None, first)), "to": dice.choice((None, last, "2021-12-31"))}


EVENTS: dict[str, Callable[[Random, Callable[[], str]], dict[str, object]]] = {
    "stop_requested": lambda dice, day: {},
    "employed": lambda dice, day: {},
    "concession_recognised": spanned,
    "subsidy_recognised": spanned,
    "retirement_approved": lambda dice, day: {"required_months": 120, "paid_months": dice.choice((None, 112, 130))},
    "years_redetermined": lambda dice, day: {"due_months": dice.choice((None, 0, 5, 40))},
}
RELATIONS = {"employee": ("unit", "individual", "unemployed"), "resident": ("resident", "student", "newborn")}


def test_any_history_gives_the_same_facts_in_columns() -> None:
    dice = Random(2026)
    given_cases = []
    for number in range(1200):
        with suppress(InputInvalid):
            given_cases.append((str(number), casefile.read(some_case(dice))))
    assert len(given_cases) > 200
    assert differing(given_cases) == []
    lines = in_columns(given_cases).values()
    assert [name for name in FACTS if len({line[name] for line in lines}) == 1] == []


def test_every_fact_of_a_history_stands_in_columns() -> None:
    words = next(iter(PACKS.regions.values())).vocabularies["refund"]
    history = {name for name, fact in words.facts.items() if fact.origin == "history"}
    assert history == {*FACTS, *FROM_TABLES}
