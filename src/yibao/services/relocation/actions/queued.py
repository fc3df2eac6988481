"""Which transfers wait for a step that may be taken on many at once, for one member of staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from yibao.casework.actors import Actor, prefix_of
from yibao.casework.projection import NO_LIMIT
from yibao.casework.standing import PAYOUT_ROLE
from yibao.casework.states import UNDER_REVIEW
from yibao.services.relocation.actions import tables
from yibao.services.relocation.actions.arriving import waiting_money
from yibao.services.relocation.actions.progress import STEPS, may_credit
from yibao.services.relocation.models import Table, Transfer
from yibao.store.models import CaseTurn
from yibao.store.queues import Cursor

SIZE = 100
CREDIT = "credit"
_REVIEWED = ("build", "sign", "check", "load")
_AT = {step: (side, role, stages[0]) for (side, step), (role, stages) in STEPS.items() if step in _REVIEWED}
TOGETHER: Mapping[str, str] = {**{step: role for step, (_, role, _) in _AT.items()}, CREDIT: PAYOUT_ROLE}
"""Step -> the role that takes it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One transfer that waits for a step.

    Attributes:
        row: The side, with its case and person loaded.
        due_on: Until when; None without a limit.
        table: The last version of its table here, where there is one.
    """

    row: Transfer
    due_on: date | None
    table: Table | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of those that wait.

    Attributes:
        rows: First deadline first.
        next: Cursor of the next page; None on the last one.
    """

    rows: list[Waiting]
    next: Cursor | None


def queued(*, step: str, by: Actor, after: Cursor | None = None, size: int = SIZE) -> Page:
    """Return what waits for a step that somebody may take: of their office, in nobody else's hand, not their own work.

    Where the other place has sent a table back, it waits on the page of its case and not here.

    Args:
        step: One of `TOGETHER`.
        by: Staff of the step's role.
        after: Where the page before ended.
        size: Most rows.
    """
    found = _to_credit(by, after)[: size + 1] if step == CREDIT else _to_review(step, by, after, size + 1)
    shown = found[:size]
    rows = [row for _, row in shown]
    for row in rows:
        row.along = rows
    waiting = [Waiting(row, None if due == NO_LIMIT else due, tables.latest(row)) for due, row in shown]
    more = len(found) > size
    return Page(waiting, Cursor(shown[-1][0], shown[-1][1].pk) if more else None)


def how_many(*, step: str, by: Actor) -> int:
    """Return how many wait for a step, as `queued` finds them.

    Args:
        step: One of `TOGETHER`.
        by: Staff of the step's role.
    """
    return len(_to_credit(by, None)) if step == CREDIT else _turns(step, by).count()


def _turns(step: str, by: Actor) -> QuerySet[CaseTurn]:
    side, role, stage = _AT[step]
    turns = CaseTurn.objects.filter(
        role=role, service="relocation", region__startswith=prefix_of(by.region or ""), case__state__in=UNDER_REVIEW,
        case__transfer__side=side, case__transfer__stage=stage,
    )  # fmt: skip
    made = Table.objects.filter(transfer=OuterRef("case_id"), state__in=["built", "checked"], made_by=by.id)
    with_another = Q(case__holder__isnull=False) & ~Q(case__holder=by.user_id)
    return turns.filter(~Exists(made)).exclude(with_another).exclude(case__entered_by=by.user_id)


def _to_review(step: str, by: Actor, after: Cursor | None, count: int) -> Sequence[tuple[date, Transfer]]:
    turns = _turns(step, by)
    if after is not None:
        turns = turns.filter(Q(due_on__gt=after.due_on) | Q(due_on=after.due_on, case_id__gt=after.case_id))
    read = turns.select_related("case__transfer__person").order_by("due_on", "case_id")
    return [(turn.due_on, turn.case.transfer) for turn in read[:count]]


def _to_credit(by: Actor, after: Cursor | None) -> Sequence[tuple[date, Transfer]]:
    found = [
        (move.due_on or NO_LIMIT, move.transfer)
        for move in waiting_money(office=by.region or "")
        if may_credit(move.transfer, actor=by)
    ]
    return [(due, row) for due, row in found if after is None or (due, row.pk) > (after.due_on, after.case_id)]
