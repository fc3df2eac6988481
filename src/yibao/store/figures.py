"""Numbers of a period for those who lead: what came in and went out, how late, how much, why not; whole sets at once.

Closed days are read as they were counted, the others from the record itself (`counting`); what is open now is read as
it was counted some minutes ago. A page costs the same number of statements for any office and period.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from yibao.casework.actors import prefix_of
from yibao.store import counting
from yibao.store.counting import AGES, LATE, MATERIAL, PAID, REASON, ROLE, Row
from yibao.store.models import CountedDay, DayFigure, StandingFigure

KINDS = counting.STEPS
FRESH = timedelta(minutes=30)
"""What is open now is counted on the page itself when the worker's count is older."""


@dataclass(slots=True)
class Figures:
    """The numbers of one office over a period.

    Attributes:
        first: First day.
        last: Last day, inside the period.
        steps: How often each kind of step was taken: kind to day to number.
        paid: Payments that arrived, by day.
        fen: Their sum in fen, by day.
        fen_by_region: The same sum by region.
        fen_by_service: The same sum by service.
        decided: Clocks of decisions that ended, by day.
        late: Those of them that ended after their limit.
        reasons: Refusals by code of the reason.
        corrections: Papers asked for again, by code of the material; what is no paper counts under an empty code.
        ages: Open cases by days since submission: up to 7, 30, 90, and older.
        waiting: Cases that wait for each role now, and how many of them are overdue.
        standing_at: When ages and waiting were counted.
    """

    first: date
    last: date
    steps: dict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    paid: Counter[date] = field(default_factory=Counter)
    fen: Counter[date] = field(default_factory=Counter)
    fen_by_region: Counter[str] = field(default_factory=Counter)
    fen_by_service: Counter[str] = field(default_factory=Counter)
    decided: Counter[date] = field(default_factory=Counter)
    late: Counter[date] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    corrections: Counter[str] = field(default_factory=Counter)
    ages: list[int] = field(default_factory=list)
    waiting: dict[str, tuple[int, int]] = field(default_factory=dict)
    standing_at: datetime | None = None

    def days(self) -> list[date]:
        """Return every day of the period."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def of_period(*, region: str, first: date, last: date, on: date, at: datetime) -> Figures:
    """Return the numbers of an office and all below it over a period, in seven statements at most.

    Args:
        region: The office.
        first: First day.
        last: Last day, inside the period.
        on: Today, for what is open now.
        at: Now.
    """
    found = Figures(first, last)
    counted = set(CountedDay.objects.filter(day__gte=first, day__lte=last).values_list("day", flat=True))
    if counted:
        _kept(found, region, sorted(counted))
    _fresh(
        found, counting.rows_of(days=[day for day in found.days() if day not in counted and day <= on], region=region)
    )
    _standing(found, region, on, at)
    return found


def _below(rows: QuerySet, region: str) -> QuerySet:
    return rows.filter(region__startswith=prefix_of(region)).order_by()


def _kept(found: Figures, region: str, days: list[date]) -> None:
    kept = _below(DayFigure.objects.filter(day__in=days), region)
    sums = {"number__sum": Sum("number"), "fen__sum": Sum("fen")}
    for day, kind, code, number, fen in kept.values_list("day", "kind", "code").annotate(**sums):
        _add(found, Row(day, "", "", kind, code, number, fen))
    for where, service, fen in kept.filter(kind=PAID).values_list("region", "service").annotate(fen__sum=Sum("fen")):
        _place(found, where, service, fen)


def _fresh(found: Figures, rows: Iterable[Row]) -> None:
    for row in rows:
        _add(found, row)
        if row.kind == PAID:
            _place(found, row.region, row.service, row.fen)


def _add(found: Figures, row: Row) -> None:
    own: dict[str, tuple[Counter[Any], date | str]] = {
        PAID: (found.paid, row.day),
        counting.DECIDED: (found.decided, row.day),
        LATE: (found.late, row.day),
        REASON: (found.reasons, row.code),
        MATERIAL: (found.corrections, row.code),
    }
    counter, key = own[row.kind] if row.kind in own else (found.steps[row.kind], row.day)
    counter[key] += row.number
    if row.kind == PAID:
        found.fen[row.day] += row.fen


def _place(found: Figures, region: str, service: str, fen: int) -> None:
    found.fen_by_region[region] += fen
    found.fen_by_service[service] += fen


def _standing(found: Figures, region: str, on: date, at: datetime) -> None:
    rows = list(_below(StandingFigure.objects.filter(on=on, counted_at__gt=at - FRESH, counted_at__lte=at), region))
    # Where no row is there, none was counted lately, or little is open.
    rows = rows or list(counting.standing_rows(on=on, at=at, region=region))
    found.ages, found.standing_at = [0] * (len(AGES) + 1), min((row.counted_at for row in rows), default=at)
    for row in rows:
        if row.kind == ROLE:
            number, late = found.waiting.get(row.code, (0, 0))
            found.waiting[row.code] = (number + row.number, late + row.late)
        else:
            found.ages[int(row.code)] += row.number
