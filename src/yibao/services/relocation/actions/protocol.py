"""What is done with each message of a transfer. One handler for each kind; each changes nothing the second time.

A handler never refuses what two honest places may say to each other while their messages cross: it looks at the stage
of its own side and lets what came too late pass.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.casework.standing import OTHER_PLACE
from yibao.casework.states import State
from yibao.kernel.errors import Refusal
from yibao.services.relocation import messages, workflow
from yibao.services.relocation.actions import calling_off, leaving, looking, money, saying, tables
from yibao.services.relocation.actions.applying import SERVICE, new_number
from yibao.services.relocation.actions.refusals import REFUSALS, refused
from yibao.services.relocation.models import AccountMove, Table, Transfer
from yibao.services.relocation.workflow import BEFORE_TABLE, ENDED, IN, OUT, Money, Stage
from yibao.store import cases, exchange, persons
from yibao.store.models import BankAccount, Case, Person

if TYPE_CHECKING:
    from yibao.store.models import InboxMessage


def day_of(at: datetime) -> date:
    """Return the business day of a moment."""
    return at.astimezone(timezone.get_current_timezone()).date()


@exchange.handles("transfer.request")
def requested(message: InboxMessage, *, at: datetime) -> None:
    """Open this place's case, make its checks, and answer."""
    said: messages.Request = messages.read(kind=message.kind, body=message.body)
    on, side = day_of(at), IN if said.side == OUT else OUT
    ends = {OUT: looking.area(said.source, on=on), IN: looking.area(said.target, on=on)}
    if (message.sender, message.receiver) != (ends[said.side], ends[side]):
        raise refused("not_of_this_transfer", message.sender)
    if Transfer.objects.filter(thread=message.thread, side=side).exists():
        return
    row = Transfer(
        thread=message.thread, side=side, place=message.receiver, source=said.source, target=said.target,
        applied_here=False, by=said.by, channel=said.channel, materials=list(said.materials), live=False,
        told=_told(said.relation), checks={"other": [each.plain() for each in said.checks]},
    )  # fmt: skip
    who = persons.find(identity=said.person.identity, kind=said.person.identity_kind)
    if who is None or who.name != said.person.name:
        row.person_id = who.pk if who else None
        code = "names_differ" if who else "not_known_there"
        saying.not_here(row, refusals=[REFUSALS[code]], found=[], on=on, at=at)
        return
    row.person = Person.objects.select_for_update().get(pk=who.pk)
    case = _opened(row, on=on, at=at)
    _bank(row, said.bank, at=at)
    refusals, found = looking.hindrances(row, on=on)
    row.checks["own"] = [each.plain() for each in found]
    if refusals:
        _not_here(case, row, refusals, found, on=on, at=at)
        return
    row.stage, row.live = Stage.PASSED, True
    row.save(update_fields=["stage", "live", "checks"])
    saying.checked(row, found=found, on=on, at=at)


def _told(relation: messages.Relation | None) -> dict[str, object]:
    return {} if relation is None else {k: v for k, v in relation.plain().items() if v is not None}


def _opened(row: Transfer, *, on: date, at: datetime) -> Case:
    """Open and hand in the case of a side that was asked by message."""
    by = Actor.platform()
    place = row.source if row.side == OUT else row.target
    case = cases.open_case(
        number=new_number(place=row.place, on=on), service=SERVICE, region=place, person_id=row.person_id, by=by, at=at,
        on=on,
    )  # fmt: skip
    row.case = case
    row.save(force_insert=True)
    AccountMove.objects.create(transfer=row)
    data = {"awaits": OTHER_PLACE}
    row.case = cases.act(number=case.number, kind="submit", by=by, at=at, on=on, data=data)
    return row.case


def _bank(row: Transfer, bank: messages.Bank | None, *, at: datetime) -> None:
    """Keep where the new place wants the money."""
    if row.side != OUT or bank is None:
        return
    row.money.bank_account = BankAccount.objects.create(
        agency=row.target, bank_name=bank.bank, holder=bank.holder, number=bank.number, added_at=at,
        case_number=row.case.number,
    )  # fmt: skip
    row.money.save(update_fields=["bank_account"])


