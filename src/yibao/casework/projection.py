"""What is kept beside the actions of a case so that lists need not compute it; a pure function of the standing."""

from __future__ import annotations

from datetime import date
from typing import Any

from yibao.casework.clocks import Clock, earliest_due
from yibao.casework.levels import plain_levels
from yibao.casework.standing import Standing
from yibao.kernel.canonical import moment

# A case without a limit comes after every case that has one.
NO_LIMIT = date.max


def columns(standing: Standing) -> dict[str, Any]:
    """Return what the case row holds of a standing, by column."""
    due = earliest_due(standing.clocks)
    entered = sorted(standing.entered_by, key=int)
    return {
        "service": standing.service,
        "region": standing.region,
        "state": str(standing.state),
        "process": plain_levels(standing.levels),
        "due_on": due.day if due else None,
        "due_provisional": bool(due and due.provisional),
        "entered_by_id": int(entered[0]) if entered else None,
        "pack_version_id": standing.pack or None,
        "evidence_hash": standing.evidence_hash,
        "opened_on": standing.opened_on,
        "submitted_on": standing.submitted_on,
        "closed_on": standing.closed_on,
        **carried(standing),
    }


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


def turn_rows(standing: Standing) -> list[tuple[str, date]]:
    """Return role and deadline of each turn a case waits for."""
    due = earliest_due(standing.clocks)
    return [(role, due.day if due else NO_LIMIT) for role in standing.turns()]


def carried(standing: Standing) -> dict[str, Any]:
    """Return what each turn carries of its case, by column, so that a list is narrowed by what it reads anyway."""
    return {
        "level": standing.level,
        "amount_fen": standing.amount_fen,
        "holder_id": int(standing.holder) if standing.holder else None,
    }


def signature_rows(standing: Standing) -> list[list[Any]]:
    """Return round, level, role, user, moment and evidence hash of each signature, in order."""
    return [
        [signed.round, signed.level, signed.role, int(signed.actor_id), moment(signed.at), signed.evidence_hash]
        for signed in standing.signatures
    ]
