"""The years for lifetime benefits: what is told, what stays unknown, and what is wrong with a question."""

from datetime import date
from time import process_time

import pytest

import yibao
from yibao import services
from yibao.kernel.errors import InputInvalid
from yibao.kernel.months import Month
from yibao.services.relocation.rules.years.judging import runs

CQ, CD = "500000", "510100"
LIMIT_SECONDS = 0.005


def enrolment(name, region, start, end=None, **more):
    relation = {"scheme": "employee", "as": "unit", "years_kind": "actual"}
    return {"id": name, **relation, "region": region, "from": start, "to": end, **more}


def payment(name, of, start, end, **more):
    return {
        "id": name,
        "enrolment": of,
        "kind": "monthly",
        "from": start,
        "to": end,
        "amount": None,
        "payer": "unit",
        **more,
    }


def case(region, on, *, enrolments=(), payments=(), sex="F", chosen=None, **person):
    request = {} if chosen is None else {"chosen_place": chosen}
    known = {"born": "1970-01-01", "sex": sex, **person}
    return {
        "service": "years",
        "region": region,
        "on": on,
        "applicant": {"kind": "payer"},
        "person": known,
        "enrolments": list(enrolments),
        "payments": list(payments),
        "benefits": [],
        "events": [],
        "materials": [],
        "request": request,
    }


def problems(given):
    with pytest.raises(InputInvalid) as caught:
        yibao.decide(given)
    return {each.where: each for each in caught.value.problems}


TWO_PLACES = case(
    CQ,
    "2024-03-01",
    enrolments=[enrolment("e1", CD, "2004-01-01", "2013-12-31"), enrolment("e2", CQ, "2014-01-01")],
    payments=[payment("p1", "e1", "2004-01", "2013-12"), payment("p2", "e2", "2014-01", "2023-12")],
)


def test_every_member_of_the_contract_is_told():
    answer = yibao.decide(TWO_PLACES)
    asked = {
        "service", "decision", "qualifies", "places", "cumulative_months", "actual_months", "deemed_months",
        "converted_months", "shortfall_months", "ways", "low_confidence", "steps", "sources", "refusals", "pack",
    }  # fmt: skip
    assert asked <= set(answer)
    assert answer["service"] == "years"
    assert answer["pack"]["region"] == CQ


def test_places_are_sorted_and_reduced_by_the_one_chosen():
    assert yibao.decide(TWO_PLACES)["places"] == [CQ, CD]
    assert yibao.decide({**TWO_PLACES, "request": {"chosen_place": CD}})["places"] == [CD]


def test_every_step_names_what_it_rests_on_in_both_languages():
    for step in yibao.decide(TWO_PLACES)["steps"]:
        assert all(step[name] for name in ("label", "value", "source", "label_en", "value_en", "source_en", "rule"))


def test_a_way_whose_price_no_source_gives_says_so():
    short = yibao.decide({**TWO_PLACES, "on": "2024-02-29"})
    assert [(way["way"], way["cost"]) for way in short["ways"]] == [("one_sum", None), ("resident_scheme", None)]
    assert sum("没有来源给出价格" in step["value"] for step in short["steps"]) == len(short["ways"])


def test_a_month_that_nothing_proves_does_not_count():
    unpaid = {**TWO_PLACES, "payments": []}
    assert yibao.decide(unpaid)["cumulative_months"] == 0


def test_a_payment_made_after_the_day_does_not_count_yet():
    later = case(
        "330100",
        "2024-06-30",
        enrolments=[enrolment("e1", "330100", "2024-01-01")],
        payments=[
            payment("p1", "e1", "2024-01", "2024-03", paid_on="2024-06-30"),
            payment("p2", "e1", "2024-04", "2024-05", paid_on="2024-07-01"),
            payment("p3", "e1", "2024-06", "2024-12"),
        ],
    )
    assert yibao.decide(later)["actual_months"] == 4


def test_money_beyond_the_relation_counts_only_where_it_was_paid_back():
    given = case(
        "330100",
        "2024-06-30",
        enrolments=[enrolment("e1", "330100", "2023-01-01", "2023-06-30")],
        payments=[
            payment("p1", "e1", "2023-01", "2023-12"),
            payment("p2", "e1", "2022-11", "2022-12", kind="back", paid_on="2023-02-01"),
        ],
    )
    assert yibao.decide(given)["actual_months"] == 8


def test_deemed_months_do_not_begin_before_work_did():
    deemed = [enrolment("e1", "330100", "1990-01-01", "1999-12-31", years_kind="deemed")]
    assert yibao.decide(case("330100", "2024-06-30", enrolments=deemed))["deemed_months"] == 120
    started = case("330100", "2024-06-30", enrolments=deemed, work_started_on="1995-07-15")
    assert yibao.decide(started)["deemed_months"] == 54


def test_a_period_before_birth_is_named():
    given = case(
        CQ,
        "2024-03-01",
        enrolments=[enrolment("e1", CQ, "1969-12-01")],
        payments=[payment("p1", "e1", "1969-12", "1970-03")],
    )
    found = problems(given)
    assert set(found) == {"enrolments[0].from", "payments[0].from"}
    assert "早于出生日期 1970-01-01" in found["enrolments[0].from"].zh


