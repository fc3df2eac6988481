"""Who may take which step; the buttons of the pages and the checks of the server are this one table."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from yibao.casework.actors import PLATFORM, Actor
from yibao.casework.officers import OFFICERS
from yibao.casework.refusals import refuse
from yibao.casework.standing import INTAKE_ROLE, PAYOUT_ROLE, Standing
from yibao.casework.states import UNDER_REVIEW, State, next_state, verbs_from
from yibao.kernel.errors import Refused

CITIZEN_VERBS = frozenset({"save_answers", "attach", "detach", "submit", "resubmit", "withdraw"})
# What the person may do with what a unit applied for about them, where they may object.
OBJECTORS_VERBS = frozenset({"withdraw", "print"})
INTAKE_VERBS = CITIZEN_VERBS | {"accept", "not_accept", "ask_correction"}
LEVEL_VERBS = frozenset({"approve", "refuse", "ask_correction"})
PAYOUT_VERBS = frozenset({"pay", "bounce", "confirm_paid"})
COLLEAGUE_VERBS = frozenset({"take", "release", "hand_over", "note"})
# Only who has the case in hand gives it away.
HOLDERS_VERBS = frozenset({"release", "hand_over"})
# Taken from a list of many cases; the page of one case has no button for it.
LIST_VERBS = frozenset({"assign"})
# Steps the system takes as part of another one, and nobody else.
SYSTEM_VERBS = frozenset({"evidence_changed", "escalate", "complete"})
# What the system does beside them upon an agreement with another agency: both have checked, or one has called it off.
PLATFORM_VERBS = frozenset({"submit", "accept", "not_accept", "withdraw"})
# Nobody presses a button of the case for these.
SILENT_VERBS = SYSTEM_VERBS | {"decide", "print"}
# An answer that comes late has the case decided again: where the money goes after it came back, and before that,
# by the office alone, the amount an agency determined.
CITIZEN_DECIDES_IN = (State.APPROVED,)
INTAKE_DECIDES_IN = (State.SUBMITTED, *UNDER_REVIEW, State.APPROVED)
# Who has it may read the cases of the office, remark and print, and has none of them in hand.
READING_ROLES = frozenset({"auditor"})
# Steps that decide or move money: never by somebody who entered, accepted or signed elsewhere.
SECOND_PERSON_VERBS = frozenset({"approve", "refuse", "pay"})
HELD_VERBS = frozenset(
    {"accept", "not_accept", "approve", "refuse", "ask_correction", "pay", "take", "hand_over", "release"}
)

# What there is to do in a state, for whoever has the case in hand.
MAIN_VERBS = {
    State.SUBMITTED: "accept",
    State.ACCEPTED: "approve",
    State.IN_REVIEW: "approve",
    State.APPROVED: "pay",
    State.EXECUTING: "confirm_paid",
}
_OF_A_COLLEAGUE = {"not_your_region": "colleague_not_of_region", "two_person_rule": "colleague_handled_before"}


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
    _check_access(standing, actor, verb)
    next_state(state=standing.state, verb=verb)
    if actor.kind != "staff":
        if verb not in _verbs_of_no_role(standing, actor):
            raise refuse("not_your_role", verb)
        return ""
    acting = _staff_role(standing, actor, verb, role)
    _check_second_person(standing, actor, verb)
    if verb in HELD_VERBS and standing.holder not in ("", actor.id):
        raise refuse("held_by_other")
    if verb in HOLDERS_VERBS and not standing.holder:
        raise refuse("not_held_by_you")
    return acting


def check_colleague(*, standing: Standing, colleague: Actor) -> None:
    """Check that a case may be given to a colleague: they may take the step that waits, whoever has it in hand now.

    Args:
        standing: The case now.
        colleague: Who shall have it, with the roles they hold for the case's region.

    Raises:
        Refused: `wrong_state` (nobody of the office has the turn), `colleague_has_it`, `colleague_not_of_region`,
            `colleague_handled_before` or `colleague_without_role`; nothing was changed.
    """
    verb = MAIN_VERBS.get(standing.state)
    if verb is None:
        raise refuse("wrong_state", str(standing.state))
    if colleague.id == standing.holder:
        raise refuse("colleague_has_it")
    try:
        check(standing=replace(standing, holder=""), actor=colleague, verb=verb)
    except Refused as no:
        raise refuse(_OF_A_COLLEAGUE.get(no.refusal.code, "colleague_without_role")) from no


def heads(standing: Standing) -> frozenset[str]:
    """Return the roles that may give out a case: the first one of each level from the present one on.

    Before acceptance no level is known, and nobody is named.
    """
    return frozenset(level.roles[0] for level in standing.levels[max(standing.level - 1, 0) :])


def available(*, standing: Standing, actor: Actor) -> list[str]:
    """Return the steps an actor may take now, in the order of the transition table.

    Args:
        standing: The case now.
        actor: Who looks at it; one without access gets an empty list.
    """
    found = []
    for verb in verbs_from(standing.state):
        if verb in SILENT_VERBS | LIST_VERBS:
            continue
        try:
            check(standing=standing, actor=actor, verb=verb)
        except Refused:
            continue
        found.append(verb)
    return found


def _check_access(standing: Standing, actor: Actor, verb: str) -> None:
    unit, person = UUID(standing.unit_id) if standing.unit_id else None, UUID(standing.person_id)
    # What a unit applied for stays the unit's, but where its first action says so the person may end it.
    objects = standing.objection and verb in OBJECTORS_VERBS and actor.concerns(person_id=person, unit_id=None)
    if actor.kind == "citizen" and not (objects or actor.concerns(person_id=person, unit_id=unit)):
        raise refuse("not_your_case")
    if actor.kind == "staff" and not actor.works_in(standing.region):
        raise refuse("not_your_region", standing.region)


def _verbs_of_no_role(standing: Standing, actor: Actor) -> frozenset[str]:
    if actor.kind == "system":
        agreed = PLATFORM_VERBS if PLATFORM in actor.roles else frozenset()
        return SYSTEM_VERBS | {"decide", "note"} | agreed
    late = {"decide"} if standing.state in CITIZEN_DECIDES_IN else set()
    return CITIZEN_VERBS | {"print"} | late


def _staff_role(standing: Standing, actor: Actor, verb: str, role: str) -> str:
    if verb in SYSTEM_VERBS or actor.roles & OFFICERS:
        raise refuse("not_your_role", verb)
    if verb in COLLEAGUE_VERBS | {"print"}:
        return _colleague_role(actor, verb, role)
    if verb in LIST_VERBS:
        return _head_role(standing, actor, role)
    if verb in LEVEL_VERBS and standing.state in UNDER_REVIEW:
        return _level_role(standing, actor, role)
    needed = PAYOUT_ROLE if verb in PAYOUT_VERBS else INTAKE_ROLE
    if needed not in actor.roles or role not in ("", needed):
        raise refuse("not_your_role", verb, needed)
    if verb == "decide" and standing.state not in INTAKE_DECIDES_IN:
        raise refuse("wrong_state", str(standing.state), verb)
    return needed


def _colleague_role(actor: Actor, verb: str, role: str) -> str:
    fit = actor.roles if verb in ("note", "print") else actor.roles - READING_ROLES
    if not fit or role not in ("", *fit):
        raise refuse("not_your_role", verb)
    return role


def _head_role(standing: Standing, actor: Actor, role: str) -> str:
    """Before acceptance the caller names the role, as only the packs know which levels may come."""
    allowed = heads(standing) or frozenset({role}) - {"", INTAKE_ROLE, PAYOUT_ROLE, *READING_ROLES}
    mine = sorted(one for one in actor.roles & allowed if role in ("", one))
    if not mine:
        raise refuse("not_your_role", *sorted(allowed))
    return mine[0]


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
    if actor.id in standing.entered_by | standing.answered_late | elsewhere | {standing.accepted_by}:
        raise refuse("two_person_rule")


def _same_seat(standing: Standing, signed_round: int, level: int) -> bool:
    """Signing the same level again in a later round is the same review, not a second one."""
    return level == standing.level and signed_round < standing.round
