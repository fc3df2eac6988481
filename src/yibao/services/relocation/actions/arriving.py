"""The account's money at the new place, on its own clock: matched when it came, credited by another person."""

from datetime import date, datetime

from django.db import transaction

from yibao.casework.actors import Actor, prefix_of
from yibao.kernel.workdays import add_working_days
from yibao.services.relocation.actions import money, paying, saying, tables
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import AccountMove, Transfer
from yibao.services.relocation.workflow import IN, Money, Stage
from yibao.store import cases
from yibao.store.models import Case
from yibao.store.planned import AT_ONCE, Writer

_OF_ARRIVAL = (
    "state", "arrived_on", "arrived_by", "notice", "working_days", "due_on", "due_provisional", "ended_on",
)  # fmt: skip


def arrived(*, number: str, amount_fen: int, reference: str, by: Actor, on: date, at: datetime) -> Case:
    """Match money that came from the old place with its transfer; its clock begins. Matched twice, it came once.

    Where the account was credited first, this clears it.

    Args:
        number: Number of the new place's case.
        amount_fen: What came.
        reference: The bank's.
        by: Finance.
        on: The day it came; accounting date.
        at: The moment.

    Raises:
        Refused: money_differs, no_money_moves, table_not_yet, no_payment_reference, not_on_this_side, not_your_role.
    """
    text = paying.named(reference)
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        return matched(case, amount_fen=amount_fen, reference=text, by=by, on=on, at=at, writer=AT_ONCE)


def matched(case: Case, *, amount_fen: int, reference: str, by: Actor, on: date, at: datetime, writer: Writer) -> Case:
    """Plan or do `arrived` on a locked case."""
    row = _mine(case, by, "finance")
    move = row.money
    if move.arrived_on is not None:
        return case
    if move.state not in (Money.ANNOUNCED, Money.CREDITED):
        raise refused("no_money_moves" if move.state in (Money.NONE, Money.STAYS) else "table_not_yet")
    if amount_fen != move.amount_fen:
        raise refused("money_differs", amount_fen, move.amount_fen)
    money.arrive(row, on=on, at=at, writer=writer)
    cleared = move.state == Money.CREDITED
    move.state = Money.CLEARED if cleared else Money.ARRIVED
    move.arrived_on, move.arrived_by = on, by.id
    move.notice = {**move.notice, "arrived_reference": reference}
    _clock(move, row, on)
    if cleared:
        move.ended_on = on
        saying.receipt(row, amount_fen=amount_fen, on=on, at=at, writer=writer)
    writer.change(move, *_OF_ARRIVAL)
    data = {"step": "money_cleared" if cleared else "money_arrived", "reference": reference}
    return writer.act(case, "note", by=by, at=at, on=on, data=data)


def _clock(move: AccountMove, row: Transfer, on: date) -> None:
    days = row.days.get("money")
    move.working_days = days
    if days is not None:
        due = add_working_days(day=on, n=days)
        move.due_on, move.due_provisional = due.day, due.provisional


def credit(*, number: str, by: Actor, on: date, at: datetime) -> Case:
    """Credit the money that came to the person's account; the money track ends. Credited twice, it was credited once.

    Args:
        number: Number of the new place's case.
        by: Finance, another person than the one who matched it.
        on: Accounting date.
        at: The moment.

    Raises:
        Refused: years_first, money_two_persons, no_money_moves, not_on_this_side, not_your_role.
    """
    with transaction.atomic():
        return credited(cases.locked(number, beside=Transfer), by=by, on=on, at=at, writer=AT_ONCE)


def credited(case: Case, *, by: Actor, on: date, at: datetime, writer: Writer) -> Case:
    """Plan or do `credit` on a locked case."""
    row = _mine(case, by, "finance")
    move = row.money
    if move.state in (Money.CREDITED, Money.CLEARED):
        return case
    if move.state != Money.ARRIVED:
        raise refused("no_money_moves")
    if row.stage != Stage.LOADED:
        raise refused("years_first")
    if by.id == move.arrived_by:
        raise refused("money_two_persons")
    money.credit(row, on=on, at=at, writer=writer)
    move.state, move.ended_on = Money.CREDITED, on
    writer.change(move, "state", "ended_on")
    saying.receipt(row, amount_fen=move.amount_fen, on=on, at=at, writer=writer)
    return writer.act(case, "note", by=by, at=at, on=on, data={"step": "money_credited"})


def _mine(case: Case, by: Actor, role: str) -> Transfer:
    tables.needs(by=by, role=role, case=case)
    row: Transfer = case.transfer
    if row.side != IN:
        raise refused("not_on_this_side")
    return row


def waiting_money(*, office: str) -> list[AccountMove]:
    """Return the money tracks of an office that are not at their end, those with a limit first by their due day.

    Args:
        office: Six digits; everything below it counts.
    """
    waiting = AccountMove.objects.filter(
        transfer__side=IN, state__in=[Money.ANNOUNCED, Money.ARRIVED, Money.CREDITED], ended_on=None,
        transfer__case__region__startswith=prefix_of(office),
    )  # fmt: skip
    found = waiting.select_related("transfer__case", "transfer__person")
    return sorted(found, key=lambda move: (move.due_on is None, move.due_on or date.max, move.pk))