def _not_here(
    case: Case, row: Transfer, refusals: list[Refusal], found: list[messages.Found], *, on: date, at: datetime
) -> None:
    case.transfer = row
    saying.not_here(row, refusals=refusals, found=found, on=on, at=at)
    calling_off.not_accepted(case, because=refusals[0].code, on=on, at=at)


@exchange.handles("transfer.checks")
def checked(message: InboxMessage, *, at: datetime) -> None:
    """Both places are satisfied: look once more here, accept, and tell the day."""
    said: messages.Checks = messages.read(kind=message.kind, body=message.body)
    case, on = _side(message), day_of(at)
    if case is None or case.transfer.stage != Stage.CHECKING:
        return
    row = case.transfer
    row.told = _told(said.relation)
    row.checks = {**row.checks, "other": [each.plain() for each in said.checks]}
    _bank(row, said.bank, at=at)
    refusals, _ = looking.hindrances(row, on=on)
    if refusals:
        saying.cancellation(row, code=refusals[0].code, on=on, at=at)
        calling_off.not_accepted(case, because=refusals[0].code, on=on, at=at)
        return
    _accept(case, row, on=on, at=at)
    saying.accepted(row, on=on, at=at)


@exchange.handles("transfer.accepted")
def accepted(message: InboxMessage, *, at: datetime) -> None:
    """Accept here too, from the day the other place did."""
    said: messages.Accepted = messages.read(kind=message.kind, body=message.body)
    case = _side(message)
    if case is not None and case.transfer.stage == Stage.PASSED:
        _accept(case, case.transfer, on=said.accepted_on, at=at)


def _accept(case: Case, row: Transfer, *, on: date, at: datetime) -> None:
    terms = looking.terms(row, on=on)
    row.type, row.accepted_on, row.stage = terms.type or "", on, Stage.ACCEPTED
    row.days = {**terms.days, "mode": terms.account_mode}
    row.save()
    names = ("out",) if row.side == OUT else ("total",)
    clocks = {name: days for name in names if (days := terms.days[name]) is not None}
    awaits = "" if row.side == OUT else OTHER_PLACE
    data = {"levels": [dict(level) for level in workflow.LEVELS], "clocks": clocks, "awaits": awaits}
    cases.act(number=case.number, kind="accept", by=Actor.platform(), at=at, on=on, data=data)


@exchange.handles("transfer.refusal")
def refused_there(message: InboxMessage, *, at: datetime) -> None:
    """The other place does not accept it: close here with its reason."""
    said: messages.NotHere = messages.read(kind=message.kind, body=message.body)
    case, on = _side(message), day_of(at)
    if case is None or case.transfer.stage != Stage.CHECKING:
        return
    row = case.transfer
    row.checks = {**row.checks, "other": [each.plain() for each in said.checks],
                  "reasons": [each.plain() for each in said.reasons]}  # fmt: skip
    calling_off.not_accepted(case, because=said.reasons[0].code, on=on, at=at)


@exchange.handles("transfer.table")
def table_came(message: InboxMessage, *, at: datetime) -> None:
    """Keep the table, begin the way in, and know what money will come."""
    said: messages.TableBody = messages.read(kind=message.kind, body=message.body)
    case, on = _side(message), day_of(at)
    if case is None or case.transfer.stage not in (Stage.ACCEPTED, Stage.TABLE_RETURNED):
        return
    row, account = case.transfer, said.account
    body = {"rows": [each.plain() for each in said.rows], "account": account.plain()}
    seen = tables.evidence(body, version=said.version)
    Table.objects.create(
        transfer=row, version=said.version, body=body, evidence_hash=seen, state="received", made_on=said.sent_on
    )
    _announced(row, account)
    row.stage, row.sent_on, row.received_on = Stage.TABLE_SENT, said.sent_on, on
    row.save(update_fields=["stage", "sent_on", "received_on"])
    days = row.days.get("in")
    data = {"amount_fen": account.amount_fen, "step": "table_received", "version": said.version, "awaits": "",
            "clocks": {} if days is None else {"in": days}}  # fmt: skip
    cases.act(number=case.number, kind="decide", by=Actor.system(), at=at, on=on, evidence_hash=seen, data=data)


