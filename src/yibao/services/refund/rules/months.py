"""Months of a payment that something happened in: one function per history fact, each written once."""

from collections.abc import Callable
from datetime import date

from yibao.kernel.months import MONTHS_PER_YEAR
from yibao.policy.casefile import Enrolment, Payment, Recognised
from yibao.services.refund.rules.lines import Line, first_day, last_day, lies_in, month_of

_ORDINARY = ("resident", "newborn")
_OF_A_UNIT = ("unit", "person")


def all_months(line: Line) -> frozenset[int]:
    """Return every month the payment covers."""
    return frozenset(line.payment.months)


def fund_overlap(line: Line) -> frozenset[int]:
    """Return the months the unemployment fund actually paid as well."""
    return line.shared_months(lambda payment, _: payment.payer == "unemployment_fund")


def _paid_by_unit(payment: Payment, enrolment: Enrolment) -> bool:
    if enrolment.relation != "unit":
        return False
    return payment.payer == "unit" or any(part.payer in _OF_A_UNIT for part in payment.parts)


def unit_overlap(line: Line) -> frozenset[int]:
    """Return the months a unit paid as well, in another relation than this payment's own."""
    return line.shared_months(lambda payment, enrolment: _other(line, enrolment) and _paid_by_unit(payment, enrolment))


def unit_employee_overlap(line: Line) -> frozenset[int]:
    """Return the months two units paid, where this payment is a unit's own."""
    return unit_overlap(line) if line.enrolment.relation == "unit" else frozenset()


def student_overlap(line: Line) -> frozenset[int]:
    """Return the months also paid as a student in resident insurance."""
    return line.shared_months(lambda _, other: other.scheme == "resident" and other.relation == "student")


def ordinary_overlap(line: Line) -> frozenset[int]:
    """Return the months also paid as an ordinary resident."""
    return line.shared_months(lambda _, other: other.scheme == "resident" and other.relation in _ORDINARY)


def _of_scheme(line: Line, scheme: str) -> frozenset[int]:
    months = line.shared_months(lambda _, other: other.scheme == scheme)
    for enrolment in line.case.enrolments:
        if enrolment.scheme == scheme:
            months |= line.covered_months(enrolment)
    return months


def employee_overlap(line: Line) -> frozenset[int]:
    """Return the months of a resident payment on which an employee relation ran or was paid."""
    return _of_scheme(line, "employee") if line.enrolment.scheme == "resident" else frozenset()


def resident_overlap(line: Line) -> frozenset[int]:
    """Return the months of an employee payment that a resident payment covers as well."""
    if line.enrolment.scheme != "employee":
        return frozenset()
    return line.shared_months(lambda _, other: other.scheme == "resident")


def _other(line: Line, enrolment: Enrolment) -> bool:
    return enrolment.id != line.enrolment.id


def is_elsewhere(*, line: Line, enrolment: Enrolment) -> bool:
    """Return whether a relation belongs to another pool than this payment's."""
    if enrolment.region == line.enrolment.region:
        return False
    home = line.history.region.code
    return not (lies_in(code=enrolment.region, region=home) and lies_in(code=line.enrolment.region, region=home))


def elsewhere_overlap(line: Line) -> frozenset[int]:
    """Return the months also covered by resident insurance in another pool."""
    months: frozenset[int] = frozenset()
    for enrolment in line.case.enrolments:
        if enrolment.scheme == "resident" and is_elsewhere(line=line, enrolment=enrolment):
            months |= line.covered_months(enrolment)
    return months


def county_overlap(line: Line) -> frozenset[int]:
    """Return the months paid twice in one scheme, in two counties below the region."""
    home, own = line.history.region.code, line.enrolment

    def in_another_county(_: Payment, other: Enrolment) -> bool:
        if other.scheme != own.scheme or other.region == own.region or home in (other.region, own.region):
            return False
        return lies_in(code=other.region, region=home) and lies_in(code=own.region, region=home)

    return line.shared_months(in_another_county)


def _normal_when_paid(line: Line) -> list[Enrolment]:
    day = line.payment.paid_on
    if day is None:
        return []
    return [
        each
        for each in line.case.enrolments
        if each.scheme == "employee"
        and not is_elsewhere(line=line, enrolment=each)
        and each.status != "suspended"
        and each.start <= day
        and (each.end is None or day <= each.end)
        and (each.benefits_from is None or each.benefits_from <= day)
    ]


def employee_normal_when_paid(line: Line) -> bool:
    """Return whether an employee relation with normal benefits ran on the day of payment."""
    return bool(_normal_when_paid(line))


def employee_cover(line: Line) -> frozenset[int]:
    """Return the months covered by an employee relation that was normal on the day of payment."""
    months: frozenset[int] = frozenset()
    for enrolment in _normal_when_paid(line):
        months |= line.covered_months(enrolment)
    return months


