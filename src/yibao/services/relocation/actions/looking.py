"""What one place knows of a transfer: its own record and what the other place told, judged by the rules of both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from yibao import services
from yibao.kernel.errors import InputInvalid, Refusal
from yibao.kernel.money import Money
from yibao.ledger.accounts import Account, AccountKind
from yibao.policy import Packs
from yibao.services.relocation import messages
from yibao.services.relocation.actions.refusals import REFUSALS
from yibao.services.relocation.models import Arrears, Transfer
from yibao.services.relocation.rules import transfer as rules
from yibao.services.relocation.rules.decision import Refusal as RuleRefusal
from yibao.services.relocation.rules.places import pool_of
from yibao.services.relocation.rules.shape import RelocationCase
from yibao.services.relocation.workflow import IN, OUT
from yibao.store import posting, ready, recorded, situations, together
from yibao.store.models import Enrolment, ExchangePartner, PayerAccount, Person

SCHEME = "employee"
"""Only the employee scheme has personal accounts."""
_TOLD, DOUBLE_IDENTITY = "told", "double_identity"


def day_of(at: datetime) -> date:
    """Return the business day of a moment."""
    return at.astimezone(timezone.get_current_timezone()).date()


def area(code: str, *, on: date) -> str:
    """Return the pooling area of a place: messages, books and open transfers are kept by it."""
    return pool_of(code=code, places=services.packs(), on=on)


def relations(*, person_id: UUID, on: date) -> dict[str, Enrolment]:
    """Return a person's latest relation in every pooling area, the newest first.

    Args:
        person_id: Whose.
        on: Today.
    """
    found: dict[str, Enrolment] = {}
    for row in Enrolment.objects.filter(person_id=person_id).order_by("-start", "-pk"):
        try:
            found.setdefault(area(row.region, on=on), row)
        except InputInvalid:
            # Nothing is known of that place: it cannot be asked.
            continue
    return found


def account(*, person_id: UUID, place: str, on: date) -> Account:
    """Return a person's personal account at a place."""
    return Account(AccountKind.PERSONAL, area(place, on=on), SCHEME, person_id)


def signed(fen: int) -> str:
    """Return an amount that may be below zero as the case file writes it.

    Examples:
        >>> signed(-1250)
        '-12.50'
    """
    return f"{'-' if fen < 0 else ''}{Money(abs(fen))}"


@dataclass(frozen=True, slots=True)
class Known:
    """What a place has on record that a transfer rests on, read once for as long as a row of it is held.

    Attributes:
        record: Of the person.
        balance_fen: Of their account at the old place; 0 at the new one.
        owed_fen: What they owe at the old place; 0 at the new one.
        other: Another transfer of theirs that is open at this place.
        bank: Where the new place wants the money; None at the old one, or where it keeps no such account.
    """

    record: situations.Record
    balance_fen: int
    owed_fen: int
    other: Transfer | None
    bank: messages.Bank | None


_TRANSFERS, _ARREARS, _PAYERS = ready.Reader(Transfer), ready.Reader(Arrears), ready.Reader(PayerAccount)
_LIVE = f"SELECT {_TRANSFERS.columns} FROM relocation_transfer WHERE person_id {{among}} AND live"
_OWED = f"SELECT {_ARREARS.columns} FROM relocation_arrears WHERE person_id {{among}} AND cleared_on IS NULL"
_BANKS = (
    f"SELECT {_PAYERS.columns}, store_clearingmember.bank_name FROM store_payeraccount JOIN store_clearingmember"
    " ON store_clearingmember.code = store_payeraccount.clearing_code"
    " WHERE store_payeraccount.region {among} AND store_payeraccount.scheme {among}"
)


def along(transfer: Transfer) -> list[Transfer]:
    """Return the transfers that are locked and taken a step together with one, itself among them."""
    found: list[Transfer] = getattr(transfer, "along", [transfer])
    return found


def known(transfer: Transfer, *, on: date) -> Known:
    """Return what this place has on record; read once, with the locked row it is asked for."""
    if not hasattr(transfer, "known"):
        gather(along(transfer), on=on)
    found: Known = transfer.known
    return found


