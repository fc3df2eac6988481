"""What is done with each message of a transfer. One handler for each kind; each changes nothing the second time.

A handler never refuses what two honest places may say to each other while their messages cross: it looks at the stage
of its own side and lets what came too late pass.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from yibao.casework.actors import Actor
from yibao.casework.standing import OTHER_PLACE
from yibao.casework.states import State
from yibao.services.relocation import messages, workflow
from yibao.services.relocation.actions import asked, calling_off, leaving, looking, money, saying, several, tables
from yibao.services.relocation.models import Table, Transfer
from yibao.services.relocation.workflow import BEFORE_TABLE, ENDED, OUT, Money, Stage
from yibao.store import cases
from yibao.store.models import Case
from yibao.store.planned import Writer

if TYPE_CHECKING:
    from yibao.store.models import InboxMessage


@several.said("transfer.checks")
def checked(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """Both places are satisfied: look once more here, accept, and tell the day."""
    said: messages.Checks = messages.read(kind=message.kind, body=message.body)
    on = looking.day_of(at)
    if case is None or case.transfer.stage != Stage.CHECKING:
        return
    row = case.transfer
    row.told = asked.told(said.relation)
    row.checks = {**row.checks, "other": [each.plain() for each in said.checks]}
    asked.keep_bank(row, bank=said.bank, at=at, writer=writer)
    refusals, _ = looking.hindrances(row, on=on)
    if refusals:
        several.alone(writer)
        saying.cancellation(row, code=refusals[0].code, on=on, at=at)
        calling_off.not_accepted(case, reasons=looking.reasons(refusals), on=on, at=at)
        return
    _accept(case, row, on=on, at=at, writer=writer)
    saying.accepted(row, on=on, at=at, writer=writer)


@several.said("transfer.accepted")
def accepted(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """Accept here too, from the day the other place did."""
    said: messages.Accepted = messages.read(kind=message.kind, body=message.body)
    if case is not None and case.transfer.stage == Stage.PASSED:
        _accept(case, case.transfer, on=said.accepted_on, at=at, writer=writer)


def _accept(case: Case, row: Transfer, *, on: date, at: datetime, writer: Writer) -> None:
    terms = looking.terms(row, on=on)
    row.type, row.accepted_on, row.stage = terms.type or "", on, Stage.ACCEPTED
    row.days = {**terms.days, "mode": terms.account_mode}
    writer.change(row, "type", "accepted_on", "stage", "days", "told", "checks")
    names = ("out",) if row.side == OUT else ("total",)
    clocks = {name: days for name in names if (days := terms.days[name]) is not None}
    awaits = "" if row.side == OUT else OTHER_PLACE
    data = {"levels": [dict(level) for level in workflow.LEVELS], "clocks": clocks, "awaits": awaits}
    writer.act(case, "accept", by=Actor.platform(), at=at, on=on, data=data)


@several.said("transfer.refusal", alone=True)
def refused_there(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """The other place does not accept it: close here with its reason."""
    said: messages.NotHere = messages.read(kind=message.kind, body=message.body)
    on = looking.day_of(at)
    if case is None or case.transfer.stage != Stage.CHECKING:
        return
    row = case.transfer
    row.checks = {**row.checks, "other": [each.plain() for each in said.checks]}
    calling_off.not_accepted(case, reasons=said.reasons, on=on, at=at, place=row.other)


@several.said("transfer.table")
def table_came(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """Keep the table, begin the way in, and know what money will come."""
    said: messages.TableBody = messages.read(kind=message.kind, body=message.body)
    on = looking.day_of(at)
    if case is None or case.transfer.stage not in (Stage.ACCEPTED, Stage.TABLE_RETURNED):
        return
    row, account = case.transfer, said.account
    body = {"rows": [each.plain() for each in said.rows], "account": account.plain()}
    seen = tables.evidence(body, version=said.version)
    writer.add(
        Table(transfer=row, version=said.version, body=body, evidence_hash=seen, state="received", made_on=said.sent_on)
    )
    _announced(row, account, writer)
    row.stage, row.sent_on, row.received_on = Stage.TABLE_SENT, said.sent_on, on
    writer.change(row, "stage", "sent_on", "received_on")
    days = row.days.get("in")
    data = {"amount_fen": account.amount_fen, "step": "table_received", "version": said.version, "awaits": "",
            "clocks": {} if days is None else {"in": days}}  # fmt: skip
    writer.act(case, "decide", by=Actor.system(), at=at, on=on, evidence_hash=seen, data=data)


def _announced(row: Transfer, account: messages.AccountTold, writer: Writer) -> None:
    move, names = row.money, tuple(account.plain())
    for name, value in account.plain().items():
        setattr(move, name, value)
    if move.state in (Money.HERE, Money.ANNOUNCED):
        move.state = Money.ANNOUNCED if account.amount_fen else Money.NONE
        if account.mode == "stays":
            move.state = Money.STAYS
    writer.change(move, *names, "state")


@several.said("transfer.loaded")
def loaded_there(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """The relation is the new place's: end it here, keep the copy, and close unless money has to be paid."""
    said: messages.Loaded = messages.read(kind=message.kind, body=message.body)
    on = looking.day_of(at)
    if case is None or case.transfer.stage != Stage.TABLE_SENT:
        return
    row = case.transfer
    row.stage, row.loaded_on, row.ended_on, row.live = Stage.LOADED, said.loaded_on, on, False
    writer.change(row, "stage", "loaded_on", "ended_on", "live")
    table = tables.latest(row)
    if table is None or table.version != said.version:
        several.alone(writer)
        row.tables.filter(version=said.version).update(state="loaded")
    else:
        table.state = "loaded"
        writer.change(table, "state")
    _end_relation(row, on=on, writer=writer)
    data = {"step": "relation_ended", "loaded_on": said.loaded_on.isoformat()}
    case = writer.act(case, "note", by=Actor.system(), at=at, on=on, data=data)
    if case.state == State.APPROVED and row.money.state in (Money.NONE, Money.STAYS):
        writer.act(case, "complete", by=Actor.system(), at=at, on=on)


