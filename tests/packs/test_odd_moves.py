"""Odd records of whoever moves: the command and the interface for programs name the refusal or answer right, alike."""

import json
import re

import pytest
from click.testing import CliRunner
from django.test import Client

from yibao.cli import main

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[一-鿿]")


def relation(key, region, start, end=None, **more):
    kinds = {"scheme": "employee", "as": "unit"} | more
    return {"id": key, "region": region, "from": start, "to": end, **kinds}


def case(on, enrolments, request, **more):
    ground = {"service": "relocation", "region": "140100", "person": {"born": "1985-03-01", "sex": "F"}}
    return {
        **ground,
        "on": on,
        "enrolments": enrolments,
        "payments": [],
        "materials": ["id_document"],
        "request": request,
        **more,
    }


MOVE = case(
    "2026-11-10",
    [relation("e1", "500000", "2020-01-01", "2026-09-30"), relation("e2", "140100", "2026-10-01")],
    {"from": "500000", "to": "140100", "records": {"stopped_on": "2026-09-30"}},
)
WRONG = {
    "one place twice": (MOVE | {"request": {"from": "140100", "to": "140100"}}, "request.to"),
    "an old place that is not known": (MOVE | {"request": {"from": "999999", "to": "140100"}}, "request.from"),
    "a new place that is not known": (MOVE | {"request": {"from": "500000", "to": "999999"}}, "request.to"),
    "rules asked for that are not there": (MOVE | {"region": "990000"}, "region"),
}


def gap(on, resumed, back):
    before, after = relation("e1", "140100", "2019-01-01", "2021-08-31"), relation("e2", "140100", resumed)
    asked = {"ask": "cover", "enrolment": "e2", "paid_on": on, "back_pay": back}
    return case(on, [before, after], asked, region="000000")


def paid(key, enrolment, first, last):
    return {"id": key, "enrolment": enrolment, "kind": "monthly", "from": first, "to": last, "amount": None,
            "payer": "unit"}  # fmt: skip


OVERLAP = {
    "service": "years", "region": "500000", "on": "2026-11-10", "person": {"born": "1976-03-01", "sex": "F"},
    "enrolments": [relation("e1", "500000", "2014-01-01", "2023-12-31"),
                   relation("e2", "500000", "2020-01-01", "2024-12-31")],
    "payments": [paid("p1", "e1", "2014-01", "2023-12"), paid("p2", "e2", "2020-01", "2024-12")], "request": {},
}  # fmt: skip
ANSWERED = {
    "an identity under two numbers": (
        MOVE | {"events": [{"kind": "double_identity", "on": "2026-10-20"}]},
        {"decision": "not_transferable", "refusals": ["two_identities"]},
    ),
    # January 2014 to December 2024 are eleven years: 132 months, the four shared years counted once.
    "periods that overlap": (OVERLAP, {"decision": "short", "cumulative_months": 132, "actual_months": 132}),
    # The national rule holds from 1 December 2021; the day of application picks it, whenever the gap began.
    "a gap that began before the rule, asked on its first day": (
        gap("2021-12-01", "2021-12-01", ["2021-09", "2021-10", "2021-11"]),
        {"decision": "covered", "benefits_from": "2021-12-01", "refusals": []},
    ),
    "the same gap, asked the day before": (
        gap("2021-11-30", "2021-11-01", ["2021-09", "2021-10"]),
        {"decision": "manual", "benefits_from": None, "refusals": ["no_rule_matches"]},
    ),
}


def by_command(given):
    return CliRunner().invoke(main, ["decide", "-", "--json"], input=json.dumps(given))


def by_program(given):
    return Client().post("/api/v1/decisions", json.dumps(given), content_type="application/json")


@pytest.mark.parametrize("name", WRONG)
def test_wrong_places_are_named_with_what_to_do(name):
    given, where = WRONG[name]
    said, answer = by_command(given), by_program(given)
    assert (said.exit_code, answer.status_code) == (2, 422)
    problems = json.loads(said.stdout)["problems"]
    assert answer.json()["errors"] == problems
    problem = next(each for each in problems if each["where"] == where)
    assert CHINESE.search(problem["zh"])
    assert re.search(r"[a-z]{2,} [a-z]{2,}", problem["en"])


@pytest.mark.parametrize("name", ANSWERED)
def test_odd_records_get_one_answer_at_both_doors(name):
    given, expected = ANSWERED[name]
    told = by_command(given)
    assert told.exit_code == 0
    decided = json.loads(told.stdout)
    assert by_program(given).json() == decided
    refusals = [each["code"] for each in decided["refusals"]]
    assert {
        **{key: decided.get(key) for key in expected},
        **({"refusals": refusals} if "refusals" in expected else {}),
    } == expected
    assert all(each["next_zh"] and each["next_en"] for each in decided["refusals"])
