"""What anybody who may see a transfer is shown of it: stage, clocks and money, each of the two tracks with its end."""

from datetime import date
from typing import Any

from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.clocks import Clock
from yibao.kernel.money import Money as Amount
from yibao.services.relocation import workflow
from yibao.services.relocation.actions import calling_off
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.workflow import IN, OUT, Money, Stage
from yibao.store import cases
from yibao.store.models import Case

STEPS = {
    (OUT, "build"): ("clerk", (Stage.ACCEPTED, Stage.TABLE_BUILT, Stage.TABLE_RETURNED)),
    (OUT, "sign"): ("reviewer", (Stage.TABLE_BUILT,)),
    (OUT, "refuse"): ("reviewer", (Stage.TABLE_BUILT,)),
    (IN, "check"): ("clerk", (Stage.TABLE_SENT,)),
    (IN, "load"): ("reviewer", (Stage.TABLE_CHECKED,)),
    (IN, "send_back"): ("clerk", (Stage.TABLE_SENT, Stage.TABLE_CHECKED)),
}
"""Side and step -> who takes it, and at which stages: first the one in which it has not been taken yet."""


def available(*, case: Case, actor: Actor) -> list[str]:
    """Return the steps an actor may take on a transfer now, in their order.

    Args:
        case: The case.
        actor: Who looks at it.
    """
    row, standing = Transfer.objects.select_related("money").get(case=case), cases.standing(case)
    core = rights.available(standing=standing, actor=actor)
    found = [verb for verb in ("submit", "take", "release", "hand_over") if verb in core]
    if "withdraw" in core and not calling_off.too_late(row) and not row.ended_because:
        found.append("withdraw")
    if actor.kind == "staff" and actor.works_in(case.region):
        found += [
            step
            for (side, step), (role, stages) in STEPS.items()
            if side == row.side and role in actor.roles and row.stage in stages and _own_turn(row, step, actor)
        ]
        found += _of_money(row, core, actor)
    return found


def theirs(case: Case, *, by: Actor) -> bool:
    """Return whether a transfer is a citizen's to see: their own, their unit's about them once it is handed in, or,
    for its agents, the unit's. What a clerk has begun is the clerk's until it is handed in.

    Args:
        case: The case.
        by: The citizen, or the agent.
    """
    if case.state == "draft" and case.entered_by_id is not None:
        return False
    about = case.submitted_on is not None and by.concerns(person_id=case.person_id, unit_id=None)
    return about or by.concerns(person_id=case.person_id, unit_id=case.unit_id)


def _own_turn(row: Transfer, step: str, actor: Actor) -> bool:
    """Return whether the two-person rule lets them: who made or checked the table signs no more."""
    table = row.tables.order_by("version").last()
    return step not in ("sign", "load", "refuse") or table is None or table.made_by != actor.id


def _of_money(row: Transfer, core: list[str], actor: Actor) -> list[str]:
    state = row.money.state
    if "finance" not in actor.roles:
        return []
    if row.side == OUT:
        found = ["pay"] if "pay" in core and state == Money.DEPARTED and row.stage != Stage.TABLE_RETURNED else []
        return found + [verb for verb in ("confirm_paid", "bounce") if verb in core]
    found = ["arrived"] if state in (Money.ANNOUNCED, Money.CREDITED) and row.money.ended_on is None else []
    if may_credit(row, actor=actor):
        found.append("credit")
    return found


def may_credit(row: Transfer, *, actor: Actor) -> bool:
    """Return whether money has come that somebody of finance may credit: the years are in, another one recorded it.

    Args:
        row: The new place's side.
        actor: Finance.
    """
    money = row.money
    return money.state == Money.ARRIVED and row.stage == Stage.LOADED and money.arrived_by != actor.id


def progress(*, number: str, on: date) -> dict[str, Any]:
    """Return where a transfer stands at one place, readable at every step.

    Args:
        number: Number of the case at this place.
        on: Today.

    Returns:
        number, thread, side, from, to, stage and its label, checks of both places, reasons, the days it was accepted,
        sent, received and loaded, `clocks` by leg (working_days, due, late, done), `money` (mode, state, label,
        amount, interest and whether its rate is known, its clock), `ended` and why, and whether it may be withdrawn.
    """
    case = cases.get(number)
    row = Transfer.objects.select_related("money").get(case=case)
    label = workflow.label(side=row.side, stage=row.stage, money=row.money.state)
    return {
        "number": number, "thread": row.thread, "side": row.side, "from": row.source, "to": row.target,
        "type": row.type, "stage": row.stage, "label": label[0], "label_en": label[1], "state": case.state,
        "checks": row.checks, "accepted_on": row.accepted_on, "sent_on": row.sent_on, "received_on": row.received_on,
        "loaded_on": row.loaded_on, "clocks": _clocks(case, row, on), "money": money_of(row, on=on),
        "money_follows": money_follows(row),
        "years_ended": row.stage == Stage.LOADED, "ended_on": row.ended_on, "ended_because": row.ended_because,
        "may_withdraw": row.stage not in workflow.ENDED and not calling_off.too_late(row) and not row.ended_because,
    }  # fmt: skip


def money_follows(row: Transfer) -> bool:
    """Return whether the years have arrived while money of the account is still on its way, as this place knows."""
    return workflow.money_follows(side=row.side, stage=row.stage, money=row.money.state)


def _clocks(case: Case, row: Transfer, on: date) -> dict[str, dict[str, Any]]:
    own = {clock.name: _clock(clock, on) for clock in cases.standing(case).clocks}
    limits = {name: days for name, days in row.days.items() if name in ("out", "in", "total")}
    told = {name: {"working_days": days, "due": None, "late": None, "done": None} for name, days in limits.items()}
    return {**told, **own}


def _clock(clock: Clock, on: date) -> dict[str, Any]:
    due = clock.due
    late = clock.days_left(on) < 0
    return {
        "working_days": clock.working_days, "due": due.day if due else None, "late": late, "done": clock.finished_on,
        "provisional": bool(due and due.provisional),
    }  # fmt: skip


def money_of(row: Transfer, *, on: date) -> dict[str, Any]:
    """Return the money track of one place: its state, amount, interest and clock.

    Args:
        row: The side.
        on: Today.
    """
    move = row.money
    label = workflow.MONEY_LABELS[Money(move.state)]
    ended = workflow.money_ended(side=row.side, mode=move.mode, money=Money(move.state))
    late = move.due_on is not None and (move.ended_on or on) > move.due_on
    return {
        "mode": move.mode or row.days.get("mode"), "state": move.state, "label": label[0], "label_en": label[1],
        "amount": str(Amount(move.amount_fen)), "interest": str(Amount(move.interest_fen)),
        "interest_known": move.interest_known, "working_days": move.working_days, "due": move.due_on,
        "late": late if move.due_on else None, "ended": ended, "ended_on": move.ended_on,
        "reference": move.notice.get("reference", ""),
    }  # fmt: skip
