"""What the months of a record count as in one place: overlap removed first, then summed, then conversion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yibao.kernel.months import MONTHS_PER_YEAR, Month
from yibao.policy import Citation, Region
from yibao.policy.rows import Row
from yibao.policy.types import Value
from yibao.services.relocation.rules.years.record import EMPLOYEE, Stretch, province_of

DOMAIN = "years"
LOCAL, PROVINCE, OUTSIDE = "local", "province", "outside"
ACTUAL, DEEMED = "actual", "deemed"
_CONVERTED = "converted"
_WHERE = (LOCAL, PROVINCE, OUTSIDE)
_COUNTS = (ACTUAL, DEEMED)


@dataclass(frozen=True, slots=True)
class Share:
    """The months one stretch adds to the sums, after the overlap is taken out.

    Attributes:
        stretch: Where they come from.
        where: local, province or outside, seen from the place.
        counts: actual, deemed or not_counted.
        row: The rule that says so.
        months: Those kept.
        overlap: How many were already counted by another stretch.
        cut_off: How many lie after the last day that counts.
        until: That day, None where there is none.
        cited: Documents of the rule and of the numbers it reads.
    """

    stretch: Stretch
    where: str
    counts: str
    row: Row
    months: frozenset[int]
    overlap: int
    cut_off: int
    until: date | None
    cited: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """Resident months turned into months of the employee scheme.

    Attributes:
        where: Where they were paid, seen from the place.
        tier: Of the resident insurance.
        paid: Resident months, after the overlap is taken out.
        months: What they come to.
        counts: actual, deemed or not_counted.
        row: The rule.
        cited: Documents of the rule and of the numbers it reads.
    """

    where: str
    tier: int | None
    paid: int
    months: int
    counts: str
    row: Row
    cited: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """The months of a record as one place counts them.

    Attributes:
        shares: What each stretch of the employee scheme adds.
        conversions: What resident months come to.
        here: Months paid here, as a set, for runs.
        tally: Counted months by what they count as and where.
    """

    shares: tuple[Share, ...]
    conversions: tuple[Converted, ...]
    here: frozenset[int]
    tally: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, counts: str, *where: str) -> int:
        """Return the months that count as something, in some places or everywhere."""
        return sum(self.tally.get((counts, each), 0) for each in where or _WHERE)

    @property
    def actual(self) -> int:
        """Months that count as paid, wherever they were paid."""
        return self.of(ACTUAL)

    @property
    def deemed(self) -> int:
        """Months that count as deemed."""
        return self.of(DEEMED)

    @property
    def cumulative(self) -> int:
        """All months that count."""
        return self.actual + self.deemed

    @property
    def converted(self) -> int:
        """Those of them that come from conversion."""
        recorded = [each for each in self.shares if each.stretch.kind == _CONVERTED and each.counts in _COUNTS]
        return sum(len(each.months) for each in recorded) + sum(
            each.months for each in self.conversions if each.counts in _COUNTS
        )

    @property
    def overlap(self) -> int:
        """Months that stood in more than one stretch and are counted once."""
        return sum(each.overlap for each in self.shares if each.counts in _COUNTS)

    @property
    def elsewhere(self) -> int:
        """Counted months that were not paid here."""
        return self.cumulative - self.of(ACTUAL, LOCAL) - self.of(DEEMED, LOCAL)


def count(*, record: Sequence[Stretch], place: str, region: Region, on: date) -> Sums:
    """Return the months of a record as a place counts them.

    Of two stretches that cover the same month the one that counts for more is kept: paid before deemed, and of equals
    the one paid here before the province before the rest; resident months come last.

    Args:
        record: What the enrolments prove.
        place: Code of the pooling area.
        region: Its rules.
        on: The day of handling.

    Returns:
        The sums; each month is in exactly one share.

    Source:
        Tables `counting` and `conversion` of the region's pack.
    """
    known = [_classified(each, place, region, on) for each in record if each.scheme == EMPLOYEE]
    taken: set[int] = set()
    shares = []
    for share in sorted(known, key=_rank):
        kept = share.months - taken
        if share.counts in _COUNTS:
            taken |= kept
        shares.append(_kept(share, kept))
    conversions = _conversions(record, place, region, on, taken)
    tally: dict[tuple[str, str], int] = {}
    for share in shares:
        key = share.counts, share.where
        tally[key] = tally.get(key, 0) + len(share.months)
    for each in conversions:
        key = each.counts, each.where
        tally[key] = tally.get(key, 0) + each.months
    here = frozenset(month for each in shares if (each.counts, each.where) == (ACTUAL, LOCAL) for month in each.months)
    return Sums(tuple(shares), conversions, here, tally)


def where_of(*, paid: str, place: str) -> str:
    """Return where a place lies, seen from another one.

    Example:
        >>> where_of(paid="440600", place="440100"), where_of(paid="500000", place="440100")
        ('province', 'outside')
    """
    if paid == place:
        return LOCAL
    return PROVINCE if province_of(paid) == province_of(place) else OUTSIDE


def _classified(stretch: Stretch, place: str, region: Region, on: date) -> Share:
    where = where_of(paid=stretch.place, place=place)
    facts: dict[str, Value] = {
        "applied_on": on,
        "kind": stretch.kind,
        "relation": stretch.relation,
        "tier": stretch.tier,
        "where": where,
    }
    trace = region.table(DOMAIN, "counting", on=on).trace(facts)
    until = trace.members["until"]
    months = stretch.months
    if isinstance(until, date):
        last = Month.of(until).index
        months = frozenset(month for month in months if month <= last)
    cut_off = len(stretch.months) - len(months)
    cited = tuple(citation for use in trace.parameters_used for citation in use.sources)
    row = trace.holding[0]
    return Share(
        stretch=stretch,
        where=where,
        counts=str(trace.members["counts"]),
        row=row,
        months=months,
        overlap=0,
        cut_off=cut_off,
        until=until if isinstance(until, date) else None,
        cited=(*row.sources, *cited),
    )


def _rank(share: Share) -> tuple[int, int, bool, int, str]:
    """Return the place of a share in the order in which months are given out; the last parts only fix the order."""
    worth = _COUNTS.index(share.counts) if share.counts in _COUNTS else len(_COUNTS)
    converted = share.stretch.kind == _CONVERTED
    return worth, _WHERE.index(share.where), converted, share.stretch.start.toordinal(), share.stretch.enrolment


def _kept(share: Share, kept: frozenset[int]) -> Share:
    return Share(
        stretch=share.stretch,
        where=share.where,
        counts=share.counts,
        row=share.row,
        months=kept,
        overlap=len(share.months) - len(kept),
        cut_off=share.cut_off,
        until=share.until,
        cited=share.cited,
    )


def _conversions(
    record: Sequence[Stretch], place: str, region: Region, on: date, taken: set[int]
) -> tuple[Converted, ...]:
    """Return what the resident months come to, summed by place and tier before they are rounded once."""
    residents = [each for each in record if each.scheme != EMPLOYEE]
    residents.sort(
        key=lambda each: (_WHERE.index(where_of(paid=each.place, place=place)), -(each.tier or 0), each.enrolment)
    )
    months: dict[tuple[str, int | None], int] = {}
    given = set(taken)
    for each in residents:
        kept = each.months - given
        given |= kept
        key = where_of(paid=each.place, place=place), each.tier
        months[key] = months.get(key, 0) + len(kept)
    return tuple(_converted(key, paid, region, on) for key, paid in months.items() if paid)


def _converted(key: tuple[str, int | None], paid: int, region: Region, on: date) -> Converted:
    where, tier = key
    facts: dict[str, Value] = {"applied_on": on, "where": where, "tier": tier, "resident_months": paid}
    trace = region.table(DOMAIN, "conversion", on=on).trace(facts)
    row = trace.holding[0]
    cited = tuple(citation for use in trace.parameters_used for citation in use.sources)
    return Converted(
        where=where,
        tier=tier,
        paid=paid,
        months=_months_for(trace.members, paid),
        counts=str(trace.members["counts"]),
        row=row,
        cited=(*row.sources, *cited),
    )


def _months_for(members: Mapping[str, Value], paid: int) -> int:
    """Return what resident months come to: as computed by the rule, else whole months by the year."""
    months, per_year = members["months"], members["per_year"]
    if isinstance(months, int):
        return months
    return paid * per_year // MONTHS_PER_YEAR if isinstance(per_year, int) else 0
