"""The record becomes exactly the published case file, in a fixed number of statements."""

from datetime import UTC, date, datetime

import pytest

from yibao.kernel.months import Month
from yibao.policy.casefile.models import CaseFile
from yibao.store import situations
from yibao.store.models import (
    AccountCredit,
    BenefitUse,
    Contribution,
    ContributionPart,
    ContributionRefund,
    Enrolment,
    Person,
    PersonGroup,
    RecordEvent,
    Unit,
)

pytestmark = pytest.mark.django_db
JANUARY, JULY, NEXT_YEAR = Month(2022, 1).index, Month(2022, 7).index, Month(2023, 1).index
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)


def person(identity: str = "50010119760301001X", **changes) -> Person:
    given = {"identity": identity, "name": "张三", "sex": "M", "born": date(1976, 3, 1), "region": "500000"}
    return Person.objects.create(**{**given, **changes})


def record_of_the_contract() -> Person:
    one = person()
    paid = Enrolment.objects.create(
        person=one,
        scheme="employee",
        category="individual",
        tier=2,
        region="500000",
        start=date(2022, 1, 1),
        end=date(2023, 1, 1),
    )
    fund = Enrolment.objects.create(
        person=one,
        scheme="employee",
        category="unemployed",
        region="500000",
        start=date(2022, 1, 1),
        end=date(2022, 7, 1),
    )
    annual = Contribution.objects.create(
        enrolment=paid,
        kind="annual",
        first_month=JANUARY,
        end_month=NEXT_YEAR,
        paid_on=date(2022, 1, 5),
        amount_fen=587400,
        payer="person",
    )
    AccountCredit.objects.create(contribution=annual, first_month=JANUARY, end_month=NEXT_YEAR, amount_fen=16465)
    Contribution.objects.create(
        enrolment=fund, kind="monthly", first_month=JANUARY, end_month=JULY, amount_fen=None, payer="unemployment_fund"
    )
    return one


def case_file(one: Person, **more) -> dict:
    request = {"reason": "unemployment_overlap", "payments": []}
    return situations.case_file(person_id=one.pk, region="500000", on=date(2023, 2, 10), request=request, **more)


def test_the_example_of_the_contract_comes_out_member_for_member() -> None:
    one = record_of_the_contract()
    e1, e2 = (situations.enrolment_key(row) for row in Enrolment.objects.order_by("id"))
    p1, p2 = (situations.payment_key(row) for row in Contribution.objects.order_by("id"))
    assert case_file(one, materials=["payment_proof"]) == {
        "service": "refund", "region": "500000", "on": "2023-02-10",
        "applicant": {"kind": "payer"},
        "person": {"born": "1976-03-01", "sex": "M", "died": None, "retired_on": None, "groups": []},
        "enrolments": [
            {"id": e1, "scheme": "employee", "as": "individual", "tier": 2, "region": "500000",
             "from": "2022-01-01", "to": "2022-12-31"},
            {"id": e2, "scheme": "employee", "as": "unemployed", "region": "500000",
             "from": "2022-01-01", "to": "2022-06-30"},
        ],
        "payments": [
            {"id": p1, "enrolment": e1, "kind": "annual", "paid_on": "2022-01-05", "from": "2022-01", "to": "2022-12",
             "amount": "5874.00", "payer": "person", "account_credit_monthly": "164.65"},
            {"id": p2, "enrolment": e2, "kind": "monthly", "from": "2022-01", "to": "2022-06",
             "amount": None, "payer": "unemployment_fund"},
        ],
        "benefits": [], "events": [], "materials": ["payment_proof"],
        "request": {"reason": "unemployment_overlap", "payments": []},
    }  # fmt: skip


def fuller_record() -> Person:
    one = record_of_the_contract()
    enrolment, contribution = Enrolment.objects.order_by("id")[0], Contribution.objects.order_by("id")[0]
    Enrolment.objects.filter(pk=enrolment.pk).update(
        unit=Unit.objects.create(name="某公司", credit_code="91500000MA5U00000X", region="500000"), status="ended"
    )
    ContributionPart.objects.create(contribution=contribution, fund="pool", payer="person", amount_fen=489500)
    ContributionRefund.objects.create(contribution=contribution, first_month=JANUARY, end_month=JULY, amount_fen=100)
    AccountCredit.objects.create(
        contribution=contribution, kind="retiree", first_month=JULY, end_month=NEXT_YEAR, amount_fen=9000
    )
    BenefitUse.objects.create(enrolment=enrolment, on=date(2022, 3, 1), kind="inpatient", amount_fen=50)
    RecordEvent.objects.create(person=one, kind="employed", on=date(2022, 6, 1), data={"unit": "某公司"})
    PersonGroup.objects.create(person=one, code="shuangjie", start=date(2016, 1, 1))
    PersonGroup.objects.create(person=one, code="former", end=date(2020, 1, 1))
    return one


def test_everything_else_the_record_knows_is_there() -> None:
    found = case_file(fuller_record())
    payment = found["payments"][0]
    assert found["person"]["groups"] == ["shuangjie"]
    assert found["enrolments"][0]["unit"] == "91500000MA5U00000X"
    assert found["enrolments"][0]["status"] == "ended"
    assert payment["parts"] == [{"fund": "pool", "payer": "person", "amount": "4895.00"}]
    assert payment["refunded"] == [{"from": "2022-01", "to": "2022-06", "amount": "1.00"}]
    assert payment["retiree_credit_monthly"] == [{"from": "2022-07", "to": "2022-12", "amount": "90.00"}]
    assert found["benefits"][0]["amount"] == "0.50"
    assert found["events"] == [{"kind": "employed", "on": "2022-06-01", "unit": "某公司"}]


def test_it_is_a_case_file_in_the_published_form() -> None:
    found = case_file(fuller_record())
    del found["request"]["payments"]
    assert CaseFile.model_validate(found).payments[0].amount == 587400


def test_it_holds_no_name_and_no_number_of_a_person() -> None:
    text = str(case_file(fuller_record()))
    assert "张三" not in text
    assert "50010119760301001X" not in text


def test_it_takes_one_statement(django_assert_num_queries) -> None:
    one = fuller_record()
    with django_assert_num_queries(1):
        case_file(one)


def test_what_was_on_a_merged_record_counts() -> None:
    one = record_of_the_contract()
    kept = person("500101197603010028")
    one.merged_into = kept
    one.save()
    assert len(case_file(kept)["payments"]) == 2