def _end_relation(row: Transfer, *, on: date, writer: Writer) -> None:
    for each in leaving.relations(row, on=on):
        if each.status == "normal" and each.end is not None and each.end > on:
            # A resident who moves with the year is insured here to its end.
            continue
        each.status, each.end = "ended", each.end or max(on, calling_off.after(each.start))
        writer.change(each, "status", "end")
    leaving.leave(row, on=on, writer=writer)


@several.said("transfer.money_notice")
def money_told(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """Keep under which reference the money comes."""
    said: messages.MoneyNotice = messages.read(kind=message.kind, body=message.body)
    if case is not None and not case.transfer.money.notice.get("reference"):
        move = case.transfer.money
        move.notice = {**move.notice, "reference": said.reference, "paid_on": said.paid_on.isoformat()}
        writer.change(move, "notice")


@several.said("transfer.receipt")
def receipt_came(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """The other place has the money: the money track ends here."""
    messages.read(kind=message.kind, body=message.body)
    if case is not None and case.transfer.money.state == Money.PAID:
        move = case.transfer.money
        move.state, move.ended_on = Money.SETTLED, looking.day_of(at)
        writer.change(move, "state", "ended_on")


@several.said("transfer.correction", alone=True)
def sent_back(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """The table is wrong: the word is here again; money that was not paid goes back into the account."""
    said: messages.Correction = messages.read(kind=message.kind, body=message.body)
    on = looking.day_of(at)
    if case is None or case.transfer.stage != Stage.TABLE_SENT:
        return
    row = case.transfer
    row.tables.filter(version=said.version).update(state="returned", why=said.why)
    row.stage = Stage.TABLE_RETURNED
    row.save(update_fields=["stage"])
    data = {"step": "table_returned", "version": said.version}
    if case.state != State.APPROVED:
        cases.act(number=case.number, kind="note", by=Actor.system(), at=at, on=on, data=data)
        return
    money.back_home(row, on=on, at=at)
    leaving.stay(row)
    days = row.days.get("out")
    clocks = {} if days is None else {"out": days}
    data = {**data, "clocks": clocks, "awaits": ""}
    cases.act(number=case.number, kind="evidence_changed", by=Actor.system(), at=at, on=on, data=data)


@several.said("transfer.cancellation", alone=True)
def called_off(*, message: InboxMessage, case: Case | None, writer: Writer, at: datetime) -> None:
    """The other place ends it, or asks this one to: the old place decides until the table has gone."""
    said: messages.Cancellation = messages.read(kind=message.kind, body=message.body)
    on = looking.day_of(at)
    if case is None or case.transfer.stage in ENDED:
        return
    row, by = case.transfer, Actor.platform()
    if row.side == OUT:
        movable = row.stage in BEFORE_TABLE or (row.stage == Stage.TABLE_RETURNED and not money.paid(row))
        if not movable:
            data = {"step": "withdrawal_too_late"}
            cases.act(number=case.number, kind="note", by=Actor.system(), at=at, on=on, data=data)
            return
        saying.cancellation(row, code=said.code, on=on, at=at)
    calling_off.end(case, because=said.code, by=by, on=on, at=at, reason=said.note, place=row.other)
