"""A case file is read strictly, and everything wrong with it is told at once, in place."""

import copy
from datetime import date

import pytest

from yibao.kernel.errors import InputInvalid
from yibao.kernel.months import Month
from yibao.policy import casefile

CASE = {
    "service": "refund",
    "region": "500000",
    "on": "2023-02-10",
    "applicant": {"kind": "payer"},
    "person": {"born": "1976-03-01", "sex": "M", "died": None, "retired_on": None, "groups": []},
    "enrolments": [
        {"id": "e1", "scheme": "employee", "as": "individual", "tier": 2, "region": "500000",
         "from": "2022-01-01", "to": "2022-12-31"},
        {"id": "e2", "scheme": "employee", "as": "unemployed", "region": "500000",
         "from": "2022-01-01", "to": "2022-06-30"},
    ],
    "payments": [
        {"id": "p1", "enrolment": "e1", "kind": "annual", "paid_on": "2022-01-05", "from": "2022-01", "to": "2022-12",
         "amount": "5874.00", "payer": "person", "account_credit_monthly": "164.65"},
        {"id": "p2", "enrolment": "e2", "kind": "monthly", "from": "2022-01", "to": "2022-06", "amount": None,
         "payer": "unemployment_fund"},
    ],
    "benefits": [],
    "events": [],
    "materials": ["payment_proof", {"code": "id_document", "holder": "本人"}],
    "request": {"reason": "unemployment_overlap", "payments": ["p1"]},
}  # fmt: skip


def changed(path, value):
    """The example with one value changed; the value `...` takes the member out."""
    case = copy.deepcopy(CASE)
    *steps, last = path
    node = case
    for step in steps:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return case


def problems(case):
    with pytest.raises(InputInvalid) as caught:
        casefile.read(case)
    return caught.value.problems


def test_the_example_of_the_contract_is_read():
    case = casefile.read(CASE)
    payment = case.payments[0]
    assert (payment.amount, case.on) == (587400, date(2023, 2, 10))
    assert list(payment.months) == list(range(Month(2022, 1).index, Month(2023, 1).index))
    assert [run.amount for run in payment.account_credit_monthly] == [16465]
    assert [item.code for item in case.materials] == ["payment_proof", "id_document"]


LATER = CASE["payments"][0] | {"from": "2023-01", "to": "2023-12"}
EARLIER = CASE["payments"][0] | {"from": "2021-01", "to": "2021-12"}

