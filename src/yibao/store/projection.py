"""What is kept beside a case's actions so that lists need not compute it: written with every action."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from yibao.casework.chain import Action
from yibao.casework.clocks import Clock, earliest_due
from yibao.casework.levels import plain_levels
from yibao.casework.standing import Standing
from yibao.kernel.canonical import canonical_json
from yibao.store.models import Case, CaseAction, CaseClock, CaseSignature, CaseTurn

# A case without a limit comes after every case that has one.
NO_LIMIT = date.max


def action_of(row: CaseAction) -> Action:
    """Return an action on record as the pure library knows it."""
    return Action(
        seq=row.seq,
        kind=row.kind,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        role=row.role,
        at=row.at,
        business_date=row.business_date,
        reason=row.reason,
        evidence_hash=row.evidence_hash,
        data=row.data,
    )


def columns(standing: Standing) -> dict[str, Any]:
    """Return what the case row holds of a standing, by column."""
    due = earliest_due(standing.clocks)
    entered = sorted(standing.entered_by, key=int)
    return {
        "state": str(standing.state),
        "level": standing.level,
        "process": plain_levels(standing.levels),
        "due_on": due.day if due else None,
        "due_provisional": bool(due and due.provisional),
        "holder_id": int(standing.holder) if standing.holder else None,
        "entered_by_id": int(entered[0]) if entered else None,
        "pack_version_id": standing.pack or None,
        "evidence_hash": standing.evidence_hash,
        "amount_fen": standing.amount_fen,
        "opened_on": standing.opened_on,
        "submitted_on": standing.submitted_on,
        "closed_on": standing.closed_on,
    }


def write(*, case: Case, before: Standing | None, after: Standing) -> None:
    """Write the projection of a standing: the case row, whose turn it is, the clocks, the signatures.

    Args:
        case: The locked case, its chain already moved on.
        before: The standing before the action; None for the first.
        after: The standing after it.
    """
    for name, value in columns(after).items():
        setattr(case, name, value)
    case.save()
    if before is None or (before.turns(), before.clocks) != (after.turns(), after.clocks):
        _write_turns(case, after)
    if before is None or before.clocks != after.clocks:
        _write_clocks(case, after)
    _write_signatures(case, after, len(before.signatures) if before else 0)


def clock_columns(clock: Clock) -> dict[str, Any]:
    """Return what a clock's row holds, without its case and its name."""
    return {
        "working_days": clock.working_days,
        "started_on": clock.started_on,
        "running_since": clock.running_since,
        "days_used": clock.days_used,
        "due_on": clock.due.day if clock.due else None,
        "due_provisional": bool(clock.due and clock.due.provisional),
        "finished_on": clock.finished_on,
    }


def sealed_json(value: Mapping[str, Any]) -> str:
    """Return the text a case file is sealed as."""
    return canonical_json(dict(value))


def _write_turns(case: Case, after: Standing) -> None:
    CaseTurn.objects.filter(case=case).delete()
    due_on = case.due_on or NO_LIMIT
    CaseTurn.objects.bulk_create(
        CaseTurn(case=case, role=role, region=case.region, service=case.service, due_on=due_on)
        for role in after.turns()
    )


def _write_clocks(case: Case, after: Standing) -> None:
    rows = [CaseClock(case=case, name=clock.name, **clock_columns(clock)) for clock in after.clocks]
    if not rows:
        return
    CaseClock.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "name"],
        update_fields=list(clock_columns(after.clocks[0])),
    )


def _write_signatures(case: Case, after: Standing, known: int) -> None:
    CaseSignature.objects.bulk_create(
        CaseSignature(
            case=case,
            round=signed.round,
            level=signed.level,
            role=signed.role,
            user_id=int(signed.actor_id),
            at=signed.at,
            evidence_hash=signed.evidence_hash,
        )
        for signed in after.signatures[known:]
    )
