"""The record of a person as sets of calendar months: which months each enrolment proves, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.kernel.months import Month
from yibao.policy import Packs, Region, UnknownRegion, UnknownValue
from yibao.policy.casefile import Enrolment, Payment
from yibao.services.relocation.rules.years.shape import YearsCase

EMPLOYEE = "employee"
ACTUAL = "actual"
_POOLING = "pooling"
_ONE_POOL = "one_pool"
# A period that is recognised, not paid for: the recognition itself proves its months.
_PROVED_BY_ITSELF = ("deemed", "converted", "military")
_MAY_LIE_OUTSIDE = "back"
# A code is three pairs of digits: province, city, county; 00 stands for the whole above.
_WHOLE = "00"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The months one enrolment proves.

    Attributes:
        enrolment: Its id.
        scheme: employee or resident.
        kind: actual, deemed, converted or military.
        relation: As what the person was enrolled.
        tier: Of individual payers and residents, None where there is none.
        place: Code of the pooling area.
        start: First day of the enrolment.
        months: Month indexes.
    """

    enrolment: str
    scheme: str
    kind: str
    relation: str
    tier: int | None
    place: str
    start: date
    months: frozenset[int]


def stretches(*, case: YearsCase, places: Packs) -> tuple[Stretch, ...]:
    """Return what every enrolment of a case file proves, in the order of the first day.

    Args:
        case: The case file.
        places: The rules of all places; they know which codes belong to one pool.

    Returns:
        One stretch per enrolment, with empty months where nothing proves them.

    Raises:
        InputInvalid: A period begins before the person was born.
    """
    _check_born(case)
    payments: dict[str, list[Payment]] = {}
    for payment in case.payments:
        payments.setdefault(payment.enrolment, []).append(payment)
    found = [_stretch(case, each, payments.get(each.id, []), places) for each in case.enrolments]
    return tuple(sorted(found, key=lambda each: (each.start, each.enrolment)))


def _stretch(case: YearsCase, enrolment: Enrolment, payments: Iterable[Payment], places: Packs) -> Stretch:
    kind = enrolment.years_kind or ACTUAL
    proved = kind in _PROVED_BY_ITSELF and enrolment.scheme == EMPLOYEE
    months = _span(case, enrolment) if proved else _paid(case.on, enrolment, payments)
    if kind == "deemed" and case.person.work_started_on is not None:
        first = Month.of(case.person.work_started_on).index
        months = frozenset(month for month in months if month >= first)
    return Stretch(
        enrolment=enrolment.id,
        scheme=enrolment.scheme,
        kind=kind,
        relation=enrolment.relation,
        tier=enrolment.tier,
        place=pool_of(code=enrolment.region, on=case.on, places=places),
        start=enrolment.start,
        months=months,
    )


def _span(case: YearsCase, enrolment: Enrolment) -> frozenset[int]:
    end = case.on if enrolment.end is None else min(enrolment.end, case.on)
    return frozenset(range(Month.of(enrolment.start).index, Month.of(end).index + 1))


def _paid(on: date, enrolment: Enrolment, payments: Iterable[Payment]) -> frozenset[int]:
    """Return the months paid for on the day of handling, within the enrolment unless they were paid for later."""
    now = Month.of(on).index
    first = Month.of(enrolment.start).index
    last = Month.of(enrolment.end).index if enrolment.end is not None else None
    months: set[int] = set()
    for payment in payments:
        start, end = _covered(payment, on, now)
        if payment.kind != _MAY_LIE_OUTSIDE:
            start, end = max(start, first), end if last is None else min(end, last)
        months.update(range(start, end + 1))
    return frozenset(months)


def _covered(payment: Payment, on: date, now: int) -> tuple[int, int]:
    """Return the first and last month a payment covers by a day; a run without a day was paid month by month."""
    if payment.paid_on is None:
        return payment.start, min(payment.end, now)
    return payment.start, payment.end if payment.paid_on <= on else payment.start - 1


def pool_of(*, code: str, on: date, places: Packs) -> str:
    """Return the code of the pooling area a place belongs to.

    Args:
        code: Of the place, six digits.
        on: The day; which places pool together changes.
        places: The rules of all places.

    Returns:
        The pooling area of its rules; the province where it is one pool; else the city of the code.
    """
    city = code[: -len(_WHOLE)] + _WHOLE
    try:
        region = places.region_for(code)
    except UnknownRegion:
        return city
    for above in reversed(region.chain):
        found = places.regions[above]
        if found.kind == _POOLING or _is_one_pool(found, on):
            return above
    return city


def _is_one_pool(region: Region, on: date) -> bool:
    try:
        return bool(region.parameter(_ONE_POOL, on=on).value)
    except UnknownValue:
        return False


def province_of(code: str) -> str:
    """Return the digits of a code that stand for its province.

    Example:
        >>> province_of("440600")
        '44'
    """
    return code[: -len(_WHOLE + _WHOLE)]


def _check_born(case: YearsCase) -> None:
    born = case.person.born
    if born is None:
        return
    first = Month.of(born).index
    wrong = [
        _too_early(f"enrolments[{position}].from", each.start.isoformat(), born)
        for position, each in enumerate(case.enrolments)
        if each.start < born
    ]
    wrong += [
        _too_early(f"payments[{position}].from", str(Month.from_index(each.start)), born)
        for position, each in enumerate(case.payments)
        if each.start < first
    ]
    if wrong:
        raise InputInvalid(wrong)


def _too_early(where: str, shown: str, born: date) -> InputProblem:
    return InputProblem(
        where,
        f"{shown} 早于出生日期 {born}，请核对两个日期。",
        f"{shown} lies before the day of birth {born}; check both days.",
    )
