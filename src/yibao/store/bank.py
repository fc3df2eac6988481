"""What the bank answered, as records: each message once, each line once, with what came of it."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from yibao.bank.orders import end_to_end, payment_of
from yibao.bank.pain002 import PAID, REJECTED, Line, StatusReport
from yibao.casework.actors import Actor
from yibao.store import batches
from yibao.store.models import BankMessage, BankResult, Payment, PaymentBatch
from yibao.store.refusals import refuse

FINAL = PAID | REJECTED
REASON_MAX = 200
REFERENCE_MAX = 80


def receive(*, report: StatusReport, content: bytes, by: Actor, on: date, at: datetime) -> BankMessage:
    """Write down a message of the bank, once.

    Args:
        report: What it says.
        content: Its bytes; the same number with other bytes is refused.
        by: Finance of the office the batch belongs to.
        on: Business date.
        at: The moment.

    Raises:
        Refused: answer_to_no_batch, answer_sums_differ, answer_number_reused, not_your_role; nothing was changed.
    """
    batch = PaymentBatch.objects.filter(number=report.batch, state="sent").first()
    if batch is None or not by.works_in(batch.region):
        raise refuse("answer_to_no_batch", report.batch)
    batches.may_pay(by=by, region=batch.region)
    _check_sums(report, batch)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        row, _ = BankMessage.objects.get_or_create(
            message_id=report.message_id,
            defaults={
                "batch": batch,
                "sha256": digest,
                "written_at": report.made_at,
                "imported_by_id": by.user_id,
                "imported_at": at,
                "imported_on": on,
            },
        )
    if row.sha256 != digest:
        raise refuse("answer_number_reused", report.message_id)
    return row


def _check_sums(report: StatusReport, batch: PaymentBatch) -> None:
    """Refuse an answer whose count, sum or amounts are not those of the batch.

    Raises:
        Refused: answer_sums_differ.
    """
    told = (report.count, report.total_fen)
    if any(said not in (None, kept) for said, kept in zip(told, (batch.count, batch.total_fen), strict=True)):
        raise refuse("answer_sums_differ", batch.number)
    amounts = dict(Payment.objects.filter(batch_item__batch=batch).values_list("pk", "amount_fen"))
    for line in report.lines:
        known = amounts.get(payment_of(line.end_to_end) or 0)
        if known is not None and line.amount_fen not in (None, known):
            raise refuse("answer_sums_differ", batch.number, line.end_to_end)


def lines_of(*, report: StatusReport, batch: PaymentBatch) -> list[Line]:
    """Return the lines of a message; what holds for the whole batch is said of each of its payments."""
    if report.lines or report.status not in FINAL:
        return list(report.lines)
    paid = Payment.objects.filter(batch_item__batch=batch).order_by("pk").values_list("pk", flat=True)
    return [Line(end_to_end(payment), report.status, report.reason) for payment in paid]


def known(*, message: BankMessage, line: int) -> BankResult | None:
    """Return what came of a line, if it was read before."""
    return BankResult.objects.filter(message=message, line=line).select_related("payment__case").first()


def payment_in(*, batch: PaymentBatch, line: Line) -> Payment | None:
    """Return the payment of a batch a line speaks of, or None where it speaks of none of it."""
    wanted = payment_of(line.end_to_end)
    return Payment.objects.select_related("case").filter(pk=wanted, batch_item__batch=batch).first()


def effect_of(*, payment: Payment, line: Line, message: BankMessage) -> str:
    """Return what a line does to a payment whose case is locked: something once, or nothing with a name.

    Args:
        payment: As it is now.
        line: What the bank says.
        message: When the bank said it; an older message never contradicts a newer one.
    """
    wanted = "paid" if line.status in PAID else "bounced" if line.status in REJECTED else "on_way"
    earlier = BankResult.objects.filter(payment=payment, status__in=FINAL).select_related("message")
    newest = max((one.message.written_at for one in earlier), default=None)
    if wanted == "on_way":
        return "on_way" if payment.status == "sent" and newest is None else "late"
    if payment.status == "sent":
        return wanted
    if payment.status == wanted:
        return "repeated"
    return "late" if newest is not None and message.written_at < newest else "contradicts"


def record(*, message: BankMessage, line: int, said: Line, payment: Payment | None, effect: str) -> BankResult:
    """Write down what came of a line; inside the transaction of its effect."""
    return BankResult.objects.create(
        message=message,
        line=line,
        end_to_end=said.end_to_end,
        payment=payment,
        status=said.status[:4],
        reason=said.reason[:REASON_MAX],
        reference=said.reference[:REFERENCE_MAX],
        effect=effect,
    )


def finish(message: BankMessage) -> None:
    """Mark a message whose every line was read."""
    BankMessage.objects.filter(pk=message.pk).update(finished=True)
