"""The three-way reconciliation: what cases say was paid, what the books say, what the bank says, up to a day.

A payment the bank was told of and has not answered is on its way: it counts as the bank's until an answer comes. What
was paid without a file (by hand, with a reference) has no answer of a bank; the reference stands for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from yibao.bank.orders import end_to_end
from yibao.bank.pain002 import PAID
from yibao.casework.actors import prefix_of
from yibao.ledger.accounts import AccountKind
from yibao.store.bank import FINAL
from yibao.store.models import BankResult, JournalTransaction, Payment

OUT = (AccountKind.BANK, AccountKind.TREASURY)
KIND = ".paid"
INSIDE = "account"
"""Receiver of what stays inside the funds: a credit to a personal account never reaches a bank."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One payment as the three see it, in fen.

    Attributes:
        case_number: The case; empty where the books name none.
        end_to_end: The payment; empty where there is none.
        route: original or slip; empty where there is no payment.
        told: How the bank's side is known: answered, on_way, by_hand or none.
        case_fen: Paid or on its way, says the case.
        ledger_fen: Left the bank, say the books.
        bank_fen: Paid or on its way, says the bank.
        sent_on: The day it left.
    """

    case_number: str
    end_to_end: str
    route: str
    told: str
    case_fen: int
    ledger_fen: int
    bank_fen: int
    sent_on: date

    @property
    def what(self) -> str:
        """Return the code of what differs; empty where nothing does."""
        if not self.end_to_end:
            return "no_payment"
        if self.case_fen != self.ledger_fen:
            return "case_ledger"
        return "ledger_bank" if self.ledger_fen != self.bank_fen else ""

    @property
    def difference_fen(self) -> int:
        """Return how far apart the three are."""
        three = (self.case_fen, self.ledger_fen, self.bank_fen)
        return max(three) - min(three)


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


def reconcile(*, region: str, on: date) -> Reconciliation:
    """Return the reconciliation of an office.

    Args:
        region: Six digits; everything below it counts.
        on: The last day counted.
    """
    legs = [*_payments(region, on), *_postings_alone(region, on)]
    routes = sorted({leg.route for leg in legs if leg.route})
    return Reconciliation(
        on=on,
        flows=tuple(_flow(route, [leg for leg in legs if leg.route == route]) for route in routes),
        differences=tuple(leg for leg in legs if leg.what),
        on_way=tuple(
            sorted((leg for leg in legs if leg.told == "on_way" and leg.bank_fen), key=lambda leg: leg.sent_on)
        ),
    )


def _flow(route: str, legs: Iterable[Leg]) -> Flow:
    live = [leg for leg in legs if leg.case_fen or leg.ledger_fen or leg.bank_fen]
    return Flow(
        route=route,
        count=len(live),
        case_fen=sum(leg.case_fen for leg in live),
        ledger_fen=sum(leg.ledger_fen for leg in live),
        bank_fen=sum(leg.bank_fen for leg in live),
        on_way_fen=sum(leg.bank_fen for leg in live if leg.told == "on_way"),
        by_hand_fen=sum(leg.bank_fen for leg in live if leg.told == "by_hand"),
    )


def _payments(region: str, on: date) -> Iterator[Leg]:
    under = Payment.objects.filter(case__region__startswith=prefix_of(region), sent_on__lte=on)
    rows = list(under.exclude(receiver=INSIDE).select_related("case", "batch_item").order_by("pk"))
    answered = _answers(rows, on)
    posted = _posted(JournalTransaction.objects.filter(payments__in=rows), on)
    for row in rows:
        back = row.status == "bounced" and row.settled_on is not None and row.settled_on <= on
        case_fen = 0 if back else row.amount_fen
        told, bank_fen = _told(row, answered.get(row.pk), case_fen)
        yield Leg(
            case_number=row.case.number,
            end_to_end=end_to_end(row.pk),
            route=row.route,
            told=told,
            case_fen=case_fen,
            ledger_fen=posted.get(row.transaction_id or 0, 0),
            bank_fen=bank_fen,
            sent_on=row.sent_on,
        )


def _told(row: Payment, answer: str | None, case_fen: int) -> tuple[str, int]:
    if answer is not None:
        return "answered", row.amount_fen if answer in PAID else 0
    if hasattr(row, "batch_item"):
        return "on_way", row.amount_fen
    return ("on_way" if row.status == "sent" else "by_hand"), case_fen


def _answers(rows: list[Payment], on: date) -> dict[int, str]:
    """Return the bank's last word on each payment: of two answers the later written one."""
    said = BankResult.objects.filter(payment__in=rows, status__in=FINAL, message__imported_on__lte=on)
    ordered = said.order_by("message__written_at", "message_id", "line").values_list("payment_id", "status")
    return {payment: status for payment, status in ordered if payment is not None}


def _posted(transactions: QuerySet[JournalTransaction], on: date) -> Mapping[int, int]:
    """Return what of each posting left the bank up to a day, less what its reversal brought back."""
    out = Q(entries__account__kind__in=OUT)
    own = transactions.filter(accounting_date__lte=on).annotate(out=Sum("entries__amount_fen", filter=out))
    found = {pk: -(fen or 0) for pk, fen in own.values_list("pk", "out")}
    undone = JournalTransaction.objects.filter(reverses__in=found, accounting_date__lte=on)
    for pk in undone.values_list("reverses_id", flat=True):
        if pk is not None:
            found[pk] = 0
    return found


def _postings_alone(region: str, on: date) -> Iterator[Leg]:
    """Return money that left the bank by the books, and no payment knows of."""
    alone = JournalTransaction.objects.filter(
        region__startswith=prefix_of(region), kind__endswith=KIND, payments__isnull=True, entries__account__kind__in=OUT
    ).distinct()
    posted = _posted(alone, on)
    for row in alone.filter(pk__in=posted).order_by("pk"):
        if posted[row.pk]:
            yield Leg(row.case_number, "", "", "none", 0, posted[row.pk], 0, row.accounting_date)
