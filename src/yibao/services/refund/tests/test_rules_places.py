"""What places add to a decision: remarks on differing rules, windows, incomplete files, who pays back."""

from typing import Any

import pytest

import yibao
from yibao import services

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


def test_a_remark_names_both_documents_and_cites_them() -> None:
    decision = yibao.decide(case(region="510500", on="2023-07-01", year=2023, person=dead("2022-12-30")))
    assert decision["notes"][0]["sources"] == ["lz-2019#申请时间", "nat-2021#第十六条"]
    assert {"lz-2019", "nat-2021"} <= {source["id"] for source in decision["sources"]}


def test_a_remark_is_left_out_before_the_later_document_is_there() -> None:
    employed = {"id": "e2", "scheme": "employee", "as": "unit", "unit": "甲", "from": "2019-12-01", "region": "500000"}
    asked = {"payments": ["p1"], "reason": "duplicate"}
    before = case(region="500000", on="2020-08-10", year=2020, request=asked)
    after = case(region="500000", on="2020-08-24", year=2020, request=asked)
    for given in (before, after):
        given["payments"][0]["paid_on"] = "2020-01-05"
        given["enrolments"].append(employed)
    assert "notes" not in yibao.decide(before)
    assert yibao.decide(after)["notes"][0]["about"] == "EMPRES"


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
