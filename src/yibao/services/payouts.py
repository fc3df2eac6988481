"""Money out, for every service: what is due goes into batches, batches go to the bank, answers come back.

A service takes part when its `actions` have `dues`, `pay`, `confirm_paid` and `bounced`. Nothing here is one long
transaction: a batch is released in one, each case is paid in one of its own, the file is sealed in one. Killed in
between, `carry_on` goes on where it stopped.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.db import transaction

import yibao.services
from yibao.bank import pain002
from yibao.bank.pain002 import Line
from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.store import bank, batches, cases
from yibao.store.batches import Due
from yibao.store.models import BankMessage, BankResult, BatchItem, Case, PaymentBatch

REASONLESS = "银行退回，未说明原因"


@dataclass(frozen=True, slots=True)
class Group:
    """What one batch could hold.

    Attributes:
        region: Pooling area whose fund pays.
        scheme: employee or resident.
        flow: original or slip.
        dues: The cases.
    """

    region: str
    scheme: str
    flow: str
    dues: tuple[Due, ...]

    @property
    def total_fen(self) -> int:
        """Return the sum of what is owed."""
        return sum(due.amount_fen for due in self.dues)


@cache
def _actions(service: str) -> ModuleType | None:
    name = f"yibao.services.{service}.actions"
    found = import_module(name) if find_spec(name) else None
    return found if hasattr(found, "dues") else None


def due(*, by: Actor) -> tuple[list[Group], list[Due]]:
    """Return what could go into a batch, grouped, and what could not, each with the code of its hindrance.

    Args:
        by: Finance; a case they may not pay themselves is no part of a batch they make.
    """
    region = by.region or ""
    found = [one for name in yibao.services.find() if (own := _actions(name)) for one in own.dues(office=region)]
    codes = batches.clearing_codes({one.account.bank_name for one in found if one.account})
    waiting = set(
        BatchItem.objects.filter(case__in=[one.case for one in found], payment__isnull=True, left_out="").values_list(
            "case_id", flat=True
        )
    )
    looked_at = [_looked_at(one, codes, by) for one in found if one.case.pk not in waiting]
    groups: dict[tuple[str, str, str], list[Due]] = {}
    for one in looked_at:
        if not one.hindrance:
            groups.setdefault((one.region, one.scheme, one.flow), []).append(one)
    return [Group(*key, tuple(dues)) for key, dues in groups.items()], [one for one in looked_at if one.hindrance]


def _looked_at(one: Due, codes: dict[str, str], by: Actor) -> Due:
    if one.hindrance:
        return one
    if one.account is None or one.account.bank_name not in codes:
        return replace(one, hindrance="no_clearing_code")
    try:
        rights.check(standing=cases.standing(one.case), actor=by, verb="pay")
    except Refused as no:
        return replace(one, hindrance=no.refusal.code)
    return one


def make(*, region: str, scheme: str, flow: str, key: str, by: Actor, on: date, at: datetime) -> PaymentBatch:
    """Collect what is due into a batch; the same key again returns the same batch.

    Args:
        region: Pooling area.
        scheme: employee or resident.
        flow: original or slip.
        key: Made with the page that shows the button.
        by: Finance.
        on: Business date.
        at: The moment.

    Raises:
        Refused: nothing_due, no_payer_account, not_your_role, not_your_region.
    """
    batches.may_pay(by=by, region=region)
    groups, _ = due(by=by)
    dues = [one for group in groups if (group.region, group.scheme, group.flow) == (region, scheme, flow)
            for one in group.dues]  # fmt: skip
    return batches.make(region=region, scheme=scheme, flow=flow, dues=dues, key=key, by=by, on=on, at=at)


def release(*, number: str, key: str, by: Actor, on: date, at: datetime) -> PaymentBatch:
    """Release a batch, pay its cases and write its file; never by the one who made it.

    Raises:
        Refused: batch_two_persons, batch_wrong_state, not_your_role, not_your_region, no_such_batch.
    """
    batches.release(number=number, key=key, by=by, on=on, at=at)
    return carry_on(number=number, by=by, on=on, at=at)


def carry_on(*, number: str, by: Actor, on: date, at: datetime) -> PaymentBatch:
    """Pay what still waits in a released batch, then write its file; harmless when all of it is done.

    A case that can no longer be paid is left out with the code of its refusal.

    Args:
        number: The batch.
        by: Finance, but not the maker.
        on: Business date and accounting date of the payments.
        at: The moment.

    Raises:
        Refused: batch_two_persons, batch_wrong_state, not_your_role, not_your_region, no_such_batch.
    """
    batch = batches.get(number)
    batches.may_pay(by=by, region=batch.region)
    if by.user_id == batch.made_by_id:
        raise batches.refuse("batch_two_persons", number)
    for item in batches.waiting_items(batch) if batch.state == "released" else ():
        try:
            actions_of(item.case).pay(number=item.case.number, key=number, by=by, on=on, at=at, batch=number)
        except Refused as no:
            batches.leave_out(item=item, why=no.refusal.code)
    return batches.seal(number=number, by=by, at=at)


def actions_of(case: Case) -> ModuleType:
    """Return the actions of the service a case belongs to."""
    found = _actions(case.service)
    if found is None:
        raise LookupError(f"the service {case.service} pays nothing")
    return found


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
            actions_of(case).confirm_paid(reference=line.reference or line.end_to_end, **shared)
        elif effect == "bounced":
            actions_of(case).bounced(reason=line.reason or REASONLESS, **shared)
        return bank.record(message=message, line=place, said=line, payment=payment, effect=effect)
