"""Every fact of the refund vocabulary, worked out from the record when a rule first asks for it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from yibao.policy import UnknownValue
from yibao.services.refund.rules import months, usage
from yibao.services.refund.rules.lines import Line
from yibao.services.refund.rules.tariffs import Grounds, Tariff, tariff

NO_REASON = "any"
TAKEN_OVER = "tax_collects_from"


class Facts(dict[str, Any]):
    """Facts of one line by name; each is computed once, when it is first read.

    Attributes:
        line: the payment looked at.
        grounds: what its credits rest on.
        tariff_grounds: what its tariffs rest on.
    """

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line
        self.grounds = Grounds()
        self.tariff_grounds = Grounds()

    def __missing__(self, name: str) -> Any:
        value = _ON_PAYMENT[name](self.line) if name in _ON_PAYMENT else _ON_TARIFF[name](self)
        self[name] = value
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Return a fact, computed when it is first read; a missing one is None."""
        return self[name]

    def tariff(self) -> Tariff:
        """Return the tariffs of the line's year, read once."""
        if "tariff" not in self:
            self["tariff"] = tariff(line=self.line, grounds=self.tariff_grounds)
        found: Tariff = self["tariff"]
        return found


def _stop_cause(line: Line) -> str | None:
    event = line.history.last_event("stop_failed")
    return None if event is None else event.cause


def _mis_posted(line: Line) -> str | None:
    event = line.history.last_event("mis_posted")
    return None if event is None else event.what


def _retirement_years_known(line: Line) -> bool:
    event = line.history.last_event("retirement_approved")
    return event is not None and event.required_months is not None and event.paid_months is not None


def _years_redetermined(line: Line) -> bool:
    event = line.history.last_event("years_redetermined")
    return event is not None and event.due_months is not None


def _event_day(kind: str) -> Callable[[Line], date | None]:
    def day(line: Line) -> date | None:
        event = line.history.last_event(kind)
        found: date | None = None if event is None else event.on
        return found

    return day


def _aid_recognised_on(line: Line) -> date | None:
    return max((each.on for each in months.recognitions(line=line, kind="subsidy_recognised")), default=None)


def _collector(line: Line) -> str | None:
    """Return who collected the payment: as recorded, else by the day the place says the tax office took over."""
    if line.payment.collector is not None or line.payment.paid_on is None:
        return line.payment.collector
    try:
        taken_over = line.history.region.parameter(TAKEN_OVER, on=line.case.on).value
    except UnknownValue:
        return None
    return "tax" if isinstance(taken_over, date) and line.payment.paid_on >= taken_over else "agency"


def _enrolment_ended(line: Line) -> bool:
    own = line.enrolment
    return own.status == "ended" or (own.end is not None and own.end <= line.case.on)


def _aid_recipient(line: Line) -> bool:
    if any("aid" in group for group in line.history.groups.values()):
        return True
    return bool(months.recognitions(line=line, kind="subsidy_recognised"))


def _determined(line: Line) -> int | None:
    found = line.case.request.determined
    return None if found is None else found.amount


def _subsidy(line: Line) -> int | None:
    known = [each.amount for each in months.recognitions(line=line, kind="subsidy_recognised") if each.amount]
    return known[-1] if known else None


def _months_covered(line: Line) -> int:
    if line.payment.kind in ("back", "lump_sum"):
        return max(line.payment.months_paid_for, 1)
    return len(line.payment.months)


def _year_start(line: Line) -> date:
    return date(line.payment.first_day.year, 1, 1)


def _paid_level(facts: Facts) -> str:
    found, line = facts.tariff(), facts.line
    if found.normal is None or found.concession is None:
        return "unknown"
    years = line.payment.years_covered if line.payment.kind == "lump_sum" else 1
    paid = line.payment.amount or 0
    if paid == found.normal * years or (paid > found.normal and line.payment.kind == "annual"):
        return "normal"
    return "concession" if paid == found.concession * years else "other"


