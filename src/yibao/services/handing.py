"""Who has a case in hand: taken, put back, handed to a colleague, given out by a head; the same for every service.

Each case is one transaction and one action of its chain. The receiver is checked by the same table that will check
what they do: nobody is given a case they could not work on.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, transaction

import yibao.services
from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse
from yibao.casework.standing import Standing
from yibao.kernel.errors import Refusal, Refused
from yibao.policy import Region, UnknownRegion
from yibao.store import cases, holding, keys, seats
from yibao.store.cases import Acting
from yibao.store.models import Case

NOTE_MAX = 500
NOT_GIVEN = Refusal(
    "not_given",
    "系统出错，本件没有分派",
    "a fault: the case was not given to anybody",
    "请打开本件查看，或稍后再分派。",
    "Open the case, or try again later.",
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gift:
    """One case that shall change hands.

    Attributes:
        number: The case.
        to: The colleague's login; None picks the one with the fewest cases in hand of those who may.
        note: Why; the receiver reads it.
        key: The request's own key: the same one gives the case once.
        holder: Who had it in hand on the page that was sent; None for nobody.
    """

    number: str
    to: int | None
    note: str
    key: str
    holder: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row of a list that was given out.

    Attributes:
        number: The case.
        name: Who has it now; empty when nothing was changed.
        refusal: Why nothing was changed; None when it was.
    """

    number: str
    name: str
    refusal: Refusal | None


def head_roles(region: str) -> frozenset[str]:
    """Return the roles that may give out cases of a region: those its rules name first in a level of approval."""
    try:
        found = yibao.services.packs().region_for(region)
    except UnknownRegion:
        return frozenset()
    chains = [chain for name in yibao.services.find() for chain in _chains(found, name)]
    return frozenset(level["roles"][0] for chain in chains for level in chain["levels"])


def take(*, number: str, by: Actor, on: date, at: datetime) -> Case:
    """Take a case in hand; one that is in hand already is left as it is.

    Raises:
        Refused: held_by_other, wrong_state, not_your_region.
    """
    with transaction.atomic():
        case = cases.locked(number)
        if case.holder_id is not None and case.holder_id == by.user_id:
            return case
        cases.write([_step(case, "take", Acting(by, at, on))])
    return case


def release(*, number: str, by: Actor, on: date, at: datetime) -> Case:
    """Put a case back for everybody; pressed twice, it is put back once.

    Raises:
        Refused: held_by_other, not_held_by_you, wrong_state, not_your_region.
    """
    with transaction.atomic():
        case = cases.locked(number)
        if case.holder_id is None and _put_back(case, by):
            return case
        cases.write([_step(case, "release", Acting(by, at, on))])
    return case


def hand_over(*, gift: Gift, by: Actor, on: date, at: datetime) -> Case:
    """Give a case one has in hand to a named colleague; the same key gives it once.

    Raises:
        Refused: no_handing_note, held_by_other, not_held_by_you, wrong_state, not_your_region, colleague_has_it,
            colleague_not_of_region, colleague_handled_before, colleague_without_role, key_reused.
    """
    if not gift.note.strip():
        raise refuse("no_handing_note")
    return _give(gift, "hand_over", Acting(by, at, on))


def assign(*, gift: Gift, by: Actor, on: date, at: datetime) -> Case:
    """Give a case to a colleague as the head of its queue, whoever has it in hand; the same key gives it once.

    Raises:
        Refused: not_your_role, holder_changed, nobody_to_give, and as `hand_over`.
    """
    return _give(gift, "assign", Acting(by, at, on))


def give_out(gifts: Sequence[Gift], *, by: Actor, on: date, at: datetime) -> list[Outcome]:
    """Give out many cases, each in a transaction of its own; what cannot be given stops no other.

    Returns:
        One outcome for each gift, in their order.
    """
    return [_outcome(gift, by, on, at) for gift in gifts]


