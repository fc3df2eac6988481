"""Working days in columns: a relation of one line with the working days of sixty years, read by number."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from yibao.kernel.workdays import is_working_day
from yibao.policy.to_sql_dates import CALENDAR, WORKDAYS
from yibao.policy.to_sql_relations import Relation


@cache
def calendar() -> Relation:
    """Return the relation: numbers joined by commas, counted from the first day of the calendar.

    `_days` are the working days in order, `_counts` how many there are up to and including every day.

    Example:
        >>> days, counts = calendar().rows[0]
        >>> str(days)[:9], str(counts)[:9]
        ('1,2,3,4,7', '0,1,2,3,4')
    """
    days: list[str] = []
    counts: list[str] = []
    first, last = CALENDAR
    for offset in range((last - first).days + 1):
        if is_working_day(first + timedelta(days=offset)):
            days.append(str(offset))
        counts.append(str(len(days)))
    columns = (("_days", "VARCHAR"), ("_counts", "VARCHAR"))
    return Relation(WORKDAYS, columns, ((",".join(days), ",".join(counts)),))