def gather(
    transfers: Sequence[Transfer], *, on: date, beside: Sequence[together.Select] = ()
) -> list[list[Sequence[Any]]]:
    """Read what places have on record for many transfers, in one statement however many they are.

    Args:
        transfers: The transfers, held until the caller's transaction ends where a step is to follow.
        on: Today.
        beside: What is to be read along.

    Returns:
        The rows of each read in `beside`.
    """
    if not transfers:
        return [[] for _ in beside]
    persons, places = list({each.person_id: None for each in transfers}), list({each.place for each in transfers})
    leaving = [each for each in transfers if each.side == OUT]
    accounts = {each.person_id: account(person_id=each.person_id, place=each.source, on=on) for each in leaving}
    reads = [*beside, recorded.select(persons), _select(_LIVE, Transfer, persons)]
    if leaving:
        reads += [posting.held_select(accounts.values()), _select(_OWED, Arrears, list(accounts))]
    if len(leaving) < len(transfers):
        reads.append(together.Select(_BANKS, (*together.kinds_of(PayerAccount), "text"), (places, [SCHEME])))
    found = together.read(*reads)
    record, live, *of_old = found[len(beside) :]
    banks = _banks(of_old.pop()) if len(leaving) < len(transfers) else {}
    held, owed = of_old or ((), ())
    records, balances = situations.records_of(record, person_ids=persons), {str(code): int(fen) for code, fen in held}
    opened, owing = _by_place(live, _TRANSFERS), _by_place(owed, _ARREARS)
    for each in transfers:
        here, own = (each.person_id, each.place), accounts[each.person_id].code if each.side == OUT else ""
        each.known = Known(
            record=records[each.person_id],
            balance_fen=balances.get(own, 0),
            owed_fen=sum(row.amount_fen for row in owing.get(here, ())) if own else 0,
            other=next((row for row in opened.get(here, ()) if row.thread != each.thread), None),
            bank=None if own else banks.get(each.place),
        )
    return found[: len(beside)]


def _by_place(rows: Sequence[Sequence[Any]], reader: ready.Reader[Any]) -> dict[tuple[UUID, str], list[Any]]:
    """Return rows by their person and place."""
    found: dict[tuple[UUID, str], list[Any]] = {}
    for row in map(reader.made, rows):
        found.setdefault((row.person_id, row.place), []).append(row)
    return found


def _select(sql: str, model: type[Model], persons: Sequence[UUID]) -> together.Select:
    return together.Select(sql, together.kinds_of(model), (persons,))


def _banks(rows: Sequence[Sequence[Any]]) -> dict[str, messages.Bank]:
    """Return the account of each place; of a bank under several names by the first of them."""
    held = [(str(row[-1]), _PAYERS.made(row[:-1])) for row in sorted(rows, key=itemgetter(-1), reverse=True)]
    return {payer.region: messages.Bank(bank=name, holder=payer.holder, number=payer.number) for name, payer in held}


def records(transfer: Transfer, *, on: date) -> dict[str, Any]:
    """Return what this place finds in its own books and lists, in the form of the case file."""
    found = dict(transfer.records)
    if transfer.side == "out":
        own = known(transfer, on=on)
        if own.owed_fen:
            found["arrears"] = str(Money(own.owed_fen))
        found["account_balance"] = signed(own.balance_fen)
    found["open_transfer"] = known(transfer, on=on).other is not None
    return found


def case_file(transfer: Transfer, *, on: date) -> dict[str, Any]:
    """Return the case file of a transfer as this place sees it: its own relations, and the other's as told."""
    request = {
        "ask": "transfer", "from": transfer.source, "to": transfer.target, "by": transfer.by,
        "at": transfer.source if transfer.side == "out" else transfer.target, "records": records(transfer, on=on),
    }  # fmt: skip
    whole = situations.filed(
        record=known(transfer, on=on).record, region=transfer.target, on=on, request=request, service="relocation",
        materials=transfer.materials,
    )  # fmt: skip
    own = [each for each in whole["enrolments"] if area(each["region"], on=on) == transfer.place]
    kept = {each["id"] for each in own}
    for name in ("payments", "benefits"):
        whole[name] = [each for each in whole[name] if each["enrolment"] in kept]
    if transfer.told:
        own.append({"id": _TOLD, "region": transfer.other, **transfer.told})
    return {**whole, "enrolments": own, "events": _events(whole["events"], transfer.person_id)}


def _events(found: Sequence[dict[str, Any]], person_id: UUID) -> list[dict[str, Any]]:
    """Return the events of a record; two numbers hinder nobody whose records have been merged."""
    if not any(each["kind"] == DOUBLE_IDENTITY for each in found):
        return list(found)
    merged = Person.objects.filter(merged_into=person_id).exists()
    return [each for each in found if not (merged and each["kind"] == DOUBLE_IDENTITY)]


def read(transfer: Transfer, *, on: date) -> RelocationCase:
    """Return the case file, read strictly; payments that contradict the relations are left out.

    Raises:
        InputInvalid: The same place twice, an unknown place, or another fault of the request.
    """
    return _read(transfer, on=on)[0]


def _read(transfer: Transfer, *, on: date) -> tuple[RelocationCase, bool]:
    """Return the case file, and whether payments on record contradict the relations they are for.

    It is read once as long as what it rests on is the same.
    """
    rests_on = (on, known(transfer, on=on), transfer.told, transfer.records, transfer.materials)
    kept = getattr(transfer, "kept", None)
    if kept is None or any(one is not other for one, other in zip(kept[0], rests_on, strict=True)):
        transfer.kept = kept = (rests_on, _read_anew(transfer, on))
    found: tuple[RelocationCase, bool] = kept[1]
    return found


def _read_anew(transfer: Transfer, on: date) -> tuple[RelocationCase, bool]:
    whole = case_file(transfer, on=on)
    try:
        case, contradicts = services.read(whole), False
    except InputInvalid:
        case, contradicts = services.read({**whole, "payments": [], "benefits": []}), True
    assert isinstance(case, RelocationCase)
    return case, contradicts


