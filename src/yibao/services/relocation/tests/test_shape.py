"""The case file of a move is read in its own form: what belongs to a refund is refused, and the other way round."""

import pytest

import yibao
from yibao import services
from yibao.kernel.errors import InputInvalid

CASE = {
    "service": "relocation", "region": "140100", "on": "2026-11-10", "person": {"born": "1985-03-01"},
    "enrolments": [{"id": "e1", "scheme": "employee", "as": "unit", "region": "500000", "from": "2020-01-01"}],
    "payments": [], "materials": ["id_document"], "request": {"from": "500000", "to": "140100"},
}  # fmt: skip


def problems(case):
    with pytest.raises(InputInvalid) as caught:
        yibao.decide(case)
    return [(each.where, each.en) for each in caught.value.problems]


def test_a_request_with_two_places_asks_for_a_transfer():
    assert services.read(CASE).request.ask == "transfer"


def test_a_balance_may_be_below_zero():
    request = CASE["request"] | {"records": {"account_balance": "-12.50"}}
    assert services.read(CASE | {"request": request}).request.records.account_balance == -1250


WRONG = [
    pytest.param({"request": {"reason": "wish"}}, "request.reason", "no member 'reason'", id="the reason of a refund"),
    pytest.param({"request": {}}, "request", "Nothing is asked", id="nothing asked"),
    pytest.param({"request": {"from": "500000"}}, "request.to", "by their codes", id="one place"),
    pytest.param({"request": {"from": "500000", "to": "500000"}}, "request.to", "Both places", id="one place twice"),
    pytest.param(
        {"request": {"from": "500000", "to": "140100", "at": "110000"}}, "request.at", "one of them", id="a third place"
    ),
    pytest.param({"request": {"ask": "cover", "enrolment": "e9"}}, "request.enrolment", "known: e1", id="unknown id"),
    pytest.param({"request": {"ask": "cover"}}, "request.enrolment", "Name the enrolment", id="no enrolment"),
    pytest.param(
        {"events": [{"kind": "table_snt", "on": "2026-01-01"}]}, "events[0]", "'table_sent'", id="unknown event"
    ),
    pytest.param(
        {"events": [{"kind": "table_sent", "on": "2026-01-01", "acount": "1.00"}]},
        "events[0].acount",
        "'account'",
        id="a member of an event",
    ),
    pytest.param({"service": "relocatoin"}, "service", "did you mean 'relocation'", id="the service misspelt"),
]


@pytest.mark.parametrize(("change", "where", "told"), WRONG)
def test_what_is_wrong_is_named_with_its_place(change, where, told):
    found = problems(CASE | change)
    assert [each for each in found if each[0] == where and told in each[1]], found


def test_a_refund_does_not_take_the_events_of_a_transfer():
    case = CASE | {"service": "refund", "request": {}, "events": [{"kind": "money_sent", "on": "2026-01-01"}]}
    assert problems(case)[0][0] == "events[0]"


def test_both_decisions_of_the_slice_are_published_with_their_forms():
    forms = {name: form for form in services.case_schema()["anyOf"] for name in form["properties"]["service"]["enum"]}
    assert set(forms) == set(services.case_shapes())
    assert {"relocation", "years", "refund"} <= set(forms)