def test_a_period_that_ends_before_it_begins_is_named():
    given = case(CQ, "2024-03-01", enrolments=[enrolment("e1", CQ, "2010-01-01", "2009-12-31")])
    assert "enrolments[0].to" in problems(given)


def test_a_chosen_place_nobody_knows_is_named():
    assert "request.chosen_place" in problems(case(CQ, "2024-03-01", chosen="980000"))


def test_a_member_that_is_not_known_is_named():
    given = case(CQ, "2024-03-01")
    assert "request.choosen_place" in problems({**given, "request": {"choosen_place": CQ}})


def test_months_elsewhere_count_where_no_rules_of_that_place_are_held():
    given = case(
        "330100",
        "2024-06-30",
        enrolments=[enrolment("e1", "650100", "2004-01-01", "2013-12-31")],
        payments=[payment("p1", "e1", "2004-01", "2013-12")],
    )
    answer = yibao.decide(given)
    assert (answer["actual_months"], answer["shortfall_months"]) == (120, 120)


def test_who_has_no_sex_on_record_is_asked_for_it_only_where_the_number_turns_on_it():
    enrolments = [enrolment("e1", "330100", "2004-01-01")]
    payments = [payment("p1", "e1", "2004-01", "2023-12")]
    here = case("330100", "2024-06-30", enrolments=enrolments, payments=payments, sex=None)
    assert yibao.decide(here)["qualifies"] is True
    there = yibao.decide({**here, "region": CQ})
    assert there["decision"] == "manual"
    assert [each["code"] for each in there["refusals"]] == ["fact_missing"]
    assert "性别" in there["refusals"][0]["zh"]


@pytest.mark.parametrize(
    ("breaks", "expected"), [(1, (2, 1)), (2, (3, 3)), (3, (3, 3))], ids=["any break", "two unpaid", "three unpaid"]
)
def test_a_run_is_broken_by_so_many_unpaid_months(breaks, expected):
    months = frozenset(Month.parse(text).index for text in ("2020-01", "2020-02", "2020-04"))
    assert runs(months=months, breaks=breaks, on=date(2020, 5, 1)) == expected


def test_a_break_in_the_other_place_of_an_agreement_leaves_the_joint_number():
    given = case(
        CQ,
        "2024-06-20",
        enrolments=[enrolment("e1", CD, "2005-01-01", "2006-12-31"), enrolment("e2", CQ, "2016-01-01")],
        payments=[payment("p1", "e1", "2005-01", "2006-12"), payment("p2", "e2", "2016-01", "2023-12")],
    )
    answer = yibao.decide(given)
    # 24 in Chengdu and 96 in Chongqing: 240 - 120 = 120 by the agreement, 300 - 120 = 180 by the rule of Chongqing.
    assert (answer["decision"], answer["shortfall_months"]) == ("short", 120)


def test_the_agreement_of_two_places_is_written_once():
    packs = services.packs()
    treaties = [packs.regions[code].setting("years", "treaties")["cheng-yu"] for code in (CQ, CD)]
    assert treaties[0] == treaties[1]


def test_forty_years_of_monthly_records_are_decided_in_five_milliseconds():
    months = [str(Month.from_index(index)) for index in range(Month(1985, 1).index, Month(2025, 1).index)]
    given = case(
        CQ,
        "2025-06-20",
        enrolments=[enrolment("e1", CQ, "1985-01-01"), enrolment("e2", CD, "2000-01-01")],
        payments=[payment(f"p{month}", "e1", month, month) for month in months]
        + [payment(f"q{month}", "e2", month, month) for month in months[-60:]],
    )
    read, region = services.read(given), services.packs().region_for(CQ)
    taken = []
    for _ in range(20):
        start = process_time()
        services.decide_read(case=read, region=region)
        taken.append(process_time() - start)
    assert min(taken) <= LIMIT_SECONDS


@pytest.mark.parametrize(
    ("on", "told"),
    [
        ("2024-02-29", ("2024-03-01 起才适用", "in force only from 2024-03-01")),
        ("2028-03-01", ("2028-03-01 起不再适用", "no longer in force from 2028-03-01")),
    ],
)
def test_an_agreement_that_has_not_begun_or_has_run_out_is_named_with_its_day(on, told):
    paid_in_both = {
        "enrolments": [enrolment("e1", CD, "2004-01-01", "2013-12-31"), enrolment("e2", CQ, "2014-01-01")],
        "payments": [payment("p1", "e1", "2004-01", "2013-12"), payment("p2", "e2", "2014-01", "2023-12")],
    }
    given = case(CQ, on, **paid_in_both)
    step = next(each for each in yibao.decide(given)["steps"] if each["label"] == "缴费年限互认")
    assert told[0] in step["value"]
    assert told[1] in step["value_en"]
    assert "成渝" in step["source"]


def test_an_agreement_is_not_named_to_somebody_who_paid_in_one_of_its_places_only():
    given = case(CQ, "2028-03-01", enrolments=[enrolment("e1", CQ, "2004-01-01")],
                 payments=[payment("p1", "e1", "2004-01", "2023-12")])  # fmt: skip
    assert "缴费年限互认" not in [each["label"] for each in yibao.decide(given)["steps"]]
