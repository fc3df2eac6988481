"""Who may take which step; the buttons of the pages and the checks of the server are this one table."""

from __future__ import annotations

from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse
from yibao.casework.standing import INTAKE_ROLE, PAYOUT_ROLE, Standing
from yibao.casework.states import UNDER_REVIEW, State, next_state, verbs_from
from yibao.kernel.errors import Refused

CITIZEN_VERBS = frozenset({"save_answers", "attach", "detach", "submit", "resubmit", "withdraw"})
INTAKE_VERBS = CITIZEN_VERBS | {"accept", "not_accept", "ask_correction"}
LEVEL_VERBS = frozenset({"approve", "refuse", "ask_correction"})
PAYOUT_VERBS = frozenset({"pay", "bounce", "confirm_paid", "payment_sent", "payment_settled"})
COLLEAGUE_VERBS = frozenset({"take", "release", "hand_over", "note"})
# Steps the system takes as part of another one; nobody presses a button for them.
SILENT_VERBS = frozenset(
    {"decide", "evidence_changed", "escalate", "complete", "print", "payment_sent", "payment_settled"}
)
# Steps that decide or move money: never by somebody who entered, accepted or signed elsewhere.
SECOND_PERSON_VERBS = frozenset({"approve", "refuse", "pay"})
HELD_VERBS = frozenset(
    {"accept", "not_accept", "approve", "refuse", "ask_correction", "pay", "take", "hand_over", "release"}
)


def check(*, standing: Standing, actor: Actor, verb: str, role: str = "") -> str:
    """Return the role a step is taken in, when the actor may take it.

    Args:
        standing: The case now.
        actor: Who wants to act.
        verb: The step.
        role: The role to act in; empty picks the one whose turn it is.

    Returns:
        The role; empty for citizens and the system.

    Raises:
        Refused: The first of `REFUSALS` that applies; show it, nothing was changed.
    """
    _check_access(standing, actor)
    next_state(state=standing.state, verb=verb)
    if actor.kind == "system":
        if verb not in SILENT_VERBS | {"note"}:
            raise refuse("not_your_role", verb)
        return ""
    if actor.kind == "citizen":
        if verb not in CITIZEN_VERBS | SILENT_VERBS:
            raise refuse("not_your_role", verb)
        return ""
    acting = _staff_role(standing, actor, verb, role)
    _check_second_person(standing, actor, verb)
    if verb in HELD_VERBS and standing.holder not in ("", actor.id):
        raise refuse("held_by_other")
    return acting


def available(*, standing: Standing, actor: Actor) -> list[str]:
    """Return the steps an actor may take now, in the order of the transition table.

    Args:
        standing: The case now.
        actor: Who looks at it; one without access gets an empty list.
    """
    found = []
    for verb in verbs_from(standing.state):
        if verb in SILENT_VERBS:
            continue
        try:
            check(standing=standing, actor=actor, verb=verb)
        except Refused:
            continue
        found.append(verb)
    return found


def _check_access(standing: Standing, actor: Actor) -> None:
    if actor.kind == "citizen" and str(actor.person_id) != standing.person_id:
        raise refuse("not_your_case")
    if actor.kind == "staff" and not actor.works_in(standing.region):
        raise refuse("not_your_region", standing.region)


def _staff_role(standing: Standing, actor: Actor, verb: str, role: str) -> str:
    if verb in COLLEAGUE_VERBS | SILENT_VERBS:
        return role
    if verb in LEVEL_VERBS and standing.state in UNDER_REVIEW:
        return _level_role(standing, actor, role)
    needed = PAYOUT_ROLE if verb in PAYOUT_VERBS else INTAKE_ROLE
    if needed not in actor.roles or role not in ("", needed):
        raise refuse("not_your_role", verb, needed)
    return needed


def _level_role(standing: Standing, actor: Actor, role: str) -> str:
    level = standing.levels[standing.level - 1]
    mine = [one for one in level.roles if one in actor.roles and role in ("", one)]
    if not mine:
        raise refuse("not_your_role", *level.roles)
    open_now = [one for one in mine if one in standing.turns()]
    if not open_now:
        raise refuse("already_signed" if set(mine) & standing.signed_roles() else "not_your_turn")
    return open_now[0]


def _check_second_person(standing: Standing, actor: Actor, verb: str) -> None:
    if verb not in SECOND_PERSON_VERBS:
        return
    elsewhere = {s.actor_id for s in standing.signatures if not _same_seat(standing, s.round, s.level)}
    if verb == "pay" or standing.state is State.APPROVED:
        elsewhere = {s.actor_id for s in standing.signatures}
    if actor.id in standing.entered_by | elsewhere | {standing.accepted_by}:
        raise refuse("two_person_rule")


def _same_seat(standing: Standing, signed_round: int, level: int) -> bool:
    """Signing the same level again in a later round is the same review, not a second one."""
    return level == standing.level and signed_round < standing.round
