"""A transfer a unit applies for: whose, at which place, and what the unit is told, which is nothing of the person."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refusal
from yibao.services.relocation.actions import looking
from yibao.services.relocation.actions.refusals import REFUSALS, refused
from yibao.services.relocation.actions.wishes import Wish
from yibao.services.relocation.models import Transfer

UNIT, TO, FROM = "unit", "to", "from"
OBJECTS = "person_objects"
TOLD = frozenset({"same_pool", "identity_missing", "withdrawn_by_person", OBJECTS})
"""Reasons that speak of the application alone; all others may tell of the person."""
KEPT = "kept_from_employer"
RECEIPT = "acceptance_receipt"
"""The one paper of a transfer a unit gets; the others state periods, bases or the account."""


def ways(*, person_id: UUID, unit_id: UUID, on: date) -> list[tuple[str, str]]:
    """Return which way a unit may move somebody: `to` a place where it enrols them, or `from` one where it did last.

    Args:
        person_id: The employee.
        unit_id: The unit.
        on: Today.

    Returns:
        Direction and pooling area of the unit's own place; empty where the unit has nothing to do with the person.
    """
    found = []
    for area, row in looking.relations(person_id=person_id, on=on).items():
        if row.unit_id != unit_id:
            continue
        if row.status == "normal" and (row.end is None or row.end > on):
            found.append((TO, area))
        found.append((FROM, area))
    return found


def check_employee(*, person_id: UUID, by: Actor, on: date) -> list[tuple[str, str]]:
    """Let an agent apply only about somebody the unit enrols, and never about themselves.

    Args:
        person_id: The employee.
        by: The agent.
        on: Today.

    Returns:
        As `ways`; never empty.

    Raises:
        Refused: own_transfer, no_employment.
    """
    if by.acting is None or by.unit_id is None:
        raise refused("no_employment")
    if by.acting.person_id == person_id:
        raise refused("own_transfer")
    found = ways(person_id=person_id, unit_id=by.unit_id, on=on)
    if not found:
        raise refused("no_employment")
    return found


def asked(*, person_id: UUID, wish: Wish, by: Actor, on: date) -> Wish:
    """Return what a unit asks, marked as the unit's; a person's own wish is returned as it is.

    Args:
        person_id: Who moves.
        wish: What is asked.
        by: Who asks.
        on: Today.

    Raises:
        Refused: own_transfer, no_employment; the second also for a place where the unit does not enrol the person.
    """
    if by.unit_id is None:
        return wish
    direction = FROM if wish.place == wish.source else TO
    if (direction, looking.area(wish.place, on=on)) not in check_employee(person_id=person_id, by=by, on=on):
        raise refused("no_employment")
    # What the unit says of the person's care or of a stop elsewhere is not its to tell.
    return replace(wish, by=UNIT, channel=UNIT, records={})


def told(refusals: Iterable[Refusal], *, row: Transfer, on: date) -> list[Refusal]:
    """Return what a unit is told of the reasons against its application: its own part, the rest as one reason.

    Args:
        refusals: Every reason.
        row: The unit's side.
        on: Today.
    """
    found = {each.code: each for each in (_own_part(one, row, on) for one in refusals)}
    return list(found.values())


def ended(row: Transfer, *, on: date) -> Refusal | None:
    """Return what a unit is told of the end of its transfer; None where it has not ended, or ended well.

    Args:
        row: The unit's side.
        on: Today.
    """
    if not row.ended_because:
        return None
    reason = REFUSALS.get(row.ended_because, REFUSALS[KEPT])
    return _own_part(replace(reason, code=row.ended_because), row, on)


def _own_part(reason: Refusal, row: Transfer, on: date) -> Refusal:
    if reason.code in TOLD:
        return reason
    place, code = {"not_stopped": (row.source, "unit_to_stop"), "not_enrolled": (row.target, "unit_to_enrol")}.get(
        reason.code, ("", KEPT)
    )
    if not place:
        return REFUSALS[KEPT]
    theirs = looking.relations(person_id=row.person_id, on=on).get(looking.area(place, on=on))
    return REFUSALS[code if theirs is not None and theirs.unit_id == row.case.unit_id else KEPT]
