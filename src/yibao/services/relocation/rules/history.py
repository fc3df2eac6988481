"""What a person's record says about the time before the relation asked about: months, gaps, years, places."""

from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, pairwise

from yibao.kernel.months import Month
from yibao.policy import Packs, Region, UnknownValue
from yibao.policy.casefile import Enrolment
from yibao.policy.casefile.models import MONTHS_IN_YEAR
from yibao.services.relocation.rules.places import pool_of
from yibao.services.relocation.rules.shape import RelocationCase

_SINCE = "missed_years_since"


@dataclass(slots=True)
class History:
    """The record of one person around the relation asked about; every month counts once, whoever paid it.

    Attributes:
        case: The case file.
        region: The rules of the place asked.
        places: The rules of the other places.
        joined: The relation asked about.
        late: Months paid late.
        before: The relation that covered each month of the history; where two did, one of the scheme now joined.
        resumes: Index of the month in which paying goes on.
        last: Index of the last covered month before it; None where there is none.
        paid_on: The day of payment: as asked, else the last one recorded, else that of registration or application.
    """

    case: RelocationCase
    region: Region
    places: Packs
    joined: Enrolment = field(init=False)
    late: frozenset[int] = field(init=False)
    before: dict[int, Enrolment] = field(init=False)
    resumes: int = field(init=False)
    last: int | None = field(init=False)
    paid_on: date = field(init=False)
    _runs: dict[str | None, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read the record once."""
        self.joined = next(each for each in self.case.enrolments if each.id == self.case.request.enrolment)
        own = [each for each in self.case.payments if each.enrolment == self.joined.id]
        back = {month for each in own if each.kind == "back" for month in each.months}
        self.late = frozenset(back.union(self.case.request.back_pay))
        paid = {month for each in own for month in each.months} - self.late
        self.resumes = min(paid) if paid else self._first_month_in_time()
        self.before = self._months_before()
        earlier = [month for month in self.before if month < self.resumes]
        self.last = max(earlier) if earlier else None
        asked, recorded = self.case.request, [each.paid_on for each in own if each.paid_on]
        self.paid_on = asked.paid_on or max(recorded, default=None) or asked.registered_on or self.case.on

    def under(self, region: Region) -> "History":
        """Return the same record under other rules of the place."""
        other = copy(self)
        other.region = region
        return other

    def _first_month_in_time(self) -> int:
        month = Month.of(self.joined.start).index
        while month in self.late:
            month += 1
        return month

    def _months_before(self) -> dict[int, Enrolment]:
        paid: dict[str, list[range]] = {}
        for payment in self.case.payments:
            paid.setdefault(payment.enrolment, []).append(payment.months)
        found: dict[int, Enrolment] = {}
        others = [each for each in self.case.enrolments if each.id != self.joined.id]
        for relation in sorted(others, key=lambda each: each.scheme == self.joined.scheme):
            months = chain.from_iterable(paid[relation.id]) if relation.id in paid else self._declared(relation)
            found |= dict.fromkeys(months, relation)
        for month in self.late:
            found.pop(month, None)
        return found

    def _declared(self, relation: Enrolment) -> range:
        """Return the months of a relation of which no payment is told."""
        end = self.resumes if relation.end is None else Month.of(relation.end).index + 1
        return range(Month.of(relation.start).index, end)

    @property
    def previous(self) -> Enrolment | None:
        """The relation that covered the last month before."""
        return None if self.last is None else self.before[self.last]

    @property
    def gap(self) -> range:
        """The months without cover between the last covered month and the month in which paying goes on."""
        if self.last is None or self.resumes in self.before:
            return range(0)
        return range(self.last + 1, self.resumes)

    @property
    def gap_paid_back(self) -> bool:
        """Whether every month of the gap was paid late."""
        return all(month in self.late for month in self.gap)

    @property
    def unpaid_since(self) -> date | None:
        """First day of the first month not paid for since the last payment; None without payments, or when none is due.

        The month of the question itself is not yet due.
        """
        own = {month for each in self.case.payments if each.enrolment == self.joined.id for month in each.months}
        if not own:
            return None
        first, now = max(own | self.late) + 1, Month.of(self.case.on).index
        end = now if self.joined.end is None else min(now, Month.of(self.joined.end).index + 1)
        return Month.from_index(first).first_day if first < end else None

    def run(self, *, scheme: str | None = None) -> int:
        """Return how many months in a row were covered up to the gap, in one scheme where it is named."""
        if scheme not in self._runs:
            month, length = self.last, 0
            while month is not None and (relation := self.before.get(month)) is not None:
                if scheme is not None and relation.scheme != scheme:
                    break
                month, length = month - 1, length + 1
            self._runs[scheme] = length
        return self._runs[scheme]

    @property
    def earlier_breaks(self) -> int:
        """How often cover broke off before this gap."""
        if self.last is None:
            return 0
        months = sorted(month for month in self.before if month <= self.last)
        return sum(one + 1 != other for one, other in pairwise(months))

    @property
    def unpaid_in_year(self) -> int:
        """Months without cover among the twelve before paying goes on, counted from the first cover of all."""
        if not self.before:
            return 0
        first = max(min(self.before), self.resumes - MONTHS_IN_YEAR)
        return sum(month not in self.before for month in range(first, self.resumes))

    @property
    def insured_year(self) -> int:
        """The calendar year asked about."""
        return self.joined.start.year

    @property
    def missed_years(self) -> int:
        """Calendar years without any cover between the last year insured and the year asked about."""
        if self.last is None:
            return 0
        after = Month.from_index(self.last).year + 1
        try:
            since = self.region.parameter(_SINCE, on=self.case.on).value
        except UnknownValue:
            since = after
        first = max(after, since) if isinstance(since, int) else after
        return max(self.insured_year - first, 0)

    @property
    def registered_on(self) -> date:
        """The day of registration: as asked, else the day of payment."""
        return self.case.request.registered_on or self.paid_on

    @property
    def credited_on(self) -> date:
        """The day the payment arrived: as asked, else the day of payment."""
        return self.case.request.credited_on or self.paid_on

    @property
    def days_since(self) -> int | None:
        """Days from the end of the relation before to registration; None where it has no end."""
        end = None if self.previous is None else self.previous.end
        return None if end is None else max((self.registered_on - end) // timedelta(days=1), 0)

    @property
    def from_outside(self) -> bool:
        """Whether the relation before was one of another pooling area."""
        return self.previous is not None and not self.same_pool(self.previous.region, self.joined.region)

    def same_pool(self, one: str, other: str) -> bool:
        """Return whether two places pool together on the day of application."""
        on = self.case.on
        return pool_of(code=one, places=self.places, on=on) == pool_of(code=other, places=self.places, on=on)