def may_receive(case: Case) -> list[Actor]:
    """Return the colleagues a case may be given to now, by name; its holder is none of them."""
    return _who_may(cases.standing(case))


def heads_of(standing: Standing) -> frozenset[str]:
    """Return the roles that may give out a case: of its own levels, or before acceptance of its region's."""
    return rights.heads(standing) or head_roles(standing.region)


def _chains(region: Region, service: str) -> list[Any]:
    try:
        return list(region.setting(service, "chains").values())
    except KeyError:
        # The rules say nothing of this service: its levels are its own.
        return []


def _outcome(gift: Gift, by: Actor, on: date, at: datetime) -> Outcome:
    try:
        case = assign(gift=gift, by=by, on=on, at=at)
    except Refused as no:
        return Outcome(gift.number, "", no.refusal)
    except OperationalError:
        raise
    except Exception:
        _log.exception("%s could not be given out", gift.number)
        return Outcome(gift.number, "", NOT_GIVEN)
    return Outcome(gift.number, case.holder.get_full_name() if case.holder else "", None)


def _give(gift: Gift, verb: str, acting: Acting) -> Case:
    with transaction.atomic():
        case = cases.locked(gift.number)
        key = f"{verb}/{acting.by.id}/{gift.number}/{gift.key}"
        if keys.claim(key=key, content={"to": gift.to, "note": gift.note}, at=acting.at, passing=True).repeated:
            return case
        standing = cases.standing(case)
        role = _head_role(standing, acting.by) if verb == "assign" else ""
        rights.check(standing=standing, actor=acting.by, verb=verb, role=role)
        if verb == "assign" and case.holder_id != gift.holder:
            raise refuse("holder_changed")
        to = gift.to if gift.to is not None else _fewest(standing)
        _check_receiver(standing, to)
        acting = Acting(acting.by, acting.at, acting.on, role)
        cases.write([_step(case, verb, acting, standing=standing, reason=gift.note, holder=to)])
    return case


def _step(
    case: Case,
    verb: str,
    acting: Acting,
    *,
    standing: Standing | None = None,
    reason: str = "",
    holder: int | None = None,
) -> cases.Step:
    data = {} if holder is None else {"holder": holder}
    before = standing or cases.standing(case)
    return cases.step(case=case, before=before, kind=verb, acting=acting, reason=reason, data=data)


def _put_back(case: Case, by: Actor) -> bool:
    """Return whether the last thing that happened to who has the case is that this colleague put it back."""
    last = case.actions.filter(kind__in=holding.HOLDING).order_by("-seq").first()
    return last is not None and (last.kind, last.actor_id) == ("release", by.id)


def _head_role(standing: Standing, by: Actor) -> str:
    mine = sorted(by.roles & heads_of(standing))
    if not mine:
        raise refuse("not_your_role", *sorted(heads_of(standing)))
    return mine[0]


def _check_receiver(standing: Standing, user_id: int) -> None:
    found = seats.colleague(user_id=user_id, region=standing.region)
    if found is None:
        raise refuse("colleague_without_role")
    rights.check_colleague(standing=standing, colleague=found)


def _who_may(standing: Standing) -> list[Actor]:
    return [one for one in seats.colleagues(region=standing.region) if _may(standing, one)]


def _may(standing: Standing, colleague: Actor) -> bool:
    try:
        rights.check_colleague(standing=standing, colleague=colleague)
    except Refused:
        return False
    return True


def _fewest(standing: Standing) -> int:
    """Return who of those that may has the fewest cases in hand; of equals the login that was made first."""
    if standing.state not in rights.MAIN_VERBS:
        raise refuse("wrong_state", str(standing.state))
    held = holding.counts([one.user_id for one in _who_may(standing) if one.user_id is not None])
    if not held:
        raise refuse("nobody_to_give")
    return min(held, key=lambda user_id: (held[user_id], user_id))
