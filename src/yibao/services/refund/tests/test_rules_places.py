"""What places add to a decision: remarks on differing rules, windows, incomplete files, who pays back."""

from datetime import date
from typing import Any

import pytest

import yibao
from yibao import services
from yibao.policy.casefile import read
from yibao.policy.interview import Standing
from yibao.services.refund import interview
from yibao.services.refund.rules import decide

PAPERS = ["payment_proof", "id_document", "bank_card", "death_certificate", "heir_relation_proof", "employment_record"]


def case(*, region: str, on: str, year: int, **more: Any) -> dict[str, Any]:
    """A resident who paid for a year in the November before; `more` replaces members of the case file."""
    cover = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    paid = {"kind": "annual", "paid_on": f"{year - 1}-11-05", "from": f"{year}-01", "to": f"{year}-12"}
    given: dict[str, Any] = {
        "service": "refund",
        "region": region,
        "on": on,
        "person": {"born": "1976-03-01"},
        "enrolments": [{"id": "e1", "scheme": "resident", "as": "resident", "region": region, **cover}],
        "payments": [{"id": "p1", "enrolment": "e1", "amount": "400.00", "payer": "person", **paid}],
        "materials": PAPERS,
        "request": {"payments": ["p1"], "reason": "death"},
    }
    return given | more


def dead(day: str) -> dict[str, Any]:
    return {"born": "1976-03-01", "died": day}


def test_a_place_without_a_notice_says_so_in_every_decision() -> None:
    decision = yibao.decide(case(region="140100", on="2025-02-20", year=2025, person=dead("2024-12-30")))
    assert [note["about"] for note in decision["notes"]] == ["always"]
    assert "没有查到太原市自己的退费规定" in decision["notes"][0]["zh"]
    assert decision["notes"][0]["zh"] in [step["value"] for step in decision["steps"]]


def test_a_decision_that_turns_on_contradicting_rules_says_both_and_which_stands() -> None:
    decision = yibao.decide(case(region="510500", on="2023-07-01", year=2023, person=dead("2022-12-30")))
    (told,) = decision["conflicts"]
    assert (told["rule"], told["stands"]) == ("NAT3", "national")
    assert (told["local"]["source"], told["national"]["source"]) == ("lz-2019#申请时间", "nat-2021#第十六条")
    assert "死亡退费在缴费年度6月30日以前申请" in told["zh"]
    assert told["zh"].endswith("以国家规定为准。")
    assert "The national rule stands" in told["en"]
    assert {"lz-2019", "nat-2021"} <= {source["id"] for source in decision["sources"]}
    (step,) = [each for each in decision["steps"] if each["label"] == "国家与本地规定不一致"]
    assert (step["value"], step["value_en"]) == (told["zh"], told["en"])


@pytest.mark.parametrize(("language", "words"), [("zh", "国家与本地规定不一致："), ("en", "contradicts: ")])
def test_the_reasons_tell_the_contradiction_after_the_row_that_holds(language: str, words: str) -> None:
    given = case(region="510500", on="2023-07-01", year=2023, person=dead("2022-12-30"))
    region = services.packs().region_for("510500")
    lines = decide(case=read(given), region=region).trace_lines(language)
    holding = next(place for place, line in enumerate(lines) if "→" in line)
    assert lines[holding + 1].startswith("NAT3 ")
    assert words in lines[holding + 1]


def test_a_contradiction_is_left_out_before_the_later_document_is_there() -> None:
    employed = {"id": "e2", "scheme": "employee", "as": "unit", "unit": "甲", "from": "2019-12-01", "region": "500000"}
    asked = {"payments": ["p1"], "reason": "duplicate"}
    before = case(region="500000", on="2020-08-10", year=2020, request=asked)
    after = case(region="500000", on="2020-08-24", year=2020, request=asked)
    for given in (before, after):
        given["payments"][0]["paid_on"] = "2020-01-05"
        given["enrolments"].append(employed)
    assert "conflicts" not in yibao.decide(before)
    (told,) = yibao.decide(after)["conflicts"]
    assert (told["rule"], told["stands"]) == ("EMPRES", "local")
    assert "国家把其余退费清单交由地方规定" in told["zh"]


def test_an_incomplete_file_is_refused_where_the_place_says_so() -> None:
    given = case(region="411481", on="2025-01-20", year=2025, person=dead("2024-12-20"), materials=PAPERS[:3])
    decision = yibao.decide(given)
    assert decision["decision"] == "incomplete"
    assert decision["refusals"][0]["code"] == "incomplete_refused"


@pytest.mark.parametrize(
    ("region", "flow", "intake"), [("411481", "F2", "tax"), ("441700", "F3", "tax"), ("141124", "F4", "counter")]
)
def test_the_way_back_of_the_money_is_the_place_s(region: str, flow: str, intake: str) -> None:
    decision = yibao.decide(case(region=region, on="2024-12-31", year=2025, person=dead("2024-12-20")))
    assert (decision["decision"], decision["payout"]["flow"], decision["intake"]) == ("refund", flow, intake)


def test_who_collected_a_payment_is_told_by_its_day_where_the_record_is_silent() -> None:
    given = case(region="510500", on="2019-12-20", year=2020, person=dead("2019-12-19"))
    assert yibao.decide(given)["decision"] == "refund"
    given["payments"][0]["paid_on"] = "2019-03-31"
    assert yibao.decide(given)["refusals"][0]["code"] == "collected_by_agency"


def test_a_district_is_decided_by_the_rules_of_its_city() -> None:
    assert services.packs().region_for("410506").code == "410500"
    assert services.packs().region_for("141100").code == "140000"
    assert services.packs().region_for("141024").code == "141024"


def test_the_answer_before_signing_in_tells_the_contradiction_and_what_was_not_found() -> None:
    liuzhou = services.packs().region_for("450200")
    asked = interview.interview(region=liuzhou, on=date(2023, 2, 10))
    told = interview.answer(region=liuzhou, asked=asked, standing=Standing(None, ("NAT5",), frozenset()))
    assert told.remarks[0][0].endswith("国家规定在后，以国家规定为准。")
    taiyuan = services.packs().region_for("140100")
    asked = interview.interview(region=taiyuan, on=date(2023, 2, 10))
    told = interview.answer(region=taiyuan, asked=asked, standing=Standing(None, ("NAT2",), frozenset()))
    assert "没有查到太原市自己的退费规定" in told.remarks[0][0]
