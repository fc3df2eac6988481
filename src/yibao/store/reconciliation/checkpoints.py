"""Checkpoints of the reconciliation: how far everything was looked at, what agreed, what stays open.

A checkpoint is a day and the last rows on record at that moment. Later rows count as new whatever day they bear, so
an answer read in with an earlier business date is not missed. What agreed can be taken out of the sums again exactly,
because books and answers never change: as of a checkpoint they always say the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Q, QuerySet

from yibao.store.bank import FINAL
from yibao.store.models import (
    BankResult,
    JournalTransaction,
    Payment,
    ReconciliationDay,
    ReconciliationOpen,
    ReconciliationSum,
)
from yibao.store.reconciliation.legs import INSIDE, Cut, Leg, answers, of_payments, posted_fen, without_payment

WAIT_MILLISECONDS = 500


@dataclass(frozen=True, slots=True)
class Settled:
    """What agreed for good.

    Attributes:
        count: Payments that left.
        fen: Their sum, the same for case, books and bank.
        by_hand_fen: Of that, known by a reference only.
    """

    count: int = 0
    fen: int = 0
    by_hand_fen: int = 0

    def plus(self, other: "Settled", *, times: int = 1) -> "Settled":
        """Return the two together; with `times=-1` this one without the other."""
        return Settled(
            self.count + times * other.count,
            self.fen + times * other.fen,
            self.by_hand_fen + times * other.by_hand_fen,
        )


Sums = dict[tuple[str, str], Settled]
"""What agreed, by region and way out."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a reconciliation starts from.

    Attributes:
        day: The checkpoint; None to start from the first payment.
        open_payments: Payments to look at again.
        open_postings: Postings without a payment to look at again.
        touched: Payments a newer answer or reversal speaks of, read once: sums and payments must mean the same ones.
        sums: What agreed at the checkpoint.
    """

    day: ReconciliationDay | None = None
    open_payments: frozenset[int] = frozenset()
    open_postings: frozenset[int] = frozenset()
    touched: frozenset[int] = frozenset()
    sums: Mapping[tuple[str, str], Settled] = field(default_factory=dict)

    def payments(self) -> QuerySet[Payment]:
        """Return the payments to look at: open, new, or touched by what is new."""
        rows = Payment.objects.exclude(receiver=INSIDE).select_related("case", "batch_item").order_by("pk")
        if self.day is None:
            return rows
        return rows.filter(Q(pk__gt=self.day.payment_through) | Q(pk__in=self.open_payments | self.touched))

    def postings(self) -> Q:
        """Return which postings may be ones no payment knows of."""
        if self.day is None:
            return Q()
        return _new_postings(self.day) | Q(pk__in=self.open_postings)

    def settled(self) -> Sums:
        """Return what agreed and was not touched since."""
        sums = dict(self.sums)
        if self.day is None:
            return sums
        again = Payment.objects.filter(pk__in=self.touched - self.open_payments, pk__lte=self.day.payment_through)
        rows = list(again.exclude(receiver=INSIDE).select_related("case"))
        cut = Cut(self.day.on, self.day.result_through, self.day.transaction_through)
        posted = posted_fen(transactions=JournalTransaction.objects.filter(payments__in=rows), cut=cut)
        answered = answers(rows=rows, cut=cut)
        for row in rows:
            fen = posted.get(row.transaction_id or 0, 0)
            counted = _settled(fen, by_hand=row.pk not in answered)
            place = (row.case.region, row.route)
            sums[place] = sums[place].plus(counted, times=-1)
        return sums


EMPTY = Base()


def _new_postings(day: ReconciliationDay) -> Q:
    return Q(pk__gt=day.transaction_through) | Q(accounting_date__gt=day.on)


def _touched(day: ReconciliationDay) -> frozenset[int]:
    new = Q(pk__gt=day.result_through) | Q(message__imported_on__gt=day.on)
    said = BankResult.objects.filter(new, status__in=FINAL, payment__isnull=False)
    back = JournalTransaction.objects.filter(_new_postings(day), reverses__isnull=False)
    undone = Payment.objects.filter(transaction__in=back.values("reverses"))
    named = said.values_list("payment_id", flat=True)
    return frozenset(pk for pk in (*named, *undone.values_list("pk", flat=True)) if pk is not None)


def _settled(fen: int, *, by_hand: bool) -> Settled:
    return Settled(1 if fen else 0, fen, fen if by_hand else 0)


def latest(on: date) -> Base:
    """Return the last checkpoint up to a day; an empty one where there is none."""
    day = ReconciliationDay.objects.filter(on__lte=on).order_by("-on", "-id").first()
    if day is None:
        return EMPTY
    open_rows = list(day.open.values_list("payment_id", "transaction_id"))
    return Base(
        day=day,
        open_payments=frozenset(pk for pk, _ in open_rows if pk is not None),
        open_postings=frozenset(pk for _, pk in open_rows if pk is not None),
        touched=_touched(day),
        sums={(one.region, one.route): Settled(one.count, one.fen, one.by_hand_fen) for one in day.sums.all()},
    )


def by_route(sums: Mapping[tuple[str, str], Settled], *, prefix: str) -> dict[str, Settled]:
    """Return what agreed in an office, by way out."""
    found: dict[str, Settled] = {}
    for (region, route), settled in sums.items():
        if region.startswith(prefix):
            found[route] = found.get(route, Settled()).plus(settled)
    return found


def make_due(*, on: date, at: datetime) -> ReconciliationDay | None:
    """Make the checkpoint of the day before, once; None where it stands or somebody is just writing.

    Args:
        on: Today.
        at: The moment.
    """
    day = on - timedelta(days=1)
    if ReconciliationDay.objects.filter(on__gte=day).exists():
        return None
    return make(on=day, at=at)


def make(*, on: date, at: datetime) -> ReconciliationDay | None:
    """Make a checkpoint; None where somebody is just writing: try again later.

    Args:
        on: The last day counted.
        at: The moment.
    """
    try:
        day = _marks(on=on, at=at)
    except OperationalError:
        return None
    base = latest(on)
    cut = Cut(on, day.result_through, day.transaction_through)
    sums = base.settled()
    open_rows: list[ReconciliationOpen] = []
    looked_at = base.payments().filter(pk__lte=day.payment_through)
    for row, leg in of_payments(rows=looked_at, cut=cut):
        if row.sent_on > on or not _agreed(row, leg):
            open_rows.append(ReconciliationOpen(payment=row))
            continue
        place = (leg.region, leg.route)
        counted = _settled(leg.ledger_fen, by_hand=leg.told == "by_hand")
        sums[place] = sums.get(place, Settled()).plus(counted)
    alone = without_payment(where=base.postings() & Q(pk__lte=day.transaction_through), cut=cut)
    open_rows += [ReconciliationOpen(transaction_id=pk) for pk, _ in alone]
    return _keep(day, sums, open_rows)


def _agreed(row: Payment, leg: Leg) -> bool:
    """Return whether only a new row on record could make a payment differ."""
    return not leg.what and leg.told != "on_way" and row.status != "sent"


def _keep(day: ReconciliationDay, sums: Sums, open_rows: Iterable[ReconciliationOpen]) -> ReconciliationDay:
    with transaction.atomic():
        day.save()
        ReconciliationSum.objects.bulk_create(
            ReconciliationSum(
                day=day, region=region, route=route, count=one.count, fen=one.fen, by_hand_fen=one.by_hand_fen
            )
            for (region, route), one in sums.items()
        )
        rows = list(open_rows)
        for row in rows:
            row.day = day
        ReconciliationOpen.objects.bulk_create(rows)
    return day


def _marks(*, on: date, at: datetime) -> ReconciliationDay:
    """Return the last rows on record at one moment at which nobody is in the middle of writing any.

    Raises:
        OperationalError: Somebody was writing all the while.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # A number is taken before its row can be seen: only with all writers through is the last one the last.
            # The wait ends before the database looks for a deadlock, so that it is never a writer who gives way.
            tables = ", ".join(one._meta.db_table for one in (Payment, JournalTransaction, BankResult))
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {WAIT_MILLISECONDS}")
                cursor.execute(f"LOCK TABLE {tables} IN SHARE MODE")
        return ReconciliationDay(
            on=on,
            made_at=at,
            payment_through=_last(Payment.objects.all()),
            result_through=_last(BankResult.objects.all()),
            transaction_through=_last(JournalTransaction.objects.all()),
        )


def _last(rows: QuerySet[Payment] | QuerySet[BankResult] | QuerySet[JournalTransaction]) -> int:
    return rows.aggregate(last=Max("pk"))["last"] or 0
