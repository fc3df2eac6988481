"""What is done when another place asks: this place's case is opened, its checks are made, and it is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from yibao.casework.actors import Actor
from yibao.casework.standing import OTHER_PLACE
from yibao.kernel.errors import InputInvalid, Refusal, Refused
from yibao.services.relocation import messages
from yibao.services.relocation.actions import calling_off, looking, saying
from yibao.services.relocation.actions.applying import SERVICE, new_number, new_numbers
from yibao.services.relocation.actions.refusals import REFUSALS, refused
from yibao.services.relocation.actions.several import Overtaken
from yibao.services.relocation.models import AccountMove, Transfer
from yibao.services.relocation.workflow import IN, OUT, Stage
from yibao.store import cases, exchange, persons, ready
from yibao.store.models import BankAccount, Case, InboxMessage, Person
from yibao.store.planned import AT_ONCE, Together, Writer

KIND = "transfer.request"


@exchange.handles(KIND)
def requested(message: InboxMessage, *, at: datetime) -> None:
    """Open this place's case, make its checks, and answer."""
    said: messages.Request = messages.read(kind=message.kind, body=message.body)
    on = looking.day_of(at)
    row = _side_of(message, said, on)
    if Transfer.objects.filter(thread=message.thread, side=row.side).exists():
        return
    who = persons.find(identity=said.person.identity, kind=said.person.identity_kind)
    if who is None or who.name != said.person.name:
        row.person_id = who.pk if who else None
        code = "names_differ" if who else "not_known_there"
        saying.not_here(row, refusals=[REFUSALS[code]], found=[], on=on, at=at)
        return
    row.person = Person.objects.select_for_update().get(pk=who.pk)
    case = _opened(row, on=on, at=at)
    keep_bank(row, bank=said.bank, at=at)
    refusals, found = looking.hindrances(row, on=on)
    row.checks["own"] = [each.plain() for each in found]
    if refusals:
        _not_here(case, row, refusals, found, on=on, at=at)
        return
    row.stage, row.live = Stage.PASSED, True
    row.save(update_fields=["stage", "live", "checks"])
    saying.checked(row, found=found, on=on, at=at)


def _side_of(message: InboxMessage, said: messages.Request, on: date) -> Transfer:
    """Return this place's side of what is asked, not stored.

    Raises:
        Refused: not_of_this_transfer; the message is not from the place it says.
    """
    side = IN if said.side == OUT else OUT
    ends = {OUT: looking.area(said.source, on=on), IN: looking.area(said.target, on=on)}
    if (message.sender, message.receiver) != (ends[said.side], ends[side]):
        raise refused("not_of_this_transfer", message.sender)
    return Transfer(
        thread=message.thread, side=side, place=message.receiver, source=said.source, target=said.target,
        applied_here=False, by=said.by, channel=said.channel, materials=list(said.materials), live=False,
        told=told(said.relation), checks={"other": [each.plain() for each in said.checks]},
    )  # fmt: skip


def told(relation: messages.Relation | None) -> dict[str, object]:
    """Return the relation another place told, as it is kept."""
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
    row.case = cases.act(number=case.number, kind="submit", by=by, at=at, on=on, data={"awaits": OTHER_PLACE})
    return row.case


def keep_bank(row: Transfer, *, bank: messages.Bank | None, at: datetime, writer: Writer = AT_ONCE) -> None:
    """Keep where the new place wants the money."""
    if _add_bank(row, bank, at, writer):
        writer.change(row.money, "bank_account")


def _add_bank(row: Transfer, bank: messages.Bank | None, at: datetime, writer: Writer) -> bool:
    """Add the account the new place wants the money on; return whether it goes into the money's row."""
    if row.side != OUT or bank is None:
        return False
    account = BankAccount(
        agency=row.target, bank_name=bank.bank, holder=bank.holder, number=bank.number, added_at=at,
        case_number=row.case.number,
    )  # fmt: skip
    writer.add(account, into=(row.money, "bank_account"))
    return True


