"""One payment as the case, the books and the bank see it, by a day.

A payment the bank was told of and has not answered is on its way: it counts as the bank's until an answer comes. What
was paid without a file (by hand, with a reference) has no answer of a bank; the reference stands for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from yibao.bank.orders import end_to_end
from yibao.bank.pain002 import PAID
from yibao.ledger.accounts import AccountKind
from yibao.store.bank import FINAL
from yibao.store.models import BankResult, JournalTransaction, Payment

OUT = (AccountKind.BANK, AccountKind.TREASURY)
KIND = ".paid"
INSIDE = "account"
"""Receiver of what stays inside the funds: a credit to a personal account never reaches a bank."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What counts: rows dated up to a day, and of those only the ones on record at a checkpoint.

    Attributes:
        on: The last day counted.
        result_through: The last answer counted; None for all.
        transaction_through: The last posting counted; None for all.
    """

    on: date
    result_through: int | None = None
    transaction_through: int | None = None

    @property
    def answers(self) -> Q:
        """Return which answers of the bank count."""
        return Q(message__imported_on__lte=self.on) & _up_to(self.result_through)

    @property
    def postings(self) -> Q:
        """Return which postings count."""
        return Q(accounting_date__lte=self.on) & _up_to(self.transaction_through)


def _up_to(last: int | None) -> Q:
    return Q() if last is None else Q(pk__lte=last)


@dataclass(frozen=True, slots=True)
class Leg:
    """One payment as the three see it, in fen.

    Attributes:
        region: Of the case; of the posting where there is no payment.
        case_number: The case; empty where the books name none.
        end_to_end: The payment; empty where there is none.
        route: original or slip; empty where there is no payment.
        told: How the bank's side is known: answered, on_way, by_hand or none.
        case_fen: Paid or on its way, says the case.
        ledger_fen: Left the bank, say the books.
        bank_fen: Paid or on its way, says the bank.
        sent_on: The day it left.
    """

    region: str
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


def of_payments(*, rows: Iterable[Payment], cut: Cut) -> Iterator[tuple[Payment, Leg]]:
    """Return how the three see each payment.

    Args:
        rows: With their cases and places in batches.
        cut: What counts.
    """
    rows = list(rows)
    answered = answers(rows=rows, cut=cut)
    posted = posted_fen(transactions=JournalTransaction.objects.filter(payments__in=rows), cut=cut)
    for row in rows:
        back = row.status == "bounced" and row.settled_on is not None and row.settled_on <= cut.on
        case_fen = 0 if back else row.amount_fen
        told, bank_fen = _told(row, answered.get(row.pk), case_fen)
        yield (
            row,
            Leg(
                region=row.case.region,
                case_number=row.case.number,
                end_to_end=end_to_end(row.pk),
                route=row.route,
                told=told,
                case_fen=case_fen,
                ledger_fen=posted.get(row.transaction_id or 0, 0),
                bank_fen=bank_fen,
                sent_on=row.sent_on,
            ),
        )


def _told(row: Payment, answer: str | None, case_fen: int) -> tuple[str, int]:
    if answer is not None:
        return "answered", row.amount_fen if answer in PAID else 0
    if hasattr(row, "batch_item"):
        return "on_way", row.amount_fen
    return ("on_way" if row.status == "sent" else "by_hand"), case_fen


def answers(*, rows: list[Payment], cut: Cut) -> dict[int, str]:
    """Return the bank's last word on each payment: of two answers the later written one."""
    said = BankResult.objects.filter(cut.answers, payment__in=rows, status__in=FINAL)
    ordered = said.order_by("message__written_at", "message_id", "line").values_list("payment_id", "status")
    return {payment: status for payment, status in ordered if payment is not None}


def posted_fen(*, transactions: QuerySet[JournalTransaction], cut: Cut) -> Mapping[int, int]:
    """Return what of each posting left the bank, less what its reversal brought back."""
    out = Q(entries__account__kind__in=OUT)
    own = transactions.filter(cut.postings).annotate(out=Sum("entries__amount_fen", filter=out))
    found = {pk: -(fen or 0) for pk, fen in own.values_list("pk", "out")}
    undone = JournalTransaction.objects.filter(cut.postings, reverses__in=found)
    for pk in undone.values_list("reverses_id", flat=True):
        if pk is not None:
            found[pk] = 0
    return found


def without_payment(*, where: Q, cut: Cut) -> Iterator[tuple[int, Leg]]:
    """Return money that left the bank by the books, and no payment knows of, by the number of its posting.

    Args:
        where: Which postings to look at.
        cut: What counts.
    """
    alone = JournalTransaction.objects.filter(
        where, kind__endswith=KIND, payments__isnull=True, entries__account__kind__in=OUT
    )
    rows = list(alone.distinct().order_by("pk"))
    posted = posted_fen(transactions=JournalTransaction.objects.filter(pk__in=[row.pk for row in rows]), cut=cut)
    for row in rows:
        if posted.get(row.pk):
            yield (
                row.pk,
                Leg(row.region, row.case_number, "", "", "none", 0, posted[row.pk], 0, row.accounting_date),
            )
