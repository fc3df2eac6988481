"""Waiting and cover: what must hold for every record, whatever the place."""

import copy
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yibao
from yibao import services
from yibao.kernel.months import Month

PLACES = ["000000", "370200", "500000", "140100", "420100", "320500", "350100", "440100",
          "310000", "320200", "321200", "330100", "370800", "371000", "510100", "620100"]  # fmt: skip
DAYS = st.dates(min_value=date(2022, 1, 1), max_value=date(2028, 12, 31))


def relation(name, scheme, relation_, region, first, last):
    return {
        "id": name, "scheme": scheme, "as": relation_, "region": region,
        "from": first.isoformat(), "to": None if last is None else last.isoformat(),
    }  # fmt: skip


@st.composite
def questions(draw, scheme=None):
    """A person with up to three earlier relations who joins another one."""
    region, on = draw(st.sampled_from(PLACES)), draw(DAYS)
    earlier = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["employee", "resident"]))
        first = draw(st.dates(min_value=date(2015, 1, 1), max_value=on))
        last = first + timedelta(days=draw(st.integers(0, 900)))
        as_ = "resident" if kind == "resident" else draw(st.sampled_from(["unit", "individual", "unemployed"]))
        earlier.append(relation(f"e{number}", kind, as_, draw(st.sampled_from(PLACES[1:])), first, last))
    joined = scheme or draw(st.sampled_from(["employee", "resident"]))
    if joined == "resident":
        year = on.year + draw(st.integers(0, 1))
        own = relation("own", joined, "resident", region, date(year, 1, 1), date(year, 12, 31))
    else:
        own = relation("own", joined, draw(st.sampled_from(["unit", "individual"])), region, on.replace(day=1), None)
    back = draw(st.lists(st.integers(1, 6), unique=True))
    start = Month.of(date.fromisoformat(own["from"]))
    request = {
        "ask": "cover", "enrolment": "own", "paid_on": on.isoformat(), "registered_on": on.isoformat(),
        "back_pay": [str(start.plus(-month)) for month in back], "repair_years": draw(st.integers(0, 6)),
    }  # fmt: skip
    return {
        "service": "relocation", "region": region, "on": on.isoformat(), "person": {"born": "1985-03-01"},
        "enrolments": [*earlier, own], "payments": [], "request": request,
    }  # fmt: skip


ANCHORS = {
    "paid_on": lambda paid, start: paid,
    "month_paid": lambda paid, start: paid.replace(day=1),
    "month_after_payment": lambda paid, start: Month.of(paid).plus(1).first_day,
    "month_after_all_paid": lambda paid, start: Month.of(paid).plus(1).first_day,
    "registered_on": lambda paid, start: paid.replace(day=1),
    "credited_on": lambda paid, start: paid,
    "january": lambda paid, start: date(start.year, 1, 1),
}


@given(questions())
def test_cover_never_begins_before_what_it_is_counted_from(case):
    answer = yibao.decide(case)
    if answer["benefits_from"] is None or answer["waiting"]["anchor"] is None:
        return
    paid, start = date.fromisoformat(case["on"]), date.fromisoformat(case["enrolments"][-1]["from"])
    first = date.fromisoformat(answer["benefits_from"])
    assert first >= ANCHORS[answer["waiting"]["anchor"]](paid, start)
    assert (answer["decision"] == "waiting") == (answer["waiting"]["amount"] > 0)


@given(questions())
def test_the_calendar_has_no_hole_and_no_month_twice(case):
    runs = yibao.decide(case)["calendar"]
    assert all(run["to"] is not None for run in runs[:-1])
    for one, other in pairwise(runs):
        assert Month.parse(one["to"]).plus(1) == Month.parse(other["from"])
        assert one["cover"] != other["cover"]
    assert all(run["to"] is None or run["from"] <= run["to"] for run in runs)


@given(questions(scheme="resident"))
def test_more_repair_never_means_a_longer_waiting(case):
    amounts = []
    for years in range(6):
        answer = yibao.decide(case | {"request": case["request"] | {"repair_years": years}})
        results = answer.get("readings") or [{"waiting": answer["waiting"]["amount"]}]
        amounts.append(max((each["waiting"] for each in results if each["waiting"] is not None), default=0))
    assert amounts == sorted(amounts, reverse=True)


@given(questions())
def test_deciding_changes_nothing_and_says_the_same_twice(case):
    before = copy.deepcopy(case)
    assert yibao.decide(case) == yibao.decide(case)
    assert case == before


@given(questions())
def test_what_is_not_decided_says_why(case):
    answer = yibao.decide(case)
    assert bool(answer["refusals"]) == (answer["decision"] in ("manual", "incomplete"))
    assert all(step["source"] and step["label_en"] for step in answer["steps"])


QINGDAO = {
    "service": "relocation", "region": "370200", "on": "2026-11-10", "applicant": {"kind": "payer"},
    "person": {"born": "1985-03-01", "sex": "F", "died": None, "retired_on": None, "groups": []},
    "enrolments": [
        {"id": "e1", "scheme": "resident", "as": "resident", "region": "370200", "from": "2024-01-01",
         "to": "2024-12-31"},
        {"id": "e2", "scheme": "resident", "as": "resident", "region": "370200", "from": "2027-01-01",
         "to": "2027-12-31"},
    ],
    "payments": [{"id": "p1", "enrolment": "e1", "kind": "annual", "paid_on": "2023-11-10", "from": "2024-01",
                  "to": "2024-12", "amount": None, "payer": "person"}],
    "benefits": [], "events": [], "materials": ["id_document"],
    "request": {"ask": "cover", "enrolment": "e2", "registered_on": "2026-11-10", "paid_on": "2026-11-10",
                "repair_years": 1},
}  # fmt: skip


def test_the_example_of_the_contract_comes_out_member_by_member():
    answer = yibao.decide(QINGDAO)
    told = {name: answer.pop(name) for name in ("steps", "sources", "pack")}
    assert answer == {
        "service": "relocation", "decision": "waiting", "low_confidence": False, "benefits_from": "2027-04-01",
        "cover_until": "2027-12-31",
        "waiting": {"amount": 3, "unit": "month", "anchor": "january", "fixed": 3, "variable": 1, "repaired": 1,
                    "floor": None, "reading": "first_free", "must_keep_paying": None},
        "cover_while_waiting": [], "retroactive": "none", "back_payment": {"rule": "allowed", "until": None},
        "price": {"amount": None, "plus_subsidy": False},
        "calendar": [{"from": "2027-01", "to": "2027-03", "cover": "none"},
                     {"from": "2027-04", "to": "2027-12", "cover": "full"}],
        "refusals": [],
    }  # fmt: skip
    assert {each["id"] for each in told["sources"]} == {"nat-38", "qd-2025"}


def test_a_group_the_place_does_not_know_is_refused():
    with pytest.raises(services.InputInvalid) as caught:
        yibao.decide(QINGDAO | {"person": {"groups": ["nobody"]}})
    assert caught.value.problems[0].where == "person.groups[0]"


def test_months_paid_twice_count_once():
    twice = [QINGDAO["enrolments"][0], QINGDAO["enrolments"][0] | {"id": "e3"}, QINGDAO["enrolments"][1]]
    answer = yibao.decide(QINGDAO | {"enrolments": twice})
    assert answer["waiting"]["amount"] == 3
