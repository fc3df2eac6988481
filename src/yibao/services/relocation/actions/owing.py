"""What a person owes at a place: how much was noted, and which months of their relations there nobody has paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from yibao.kernel.months import Month
from yibao.services.relocation.actions import looking
from yibao.services.relocation.models import Arrears
from yibao.store.models import Enrolment

UNIT = "unit"
_NOT_PAID_FOR = ("deemed", "converted", "military")


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Months in a row that are not paid.

    Attributes:
        first: The first one.
        last: The last one.
        payer: unit or person: who pays for the relation.
    """

    first: Month
    last: Month
    payer: str


@dataclass(frozen=True, slots=True)
class Owed:
    """What a person owes at a place.

    Attributes:
        noted: Amount in fen and the day it was noted, for each entry that is not cleared.
        months: Months of the relations there that no payment covers, up to the month before; empty where the record
            shows none.
    """

    noted: tuple[tuple[int, date], ...]
    months: tuple[Unpaid, ...]

    @property
    def total_fen(self) -> int:
        """How much in all."""
        return sum(amount for amount, _ in self.noted)


def owed(*, person_id: UUID, place: str, on: date) -> Owed:
    """Return what a person owes at a place.

    Args:
        person_id: Who owes.
        place: Code of the place.
        on: Today; this month is not owed yet.
    """
    pool = looking.area(place, on=on)
    noted = Arrears.objects.filter(person_id=person_id, place=pool, cleared_on=None)
    relations = Enrolment.objects.filter(person_id=person_id).order_by("start")
    paid = relations.prefetch_related("contributions__refunds")
    here = [each for each in paid if looking.area(each.region, on=on) == pool]
    entries = tuple((each.amount_fen, each.noted_on) for each in noted)
    return Owed(entries, tuple(run for each in here for run in _unpaid(each, on)))


def _unpaid(each: Enrolment, on: date) -> Iterator[Unpaid]:
    if each.years_kind in _NOT_PAID_FOR or each.category == "unemployed":
        return
    past = Month.of(on).index if each.end is None or each.end > on else Month.of(each.end).index + (each.end.day > 1)
    paid: set[int] = set()
    for row in each.contributions.all():
        given = {month for one in row.refunds.all() for month in range(one.first_month, one.end_month)}
        paid |= set(range(row.first_month, row.end_month)) - given
    missing = [month for month in range(Month.of(each.start).index, past) if month not in paid]
    payer = UNIT if each.category == UNIT else "person"
    first = None
    for month in missing:
        first = month if first is None else first
        if month + 1 not in missing:
            yield Unpaid(Month.from_index(first), Month.from_index(month), payer)
            first = None
