"""The interface for programs: the same answer and the same errors as the command line."""

import json

import pytest

import yibao
from yibao import services

# A decision needs no database; how often it is asked for is counted there.
pytestmark = pytest.mark.django_db
EXAMPLE = {
    "service": "refund",
    "region": "500000",
    "on": "2023-02-10",
    "applicant": {"kind": "payer"},
    "person": {"born": "1976-03-01", "sex": "M", "died": None, "retired_on": None, "groups": []},
    "enrolments": [
        {"id": "e1", "scheme": "employee", "as": "individual", "tier": 2, "region": "500000", "from": "2022-01-01",
         "to": "2022-12-31"},
        {"id": "e2", "scheme": "employee", "as": "unemployed", "region": "500000", "from": "2022-01-01",
         "to": "2022-06-30"},
    ],
    "payments": [
        {"id": "p1", "enrolment": "e1", "kind": "annual", "paid_on": "2022-01-05", "from": "2022-01", "to": "2022-12",
         "amount": "5874.00", "payer": "person", "account_credit_monthly": "164.65"},
        {"id": "p2", "enrolment": "e2", "kind": "monthly", "from": "2022-01", "to": "2022-06", "amount": None,
         "payer": "unemployment_fund"},
    ],
    "benefits": [],
    "events": [],
    "materials": ["payment_proof", "id_document", "bank_card", "unemployment_record"],
    "request": {"reason": "unemployment_overlap", "payments": ["p1"]},
}  # fmt: skip


def send(client, body, content_type="application/json"):
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post("/api/v1/decisions", text, content_type=content_type)


def test_it_decides_as_the_library_does(client):
    answer = send(client, EXAMPLE)
    assert answer.status_code == 200
    assert answer.json() == yibao.decide(EXAMPLE)
    assert answer.json()["amount"] == "1949.10"


COVER = {
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
YEARS = {
    **COVER, "service": "years", "region": "500000", "on": "2036-01-05", "request": {"chosen_place": "500000"},
    "person": {**COVER["person"], "born": "1976-01-05", "sex": "M", "pension_from": "2036-02-01"},
    "enrolments": [{"id": "e1", "scheme": "employee", "as": "unit", "region": "500000", "from": "2000-01-01",
                    "to": "2035-12-31"}],
    "payments": [{"id": "p1", "enrolment": "e1", "kind": "monthly", "from": "2000-01", "to": "2035-12",
                  "amount": None, "payer": "unit"}],
}  # fmt: skip


@pytest.mark.parametrize(("asked", "decision", "told"), [
    (COVER, "waiting", {"benefits_from": "2027-04-01"}),
    (YEARS, "qualifies", {"cumulative_months": 432, "shortfall_months": 0}),
], ids=["cover", "years"])  # fmt: skip
def test_cover_and_years_are_decided_by_the_same_address(client, asked, decision, told):
    answer = send(client, asked)
    assert answer.status_code == 200, answer.content
    assert answer.json() == yibao.decide(asked)
    assert answer.json()["decision"] == decision
    assert {name: answer.json()[name] for name in told} == told


def test_everything_wrong_is_told_at_once_in_both_languages(client):
    wrong = {**EXAMPLE, "on": "2023-02-30", "regoin": "500000"}
    answer = send(client, wrong)
    problems = {problem["where"]: problem for problem in answer.json()["errors"]}
    assert answer.status_code == 422
    assert {"on", "regoin"} <= set(problems)
    assert all(problem["zh"] and problem["en"] for problem in problems.values())


def test_a_region_without_rules_is_told_with_those_there_are(client):
    answer = send(client, {**EXAMPLE, "region": "990000"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "region"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param("{", "application/json", 400, id="not JSON"),
        pytest.param("[]", "application/json", 422, id="not an object"),
        pytest.param('{"service": "refund", "service": "refund"}', "application/json", 422, id="a member twice"),
        pytest.param(b"\xff", "application/json", 400, id="not UTF-8"),
        pytest.param("{}", "text/plain", 415, id="another type"),
        pytest.param(" " * 1_100_000 + "{}", "application/json", 413, id="too large"),
        pytest.param("[" * 100_000, "application/json", 400, id="nested without end"),
    ],
)
def test_what_is_no_case_file_gets_the_one_error_shape(client, body, content_type, status):
    answer = send(client, body, content_type)
    assert answer.status_code == status
    assert [set(problem) for problem in answer.json()["errors"]] == [{"where", "zh", "en"}]


def test_decisions_are_not_read(client):
    assert client.get("/api/v1/decisions").status_code == 405


def test_services_are_listed(client):
    assert {
        "name": "refund",
        "label": "多缴、重复缴费退费",
        "en": "Refund of over- and duplicate payments",
    } in client.get("/api/v1/services").json()


def test_health_says_ok(client, db):
    told = client.get("/api/v1/health").json()
    assert told["status"] == "ok"
    assert told["rules"]["faults"] == []
    assert told["rules"]["version"] == services.packs().version
    assert told["rules"]["regions"]["500000"] == services.packs().regions["500000"].version


def test_the_schema_names_every_address(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert set(schema["paths"]) >= {
        "/api/v1/decisions",
        "/api/v1/services",
        "/api/v1/health",
        "/api/v1/refund/cases",
        "/api/v1/relocation/cases",
    }
    body = schema["paths"]["/api/v1/decisions"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert all("request" in form["properties"] for form in body["anyOf"])