WRONG = [
    pytest.param(("on",), ..., "on", "missing", id="a member that is missing"),
    pytest.param(("regoin",), "500000", "regoin", "'region'", id="an unknown member, with a suggestion"),
    pytest.param(("payments", 0, "colector"), "tax", "payments[0].colector", "'collector'", id="deep inside"),
    pytest.param(("person", "died"), "2023-02-30", "person.died", "no such day", id="a day not in the calendar"),
    pytest.param(("on",), "2023/02/10", "on", "YYYY-MM-DD", id="a day in another form"),
    pytest.param(("payments", 0, "to"), "2022-13", "payments[0].to", "no such month", id="a thirteenth month"),
    pytest.param(("payments", 0, "amount"), "-1.00", "payments[0].amount", "negative", id="negative money"),
    pytest.param(("payments", 0, "amount"), "1.005", "payments[0].amount", "two decimals", id="three decimals"),
    pytest.param(("payments", 0, "amount"), 5874, "payments[0].amount", "decimal text", id="money as a number"),
    pytest.param(("payments", 0, "amount"), True, "payments[0].amount", "decimal text", id="money as true"),
    pytest.param(("payments", 0, "account_credit_monthly"), "x", "payments[0].account_credit_monthly", "not an amount",
                 id="a credit that is no amount"),
    pytest.param(("enrolments", 0, "tier"), "2", "enrolments[0].tier", "whole number", id="a number as text"),
    pytest.param(("enrolments", 0, "scheme"), "employe", "enrolments[0].scheme", "'employee'", id="an unknown code"),
    pytest.param(("request", "reason"), "unemployment", "request.reason", "'unemployment_overlap'", id="a reason"),
    pytest.param(("materials", 0), "id_documnt", "materials[0]", "'id_document'", id="an unknown paper"),
    pytest.param(("events",), [{"kind": "stop_faild", "on": "2022-01-01"}], "events[0]", "'stop_failed'",
                 id="an unknown event"),
    pytest.param(("events",), [{"kind": "mis_posted", "on": "2022-01-01", "cause": "system"}], "events[0].cause",
                 "Known: kind, on, what", id="a member of another event"),
    pytest.param(("enrolments", 1, "id"), "e1", "enrolments[1].id", "already stands", id="an id used twice"),
    pytest.param(("payments", 1, "id"), "p1", "payments[1].id", "already stands", id="a payment id used twice"),
    pytest.param(("payments", 0, "enrolment"), "e9", "payments[0].enrolment", "known: e1, e2",
                 id="a payment of an enrolment that is not there"),
    pytest.param(("request", "payments"), ["p9"], "request.payments[0]", "known: p1, p2", id="a payment not there"),
    pytest.param(("request", "payments"), ["p1", "p1"], "request.payments[1].id", "already", id="asked for twice"),
    pytest.param(("request", "payments"), [], "request.payments", "at least 1", id="no payment asked for"),
    pytest.param(("enrolments", 0, "to"), "2021-12-31", "enrolments[0].to", "before the start", id="to before from"),
    pytest.param(("payments", 0, "to"), "2021-12", "payments[0].to", "before the start", id="months backwards"),
    pytest.param(("payments", 0), LATER, "payments[0].from", "outside", id="a payment after the end"),
    pytest.param(("payments", 0), EARLIER, "payments[0].to", "outside", id="a payment before it"),
    pytest.param(("payments", 0, "account_credit_monthly"), [{"from": "2022-01", "to": "2023-01", "amount": "1.00"}],
                 "payments[0].account_credit_monthly[0].to", "outside", id="a credit outside the payment"),
    pytest.param(("payments", 0, "refunded"), [{"from": "2022-03", "to": "2022-02", "amount": "1.00"}],
                 "payments[0].refunded[0].to", "before the start", id="refunded months backwards"),
    pytest.param(("payments", 0, "parts"), [{"fund": "pool", "payer": "person", "amount": "5873.99"}],
                 "payments[0].parts", "add up", id="parts that do not add up"),
    pytest.param(("benefits",), [{"enrolment": "e9", "on": "2022-03-01", "kind": "outpatient"}],
                 "benefits[0].enrolment", "known", id="benefits of an enrolment that is not there"),
    pytest.param(("person", "died"), "1970-01-01", "person.died", "before the day of birth", id="dead before born"),
    pytest.param(("person", "born"), "2050-01-01", "person.born", "after the day of application", id="not yet born"),
    pytest.param(("person", "died"), "2050-01-01", "person.died", "after the day of application", id="not yet dead"),
    pytest.param(("person", "born"), "0001-01-01", "person.born", "between 1900", id="a year no living person has"),
    pytest.param(("payments", 0, "to"), "2199-12", "payments[0].to", "at most", id="more months than a life has"),
    pytest.param(("region",), "50", "region", "six digits", id="a region code that is no code"),
    pytest.param(("payments",), {}, "payments", "a list", id="an object where a list belongs"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "where", "said"), WRONG)
def test_a_wrong_value_is_named_with_its_place(path, value, where, said):
    found = [each for each in problems(changed(path, value)) if each.where == where]
    assert found, [each.where for each in problems(changed(path, value))]
    assert said in found[0].en
    assert found[0].zh


def test_all_faults_are_told_at_once_also_those_between_parts():
    case = changed(("payments", 0, "amount"), "1.234")
    case["enrolments"][1]["id"] = "e1"
    case["payments"][1]["to"] = "2021-01"
    del case["on"]
    places = {each.where for each in problems(case)}
    assert places >= {"payments[0].amount", "enrolments[1].id", "payments[1].to", "on"}


def test_a_file_that_is_no_object_is_refused():
    assert problems([])[0].where == "(file)"


def test_a_payment_may_run_beyond_the_end_of_its_enrolment():
    assert casefile.read(changed(("enrolments", 0, "to"), "2022-03-31")).payments[0].end == Month(2022, 12).index


def test_back_payments_may_lie_before_the_enrolment():
    case = changed(("payments", 0, "kind"), "back")
    case["payments"][0]["from"] = "2020-01"
    assert casefile.read(case).payments[0].months_paid_for == 36


def test_a_recognition_may_be_dated_by_month():
    case = changed(("events",), [{"kind": "concession_recognised", "on": "2022-03-01", "from": "2022-02",
                                  "to": "2022-02"}])  # fmt: skip
    event = casefile.read(case).events[0]
    assert (event.start, event.end) == (date(2022, 2, 1), date(2022, 2, 28))


def test_the_schema_names_every_member_as_the_contract_does():
    schema = casefile.json_schema({"refund": casefile.CaseFile})
    assert {"from", "to", "as"} <= set(schema["$defs"]["Enrolment"]["properties"])
    credit = schema["$defs"]["Payment"]["properties"]["account_credit_monthly"]
    assert {"string", "array", "null"} == {each["type"] for each in credit["anyOf"]}
    assert "payment_proof" in schema["anyOf"][0]["properties"]["materials"]["items"]["anyOf"][0]["enum"]