def _announced(row: Transfer, account: messages.AccountTold) -> None:
    move = row.money
    for name, value in account.plain().items():
        setattr(move, name, value)
    if move.state in (Money.HERE, Money.ANNOUNCED):
        move.state = Money.ANNOUNCED if account.amount_fen else Money.NONE
        if account.mode == "stays":
            move.state = Money.STAYS
    move.save()


@exchange.handles("transfer.loaded")
def loaded_there(message: InboxMessage, *, at: datetime) -> None:
    """The relation is the new place's: end it here, keep the copy, and close unless money has to be paid."""
    said: messages.Loaded = messages.read(kind=message.kind, body=message.body)
    case, on = _side(message), day_of(at)
    if case is None or case.transfer.stage != Stage.TABLE_SENT:
        return
    row = case.transfer
    row.stage, row.loaded_on, row.ended_on, row.live = Stage.LOADED, said.loaded_on, on, False
    row.save(update_fields=["stage", "loaded_on", "ended_on", "live"])
    row.tables.filter(version=said.version).update(state="loaded")
    _end_relation(row, on=on)
    data = {"step": "relation_ended", "loaded_on": said.loaded_on.isoformat()}
    case = cases.act(number=case.number, kind="note", by=Actor.system(), at=at, on=on, data=data)
    if case.state == State.APPROVED and row.money.state in (Money.NONE, Money.STAYS):
        cases.act(number=case.number, kind="complete", by=Actor.system(), at=at, on=on)


def _end_relation(row: Transfer, *, on: date) -> None:
    for each in leaving.relations(row, on=on):
        if each.status == "normal" and each.end is not None and each.end > on:
            # A resident who moves with the year is insured here to its end.
            continue
        each.status, each.end = "ended", each.end or max(on, calling_off.after(each.start))
        each.save(update_fields=["status", "end"])
    leaving.leave(row, on=on)


@exchange.handles("transfer.money_notice")
def money_told(message: InboxMessage, *, at: datetime) -> None:
    """Keep under which reference the money comes."""
    said: messages.MoneyNotice = messages.read(kind=message.kind, body=message.body)
    case = _side(message)
    if case is not None and not case.transfer.money.notice.get("reference"):
        move = case.transfer.money
        move.notice = {**move.notice, "reference": said.reference, "paid_on": said.paid_on.isoformat()}
        move.save(update_fields=["notice"])


@exchange.handles("transfer.receipt")
def receipt_came(message: InboxMessage, *, at: datetime) -> None:
    """The other place has the money: the money track ends here."""
    messages.read(kind=message.kind, body=message.body)
    case = _side(message)
    if case is not None and case.transfer.money.state == Money.PAID:
        move = case.transfer.money
        move.state, move.ended_on = Money.SETTLED, day_of(at)
        move.save(update_fields=["state", "ended_on"])


@exchange.handles("transfer.correction")
def sent_back(message: InboxMessage, *, at: datetime) -> None:
    """The table is wrong: the word is here again; money that was not paid goes back into the account."""
    said: messages.Correction = messages.read(kind=message.kind, body=message.body)
    case, on = _side(message), day_of(at)
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


@exchange.handles("transfer.cancellation")
def called_off(message: InboxMessage, *, at: datetime) -> None:
    """The other place ends it, or asks this one to: the old place decides until the table has gone."""
    said: messages.Cancellation = messages.read(kind=message.kind, body=message.body)
    case, on = _side(message), day_of(at)
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
    calling_off.end(case, because=said.code, by=by, on=on, at=at)


def _side(message: InboxMessage) -> Case | None:
    """Return this place's case of a thread with its transfer, locked; None where the thread never came to be one.

    Raises:
        Refused: not_of_this_transfer; the sender is not the other place.
    """
    mine = Transfer.objects.filter(thread=message.thread, place=message.receiver).select_related("case").first()
    if mine is None:
        return None
    if looking.area(mine.other, on=mine.case.opened_on) != message.sender:
        raise refused("not_of_this_transfer", message.sender)
    return cases.locked(mine.case.number, beside=Transfer)
