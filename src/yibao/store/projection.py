"""What is kept beside a case's actions so that lists need not compute it: written with every action."""

from yibao.casework.chain import Action
from yibao.casework.projection import clock_columns, columns, turn_rows
from yibao.casework.standing import Standing
from yibao.store.models import Case, CaseAction, CaseClock, CaseSignature, CaseTurn


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


def _write_turns(case: Case, after: Standing) -> None:
    CaseTurn.objects.filter(case=case).delete()
    CaseTurn.objects.bulk_create(
        CaseTurn(case=case, role=role, region=case.region, service=case.service, due_on=due_on)
        for role, due_on in turn_rows(after)
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
