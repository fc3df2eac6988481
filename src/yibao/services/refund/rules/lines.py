"""One selected payment seen within the person's whole record: the ground of every history fact."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from yibao.kernel.months import Month
from yibao.policy import Region
from yibao.policy.casefile import CaseFile, Enrolment, Payment

OWN_PAYERS = ("person", "relative")
SELECTED_BY_DEFAULT = ("person", "relative", "unit")
_PAIR = "00"


def first_day(month: int) -> date:
    """Return the first day of a month index."""
    return Month.from_index(month).first_day


def last_day(month: int) -> date:
    """Return the last day of a month index."""
    return Month.from_index(month).last_day


def month_of(day: date) -> int:
    """Return the month index a day lies in."""
    return Month.of(day).index


def lies_in(*, code: str, region: str) -> bool:
    """Return whether a region code is a region or lies below it; the nation is no pool, so nothing lies below it."""
    prefix = region
    while prefix.endswith(_PAIR):
        prefix = prefix.removesuffix(_PAIR)
    return code == region or (bool(prefix) and code.startswith(prefix))


@dataclass(frozen=True)
class History:
    """The whole record of a case, with what every line asks for worked out once.

    Attributes:
        case: the case file.
        region: the rules of the place, on the day of application.
    """

    case: CaseFile
    region: Region

    @cached_property
    def enrolments(self) -> dict[str, Enrolment]:
        """Enrolments by id."""
        return {each.id: each for each in self.case.enrolments}

    @cached_property
    def selected(self) -> tuple[str, ...]:
        """Ids of the payments asked for: those named, else every payment of the person or a unit."""
        if self.case.request.payments is not None:
            return tuple(self.case.request.payments)
        return tuple(each.id for each in self.case.payments if each.payer in SELECTED_BY_DEFAULT)

    @cached_property
    def groups(self) -> dict[str, Any]:
        """Groups of the pack the person belongs to, by code."""
        known: dict[str, Any] = dict(self.region.setting("refund", "groups") or {})
        return {code: known[code] for code in self.case.person.groups if code in known}

    def last_event(self, kind: str) -> Any:
        """Return the latest event of a kind on or before the day of application, or None."""
        found = None
        for event in self.case.events:
            if event.kind == kind and event.on <= self.case.on and (found is None or event.on >= found.on):
                found = event
        return found

    def lines(self) -> list["Line"]:
        """Return one line per selected payment, in the order they were asked for."""
        payments = {each.id: each for each in self.case.payments}
        return [Line(history=self, payment=payments[name]) for name in self.selected]


@dataclass(frozen=True)
class Line:
    """One selected payment.

    Attributes:
        history: the whole record.
        payment: the payment asked for.
    """

    history: History
    payment: Payment

    @property
    def case(self) -> CaseFile:
        """The case file."""
        return self.history.case

    @cached_property
    def enrolment(self) -> Enrolment:
        """The relation the payment belongs to."""
        return self.history.enrolments[self.payment.enrolment]

    @cached_property
    def explicit(self) -> bool:
        """Whether the request names this payment."""
        return self.case.request.payments is not None

    @cached_property
    def refunded(self) -> frozenset[int]:
        """Months of the payment that were given back before."""
        return frozenset(month for run in self.payment.refunded for month in range(run.start, run.end + 1))

    @cached_property
    def left(self) -> int:
        """Amount of the payment not yet given back (fen, 0 or more; 0 where the amount is unknown)."""
        return max((self.payment.amount or 0) - sum(run.amount for run in self.payment.refunded), 0)

    @cached_property
    def others(self) -> list[tuple[Payment, Enrolment]]:
        """The other payments that share at least one month with this one, each with its relation."""
        own = self.payment
        return [
            (each, self.history.enrolments[each.enrolment])
            for each in self.case.payments
            if each.id != own.id and each.start <= own.end and own.start <= each.end
        ]

    def shared_months(self, accept: Callable[[Payment, Enrolment], bool]) -> frozenset[int]:
        """Return the months of this payment that accepted other payments paid as well."""
        shared: set[int] = set()
        for payment, enrolment in self.others:
            if accept(payment, enrolment):
                shared.update(range(max(payment.start, self.payment.start), min(payment.end, self.payment.end) + 1))
        return frozenset(shared)

    def covered_months(self, enrolment: Enrolment) -> frozenset[int]:
        """Return the months of this payment on which another relation ran."""
        last = self.payment.end if enrolment.end is None else min(month_of(enrolment.end), self.payment.end)
        return frozenset(range(max(month_of(enrolment.start), self.payment.start), last + 1))

    @cached_property
    def payers(self) -> list[tuple[str, int]]:
        """Who paid how much (fen) of this payment, in the order of the record."""
        if not self.payment.parts:
            return [(self.payment.payer, self.payment.amount or 0)]
        sums: dict[str, int] = {}
        for part in self.payment.parts:
            sums[part.payer] = sums.get(part.payer, 0) + part.amount
        return list(sums.items())

    @cached_property
    def personal_paid(self) -> int:
        """What the person or a relative paid of it (fen)."""
        return sum(amount for payer, amount in self.payers if payer in OWN_PAYERS)

    @cached_property
    def immediate_benefit(self) -> bool:
        """Whether benefits begin with payment: newborns and the groups the pack marks so."""
        return self.enrolment.relation == "newborn" or any("immediate" in each for each in self.history.groups.values())

    @cached_property
    def period_start(self) -> date:
        """First day of the benefit period."""
        if self.enrolment.benefits_from is not None:
            return self.enrolment.benefits_from
        if self.immediate_benefit and self.payment.paid_on is not None:
            return self.payment.paid_on
        return self.payment.first_day