def _not_here(
    case: Case, row: Transfer, refusals: list[Refusal], found: list[messages.Found], *, on: date, at: datetime
) -> None:
    case.transfer = row
    saying.not_here(row, refusals=refusals, found=found, on=on, at=at)
    calling_off.not_accepted(case, reasons=looking.reasons(refusals), on=on, at=at)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request that can be answered with the others: its person is found, and nothing hinders it here."""

    message: InboxMessage
    said: messages.Request
    row: Transfer
    found: list[messages.Found]


def requested_all(rows: Sequence[InboxMessage], *, at: datetime) -> list[InboxMessage]:
    """Open the cases of many requests, make the checks and answer; return those done, the others are done alone."""
    on = looking.day_of(at)
    clean = _clean(_readable(rows, on), on)
    if not clean:
        return []
    writer, by = Together(held=[], at=at), Actor.platform()
    steps = [_opening(one.row, number, on=on, at=at) for one, number in zip(clean, _numbers(clean, on), strict=True)]
    ready.insert_keyed([step.case for step in steps])
    for one, step in zip(clean, steps, strict=True):
        row = one.row
        row.case, row.stage, row.live = step.case, Stage.PASSED, True
        row.checks["own"] = [each.plain() for each in one.found]
        row.money = AccountMove(transfer=row)
        _add_bank(row, one.said.bank, at, writer)
        writer.opened(step.case, step)
        writer.act(step.case, "submit", by=by, at=at, on=on, data={"awaits": OTHER_PLACE})
        writer.add(row)
        writer.add(row.money)
        saying.checked(row, found=one.found, on=on, at=at, writer=writer)
    done = [one.message for one in clean]
    if writer.send(beside=lambda writes: exchange.mark_done(done, writes=writes, at=at)) != len(done):
        raise Overtaken
    return done


def _readable(rows: Sequence[InboxMessage], on: date) -> list[tuple[InboxMessage, messages.Request, Transfer]]:
    """Return the requests that are new here, with this place's side of each."""
    known = set(Transfer.objects.filter(thread__in=[row.thread for row in rows]).values_list("thread", "side"))
    found = []
    for message in rows:
        with suppress(Refused, InputInvalid):
            said: messages.Request = messages.read(kind=message.kind, body=message.body)
            row = _side_of(message, said, on)
            if (row.thread, row.side) not in known:
                found.append((message, said, row))
    return found


def _clean(asked: Sequence[tuple[InboxMessage, messages.Request, Transfer]], on: date) -> list[_Asked]:
    """Return the requests whose person is known here by this name, is asked for once, and whom nothing hinders."""
    people: dict[tuple[str, str], Person] = {}
    for kind in sorted({said.person.identity_kind for _, said, _ in asked}):
        numbers = {said.person.identity for _, said, _ in asked if said.person.identity_kind == kind}
        people |= {(kind, number): who for number, who in persons.find_all(identities=numbers, kind=kind).items()}
    times = Counter((said.person.identity_kind, said.person.identity) for _, said, _ in asked)
    known = []
    for message, said, row in asked:
        key = (said.person.identity_kind, said.person.identity)
        who = people.get(key)
        if who is not None and who.name == said.person.name and times[key] == 1:
            row.person = who
            known.append((message, said, row))
    looking.gather([row for _, _, row in known], on=on)
    found = []
    for message, said, row in known:
        with suppress(InputInvalid):
            refusals, checks = looking.hindrances(row, on=on)
            if not refusals:
                found.append(_Asked(message, said, row, checks))
    return found


def _numbers(clean: Sequence[_Asked], on: date) -> list[str]:
    places = Counter(one.row.place for one in clean)
    taken = {place: iter(new_numbers(place=place, on=on, count=many)) for place, many in sorted(places.items())}
    return [next(taken[one.row.place]) for one in clean]


def _opening(row: Transfer, number: str, *, on: date, at: datetime) -> cases.Step:
    return cases.opening(
        number=number, service=SERVICE, region=row.source if row.side == OUT else row.target, person_id=row.person_id,
        by=Actor.platform(), at=at, on=on,
    )  # fmt: skip


exchange.handles_together(kind=KIND, handler=requested_all)
