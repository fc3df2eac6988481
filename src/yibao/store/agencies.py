"""Agents of units: recorded at a window by the unit's letter, ended there, and looked up each time one acts."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yibao.casework.actors import Actor, prefix_of
from yibao.casework.assurance import Acting
from yibao.casework.refusals import refuse
from yibao.casework.representation import UNIT, Right, hindrance
from yibao.kernel.errors import Refused
from yibao.store import audit_log, documents
from yibao.store.models import Case, Person, Unit, UnitAgent

CLERK = "clerk"
RECORDED, ENDED = "agent_recorded", "agent_ended"
"""Why a clerk looked at an agent's record; the agent reads it, and it stands in the chain of the looks."""


def unit_of(*, credit_code: str, name: str, region: str, synthetic: bool) -> Unit | None:
    """Return the unit with a credit code, recorded now where it is new; None where it is known by another name.

    Args:
        credit_code: Eighteen characters, checked already.
        name: As the unit's letter says it.
        region: Six digits of the office that records it.
        synthetic: Whether it is made up, as the persons of a demonstration are.
    """
    made = {"name": name, "region": region, "synthetic": synthetic}
    unit, _ = Unit.objects.get_or_create(credit_code=credit_code, defaults=made)
    return unit if unit.name == name else None


def record(
    *,
    unit: Unit,
    agent: Person,
    services: Sequence[str],
    start: date,
    end: date,
    paper: tuple[str, bytes],
    by: Actor,
    at: datetime,
) -> UnitAgent:
    """Record that a unit authorised somebody; holds from its first day on.

    Args:
        unit: The unit.
        agent: Who acts for it.
        services: Names of the services; empty for all.
        start: First day.
        end: The day after the last.
        paper: Real type and bytes of the unit's letter, already checked by content.
        by: A clerk of the unit's region, who has seen the letter and the agent's identity document.
        at: Now.

    Raises:
        Refused: `not_your_role`, `not_your_region`, `agent_already`.
    """
    _only_its_clerk(by, unit)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        if UnitAgent.objects.filter(unit=unit, agent=agent, revoked_on=None, end__gt=start).exists():
            raise refuse("agent_already")
        row = UnitAgent.objects.create(
            unit=unit,
            agent=agent,
            services=sorted(services),
            start=start,
            end=end,
            paper_sha256=documents.put(paper[1]),
            paper_type=paper[0],
            recorded_at=at,
            recorded_by=by.id,
        )
        audit_log.record_read(reader=by, person_id=agent.pk, purpose=RECORDED, at=at, role=CLERK)
    return row


def revoke(*, number: int, by: Actor, on: date, at: datetime) -> UnitAgent:
    """End a right from a day on: a clerk for the unit that asks for it, or the agent. Ended twice, it ended once.

    Args:
        number: The right.
        by: Who ends it.
        on: From this day on it holds no more.
        at: Now.

    Raises:
        Refused: `no_such_agency`, `not_your_role`, `not_your_region`.
    """
    with transaction.atomic():
        rows = UnitAgent.objects.select_for_update(of=("self",)).select_related("unit")
        row = rows.filter(pk=number).first()
        if row is None or (by.kind == "citizen" and (by.acting or by.person_id != row.agent_id)):
            raise refuse("no_such_agency")
        if by.kind != "citizen":
            _only_its_clerk(by, row.unit)
        if row.revoked_on is None:
            row.revoked_on, row.revoked_at, row.revoked_by = on, at, by.id
            row.save(update_fields=["revoked_on", "revoked_at", "revoked_by"])
            audit_log.record_read(
                reader=by, person_id=row.agent_id, purpose=ENDED, at=at, role=CLERK if by.kind == "staff" else ""
            )
    return row


def right_of(row: UnitAgent) -> Right:
    """Return a right as the pure rules know it."""
    return Right(UNIT, row.start, row.end, confirmed=True, revoked_on=row.revoked_on)


def acting(*, number: int, agent: UUID, on: date) -> tuple[Acting, Unit]:
    """Return by what right somebody acts for a unit today, and for which.

    Args:
        number: The right.
        agent: Who wants to act.
        on: Today.

    Raises:
        Refused: `no_such_agency`, or what `casework.representation.hindrance` names.
    """
    row = held_by(agent).filter(pk=number).first()
    if row is None:
        raise refuse("no_such_agency")
    code = hindrance(right=right_of(row), on=on)
    if code:
        raise refuse(code)
    return Acting(row.pk, UNIT, agent, frozenset(row.services), row.unit_id), row.unit


def held_by(person_id: UUID) -> QuerySet[UnitAgent]:
    """Return the rights a person holds or held to act for units, newest first."""
    return UnitAgent.objects.select_related("unit").filter(agent=person_id)


def in_another_part(*, by: Actor, case: Case) -> Refused | None:
    """Return the refusal for a citizen whom a case concerns in another part they play; None for everybody else.

    Args:
        by: Who looks, to whom the case is closed.
        case: The case.
    """
    if by.acting and by.unit_id:
        own = case.unit_id is None and by.acting.person_id == case.person_id
        return refuse("acting_for_unit") if own else None
    if case.unit_id is None or by.acting or by.person_id is None:
        return None
    if held_by(by.person_id).filter(unit=case.unit_id).exists():
        return refuse("act_for_unit_first")
    return refuse("units_case") if by.person_id == case.person_id else None


def of_office(*, region: str, limit: int) -> list[UnitAgent]:
    """Return the agents of an office's units, newest first.

    Args:
        region: Six digits of the office.
        limit: At most so many.
    """
    mine = UnitAgent.objects.filter(unit__region__startswith=prefix_of(region))
    return list(mine.select_related("unit", "agent")[:limit])


def get(*, number: int, by: Actor) -> UnitAgent:
    """Return a right of an office's unit.

    Raises:
        Refused: `no_such_agency`: there is none, or it is another office's.
    """
    row = UnitAgent.objects.select_related("unit").filter(pk=number).first()
    if row is None or not by.works_in(row.unit.region):
        raise refuse("no_such_agency")
    return row


def paper(row: UnitAgent) -> bytes:
    """Return the unit's letter as the clerk kept it."""
    return documents.get(row.paper_sha256)


def _only_its_clerk(by: Actor, unit: Unit) -> None:
    if by.kind != "staff" or CLERK not in by.roles:
        raise refuse("not_your_role", CLERK)
    if not by.works_in(unit.region):
        raise refuse("not_your_region", unit.region)
