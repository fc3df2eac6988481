"""What a person owes at a place: noted by a clerk, cleared once it is paid; a transfer waits for it."""

from datetime import date
from uuid import UUID

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse as refuse_step
from yibao.services.relocation.actions import looking
from yibao.services.relocation.models import Arrears


def note_arrears(*, person_id: UUID, place: str, amount_fen: int, by: Actor, on: date) -> Arrears:
    """Note what a person owes.

    Args:
        person_id: Who owes.
        place: Code of the place.
        amount_fen: How much, above zero.
        by: A clerk of the place.
        on: Business date.

    Raises:
        Refused: not_your_role, not_your_region.
    """
    clerk_of(by=by, place=place)
    pool = looking.area(place, on=on)
    return Arrears.objects.create(person_id=person_id, place=pool, amount_fen=amount_fen, noted_on=on, noted_by=by.id)


def clear_arrears(*, person_id: UUID, place: str, by: Actor, on: date) -> int:
    """Note that everything a person owed at a place is paid; return how many entries that were.

    Raises:
        Refused: not_your_role, not_your_region.
    """
    clerk_of(by=by, place=place)
    with transaction.atomic():
        owed = Arrears.objects.filter(person_id=person_id, place=looking.area(place, on=on), cleared_on=None)
        return owed.update(cleared_on=on)


def clerk_of(*, by: Actor, place: str) -> None:
    """Let nobody but a clerk of a place pass.

    Raises:
        Refused: not_your_role, not_your_region.
    """
    if by.kind != "staff" or "clerk" not in by.roles:
        raise refuse_step("not_your_role", "clerk")
    if not by.works_in(place):
        raise refuse_step("not_your_region", place)
