"""Each history fact counts the months it says, and no other."""

from datetime import date
from types import SimpleNamespace

import pytest

from yibao.kernel.months import Month
from yibao.policy import casefile
from yibao.services.refund.rules import months, usage
from yibao.services.refund.rules.lines import History, lies_in

REGION = SimpleNamespace(code="500000", setting=lambda domain, name: {"immediate_benefit": {"immediate": "yes"}})
OWN = {"id": "e1", "scheme": "employee", "as": "individual", "tier": 2, "region": "500000", "from": "2021-01-01"}
UNIT = {"id": "e2", "scheme": "employee", "as": "unit", "region": "500000", "from": "2021-01-01"}
RESIDENT = {"id": "e3", "scheme": "resident", "as": "resident", "region": "500000", "from": "2021-01-01"}
YEAR = {"id": "p1", "enrolment": "e1", "kind": "annual", "paid_on": "2022-01-05", "from": "2022-01", "to": "2022-12",
        "amount": "1200.00", "payer": "person"}  # fmt: skip


def payment(name, enrolment, first, last, **more):
    return {"id": name, "enrolment": enrolment, "kind": "monthly", "from": first, "to": last, "amount": "100.00",
            "payer": "unit"} | more  # fmt: skip


def line(*others, own=YEAR, enrolments=(OWN, UNIT, RESIDENT), person=None, on="2023-02-10", **more):
    """The line of the payment `own` beside the other payments given."""
    case = casefile.read(
        {"service": "refund", "region": "500000", "on": on, "person": {"born": "1976-03-01"} | (person or {}),
         "enrolments": list(enrolments), "payments": [own, *others],
         "request": {"payments": [own["id"]]}} | more
    )  # fmt: skip
    return History(case=case, region=REGION).lines()[0]


def shown(indexes):
    return [str(Month.from_index(index)) for index in sorted(indexes)]


class TestOverlapWithTheFund:
    def test_counts_months_the_fund_paid(self):
        fund = payment("p2", "e2", "2021-11", "2022-02", payer="unemployment_fund")
        assert shown(months.fund_overlap(line(fund))) == ["2022-01", "2022-02"]

    def test_counts_a_payment_of_unknown_amount(self):
        fund = payment("p2", "e2", "2022-03", "2022-03", payer="unemployment_fund", amount=None)
        assert shown(months.fund_overlap(line(fund))) == ["2022-03"]

    def test_counts_a_month_once(self):
        first = payment("p2", "e2", "2022-01", "2022-03", payer="unemployment_fund")
        second = payment("p3", "e2", "2022-03", "2022-04", payer="unemployment_fund")
        assert len(months.fund_overlap(line(first, second))) == 4

    def test_leaves_out_what_a_unit_paid(self):
        assert months.fund_overlap(line(payment("p2", "e2", "2022-01", "2022-06"))) == frozenset()


class TestOverlapWithAUnit:
    def test_counts_months_a_unit_paid(self):
        assert shown(months.unit_overlap(line(payment("p2", "e2", "2022-12", "2023-01")))) == ["2022-12"]

    def test_counts_a_payment_split_between_unit_and_person(self):
        parts = [{"fund": "pool", "payer": "unit", "amount": "80.00"},
                 {"fund": "account", "payer": "person", "amount": "20.00"}]  # fmt: skip
        split = payment("p2", "e2", "2022-05", "2022-05", payer="person", parts=parts)
        assert shown(months.unit_overlap(line(split))) == ["2022-05"]

    def test_leaves_out_another_individual_payment(self):
        assert not months.unit_overlap(line(payment("p2", "e1", "2022-05", "2022-05", payer="person")))

    def test_two_payments_of_one_unit_are_no_two_units(self):
        own = payment("p1", "e2", "2022-01", "2022-03")
        assert not months.unit_employee_overlap(line(payment("p2", "e2", "2022-02", "2022-04"), own=own))


