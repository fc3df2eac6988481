"""What one place knows of a transfer: its own record and what the other place told, judged by the rules of both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Sum

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
from yibao.store import posting, situations
from yibao.store.models import Enrolment, ExchangePartner, Person

SCHEME = "employee"
"""Only the employee scheme has personal accounts."""
_TOLD, DOUBLE_IDENTITY = "told", "double_identity"


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


def account(*, person: Person, place: str, on: date) -> Account:
    """Return a person's personal account at a place."""
    return Account(AccountKind.PERSONAL, area(place, on=on), SCHEME, person.pk)


def signed(fen: int) -> str:
    """Return an amount that may be below zero as the case file writes it.

    Examples:
        >>> signed(-1250)
        '-12.50'
    """
    return f"{'-' if fen < 0 else ''}{Money(abs(fen))}"


def records(transfer: Transfer, *, on: date) -> dict[str, Any]:
    """Return what this place finds in its own books and lists, in the form of the case file."""
    found = dict(transfer.records)
    if transfer.side == "out":
        owed = Arrears.objects.filter(person=transfer.person, place=transfer.place, cleared_on=None)
        total = owed.aggregate(total=Sum("amount_fen"))["total"]
        if total:
            found["arrears"] = str(Money(total))
        held = account(person=transfer.person, place=transfer.source, on=on)
        found["account_balance"] = signed(posting.personal_balance(held))
    found["open_transfer"] = other_open(transfer) is not None
    return found


def other_open(transfer: Transfer) -> Transfer | None:
    """Return another transfer of the person that is open at this place."""
    open_here = Transfer.objects.filter(person=transfer.person, place=transfer.place, live=True)
    return open_here.exclude(thread=transfer.thread).first()


def case_file(transfer: Transfer, *, on: date) -> dict[str, Any]:
    """Return the case file of a transfer as this place sees it: its own relations, and the other's as told."""
    request = {
        "ask": "transfer", "from": transfer.source, "to": transfer.target, "by": transfer.by,
        "at": transfer.source if transfer.side == "out" else transfer.target, "records": records(transfer, on=on),
    }  # fmt: skip
    whole = situations.case_file(
        person_id=transfer.person_id, region=transfer.target, on=on, request=request, service="relocation",
        materials=transfer.materials,
    )  # fmt: skip
    own = [each for each in whole["enrolments"] if area(each["region"], on=on) == transfer.place]
    kept = {each["id"] for each in own}
    for name in ("payments", "benefits"):
        whole[name] = [each for each in whole[name] if each["enrolment"] in kept]
    if transfer.told:
        own.append({"id": _TOLD, "region": transfer.other, **transfer.told})
    return {**whole, "enrolments": own, "events": _events(whole["events"], transfer.person)}


def _events(found: Iterable[dict[str, Any]], person: Person) -> list[dict[str, Any]]:
    """Return the events of a record; two numbers hinder nobody whose records have been merged."""
    merged = Person.objects.filter(merged_into=person).exists()
    return [each for each in found if not (merged and each["kind"] == DOUBLE_IDENTITY)]


def read(transfer: Transfer, *, on: date) -> RelocationCase:
    """Return the case file, read strictly; payments that contradict the relations are left out.

    Raises:
        InputInvalid: The same place twice, an unknown place, or another fault of the request.
    """
    return _read(transfer, on=on)[0]


def _read(transfer: Transfer, *, on: date) -> tuple[RelocationCase, bool]:
    """Return the case file, and whether payments on record contradict the relations they are for."""
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
    found, crossed = [], _crossed(transfer)
    refusals = [REFUSALS["person_died"]] if transfer.person.died_on else []
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


def _crossed(transfer: Transfer) -> Refusal | None:
    """Return why another open transfer at this place forbids it: the way back of this one, or any other."""
    other = other_open(transfer)
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
