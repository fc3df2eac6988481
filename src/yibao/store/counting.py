"""Closed days are counted once and kept; a day of which anything changes later is counted anew.

What makes a number of a day (a step, the end of a clock, a payment) takes the day's mark away with it, by a trigger, in
the same transaction: a day without its mark is counted from the record itself. A transaction that writes and the one
that counts wait for one another on the day, so that no mark is set upon a number that lacks what is being written.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case as Choice
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, When

from yibao.casework.actors import prefix_of
from yibao.casework.states import OPEN
from yibao.store.fields import CanonicalJson
from yibao.store.guards import counted
from yibao.store.models import Case, CaseAction, CaseClock, CaseTurn, CountedDay, DayFigure, Payment, StandingFigure

STEPS = ("submit", "accept", "ask_correction", "approve", "refuse", "not_accept")
TOLD = ("refuse", "ask_correction")
PAID, DECIDED, LATE, REASON, MATERIAL = "paid", "decided", "late", "reason", "material"
AGE, ROLE = "age", "role"
DECISION = "decision"
AGES = (7, 30, 90)
"""Open cases are told apart by days since submission: up to each of these, and older."""
DAYS_AT_ONCE = 31
STANDING_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a day; `fen` is the sum where it is one of money."""

    day: date
    region: str
    service: str
    kind: str
    code: str
    number: int
    fen: int = 0


def rows_of(*, days: Sequence[date], region: str = "") -> Iterator[Row]:
    """Give the numbers of days from the record itself, in three statements.

    Args:
        days: Which days.
        region: An office with all below it; empty for all there are.
    """
    if days:
        yield from _steps(days, region)
        yield from _clocks(days, region)
        yield from _money(days, region)


def _below(rows: QuerySet, region: str, path: str = "case__region") -> QuerySet:
    return rows.filter(**{f"{path}__startswith": prefix_of(region)}) if region else rows


def _steps(days: Sequence[date], region: str) -> Iterator[Row]:
    """Every step; of refusals and notices also what was written with them, alike ones counted by the database."""
    rows = _below(CaseAction.objects.filter(business_date__in=days, kind__in=STEPS), region).order_by()
    written = Choice(When(kind__in=TOLD, then=F("data")), default=None, output_field=CanonicalJson())
    named = rows.annotate(written=written).values_list(
        "business_date", "case__region", "case__service", "kind", "written"
    )
    found: Counter[tuple[date, str, str, str, str]] = Counter()
    for day, where, service, kind, data, number in named.annotate(number=Count("pk")):
        for code_kind, code in ((kind, ""), *_codes(kind, data or {})):
            found[day, where, service, code_kind, code] += number
    for key, number in found.items():
        yield Row(*key, number)