class TestOverlapBetweenSchemes:
    def test_an_employee_enrolment_without_payments_covers_a_resident_payment(self):
        own = YEAR | {"enrolment": "e3"}
        employee = UNIT | {"from": "2022-11-15", "to": "2023-03-31"}
        found = months.employee_overlap(line(own=own, enrolments=(RESIDENT, employee)))
        assert shown(found) == ["2022-11", "2022-12"]

    def test_a_resident_payment_covers_an_employee_payment(self):
        assert len(months.resident_overlap(line(payment("p2", "e3", "2022-01", "2022-12", payer="person")))) == 12

    def test_students_and_ordinary_residents_are_kept_apart(self):
        student = RESIDENT | {"id": "e4", "as": "student"}
        other = payment("p2", "e4", "2022-09", "2022-12", payer="person")
        seen = line(other, own=YEAR | {"enrolment": "e3"}, enrolments=(RESIDENT, student))
        assert (len(months.student_overlap(seen)), len(months.ordinary_overlap(seen))) == (4, 0)


class TestPlaces:
    @pytest.mark.parametrize(
        ("code", "region", "inside"),
        [("500112", "500000", True), ("500000", "500000", True), ("510100", "500000", False),
         ("370202", "370200", True), ("370300", "370200", False), ("500000", "000000", False)],
    )  # fmt: skip
    def test_a_place_lies_below_its_pooling_area_only(self, code, region, inside):
        assert lies_in(code=code, region=region) is inside

    def test_two_counties_of_the_region_are_not_elsewhere(self):
        here, there = RESIDENT | {"region": "500112"}, RESIDENT | {"id": "e4", "region": "500103"}
        other = payment("p2", "e4", "2022-01", "2022-12", payer="person")
        seen = line(other, own=YEAR | {"enrolment": "e3"}, enrolments=(here, there))
        assert (len(months.county_overlap(seen)), len(months.elsewhere_overlap(seen))) == (12, 0)

    def test_another_province_is_elsewhere_and_no_county(self):
        there = RESIDENT | {"id": "e4", "region": "510100"}
        other = payment("p2", "e4", "2022-01", "2022-12", payer="person")
        seen = line(other, own=YEAR | {"enrolment": "e3"}, enrolments=(RESIDENT, there))
        assert (len(months.county_overlap(seen)), len(months.elsewhere_overlap(seen))) == (0, 12)


class TestMonthsAfterADay:
    @pytest.mark.parametrize(
        ("died", "left"), [("2022-11-30", 1), ("2022-12-01", 0), ("2021-12-31", 12), ("2023-01-01", 0)]
    )
    def test_remaining_months_begin_after_the_month_of_death(self, died, left):
        assert len(months.after_death(line(person={"died": died}))) == left

    @pytest.mark.parametrize(("stop", "first"), [("2022-03-31", "2022-04"), ("2022-04-01", "2022-05")])
    def test_months_after_a_stop_begin_after_its_day(self, stop, first):
        seen = line(events=[{"kind": "stop_requested", "on": stop}])
        assert shown(months.after_stop(seen))[0] == first

    def test_an_event_after_the_application_is_not_known_yet(self):
        assert not months.after_stop(line(on="2022-06-01", events=[{"kind": "stop_requested", "on": "2022-06-02"}]))

    def test_employment_by_event_or_by_enrolment_whichever_is_first(self):
        unit = UNIT | {"from": "2022-08-01"}
        seen = line(enrolments=(OWN, unit), events=[{"kind": "employed", "on": "2022-07-20"}])
        assert months.employed_on(seen) == date(2022, 7, 20)
        assert len(months.after_employment(seen)) == 5


def approval(**more):
    return [{"kind": "retirement_approved", "on": "2022-02-20", "required_months": 360, "paid_months": 360} | more]


class TestExcessAfterRetirement:
    def test_begins_with_the_month_after_approval_where_the_years_are_met(self):
        assert shown(months.excess(line(events=approval())))[0] == "2022-03"

    def test_begins_after_the_shortfall_has_been_filled(self):
        assert shown(months.excess(line(events=approval(paid_months=356))))[0] == "2022-07"

    def test_the_shortfall_is_filled_by_all_employee_payments(self):
        unit = payment("p2", "e2", "2023-01", "2023-04")
        seen = line(unit, own=YEAR, events=approval(paid_months=348), on="2023-06-01")
        assert months.excess(seen) == frozenset()

    def test_nothing_is_counted_without_the_years(self):
        assert not months.excess(line(events=approval(required_months=None)))


