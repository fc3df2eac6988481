"""Batches of payments: one person makes one, another releases it, and what it says to the bank is kept.

A batch is locked only in transactions that lock no case; a case in a batch is locked first, then its place in
the batch. Each step is one transaction and may be asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from yibao.bank import pain001
from yibao.bank.orders import Bulk, Order, Party, end_to_end
from yibao.casework.actors import Actor, prefix_of
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.standing import PAYOUT_ROLE
from yibao.store import documents, keys, numbers
from yibao.store.models import (
    BankAccount,
    BatchItem,
    Case,
    ClearingMember,
    PayerAccount,
    Payment,
    PaymentBatch,
)
from yibao.store.refusals import refuse

DROPPED = "dropped"
SIZE_MAX = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A case whose money is due, as its service says.

    Attributes:
        case: The case, approved.
        region: Pooling area whose fund pays.
        scheme: employee or resident; empty where more than one pays.
        flow: original, or slip where it is paid by a slip of the finance window.
        amount_fen: What is owed.
        account: Where it goes; None where nobody gave an account.
        hindrance: Code of why it cannot go into a batch; empty where it can.
    """

    case: Case
    region: str
    scheme: str
    flow: str
    amount_fen: int
    account: BankAccount | None
    hindrance: str = ""


def may_pay(*, by: Actor, region: str) -> None:
    """Let nobody but finance of a region pass.

    Raises:
        Refused: not_your_role or not_your_region.
    """
    if PAYOUT_ROLE not in by.roles:
        raise refuse_step("not_your_role", "pay", PAYOUT_ROLE)
    if not by.works_in(region):
        raise refuse_step("not_your_region", region)


def get(number: str) -> PaymentBatch:
    """Return a batch.

    Raises:
        Refused: no_such_batch.
    """
    found = PaymentBatch.objects.select_related("made_by", "released_by").filter(number=number).first()
    if found is None:
        raise refuse("no_such_batch", number)
    return found


def of_office(region: str) -> QuerySet[PaymentBatch]:
    """Return the batches of an office, newest first."""
    return PaymentBatch.objects.filter(region__startswith=prefix_of(region)).select_related("made_by", "released_by")


def clearing_codes(names: set[str]) -> dict[str, str]:
    """Return the numbers of banks in the clearing system, by the names people write."""
    return dict(ClearingMember.objects.filter(bank_name__in=names).values_list("bank_name", "code"))


