"""The account's money on its way out: what is due to another area goes into payment batches like every payment."""

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
        with keys.once(key=f"relocation/pay/{number}/{key}", content={"number": number}, at=at) as slot:
            if not slot.repeated:
                slot.answer = {"payment": _send(case, batch, by=by, on=on, at=at).pk}
    return Payment.objects.get(pk=slot.answer["payment"])


def _send(case: Case, batch: str, *, by: Actor, on: date, at: datetime) -> Payment:
    row: Transfer = case.transfer
    move = row.money
    if move.state != Money.DEPARTED:
        raise refused("no_money_moves")
    if row.stage not in PAYABLE:
        raise refused("transfer_step_passed", row.stage)
    if move.bank_account is None:
        raise refused("agency_bank_missing")
    case = cases.act(number=case.number, kind="pay", by=by, at=at, on=on)
    payment = Payment.objects.create(
        case=case, receiver=f"agency/{looking.area(row.target, on=on)}", amount_fen=move.amount_fen, route="original",
        bank_account=move.bank_account, sent_on=on,
    )  # fmt: skip
    payment.transaction = money.pay(row, on=on, at=at, about=payment.pk)
    payment.save(update_fields=["transaction"])
    batches.tie(case=case, batch=batch, payments=[payment], by=by)
    return payment


def confirm_paid(*, number: str, reference: str, by: Actor, on: date, at: datetime) -> Case:
    """Record that the bank executed the payment, tell the new place, and close the case.

    Raises:
        Refused: no_payment_reference, wrong_state, not_your_role.
    """
    text = reference.strip()[:REFERENCE_MAX]
    if not text:
        raise refused("no_payment_reference")
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        row: Transfer = case.transfer
        case = cases.act(number=number, kind="confirm_paid", by=by, at=at, on=on, data={"reference": text})
        case.payments.filter(status="sent").update(status="paid", settled_on=on, reference=text)
        row.money.notice = {"reference": text, "paid_on": on.isoformat()}
        row.money.save(update_fields=["notice"])
        saying.money_notice(row, amount_fen=row.money.amount_fen, reference=text, on=on, at=at)
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
