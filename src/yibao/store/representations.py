"""Rights to act for another: asked for, confirmed, revoked, and looked up each time they are used."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yibao.casework.actors import Actor, prefix_of
from yibao.casework.assurance import Acting
from yibao.casework.refusals import refuse
from yibao.casework.representation import HEIR, PROXY, Right, hindrance
from yibao.store import documents
from yibao.store.models import Person, Representation

CLERK, SELF = "clerk", "self"


def ask(
    *,
    kind: str,
    representative: UUID,
    represented: Person,
    services: Sequence[str],
    start: date,
    end: date | None,
    paper: tuple[str, bytes] | None,
    at: datetime,
) -> Representation:
    """Keep what somebody asks for; it opens nothing before it is confirmed.

    Args:
        kind: guardian, proxy or heir.
        representative: Who is to act.
        represented: For whom.
        services: Names of the services; empty for all.
        start: First day.
        end: The day after the last; None for no end.
        paper: Real type and bytes of the authorisation or proof, already checked by content.
        at: Now.

    Raises:
        Refused: `right_ended_by_death` or `right_needs_a_death`: the record contradicts the kind.
    """
    died = represented.died_on is not None
    if died != (kind == HEIR):
        raise refuse("right_ended_by_death" if died else "right_needs_a_death")
    return Representation.objects.create(
        kind=kind,
        representative_id=representative,
        represented=represented,
        services=sorted(services),
        start=start,
        end=end,
        paper_sha256=documents.put(paper[1]) if paper else "",
        paper_type=paper[0] if paper else "",
        asked_at=at,
    )


def right_of(row: Representation) -> Right:
    """Return a right as the pure rules know it."""
    confirmed = row.confirmed_at is not None
    return Right(row.kind, row.start, row.end, confirmed, row.revoked_on, row.represented.died_on)


def acting(*, number: int, representative: UUID, on: date) -> tuple[Acting, Person]:
    """Return by what right somebody acts today, and for whom.

    Args:
        number: The right.
        representative: Who wants to act.
        on: Today.

    Raises:
        Refused: `no_such_right`, or what `casework.representation.hindrance` names.
    """
    row = _held_by(representative).filter(pk=number).first()
    if row is None:
        raise refuse("no_such_right")
    code = hindrance(right=right_of(row), on=on)
    if code:
        raise refuse(code)
    return Acting(row.pk, row.kind, representative, frozenset(row.services)), row.represented


def confirm(*, number: int, by: Actor, at: datetime) -> Representation:
    """Confirm a right: a clerk of the region, or for a proxy the represented person.

    Args:
        number: The right.
        by: Who confirms; the caller has asked for their level.
        at: Now.

    Raises:
        Refused: `no_such_right`, `right_revoked`, `right_not_yours_to_confirm`.
    """
    with transaction.atomic():
        row = _locked(number)
        if by.kind == "citizen" and by.person_id != row.represented_id:
            raise refuse("no_such_right")
        if row.revoked_on is not None:
            raise refuse("right_revoked")
        self_confirms = by.kind == "citizen" and by.person_id == row.represented_id and not by.acting
        if not (_clerk_of(by, row) or (self_confirms and row.kind == PROXY)):
            raise refuse("right_not_yours_to_confirm")
        if row.confirmed_at is None:
            row.confirmed_at, row.confirmed_by = at, by.id
            row.confirmed_as = SELF if self_confirms else CLERK
            row.confirmed_level = by.assurance.level if by.assurance else ""
            row.save()
    return row


def revoke(*, number: int, by: Actor, on: date, at: datetime) -> Representation:
    """End a right from a day on: either of the two persons, or a clerk of the region. Ended twice, it ended once.

    Raises:
        Refused: `no_such_right`.
    """
    with transaction.atomic():
        row = _locked(number)
        concerned = by.kind == "citizen" and by.person_id in (row.represented_id, row.representative_id)
        if not (_clerk_of(by, row) or (concerned and not by.acting)):
            raise refuse("no_such_right")
        if row.revoked_on is None:
            row.revoked_on, row.revoked_at, row.revoked_by = on, at, by.id
            row.save()
    return row


def held_by(person_id: UUID) -> list[Representation]:
    """Return the rights a person holds or asks for, newest first."""
    return list(_held_by(person_id))


def given_by(person_id: UUID) -> list[Representation]:
    """Return the rights others hold or ask for to act for a person, newest first."""
    return list(Representation.objects.select_related("representative", "represented").filter(represented=person_id))


def of_office(*, region: str, limit: int) -> list[Representation]:
    """Return the rights of an office's people: those that wait first, then the newest.

    Args:
        region: Six digits of the office.
        limit: At most so many.
    """
    rows = Representation.objects.select_related("representative", "represented")
    mine = rows.filter(represented__region__startswith=prefix_of(region))
    waiting = list(mine.filter(confirmed_at=None, revoked_on=None).order_by("id")[:limit])
    return [*waiting, *mine.filter(confirmed_at__isnull=False)[: limit - len(waiting)]]


def paper(row: Representation) -> bytes:
    """Return the paper that was handed in with a right."""
    return documents.get(row.paper_sha256)


def _held_by(person_id: UUID) -> QuerySet[Representation]:
    return Representation.objects.select_related("representative", "represented").filter(representative=person_id)


def _locked(number: int) -> Representation:
    row = Representation.objects.select_for_update(of=("self",)).select_related("represented").filter(pk=number).first()
    if row is None:
        raise refuse("no_such_right")
    return row


def _clerk_of(by: Actor, row: Representation) -> bool:
    return by.kind == "staff" and "clerk" in by.roles and by.works_in(row.represented.region)
