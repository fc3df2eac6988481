"""The functions a rule may call: their types, and what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yibao.kernel.months import MONTHS_PER_YEAR, Month
from yibao.kernel.workdays import add_working_days
from yibao.policy.types import DATE, INT, MAX_MONTH, MONTH, Kind, Type

MONTHS, YEARS, DAYS = Type(Kind.INT, unit="月"), Type(Kind.INT, unit="年"), Type(Kind.INT, unit="天")
_MONTH_BOUNDS = (0, MAX_MONTH)
_DIFFERENCE = (-MAX_MONTH, MAX_MONTH)
_YEAR_BOUNDS = (1, 9999)
_DAY_DIFFERENCE = (-3_700_000, 3_700_000)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to call a function: types of the arguments, type and bounds of the result."""

    arguments: tuple[Type, ...]
    result: Type
    bounds: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the rule language.

    Attributes:
        written: how a call looks, for messages.
        forms: the ways to call it, tried in order.
        run: what it does; pure.
    """

    written: str
    forms: tuple[Form, ...]
    run: Callable[..., Any]


def _months_between_days(start: date, end: date) -> int:
    """Return the completed months from one day to another, negative when `end` is earlier.

    Example:
        >>> _months_between_days(date(2022, 1, 31), date(2022, 3, 30))
        1
    """
    if end < start:
        return -_months_between_days(end, start)
    months = (end.year - start.year) * MONTHS_PER_YEAR + end.month - start.month
    return months - (_add_months_to_day(start, months) > end)


def _add_months_to_day(day: date, n: int) -> date:
    """Return the same day `n` months later, or the last day of that month where it is shorter.

    Example:
        >>> _add_months_to_day(date(2024, 1, 31), 1)
        datetime.date(2024, 2, 29)
    """
    month = Month.of(day).plus(n)
    return min(month.last_day, month.first_day + timedelta(days=day.day - 1))


def _years_between(start: date, end: date) -> int:
    """Return the completed years from one day to another, negative when `end` is earlier.

    Example:
        >>> _years_between(date(1976, 3, 1), date(2023, 2, 28))
        46
    """
    months = _months_between_days(start, end)
    return -(-months // MONTHS_PER_YEAR) if months < 0 else months // MONTHS_PER_YEAR


def _month(when: date | int) -> Month:
    return Month.from_index(when) if isinstance(when, int) else Month.of(when)


def _nth_month_of_day(day: date, n: int) -> int:
    return Month.of(day).index + n - 1


FUNCTIONS: dict[str, Function] = {
    "months_between": Function(
        "months_between(start, end)",
        (Form((MONTH, MONTH), MONTHS, _DIFFERENCE), Form((DATE, DATE), MONTHS, _DIFFERENCE)),
        lambda start, end: end - start if isinstance(start, int) else _months_between_days(start, end),
    ),
    "add_months": Function(
        "add_months(day_or_month, n)",
        (Form((DATE, MONTHS), DATE), Form((MONTH, MONTHS), MONTH, _MONTH_BOUNDS)),
        lambda start, n: start + n if isinstance(start, int) else _add_months_to_day(start, n),
    ),
    "years_between": Function("years_between(start, end)", (Form((DATE, DATE), YEARS, (-9999, 9999)),), _years_between),
    "days_between": Function(
        "days_between(start, end)",
        (Form((DATE, DATE), DAYS, _DAY_DIFFERENCE),),
        lambda start, end: (end - start).days,
    ),
    "add_days": Function("add_days(day, n)", (Form((DATE, DAYS), DATE),), lambda day, n: day + timedelta(days=n)),
    "workdays_after": Function(
        "workdays_after(day, n)",
        (Form((DATE, DAYS), DATE),),
        lambda day, n: add_working_days(day=day, n=n).day,
    ),
    "year_of": Function(
        "year_of(day_or_month)",
        (Form((DATE,), INT, _YEAR_BOUNDS), Form((MONTH,), INT, _YEAR_BOUNDS)),
        lambda when: when // MONTHS_PER_YEAR if isinstance(when, int) else when.year,
    ),
    "month_of": Function("month_of(day)", (Form((DATE,), MONTH, _MONTH_BOUNDS),), lambda day: Month.of(day).index),
    "month_start": Function(
        "month_start(day_or_month)", (Form((MONTH,), DATE), Form((DATE,), DATE)), lambda when: _month(when).first_day
    ),
    "month_end": Function(
        "month_end(day_or_month)", (Form((MONTH,), DATE), Form((DATE,), DATE)), lambda when: _month(when).last_day
    ),
    "nth_month": Function(
        "nth_month(day_or_month, n)",
        (Form((DATE, MONTHS), MONTH, _MONTH_BOUNDS), Form((MONTH, MONTHS), MONTH, _MONTH_BOUNDS)),
        lambda start, n: start + n - 1 if isinstance(start, int) else _nth_month_of_day(start, n),
    ),
    "date": Function("date(year, month, day)", (Form((INT, INT, INT), DATE),), date),
    "month": Function(
        "month(year, month)",
        (Form((INT, INT), MONTH, _MONTH_BOUNDS),),
        lambda year, month: Month(year, month).index,
    ),
}
SPECIAL = {
    "max": "max(a, b, ...)",
    "min": "min(a, b, ...)",
    "known": "known(x)",
    "round": "round(x, 分|角|元|十元|月|年|天, 四舍五入|进一|舍去)",
    "share": "share(money, n, of)",
    "at": "at(p.name, day)",
}