_ON_PAYMENT: dict[str, Callable[[Line], Any]] = {
    "reason": lambda line: line.case.request.reason or NO_REASON,
    "applied_on": lambda line: line.case.on,
    "scheme": lambda line: line.enrolment.scheme,
    "paid_as": lambda line: line.enrolment.relation,
    "tier": lambda line: line.enrolment.tier,
    "payment_kind": lambda line: line.payment.kind,
    "standard": lambda line: line.payment.standard,
    "paid_on": lambda line: line.payment.paid_on,
    "paid": lambda line: line.payment.amount or 0,
    "personal_paid": lambda line: line.personal_paid,
    "months_covered": _months_covered,
    "cover_start": lambda line: line.payment.first_day,
    "cover_year_start": _year_start,
    "period_start": lambda line: line.period_start,
    "died_on": lambda line: line.case.person.died,
    "retirement_day": lambda line: line.case.person.retired_on or line.case.person.legal_age_on,
    "enlisted_on": _event_day("enlisted"),
    "emigrated_on": _event_day("emigrated"),
    "imprisoned_on": _event_day("imprisoned"),
    "household_cancelled_on": _event_day("household_cancelled"),
    "school_moved_on": _event_day("school_moved"),
    "left_household_on": _event_day("left_household"),
    "land_taken_on": _event_day("land_taken"),
    "two_identities_on": _event_day("double_identity"),
    "aid_recognised_on": _aid_recognised_on,
    "applicant": lambda line: line.case.applicant.kind,
    "channel": lambda line: line.case.request.channel,
    "collector": _collector,
    "stop_requested": lambda line: line.history.last_event("stop_requested") is not None,
    "stop_failed": lambda line: line.history.last_event("stop_failed") is not None,
    "stop_cause": _stop_cause,
    "mis_posted": _mis_posted,
    "retirement_years_known": _retirement_years_known,
    "years_redetermined": _years_redetermined,
    "enrolment_ended": _enrolment_ended,
    "immediate_benefit": lambda line: line.immediate_benefit,
    "aid_recipient": _aid_recipient,
    "determined": lambda line: _determined(line) is not None,
    "determined_amount": lambda line: _determined(line) or 0,
    "concession_recognised": lambda line: bool(months.recognitions(line=line, kind="concession_recognised")),
    "concession_years": months.concession_years,
    "subsidy_recognised": lambda line: bool(months.recognitions(line=line, kind="subsidy_recognised")),
    "subsidy_known": lambda line: _subsidy(line) is not None,
    "subsidy_amount": lambda line: _subsidy(line) or 0,
    "moved_to_unit": lambda line: months.employed_on(line) is not None,
    "fund_overlap_months": lambda line: len(months.fund_overlap(line)),
    "unit_overlap_months": lambda line: len(months.unit_overlap(line)),
    "unit_employee_overlap_months": lambda line: len(months.unit_employee_overlap(line)),
    "employee_overlap_months": lambda line: len(months.employee_overlap(line)),
    "resident_overlap_months": lambda line: len(months.resident_overlap(line)),
    "student_overlap_months": lambda line: len(months.student_overlap(line)),
    "ordinary_overlap_months": lambda line: len(months.ordinary_overlap(line)),
    "elsewhere_overlap_months": lambda line: len(months.elsewhere_overlap(line)),
    "county_overlap_months": lambda line: len(months.county_overlap(line)),
    "employee_cover_months": lambda line: len(months.employee_cover(line)),
    "employee_normal_when_paid": months.employee_normal_when_paid,
    "joined_employee_before_period": usage.joined_employee_before_period,
    "joined_before_period": usage.joined_before_period,
    "joined_elsewhere_before_period": usage.joined_elsewhere_before_period,
    "kept_of_two": usage.kept_of_two,
    "months_after_stop": lambda line: len(months.after_stop(line)),
    "months_after_death": lambda line: len(months.after_death(line)),
    "months_after_retirement": lambda line: len(months.after_retirement(line)),
    "months_after_end": lambda line: len(months.after_end(line)),
    "months_from_application": lambda line: len(months.from_application(line)),
    "paid_twice_months": lambda line: len(months.paid_twice(line)),
    "months_after_employment": lambda line: len(months.after_employment(line)),
    "excess_months": lambda line: len(months.excess(line)),
    "too_many_months": lambda line: len(months.too_many(line)),
    "benefits_in_period": usage.benefits_in_period,
    "benefits_after_stop": usage.benefits_after_stop,
    "benefits_in_unit_overlap": usage.benefits_in_unit_overlap,
    "other_requested": usage.other_requested,
    "left_to_refund": lambda line: line.left,
}

_ON_TARIFF: dict[str, Callable[[Facts], Any]] = {
    "paid_level": _paid_level,
    "tariff_normal": lambda facts: facts.tariff().normal or 0,
    "tariff_concession": lambda facts: facts.tariff().concession or 0,
}
