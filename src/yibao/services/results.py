"""What the bank answered takes effect, line by line, each in one transaction: once, whatever arrives how often."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from yibao.bank import pain002
from yibao.bank.pain002 import Line
from yibao.casework.actors import Actor
from yibao.services import payouts
from yibao.store import bank, cases
from yibao.store.models import BankMessage, BankResult, PaymentBatch

REASONLESS = "银行退回，未说明原因"


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a message.

    Attributes:
        batch: Number of the batch it answers to.
        message_id: The bank's own number of it.
        repeated: The same file was read before; nothing new happened.
        results: What came of each line, in order.
    """

    batch: str
    message_id: str
    repeated: bool
    results: tuple[BankResult, ...]


def read_in(*, content: bytes, by: Actor, on: date, at: datetime) -> Imported:
    """Read a message of the bank in: paid closes the case, rejected brings the money back and asks for an account.

    Duplicate, late, crossed and unknown lines change nothing and say which of these they are. Killed half-way,
    the same file goes on where it stopped.

    Args:
        content: The file.
        by: Finance.
        on: Business date; the day of arrival, and accounting date of what came back.
        at: The moment.

    Raises:
        BankFileInvalid: The file is no answer of a bank.
        Refused: answer_to_no_batch, answer_sums_differ, answer_number_reused, not_your_role.
    """
    report = pain002.read(content)
    message = bank.receive(report=report, content=content, by=by, on=on, at=at)
    repeated = message.finished
    batch = PaymentBatch.objects.get(pk=message.batch_id)
    lines = bank.lines_of(report=report, batch=batch)
    results = [
        bank.known(message=message, line=place) or _apply(message, batch, place, line, by=by, on=on, at=at)
        for place, line in enumerate(lines, 1)
    ]
    bank.finish(message)
    return Imported(batch.number, message.message_id, repeated, tuple(results))


def _apply(
    message: BankMessage, batch: PaymentBatch, place: int, line: Line, *, by: Actor, on: date, at: datetime
) -> BankResult:
    payment = bank.payment_in(batch=batch, line=line)
    with transaction.atomic():
        if payment is None:
            # Two imports of one file at once: the message is locked where there is no case to lock.
            BankMessage.objects.select_for_update().get(pk=message.pk)
            found = bank.known(message=message, line=place)
            return found or bank.record(message=message, line=place, said=line, payment=None, effect="unknown")
        case = cases.locked(payment.case.number)
        if found := bank.known(message=message, line=place):
            return found
        payment.refresh_from_db()
        effect = bank.effect_of(payment=payment, line=line, message=message)
        shared = {"number": case.number, "by": by, "on": on, "at": at}
        if effect == "paid":
            payouts.actions_of(case).confirm_paid(reference=line.reference or line.end_to_end, **shared)
        elif effect == "bounced":
            payouts.actions_of(case).bounced(reason=line.reason or REASONLESS, **shared)
        return bank.record(message=message, line=place, said=line, payment=payment, effect=effect)