def outright(transfer: Transfer, *, on: date) -> Refusal | None:
    """Return what forbids a transfer before anything is checked; None where nothing does.

    Raises:
        InputInvalid: The same place twice, or an unknown place.
    """
    forbids = rules.outright(case=read(transfer, on=on), places=services.packs())
    return None if forbids is None else told(forbids)


def hindrances(transfer: Transfer, *, on: date) -> tuple[list[Refusal], list[messages.Found]]:
    """Return why this place would not accept a transfer, each with its remedy, and what it found with each check.

    Args:
        transfer: This side of it.
        on: Today.

    Raises:
        InputInvalid: The same place twice, or an unknown place.
    """
    (case, contradicts), places = _read(transfer, on=on), services.packs()
    forbids = rules.outright(case=case, places=places)
    if forbids is not None:
        return [told(forbids)], []
    found, crossed = [], _crossed(transfer, on=on)
    died = any(own.died_on for own in known(transfer, on=on).record.person)
    refusals = [REFUSALS["person_died"]] if died else []
    refusals += [REFUSALS["record_contradicts"]] if contradicts else []
    refusals += [crossed] if crossed else []
    place = transfer.source if transfer.side == "out" else transfer.target
    for check in rules.checked_at(case=case, places=places, place=place):
        passed = check.passed and not (check.code == "open_transfer" and crossed)
        found.append(messages.Found(code=check.code, passed=passed, refusal="" if passed else check.refusal))
        if not check.passed and not (check.code == "open_transfer" and crossed):
            refusals.append(told(RuleRefusal(check.refusal)))
    if not _identified(transfer):
        refusals.append(told(RuleRefusal("identity_missing")))
    return refusals, found


@dataclass(frozen=True, slots=True)
class Half:
    """What one place finds with a draft.

    Attributes:
        side: This place's side, stored or as it would be opened.
        refusals: What keeps it from being accepted, each with its remedy.
        found: The checks.
    """

    side: Transfer
    refusals: list[Refusal]
    found: list[messages.Found]


def both(transfer: Transfer, *, on: date) -> list[Half]:
    """Return what each place finds with a draft now, the old place first.

    The other place's half is looked at beforehand only where it is kept here; elsewhere it answers by message.

    Args:
        transfer: The draft's side.
        on: Today.

    Raises:
        InputInvalid: The same place twice, or an unknown place.
    """
    sides = [each for each in (transfer, _mirror(transfer, on=on)) if each is not None]
    return [Half(each, *hindrances(each, on=on)) for each in sorted(sides, key=lambda one: one.side, reverse=True)]


def _mirror(transfer: Transfer, *, on: date) -> Transfer | None:
    """Return the other place's side as it would be opened, not stored; None where another installation keeps it."""
    here = area(transfer.other, on=on)
    if not ExchangePartner.objects.filter(area=here, address="").exists():
        return None
    return Transfer(
        person=transfer.person, thread=transfer.thread, side=IN if transfer.side == OUT else OUT, place=here,
        source=transfer.source, target=transfer.target, applied_here=False, by=transfer.by, channel=transfer.channel,
        materials=transfer.materials, told=relation(transfer, on=on) or {},
    )  # fmt: skip


def _crossed(transfer: Transfer, *, on: date) -> Refusal | None:
    """Return why another open transfer at this place forbids it: the way back of this one, or any other."""
    other = known(transfer, on=on).other
    if other is None:
        return None
    if (other.source, other.target) == (transfer.target, transfer.source):
        return REFUSALS["transfer_crossed"]
    return told(RuleRefusal("other_transfer_open"))


def _identified(transfer: Transfer) -> bool:
    return any(code in rules.IDENTITY for code in transfer.materials)


def told(refusal: RuleRefusal) -> Refusal:
    """Return a reason of the rules as the house tells it."""
    plain = refusal.json()
    return Refusal(
        plain["code"], plain["zh"], plain["en"], plain["next_zh"], plain["next_en"],
        details=("stop_request",) if plain["code"] == "not_stopped" else (),
    )  # fmt: skip


def reasons(refusals: Iterable[Refusal]) -> list[messages.Reason]:
    """Return refusals as a message carries them."""
    names = ("code", "zh", "en", "next_zh", "next_en")
    return [messages.Reason(**{name: getattr(each, name) for name in names}) for each in refusals]


def relation(transfer: Transfer, *, on: date) -> dict[str, Any] | None:
    """Return the latest relation this place has, as it is told to the other."""
    own = [each for each in case_file(transfer, on=on)["enrolments"] if each["id"] != _TOLD]
    if not own:
        return None
    latest = max(own, key=lambda each: str(each["from"]))
    names = ("scheme", "as", "from", "to", "status")
    return {name: latest[name] for name in names if latest.get(name) is not None}


def terms(transfer: Transfer, *, on: date) -> rules.Terms:
    """Return the terms both places keep, by the rules of the day of acceptance."""
    places: Packs = services.packs()
    return rules.terms(case=read(transfer, on=on), places=places)
