"""Numbers of a period for those who lead: what came in and went out, how late, how much, why not; whole sets at once.

Each number is one grouped statement, so that a page costs the same number of statements for any office and period.
"""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from yibao.casework.actors import prefix_of
from yibao.casework.states import OPEN
from yibao.store.models import Case, CaseAction, CaseClock, CaseTurn, Payment

KINDS = ("submit", "accept", "ask_correction", "approve", "refuse", "not_accept")
DECISION = "decision"
AGES = (7, 30, 90)
"""Open cases are told apart by days since submission: up to each of these, and older."""
Key = tuple[date, str, str]


@dataclass(slots=True)
class Figures:
    """The numbers of one office over a period.

    Attributes:
        first: First day.
        last: Last day, inside the period.
        steps: How often each kind of step was taken, by day, region and service: kind to key to number.
        paid: Payments that arrived, by day, region and service.
        fen: Their sum in fen, by day, region and service.
        decided: Clocks of decisions that ended, by day, region and service.
        late: Those of them that ended after their limit.
        reasons: Refusals by code of the reason.
        corrections: Papers asked for again, by code of the material; what is no paper counts under an empty code.
        ages: Open cases by days since submission: up to 7, 30, 90, and older.
        waiting: Cases that wait for each role now, and how many of them are overdue.
    """

    first: date
    last: date
    steps: dict[str, Counter[Key]] = field(default_factory=dict)
    paid: Counter[Key] = field(default_factory=Counter)
    fen: Counter[Key] = field(default_factory=Counter)
    decided: Counter[Key] = field(default_factory=Counter)
    late: Counter[Key] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    corrections: Counter[str] = field(default_factory=Counter)
    ages: list[int] = field(default_factory=list)
    waiting: dict[str, tuple[int, int]] = field(default_factory=dict)

    def days(self) -> list[date]:
        """Return every day of the period."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def by(numbers: Counter[Key], *, place: int) -> Counter[Any]:
    """Return numbers added up by one part of their key: 0 the day, 1 the region, 2 the service.

    Examples:
        >>> day = date(2023, 2, 10)
        >>> by(Counter({(day, "500112", "refund"): 2, (day, "500103", "refund"): 1}), place=2)
        Counter({'refund': 3})
    """
    found: Counter[Any] = Counter()
    for key, number in numbers.items():
        found[key[place]] += number
    return found


def of_period(*, region: str, first: date, last: date, on: date) -> Figures:
    """Return the numbers of an office and all below it over a period, in six statements.

    Args:
        region: The office.
        first: First day.
        last: Last day, inside the period.
        on: Today, for what is open now.
    """
    found = Figures(first, last)
    _steps(found, region)
    _told(found, region)
    _money(found, region)
    _clocks(found, region)
    found.ages = _ages(region, on)
    found.waiting = _waiting(region, on)
    return found


def _below(rows: QuerySet, region: str, path: str = "case__region") -> QuerySet:
    return rows.filter(**{f"{path}__startswith": prefix_of(region)})


def _keyed(rows: QuerySet, day: str, **numbers: Any) -> Iterable[dict[str, Any]]:
    return rows.order_by().values(day, "case__region", "case__service").annotate(**numbers)


def _key(row: dict[str, Any], day: str) -> Key:
    return (row[day], row["case__region"], row["case__service"])


def _actions(found: Figures, region: str, *kinds: str) -> QuerySet[CaseAction]:
    within = CaseAction.objects.filter(business_date__gte=found.first, business_date__lte=found.last, kind__in=kinds)
    return _below(within, region).order_by()


def _steps(found: Figures, region: str) -> None:
    found.steps = {kind: Counter() for kind in KINDS}
    rows = _actions(found, region, *KINDS).values("kind", "business_date", "case__region", "case__service")
    for row in rows.annotate(number=Count("pk")):
        found.steps[row["kind"]][_key(row, "business_date")] = row["number"]


def _told(found: Figures, region: str) -> None:
    """What was written with refusals and notices; alike ones are counted by the database."""
    rows = _actions(found, region, "refuse", "ask_correction").values("kind", "data").annotate(number=Count("pk"))
    for row in rows:
        if row["kind"] == "refuse":
            found.reasons[row["data"].get("reason_code", "")] += row["number"]
            continue
        for material in {item.get("material") or "" for item in row["data"].get("items", [])}:
            found.corrections[material] += row["number"]


def _money(found: Figures, region: str) -> None:
    rows = _below(
        Payment.objects.filter(status="paid", settled_on__gte=found.first, settled_on__lte=found.last), region
    )
    for row in _keyed(rows, "settled_on", number=Count("pk"), fen=Sum("amount_fen")):
        key = _key(row, "settled_on")
        found.paid[key], found.fen[key] = row["number"], row["fen"]


def _clocks(found: Figures, region: str) -> None:
    ended = CaseClock.objects.filter(name=DECISION, finished_on__gte=found.first, finished_on__lte=found.last)
    late = Count("pk", filter=Q(days_used__gt=F("working_days")))
    for row in _keyed(_below(ended, region), "finished_on", number=Count("pk"), late=late):
        key = _key(row, "finished_on")
        found.decided[key], found.late[key] = row["number"], row["late"]


def _ages(region: str, on: date) -> list[int]:
    held = _below(Case.objects.filter(state__in=OPEN, submitted_on__isnull=False), region, "region")
    edges = [on - timedelta(days=days) for days in AGES]
    since = [Q(submitted_on__gte=edges[0])]
    since += [Q(submitted_on__gte=older, submitted_on__lt=newer) for newer, older in itertools.pairwise(edges)]
    since += [Q(submitted_on__lt=edges[-1])]
    numbers = held.aggregate(**{f"age_{place}": Count("pk", filter=when) for place, when in enumerate(since)})
    return [numbers[f"age_{place}"] for place in range(len(since))]


def _waiting(region: str, on: date) -> dict[str, tuple[int, int]]:
    late = Count("pk", filter=Q(due_on__lt=on))
    rows = _below(CaseTurn.objects.all(), region, "region").order_by().values("role")
    return {row["role"]: (row["number"], row["late"]) for row in rows.annotate(number=Count("pk"), late=late)}