def _codes(kind: str, data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if kind == "refuse":
        return [(REASON, data.get("reason_code", ""))]
    return {(MATERIAL, item.get("material") or "") for item in data.get("items", [])}


def _clocks(days: Sequence[date], region: str) -> Iterator[Row]:
    ended = _below(CaseClock.objects.filter(name=DECISION, finished_on__in=days), region).order_by()
    late = Count("pk", filter=Q(days_used__gt=F("working_days")))
    named = ended.values_list("finished_on", "case__region", "case__service")
    for *key, number, behind in named.annotate(number=Count("pk"), late=late):
        yield Row(*key, DECIDED, "", number)
        if behind:
            yield Row(*key, LATE, "", behind)


def _money(days: Sequence[date], region: str) -> Iterator[Row]:
    rows = _below(Payment.objects.filter(status="paid", settled_on__in=days), region).order_by()
    named = rows.values_list("settled_on", "case__region", "case__service")
    for *key, number, fen in named.annotate(number=Count("pk"), fen=Sum("amount_fen")):
        yield Row(*key, PAID, "", number, fen)


def close_due(*, on: date, at: datetime) -> int:
    """Count the closed days that are not counted, the latest first; return how many were.

    Args:
        on: Today; earlier days are closed.
        at: Now.
    """
    days = uncounted(on=on)[:DAYS_AT_ONCE]
    if days:
        close(days=days, at=at)
    return len(days)


def uncounted(*, on: date) -> list[date]:
    """Return the closed days since the first step on record that are not counted, the latest first."""
    first = CaseAction.objects.aggregate(first=Min("business_date"))["first"]
    if first is None or first >= on:
        return []
    marked = set(CountedDay.objects.filter(day__gte=first, day__lt=on).values_list("day", flat=True))
    every = (on - timedelta(days=back) for back in range(1, (on - first).days + 1))
    return [day for day in every if day not in marked]


def close(*, days: Sequence[date], at: datetime) -> None:
    """Count days and keep what was counted in place of what was there; doing it again changes nothing."""
    with transaction.atomic():
        counted.wait_for_writers(days=days)
        DayFigure.objects.filter(day__in=days).delete()
        DayFigure.objects.bulk_create(_figure(row) for row in rows_of(days=days))
        marks = [CountedDay(day=day, counted_at=at) for day in days]
        CountedDay.objects.bulk_create(
            marks, update_conflicts=True, unique_fields=["day"], update_fields=["counted_at"]
        )


def rebuild(*, on: date, at: datetime) -> int:
    """Count every closed day anew; return how many there are."""
    CountedDay.objects.all().delete()
    total = 0
    while done := close_due(on=on, at=at):
        total += done
    stand(on=on, at=at)
    return total


def _figure(row: Row) -> DayFigure:
    return DayFigure(**{name: getattr(row, name) for name in Row.__slots__})


def faults() -> list[str]:
    """Return every day whose kept numbers are not those of the record, one line each; empty when all agree."""
    marked = list(CountedDay.objects.order_by("day").values_list("day", flat=True))
    wrong: list[str] = []
    for start in range(0, len(marked), DAYS_AT_ONCE):
        days = marked[start : start + DAYS_AT_ONCE]
        with transaction.atomic():
            # A day that lost its mark meanwhile is counted from the record again.
            counted.wait_for_writers(days=days)
            still = set(CountedDay.objects.filter(day__in=days).values_list("day", flat=True))
            kept = {Row(*row) for row in DayFigure.objects.filter(day__in=days).values_list(*Row.__slots__)}
            fresh = set(rows_of(days=days))
        wrong += [_fault(row, kept) for row in sorted(kept ^ fresh, key=repr) if row.day in still]
    return wrong


def _fault(row: Row, kept: Iterable[Row]) -> str:
    what = f"{row.day} {row.region} {row.service} {row.kind} {row.code}".strip()
    numbers = f"{row.number} / {row.fen}"
    if row in kept:
        return f"{what}: 已存数字与档案不符 kept, and not what the record gives: {numbers}"
    return f"{what}: 档案中有而未存 of the record, and not kept: {numbers}"


def stand(*, on: date, at: datetime) -> None:
    """Count what is open now, for every region, in place of what was counted before."""
    made = list(standing_rows(on=on, at=at))
    with transaction.atomic():
        StandingFigure.objects.all().delete()
        # Two workers may have counted at the same time: the later count stands.
        StandingFigure.objects.bulk_create(
            made,
            update_conflicts=True,
            unique_fields=["region", "kind", "code"],
            update_fields=["on", "counted_at", "number", "late"],
        )


def stand_due(*, on: date, at: datetime) -> None:
    """Count what is open now, where the last count is some minutes old."""
    last = StandingFigure.objects.filter(on=on).aggregate(last=Max("counted_at"))["last"]
    if last is None or not last <= at < last + STANDING_EVERY:
        stand(on=on, at=at)


def standing_rows(*, on: date, at: datetime, region: str = "") -> Iterator[StandingFigure]:
    """Give what is open now from the record itself, in two statements, by region.

    Args:
        on: Today.
        at: Now.
        region: An office with all below it; empty for all there are.
    """
    now = {"on": on, "counted_at": at}
    held = _below(Case.objects.filter(state__in=OPEN, submitted_on__isnull=False), region, "region")
    numbers = {f"age_{place}": Count("pk", filter=when) for place, when in enumerate(_ages(on))}
    for row in held.order_by().values("region").annotate(**numbers):
        for place in range(len(numbers)):
            number = row[f"age_{place}"]
            yield StandingFigure(region=row["region"], kind=AGE, code=str(place), number=number, **now)
    late = Count("pk", filter=Q(due_on__lt=on))
    turns = _below(CaseTurn.objects.all(), region, "region").order_by().values_list("region", "role")
    for where, role, number, behind in turns.annotate(number=Count("pk"), late=late):
        yield StandingFigure(region=where, kind=ROLE, code=role, number=number, late=behind, **now)


def _ages(on: date) -> list[Q]:
    edges = [on - timedelta(days=days) for days in AGES]
    since = [Q(submitted_on__gte=edges[0])]
    since += [Q(submitted_on__gte=older, submitted_on__lt=newer) for newer, older in itertools.pairwise(edges)]
    return [*since, Q(submitted_on__lt=edges[-1])]
