"""The account's money on its way out: what is due to another area goes into payment batches like every payment."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from yibao.casework.actors import Actor, prefix_of
from yibao.services.relocation.actions import looking, money, saying
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.workflow import Money, Stage
from yibao.store import batches, cases, keys, posting
from yibao.store.batches import Due
from yibao.store.models import Case, Payment
from yibao.store.planned import AT_ONCE, Writer

SHOWN_MAX = 1000
TEXT_MAX = 200
REFERENCE_MAX = 80
PAYABLE = (Stage.TABLE_SENT, Stage.LOADED)


def dues(*, office: str) -> list[Due]:
    """Return every transfer of an office whose money is in transit and not yet paid.

    Args:
        office: Six digits; everything below it counts.
    """
    waiting = Transfer.objects.filter(
        case__state="approved", case__region__startswith=prefix_of(office), side="out", stage__in=PAYABLE,
        money__state=Money.DEPARTED,
    )  # fmt: skip
    found = waiting.select_related("case", "money__bank_account").order_by("case__due_on", "case_id")[:SHOWN_MAX]
    return [
        Due(
            row.case, row.place, looking.SCHEME, "original", row.money.amount_fen, row.money.bank_account,
            "" if row.money.bank_account else "no_account",
        )
        for row in found
    ]  # fmt: skip


def pay(*, number: str, key: str, by: Actor, on: date, at: datetime, batch: str = "") -> Payment:
    """Send the money in transit to the new place's agency; the same key again returns the same payment.

    Args:
        number: Number of the old place's case.
        key: Made with the page that shows the button.
        by: Finance, somebody who neither entered nor signed the case.
        on: Business date and accounting date.
        at: The moment.
        batch: Number of the released batch it is paid by; empty when it is paid alone.

    Raises:
        Refused: no_money_moves, transfer_step_passed, agency_bank_missing, two_person_rule, wrong_state, in_a_batch.
    """
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        with keys.once(key=key_of(number=number, key=key), content=content_of(number), at=at) as slot:
            if not slot.repeated:
                payment = sent(case, about=key, by=by, on=on, at=at, writer=AT_ONCE)
                batches.tie(case=case, batch=batch, payments=[payment], by=by)
                slot.answer = {"payment": payment.pk}
    if "posted" in slot.answer:
        return Payment.objects.get(transaction__key=slot.answer["posted"])
    return Payment.objects.get(pk=slot.answer["payment"])


def key_of(*, number: str, key: str) -> str:
    """Return the key under which a case is paid once."""
    return f"relocation/pay/{number}/{key}"


def content_of(number: str) -> dict[str, str]:
    """Return what goes with that key."""
    return {"number": number}


def sent(case: Case, *, about: str, by: Actor, on: date, at: datetime, writer: Writer) -> Payment:
    """Plan or do the paying itself, without its key and its place in a batch."""
    row: Transfer = case.transfer
    move = row.money
    if move.state != Money.DEPARTED:
        raise refused("no_money_moves")
    if row.stage not in PAYABLE:
        raise refused("transfer_step_passed", row.stage)
    if move.bank_account_id is None:
        raise refused("agency_bank_missing")
    case = writer.act(case, "pay", by=by, at=at, on=on)
    payment = Payment(
        case=case, receiver=f"agency/{looking.area(row.target, on=on)}", amount_fen=move.amount_fen, route="original",
        bank_account_id=move.bank_account_id, sent_on=on,
    )  # fmt: skip
    money.pay(row, on=on, at=at, about=about, into=(payment, "transaction"), writer=writer)
    writer.add(payment)
    return payment


def confirm_paid(*, number: str, reference: str, by: Actor, on: date, at: datetime) -> Case:
    """Record that the bank executed the payment, tell the new place, and close the case.

    Raises:
        Refused: no_payment_reference, wrong_state, not_your_role.
    """
    text = named(reference)
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        found = unconfirmed(case.transfer)
        return confirmed(case, payments=found, reference=text, by=by, on=on, at=at, writer=AT_ONCE)


def unconfirmed(row: Transfer) -> list[Payment]:
    """Return the payments sent and not yet confirmed; read once, for all that are taken a step together."""
    if not hasattr(row, "sent"):
        rows = {each.pk: each for each in looking.along(row)}
        for each in rows.values():
            each.sent = []
        for payment in Payment.objects.filter(case__in=rows, status="sent"):
            rows[payment.case_id].sent.append(payment)
    found: list[Payment] = row.sent
    return found


def named(reference: str) -> str:
    """Return a reference as it is kept.

    Raises:
        Refused: no_payment_reference.
    """
    text = reference.strip()[:REFERENCE_MAX]
    if not text:
        raise refused("no_payment_reference")
    return text


def confirmed(
    case: Case, *, payments: Sequence[Payment], reference: str, by: Actor, on: date, at: datetime, writer: Writer
) -> Case:
    """Plan or do `confirm_paid` on a locked case."""
    row: Transfer = case.transfer
    case = writer.act(case, "confirm_paid", by=by, at=at, on=on, data={"reference": reference})
    for payment in payments:
        payment.status, payment.settled_on, payment.reference = "paid", on, reference
        writer.change(payment, "status", "settled_on", "reference")
    row.money.notice = {"reference": reference, "paid_on": on.isoformat()}
    writer.change(row.money, "notice")
    saying.money_notice(row, amount_fen=row.money.amount_fen, reference=reference, on=on, at=at, writer=writer)
    return case


def bounced(*, number: str, reason: str, by: Actor, on: date, at: datetime) -> Case:
    """Record that the money came back: it is in transit again, and paid anew once the account is right.

    Raises:
        Refused: no_reason_given, wrong_state, not_your_role.
    """
    if not reason.strip():
        raise refused("no_reason_given")
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        row: Transfer = case.transfer
        text = reason.strip()[:TEXT_MAX]
        case = cases.act(number=number, kind="bounce", by=by, at=at, on=on, reason=text)
        for payment in case.payments.filter(status="sent"):
            if payment.transaction is not None:
                key = f"{payment.transaction.key}/bounced"
                posting.reverse(transaction_id=payment.transaction_id, key=key, accounting_date=on, at=at)
            payment.status, payment.settled_on, payment.reason = "bounced", on, text
            payment.save(update_fields=["status", "settled_on", "reason"])
        row.money.state = Money.DEPARTED
        row.money.save(update_fields=["state"])
        return case