class TestYearsFoundOwing:
    def test_the_months_beyond_are_counted(self):
        own = YEAR | {"kind": "back", "years": 5, "to": "2026-12"}
        seen = line(own=own, events=[{"kind": "years_redetermined", "on": "2023-01-01", "due_months": 50}])
        assert len(months.too_many(seen)) == 10

    def test_none_where_as_much_is_owed(self):
        seen = line(events=[{"kind": "years_redetermined", "on": "2023-01-01", "due_months": 12}])
        assert not months.too_many(seen)


class TestConcessionYears:
    @pytest.mark.parametrize(
        ("span", "years"),
        [({}, 3), ({"from": "2023-01", "to": "2024-12"}, 2), ({"from": "2022-02"}, 2), ({"to": "2022-11"}, 0)],
    )
    def test_only_years_recognised_as_a_whole_count(self, span, years):
        own = YEAR | {"kind": "lump_sum", "years": 3, "to": "2024-12"}
        seen = line(own=own, events=[{"kind": "concession_recognised", "on": "2022-05-01"} | span])
        assert months.concession_years(seen) == years


class TestUseOfBenefits:
    @pytest.mark.parametrize(
        ("use", "used"),
        [({"on": "2022-05-03", "kind": "outpatient"}, True), ({"on": "2022-05-03", "kind": "account"}, False),
         ({"on": "2021-12-31", "kind": "inpatient"}, False),
         ({"on": "2022-05-03", "kind": "inpatient", "enrolment": "e2"}, False)],
    )  # fmt: skip
    def test_own_account_other_relations_and_other_months_do_not_count(self, use, used):
        assert usage.benefits_in_period(line(benefits=[{"enrolment": "e1"} | use])) is used

    def test_any_use_in_the_unbroken_run_after_a_stop_blocks_all_its_months(self):
        later = payment("p2", "e1", "2023-01", "2023-01", payer="person")
        seen = line(later, events=[{"kind": "stop_requested", "on": "2022-10-15"}],
                    benefits=[{"enrolment": "e1", "on": "2023-01-20", "kind": "outpatient"}])  # fmt: skip
        assert usage.benefits_after_stop(seen)

    def test_use_after_a_break_in_cover_does_not(self):
        later = payment("p2", "e1", "2023-02", "2023-02", payer="person")
        seen = line(later, events=[{"kind": "stop_requested", "on": "2022-10-15"}],
                    benefits=[{"enrolment": "e1", "on": "2023-02-02", "kind": "outpatient"}])  # fmt: skip
        assert not usage.benefits_after_stop(seen)


class TestBenefitPeriod:
    def test_begins_with_the_first_month_paid_for(self):
        assert line().period_start == date(2022, 1, 1)

    def test_begins_on_the_day_the_relation_says(self):
        assert line(enrolments=(OWN | {"benefits_from": "2022-03-01"},)).period_start == date(2022, 3, 1)

    def test_begins_with_payment_for_newborns_and_marked_groups(self):
        newborn = OWN | {"scheme": "resident", "as": "newborn"}
        assert line(enrolments=(newborn,)).period_start == date(2022, 1, 5)
        assert line(person={"groups": ["immediate_benefit"]}).period_start == date(2022, 1, 5)


class TestPaidTwiceByAResident:
    TWIN = payment("p2", "e4", "2022-01", "2022-12", payer="person", paid_on="2021-12-01")
    OTHER = RESIDENT | {"id": "e4", "region": "510100"}

    def seen(self, own_day, **more):
        own = YEAR | {"enrolment": "e3", "paid_on": own_day}
        return line(self.TWIN, own=own, enrolments=(RESIDENT, self.OTHER), **more)

    def test_both_before_the_period_qualify(self):
        assert usage.joined_before_period(self.seen("2021-11-10"))
        assert usage.joined_elsewhere_before_period(self.seen("2021-11-10"))

    def test_a_relation_elsewhere_paid_before_the_period_qualifies_whenever_this_one_was_paid(self):
        assert not usage.paid_twice_before_period(self.seen("2022-01-01"))

    def test_of_two_both_asked_for_the_one_paid_first_is_kept(self):
        seen = self.seen("2021-11-10", request={"payments": ["p1", "p2"]})
        assert usage.kept_of_two(seen)
        assert not usage.joined_before_period(seen)