def make(
    *, region: str, scheme: str, flow: str, dues: Sequence[Due], key: str, by: Actor, on: date, at: datetime
) -> PaymentBatch:
    """Collect cases into a batch; the same key again returns the same batch.

    Args:
        region: Pooling area.
        scheme: employee or resident.
        flow: original or slip.
        dues: What its service says is due, in any order.
        key: Made with the page that shows the button.
        by: The maker.
        on: Business date.
        at: The moment.

    Raises:
        Refused: nothing_due, no_payer_account, not_your_role, not_your_region; nothing was made.
    """
    may_pay(by=by, region=region)
    _payer(region, scheme)
    number = f"PB-{region}-{on.year}-{numbers.next_number(f'batch/{region}/{on.year}'):06d}"
    wanted = {due.case.pk: due for due in dues}
    with transaction.atomic():
        # Cases first, in one order, so that of two makers the second finds none.
        held = list(Case.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        content = {"region": region, "scheme": scheme, "flow": flow, "by": by.id}
        with keys.once(key=f"batch/make/{key}", content=content, at=at) as slot:
            if slot.repeated:
                return get(slot.answer)
            taken = set(_waiting().filter(case__in=held).values_list("case_id", flat=True))
            free = [case for case in held if case.pk not in taken and _still(case, wanted[case.pk])][:SIZE_MAX]
            if not free:
                raise refuse("nothing_due")
            batch = PaymentBatch.objects.create(
                number=number, region=region, scheme=scheme, flow=flow, made_by_id=by.user_id, made_at=at, made_on=on
            )
            BatchItem.objects.bulk_create(
                BatchItem(
                    batch=batch,
                    case=case,
                    amount_fen=wanted[case.pk].amount_fen,
                    evidence_hash=case.evidence_hash,
                    bank_account=wanted[case.pk].account,
                )
                for case in free
            )
            slot.answer = number
    return get(number)


def _still(case: Case, due: Due) -> bool:
    return case.state == "approved" and case.evidence_hash == due.case.evidence_hash


def _waiting() -> QuerySet[BatchItem]:
    return BatchItem.objects.filter(payment__isnull=True, left_out="")


def release(*, number: str, key: str, by: Actor, on: date, at: datetime) -> PaymentBatch:
    """Let a batch go to the bank; never by the one who made it. Again by the same person changes nothing.

    Args:
        number: The batch.
        key: Made with the page that shows the button.
        by: The checker.
        on: Business date.
        at: The moment.

    Raises:
        Refused: batch_two_persons, batch_wrong_state, not_your_role, not_your_region, no_such_batch.
    """
    with transaction.atomic():
        batch = _locked(number, by)
        if by.user_id == batch.made_by_id:
            raise refuse("batch_two_persons", number)
        with keys.once(key=f"batch/release/{key}", content={"number": number, "by": by.id}, at=at) as slot:
            if slot.repeated:
                return batch
            if batch.state != "made":
                raise refuse("batch_wrong_state", number, batch.state)
            batch.state, batch.released_by_id, batch.released_at, batch.released_on = "released", by.user_id, at, on
            batch.save(update_fields=["state", "released_by", "released_at", "released_on"])
    return batch


def drop(*, number: str, by: Actor) -> PaymentBatch:
    """Give up a batch that was not released; its cases are free again.

    Raises:
        Refused: batch_wrong_state, not_your_role, not_your_region, no_such_batch.
    """
    with transaction.atomic():
        batch = _locked(number, by)
        if batch.state not in ("made", DROPPED):
            raise refuse("batch_wrong_state", number, batch.state)
        batch.state = DROPPED
        batch.save(update_fields=["state"])
        batch.items.filter(payment__isnull=True, left_out="").update(left_out=DROPPED)
    return batch


def _locked(number: str, by: Actor) -> PaymentBatch:
    batch = PaymentBatch.objects.select_for_update().filter(number=number).first()
    if batch is None:
        raise refuse("no_such_batch", number)
    may_pay(by=by, region=batch.region)
    return batch


def batch_of(case: Case) -> str:
    """Return the number of the batch a case waits in, or an empty text."""
    return _waiting().filter(case=case).values_list("batch__number", flat=True).first() or ""


def waiting_items(batch: PaymentBatch) -> list[BatchItem]:
    """Return what of a batch is neither paid nor left out."""
    return list(batch.items.filter(payment__isnull=True, left_out="").select_related("case"))


def waiting_among(cases: Sequence[Case]) -> bool:
    """Return whether any of some cases waits in a batch."""
    return _waiting().filter(case__in=cases).exists()


def tie(*, case: Case, batch: str, payments: Sequence[Payment], by: Actor) -> None:
    """Put the payment just made of a locked case in its place in a batch; called inside the paying transaction.

    Args:
        case: The case, locked.
        batch: The batch it is paid by; empty when it is paid alone.
        payments: What was made.
        by: Who pays.

    Raises:
        Refused: in_a_batch when the case waits in another batch, batch_two_persons, batch_wrong_state,
            batch_item_changed when it is no longer what was put into the batch.
    """
    item = _waiting().select_for_update(of=("self",)).select_related("batch").filter(case=case).first()
    if not batch:
        if item is not None:
            raise refuse("in_a_batch", item.batch.number)
        return
    if item is None or item.batch.number != batch or item.batch.state != "released":
        raise refuse("batch_wrong_state", batch)
    if by.user_id == item.batch.made_by_id:
        raise refuse("batch_two_persons", batch)
    if not _as_shown(item, case, payments):
        raise refuse("batch_item_changed", case.number)
    item.payment = payments[0]
    item.save(update_fields=["payment"])


def _as_shown(item: BatchItem, case: Case, payments: Sequence[Payment]) -> bool:
    """Return whether what is paid is what the batch showed to the one who released it, account and all."""
    if item.bank_account_id is None or case.evidence_hash != item.evidence_hash:
        return False
    paid = [(payment.amount_fen, payment.bank_account_id) for payment in payments]
    return paid == [(item.amount_fen, item.bank_account_id)]


def leave_out(*, item: BatchItem, why: str) -> None:
    """Leave a case out of its batch, with the code of the refusal; it is free again."""
    _waiting().filter(pk=item.pk).update(left_out=why)


def seal(*, number: str, by: Actor, at: datetime) -> PaymentBatch:
    """Write the file of a batch whose every case is paid or left out; a sealed one stays as it is.

    The file is made of what was paid, outside any lock: the same batch gives the same bytes.

    Raises:
        Refused: batch_wrong_state before it is released, or while a case waits.
        BankFileInvalid: A name or number does not fit the schema; nothing was changed.
    """
    batch = get(number)
    may_pay(by=by, region=batch.region)
    if batch.state == "sent":
        return batch
    if batch.state != "released" or waiting_items(batch):
        raise refuse("batch_wrong_state", number, batch.state)
    bulk = bulk_of(batch)
    digest = documents.put(pain001.write(bulk)) if bulk.orders else ""
    with transaction.atomic():
        batch = _locked(number, by)
        if batch.state == "released":
            batch.state, batch.sent_at, batch.file_sha256 = "sent", at, digest
            batch.count, batch.total_fen = len(bulk.orders), bulk.total_fen
            batch.save(update_fields=["state", "sent_at", "file_sha256", "count", "total_fen"])
    return batch


def bulk_of(batch: PaymentBatch) -> Bulk:
    """Return what a batch says to the bank."""
    paid = batch.items.filter(payment__isnull=False).select_related("case", "payment__bank_account").order_by("pk")
    items = [(item, item.payment, item.payment.bank_account) for item in paid if item.payment]
    codes = clearing_codes({account.bank_name for _, _, account in items if account})
    orders = tuple(
        Order(
            end_to_end=end_to_end(payment.pk),
            amount_fen=payment.amount_fen,
            payee=Party(account.holder, account.number, codes[account.bank_name]),
            memo=item.case.number,
        )
        for item, payment, account in items
        if account
    )
    days = [payment.sent_on for _, payment, _ in items]
    released_at, released_on = batch.released_at or batch.made_at, batch.released_on or batch.made_on
    return Bulk(batch.number, released_at, max(days, default=released_on), _payer(batch.region, batch.scheme), orders)


def file_of(batch: PaymentBatch) -> bytes:
    """Return the file of a sealed batch.

    Raises:
        Refused: no_bank_file when it is not sealed, or nothing in it could be paid.
    """
    if not batch.file_sha256:
        raise refuse("no_bank_file", batch.number)
    return documents.get(batch.file_sha256)


def _payer(region: str, scheme: str) -> Party:
    row = PayerAccount.objects.filter(region=region, scheme=scheme).first()
    if row is None:
        raise refuse("no_payer_account", region, scheme)
    return Party(row.holder, row.number, row.clearing_code)