def _later_than(line: Line, day: date | None) -> frozenset[int]:
    if day is None:
        return frozenset()
    return frozenset(month for month in line.payment.months if month > month_of(day))


def after_stop(line: Line) -> frozenset[int]:
    """Return the months that begin after the day on which a stop was requested."""
    stop = line.history.last_event("stop_requested")
    if stop is None:
        return frozenset()
    return frozenset(month for month in line.payment.months if first_day(month) > stop.on)


def after_death(line: Line) -> frozenset[int]:
    """Return the months after the month of death."""
    return _later_than(line, line.case.person.died)


def after_retirement(line: Line) -> frozenset[int]:
    """Return the months after the month of retirement."""
    return _later_than(line, line.case.person.retired_on)


def after_event(line: Line) -> frozenset[int]:
    """Return the months after death, or where nobody died, after retirement."""
    return after_death(line) or after_retirement(line)


def after_end(line: Line) -> frozenset[int]:
    """Return the months after the month in which the relation of the payment ended."""
    return _later_than(line, line.enrolment.end)


def from_application(line: Line) -> frozenset[int]:
    """Return the months from the month of application on."""
    return frozenset(month for month in line.payment.months if month >= month_of(line.case.on))


def paid_twice(line: Line) -> frozenset[int]:
    """Return the months an earlier payment of the same relation had paid already."""
    own = _place_in_record(line.payment)
    return line.shared_months(
        lambda payment, enrolment: enrolment.id == line.enrolment.id and _place_in_record(payment) < own
    )


def _place_in_record(payment: Payment) -> tuple[date, str]:
    return (payment.paid_on or payment.first_day, payment.id)


def employed_on(line: Line) -> date | None:
    """Return the first day, after cover began, on which a unit employed the person."""
    start = line.payment.first_day
    days = [each.on for each in line.case.events if each.kind == "employed" and each.on <= line.case.on]
    days += [each.start for each in line.case.enrolments if each.relation == "unit" and each.start > start]
    later = [day for day in days if day >= start]
    return min(later) if later else None


def after_employment(line: Line) -> frozenset[int]:
    """Return the months after the month of employment by a unit."""
    return _later_than(line, employed_on(line))


def excess(line: Line) -> frozenset[int]:
    """Return the months after retirement beyond the required years, counted over all employee payments."""
    approval = line.history.last_event("retirement_approved")
    if approval is None or approval.required_months is None or approval.paid_months is None:
        return frozenset()
    approved_in = month_of(approval.on)
    paid_after = {
        month
        for payment in line.case.payments
        if line.history.enrolments[payment.enrolment].scheme == "employee"
        for month in payment.months
        if month > approved_in
    }
    shortfall = max(approval.required_months - approval.paid_months, 0)
    return frozenset(sorted(paid_after)[shortfall:]).intersection(line.payment.months)


def too_many(line: Line) -> frozenset[int]:
    """Return the last months of a back payment that exceed the months found owing later."""
    event = line.history.last_event("years_redetermined")
    if event is None or event.due_months is None:
        return frozenset()
    end = line.payment.start + line.payment.months_paid_for
    return frozenset(range(min(line.payment.start + event.due_months, end), end))


def concession_years(line: Line) -> int:
    """Return how many whole years of the payment lie within one recognition for the concession."""
    count = 0
    recognised = recognitions(line=line, kind="concession_recognised")
    for year in range(line.payment.years_covered):
        start = line.payment.start + year * MONTHS_PER_YEAR
        if any(_covers(event, start, start + MONTHS_PER_YEAR) for event in recognised):
            count += 1
    return count


def _covers(event: Recognised, start: int, end: int) -> bool:
    if event.start is not None and event.start > first_day(start):
        return False
    return event.end is None or event.end >= last_day(end - 1)


def recognitions(*, line: Line, kind: str) -> list[Recognised]:
    """Return the recognitions of a kind, known on the day of application, that touch the paid months."""
    return [
        event
        for event in line.case.events
        if isinstance(event, Recognised)
        and event.kind == kind
        and event.on <= line.case.on
        and (event.start is None or event.start <= last_day(line.payment.end))
        and (event.end is None or event.end >= line.payment.first_day)
    ]


MONTHS: dict[str, Callable[[Line], frozenset[int]]] = {
    "all": all_months,
    "fund_overlap": fund_overlap,
    "unit_overlap": unit_overlap,
    "after_stop": after_stop,
    "after_event": after_event,
    "excess": excess,
    "too_many": too_many,
    "after_end": after_end,
    "from_application": from_application,
    "paid_twice": paid_twice,
    "after_death": after_death,
    "after_employment": after_employment,
}
