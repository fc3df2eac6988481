"""What is kept beside a case's actions so that lists need not compute it: written with every action."""

from collections.abc import Sequence
from dataclasses import dataclass

from yibao.casework.chain import Action
from yibao.casework.projection import carried, clock_columns, columns, turn_rows
from yibao.casework.standing import Standing
from yibao.store import ready
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


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that moved.

    Attributes:
        case: The locked case, its chain already moved on.
        before: The standing before; None for the first action.
        after: The standing after.
    """

    case: Case
    before: Standing | None
    after: Standing


def write(moved: Sequence[Moved], *, beside: ready.Writes | None = None) -> list[int]:
    """Write the projections of cases: their rows, whose turn it is, the clocks, the signatures.

    Args:
        moved: Each case once; a handful of statements writes them all.
        beside: What is to be written along.

    Returns:
        How many rows each part wrote, those of `beside` first.
    """
    writes = ready.Writes() if beside is None else beside
    _write_rows(moved, writes)
    others = [one for one in moved if one.before is None or _turns_differ(one.before, one.after)]
    planned = _pass_turns_on(others, writes)
    if planned is None:
        planned = _begin_turns(others, writes)
    _write_signatures(moved, writes)
    running = [one for one in moved if one.before is None or one.before.clocks != one.after.clocks]
    clocks = _write_clocks(running, writes)
    counts = writes.send()
    if planned is None or any(counts[place] != count for place, count in planned.items()):
        _renew_turns(others)
    if any(counts[place] != count for place, count in clocks.items()):
        _renew_clocks(running)
    return counts


def _turns_differ(before: Standing, after: Standing) -> bool:
    return (before.turns(), before.clocks, carried(before)) != (after.turns(), after.clocks, carried(after))


def _write_rows(moved: Sequence[Moved], writes: ready.Writes) -> None:
    rows = []
    for one in moved:
        names = columns(one.after)
        for name, value in names.items():
            setattr(one.case, name, value)
        rows.append([*names.values(), one.case.chain_hash, one.case.action_count, one.case.pk])
    if rows:
        writes.update(Case, sets=(*names, "chain_hash", "action_count"), where=("id",), values=rows)


def _renew_turns(moved: Sequence[Moved]) -> None:
    known = [one.case.pk for one in moved if one.before is not None]
    if known:
        CaseTurn.objects.filter(case__in=known).delete()
    ready.insert(_turns(moved))


def _turns(moved: Sequence[Moved]) -> list[CaseTurn]:
    return [
        ready.new(
            CaseTurn,
            case_id=one.case.pk,
            role=role,
            region=one.case.region,
            service=one.case.service,
            number=one.case.number,
            due_on=due_on,
            **carried(one.after),
        )
        for one in moved
        for role, due_on in turn_rows(one.after)
    ]


def _begin_turns(moved: Sequence[Moved], writes: ready.Writes) -> dict[int, int] | None:
    """Add the turns where no case waited for anybody; return how many rows which place must write, None elsewhere."""
    if any(one.before is not None and one.before.turns() for one in moved):
        return None
    rows = _turns(moved)
    return {writes.insert(rows, ignore_conflicts=True): len(rows)} if rows else {}


def _pass_turns_on(moved: Sequence[Moved], writes: ready.Writes) -> dict[int, int] | None:
    """Add the turns where each case waits for one role, and now for one other; return as `_begin_turns`."""
    rows = []
    for one in moved:
        before, after = one.before.turns() if one.before else (), turn_rows(one.after)
        if (len(before), len(after)) != (1, 1):
            return None
        (role, due_on), more = after[0], carried(one.after)
        rows.append([role, one.case.region, one.case.service, due_on, *more.values(), one.case.pk, before[0]])
    if not rows:
        return None
    sets = ("role", "region", "service", "due_on", *more)
    return {writes.update(CaseTurn, sets=sets, where=("case", "role"), values=rows): len(rows)}


def _write_clocks(moved: Sequence[Moved], writes: ready.Writes) -> dict[int, int]:
    """Add the clocks that began and those that ran already; return how many rows which place must write."""
    begun, running = [], []
    for one in moved:
        before = {clock.name for clock in one.before.clocks} if one.before else ()
        for clock in one.after.clocks:
            told = clock_columns(clock)
            if clock.name in before:
                running.append([*told.values(), one.case.pk, clock.name])
            else:
                begun.append(ready.new(CaseClock, case_id=one.case.pk, name=clock.name, **told))
    places = {}
    if begun:
        places[writes.insert(begun, ignore_conflicts=True)] = len(begun)
    if running:
        places[writes.update(CaseClock, sets=tuple(told), where=("case", "name"), values=running)] = len(running)
    return places


def _renew_clocks(moved: Sequence[Moved]) -> None:
    held = [(one.case, clock) for one in moved for clock in one.after.clocks]
    rows = [CaseClock(case=case, name=clock.name, **clock_columns(clock)) for case, clock in held]
    CaseClock.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "name"],
        update_fields=list(clock_columns(held[0][1])),
    )


def _write_signatures(moved: Sequence[Moved], writes: ready.Writes) -> None:
    writes.insert(
        [
            ready.new(
                CaseSignature,
                case_id=one.case.pk,
                round=signed.round,
                level=signed.level,
                role=signed.role,
                user_id=int(signed.actor_id),
                at=signed.at,
                evidence_hash=signed.evidence_hash,
            )
            for one in moved
            for signed in one.after.signatures[len(one.before.signatures) if one.before else 0 :]
        ]
    )
