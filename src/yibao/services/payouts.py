"""Money out, for every service: what is due goes into batches, batches go to the bank, answers come back.

A service takes part when its `actions` have `dues`, `pay`, `confirm_paid` and `bounced`. Nothing here is one long
transaction: a batch is released in one, each case is paid in one of its own, the file is sealed in one. Killed in
between, `carry_on` goes on where it stopped.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib import import_module
from types import ModuleType

import yibao.services
from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.store import batches, cases
from yibao.store.batches import Due
from yibao.store.models import BatchItem, Case, PaymentBatch


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
    found = import_module(f"yibao.services.{service}.actions")
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
