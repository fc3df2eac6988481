"""What else the record says about a payment: use of benefits, other insurance before the period, doubled requests."""

from datetime import date

from yibao.policy.casefile import Enrolment, Payment
from yibao.services.refund.rules import months
from yibao.services.refund.rules.lines import Line, month_of


def _used_in(line: Line, wanted: frozenset[int]) -> bool:
    return any(
        use.enrolment == line.enrolment.id and use.kind != "account" and month_of(use.on) in wanted
        for use in line.case.benefits
    )


def benefits_in_period(line: Line) -> bool:
    """Return whether benefits of this relation were used in the paid months; one's own account does not count."""
    return _used_in(line, months.all_months(line))


def benefits_in_unit_overlap(line: Line) -> bool:
    """Return whether benefits of this relation were used in the months a unit paid as well."""
    return _used_in(line, months.unit_overlap(line))


def benefits_after_stop(line: Line) -> bool:
    """Return whether benefits were used in the unbroken run of covered months after the requested stop."""
    after = months.after_stop(line)
    if not after:
        return False
    covered = {
        month for payment in line.case.payments if payment.enrolment == line.enrolment.id for month in payment.months
    }
    first = last = min(after)
    stop = line.history.last_event("stop_requested")
    while first - 1 in covered and first - 1 > month_of(stop.on):
        first -= 1
    while last + 1 in covered:
        last += 1
    return _used_in(line, frozenset(range(first, last + 1)))


def _joined(line: Line, payment: Payment | None, enrolment: Enrolment) -> date:
    if payment is not None and payment.paid_on is not None:
        return payment.paid_on
    return min(enrolment.start, line.case.on)


def _resident_twins(line: Line) -> list[tuple[Payment, Enrolment]]:
    return [(payment, other) for payment, other in line.others if other.scheme == "resident"]


def _own_day(line: Line) -> date:
    return line.payment.paid_on or line.payment.first_day


def paid_twice_before_period(line: Line) -> bool:
    """Return whether another resident payment for the same months was made before the benefit period."""
    return any(
        max(_joined(line, payment, other), _own_day(line)) < line.period_start
        for payment, other in _resident_twins(line)
    )


def kept_of_two(line: Line) -> bool:
    """Return whether this is the earlier of two resident payments for the same months that are both asked for."""
    own = (_own_day(line), line.payment.id)
    return any(
        payment.id in line.history.selected and own < (_joined(line, payment, other), payment.id)
        for payment, other in _resident_twins(line)
    )


def other_requested(line: Line) -> bool:
    """Return whether another resident payment for the same months is asked for as well."""
    return any(payment.id in line.history.selected for payment, _ in _resident_twins(line))


def joined_employee_before_period(line: Line) -> bool:
    """Return whether the person joined employee insurance before the benefit period and was in it when it began."""
    start = line.period_start
    if any(each.kind == "employed" and each.on < start for each in line.case.events):
        return True
    return any(
        each.scheme == "employee" and _joined(line, None, each) < start and (each.end is None or each.end >= start)
        for each in line.case.enrolments
    )


def joined_elsewhere_before_period(line: Line) -> bool:
    """Return whether the person joined resident insurance in another pool before the benefit period."""
    for enrolment in line.case.enrolments:
        if enrolment.scheme != "resident" or not months.is_elsewhere(line=line, enrolment=enrolment):
            continue
        payment = next((each for each in line.case.payments if each.enrolment == enrolment.id), None)
        if line.covered_months(enrolment) and _joined(line, payment, enrolment) < line.period_start:
            return True
    return False


def joined_before_period(line: Line) -> bool:
    """Return whether the person paid twice, or joined another insurance, before the benefit period."""
    if kept_of_two(line):
        return False
    return paid_twice_before_period(line) or joined_employee_before_period(line) or joined_elsewhere_before_period(line)


def used_or_credited(line: Line) -> bool:
    """Return whether benefits were used or the account was credited under this payment."""
    credited = any(run.amount for run in line.payment.account_credit_monthly or ())
    return credited or benefits_in_period(line)
