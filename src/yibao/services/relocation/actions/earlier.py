"""What earlier transfers did to the relations of a person: taken over here, or gone to another place."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from yibao.services.relocation.actions import looking
from yibao.services.relocation.models import LoadedPeriod, Transfer
from yibao.store.models import MovedEnrolment


@dataclass(frozen=True, slots=True)
class Moves:
    """What earlier transfers did to the relations of a person; keys of enrolments.

    Attributes:
        taken_over: Those this place took over.
        moved: Those that moved to another place.
    """

    taken_over: frozenset[int]
    moved: frozenset[int]


def moves(transfer: Transfer) -> Moves:
    """Return what earlier transfers did; read once, with the locked row it is asked for."""
    if not hasattr(transfer, "moves"):
        _gather(looking.along(transfer))
    found: Moves = transfer.moves
    return found


def _gather(transfers: Sequence[Transfer]) -> None:
    """Read it for many persons, in two statements however many they are."""
    persons = [each.person_id for each in transfers]
    taken = LoadedPeriod.objects.filter(transfer__person__in=persons)
    own: dict[tuple[UUID | None, str], set[int]] = {}
    for who, place, one in taken.values_list("transfer__person", "transfer__place", "enrolment"):
        own.setdefault((who, place), set()).add(one)
    gone = MovedEnrolment.objects.filter(enrolment__person__in=persons)
    moved = frozenset(gone.values_list("enrolment_id", flat=True))
    for each in transfers:
        each.moves = Moves(frozenset(own.get((each.person_id, each.place), ())), moved)
