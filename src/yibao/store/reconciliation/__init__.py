"""The three-way reconciliation: what cases say was paid, what the books say, what the bank says, up to a day.

What agreed for good stands as a sum in a checkpoint, so a day costs what happened on that day. Whatever differs, is on
its way, or is touched again by a later answer or posting is looked at anew each time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yibao.casework.actors import prefix_of
from yibao.store.reconciliation import checkpoints
from yibao.store.reconciliation.checkpoints import Settled, make_due
from yibao.store.reconciliation.legs import Cut, Leg, of_payments, without_payment
from yibao.store.snapshot import snapshot

__all__ = ["Flow", "Leg", "Reconciliation", "make_due", "reconcile"]


@dataclass(frozen=True, slots=True)
class Flow:
    """The sums of one way out.

    Attributes:
        route: original or slip.
        count: Payments that are paid or on their way.
        case_fen: Says the case.
        ledger_fen: Say the books.
        bank_fen: Says the bank, with what is on its way.
        on_way_fen: Of that, not answered yet.
        by_hand_fen: Of that, known by a reference only.
    """

    route: str
    count: int
    case_fen: int
    ledger_fen: int
    bank_fen: int
    on_way_fen: int
    by_hand_fen: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The reconciliation of an office up to a day.

    Attributes:
        on: The last day counted.
        flows: One for each way out.
        differences: Every payment or posting on which the three do not agree.
        on_way: What the bank has not answered yet, oldest first.
    """

    on: date
    flows: tuple[Flow, ...]
    differences: tuple[Leg, ...]
    on_way: tuple[Leg, ...]

    @property
    def difference_fen(self) -> int:
        """Return the sum of all differences; zero is what it must be."""
        return sum(leg.difference_fen for leg in self.differences)


def reconcile(*, region: str, on: date, full: bool = False) -> Reconciliation:
    """Return the reconciliation of an office; from the last checkpoint, or from the first payment on.

    Both say the same of everything that was recorded through the system. Only the full one also sees rows somebody
    changed in the database behind its back.

    Args:
        region: Six digits; everything below it counts.
        on: The last day counted.
        full: Whether to leave the checkpoints aside.
    """
    with snapshot():
        return _reconciled(region, on, full)


def _reconciled(region: str, on: date, full: bool) -> Reconciliation:
    base = checkpoints.EMPTY if full else checkpoints.latest(on)
    prefix = prefix_of(region)
    cut = Cut(on)
    rows = base.payments().filter(case__region__startswith=prefix, sent_on__lte=on)
    legs = [leg for _, leg in of_payments(rows=rows, cut=cut)]
    alone = without_payment(where=base.postings() & Q(region__startswith=prefix), cut=cut)
    legs += [leg for _, leg in alone]
    settled = checkpoints.by_route(base.settled(), prefix=prefix)
    routes = sorted({leg.route for leg in legs if leg.route} | set(settled))
    return Reconciliation(
        on=on,
        flows=tuple(
            _flow(route, [leg for leg in legs if leg.route == route], settled.get(route, Settled())) for route in routes
        ),
        differences=tuple(leg for leg in legs if leg.what),
        on_way=tuple(
            sorted((leg for leg in legs if leg.told == "on_way" and leg.bank_fen), key=lambda leg: leg.sent_on)
        ),
    )


def _flow(route: str, legs: Iterable[Leg], settled: Settled) -> Flow:
    live = [leg for leg in legs if leg.case_fen or leg.ledger_fen or leg.bank_fen]
    return Flow(
        route=route,
        count=settled.count + len(live),
        case_fen=settled.fen + sum(leg.case_fen for leg in live),
        ledger_fen=settled.fen + sum(leg.ledger_fen for leg in live),
        bank_fen=settled.fen + sum(leg.bank_fen for leg in live),
        on_way_fen=sum(leg.bank_fen for leg in live if leg.told == "on_way"),
        by_hand_fen=settled.by_hand_fen + sum(leg.bank_fen for leg in live if leg.told == "by_hand"),
    )
