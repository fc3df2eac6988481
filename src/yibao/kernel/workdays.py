"""Working days of China, with the working Saturdays and Sundays of the yearly notices."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any

from holidays import country_holidays

_CALENDAR: Any = country_holidays("CN")
_ONE_DAY = timedelta(days=1)


@cache
def last_published_year() -> int:
    """Return the last year for which the State Council's holiday notice is known.

    Example:
        >>> last_published_year() >= 2026
        True
    """
    return max(int(year) for year in _CALENDAR.special_public_holidays)


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A working day, and whether the calendar that says so is still to be published.

    Attributes:
        day: the day.
        provisional: True beyond the last year with a published notice; count again when the calendar comes.
    """

    day: date
    provisional: bool


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Return whether offices work on this day, make-up days counted.

    Example:
        >>> is_working_day(date(2024, 2, 4)), is_working_day(date(2024, 2, 12))
        (True, False)
    """
    return bool(_CALENDAR.is_working_day(day))


def add_working_days(*, day: date, n: int) -> WorkingDay:
    """Return the `n`-th working day after `day`, which itself is not counted.

    Args:
        day: the day from which is counted, working or not.
        n: 0 or more; 0 gives `day` itself.

    Raises:
        ValueError: `n` is negative; the caller has a bug.

    Example:
        >>> add_working_days(day=date(2024, 2, 8), n=2)
        WorkingDay(day=datetime.date(2024, 2, 18), provisional=False)
        >>> add_working_days(day=date(2024, 2, 9), n=1).day
        datetime.date(2024, 2, 18)
    """
    if n < 0:
        raise ValueError(f"cannot count {n} working days onwards")
    return _counted(day, n)


@lru_cache(maxsize=4096)
def _counted(day: date, n: int) -> WorkingDay:
    while n > 0:
        day += _ONE_DAY
        n -= is_working_day(day)
    return WorkingDay(day, day.year > last_published_year())


def working_days_between(*, start: date, end: date) -> int:
    """Return how many working days lie after `start` up to and including `end`; negative when `end` is earlier.

    Example:
        >>> working_days_between(start=date(2024, 2, 8), end=date(2024, 2, 19))
        3
    """
    if end < start:
        return -working_days_between(start=end, end=start)
    whole_years = sum(_passed(year)[-1] for year in range(start.year, end.year))
    return whole_years + _passed(end.year)[_place(end)] - _passed(start.year)[_place(start)]


@cache
def _passed(year: int) -> tuple[int, ...]:
    """Return for each day of a year how many working days have passed by its end; a long span adds up whole years."""
    first = date(year, 1, 1)
    days = range(366 if isleap(year) else 365)
    return tuple(accumulate(int(is_working_day(first + timedelta(days=offset))) for offset in days))


def _place(day: date) -> int:
    return day.toordinal() - date(day.year, 1, 1).toordinal()
