"""Where a case stands, computed from its actions and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from yibao.casework import clocks as limits
from yibao.casework.chain import Action
from yibao.casework.clocks import Clock
from yibao.casework.levels import Level, levels_of
from yibao.casework.states import CLOSED, OPEN, UNDER_REVIEW, State, next_state

INTAKE_ROLE = "clerk"
PAYOUT_ROLE = "finance"
OTHER_PLACE = "other_place"
"""Nobody's role here: the turn of an agency elsewhere, which answers by message."""
ENTERING = frozenset({"open", "save_answers", "attach", "detach", "submit", "resubmit"})
# The verbs after which the evidence of the case is what the action says; others only say what they saw.
SETS_EVIDENCE = ENTERING | {"accept", "decide", "evidence_changed"}
_REVIEWED = (*UNDER_REVIEW, State.APPROVED)
# What an action changes of a standing, by attribute: gathered first, so that a standing is copied once for each action.
Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature.

    Attributes:
        round: 1 at first; one more each time evidence changed under review.
        level: 1 to n.
        role: The role signed as.
        actor_id: Login number as text.
        at: When.
        evidence_hash: What was seen.
    """

    round: int
    level: int
    role: str
    actor_id: str
    at: datetime
    evidence_hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A case after some number of actions.

    Attributes:
        service: Which public service.
        region: Six digits of the office that has the case.
        person_id: Number of the insured person, as text.
        unit_id: Number of the unit that applied, as text; empty where no unit did.
        state: One of the core states.
        level: Level that is signed next; 0 before acceptance.
        round: Which round of signing.
        levels: The process as pinned at acceptance.
        signatures: All signatures of all rounds.
        entered_by: Staff who entered anything.
        answered_late: Staff who entered an amount or an account after the case was handed in.
        accepted_by: Who accepted it; empty before.
        holder: Who has taken it; empty when nobody has.
        evidence_hash: Hash of the evidence as it is now.
        amount_fen: Amount of the decision; None where there is none yet.
        pack: Version of the rules; empty before a decision.
        clocks: Its limits.
        opened_on: Business date of the first action.
        submitted_on: Business date of the first submission.
        closed_on: Business date on which it closed.
        seq: Number of actions.
        awaits: Whose turn it is instead of a role of the office, such as `OTHER_PLACE`; empty when it is the office's.
        objection: Whether the person may withdraw what a unit applied for about them.
    """

    service: str
    region: str
    person_id: str
    opened_on: date
    state: State = State.DRAFT
    level: int = 0
    round: int = 1
    levels: tuple[Level, ...] = ()
    signatures: tuple[Signed, ...] = ()
    entered_by: frozenset[str] = frozenset()
    answered_late: frozenset[str] = frozenset()
    accepted_by: str = ""
    holder: str = ""
    evidence_hash: str = ""
    amount_fen: int | None = None
    pack: str = ""
    clocks: tuple[Clock, ...] = ()
    submitted_on: date | None = None
    closed_on: date | None = None
    seq: int = 1
    unit_id: str = ""
    awaits: str = ""
    objection: bool = False

    def signed_roles(self) -> frozenset[str]:
        """Return the roles that have signed at the present level in this round."""
        return frozenset(s.role for s in self.signatures if (s.round, s.level) == (self.round, self.level))

    def turns(self) -> tuple[str, ...]:
        """Return the roles whose turn it is; empty while the citizen has the case or it is closed."""
        if self.awaits and self.state in OPEN:
            return (self.awaits,)
        if self.state is State.SUBMITTED:
            return (INTAKE_ROLE,)
        if self.state in UNDER_REVIEW:
            return self.levels[self.level - 1].waiting_for(self.signed_roles())
        return (PAYOUT_ROLE,) if self.state in (State.APPROVED, State.EXECUTING) else ()


def opened(action: Action) -> Standing:
    """Return the standing after the first action, `open`, whose data name service, region and person.

    Raises:
        ValueError: The first action is another one; the chain was tampered with.
    """
    if action.kind != "open" or action.seq != 1:
        raise ValueError(f"a case begins with open, not with {action.kind} number {action.seq}")
    data = action.data
    unit = str(data.get("acting", {}).get("unit", ""))
    first = Standing(
        data["service"], data["region"], data["person"], action.business_date, unit_id=unit,
        objection=data.get("objection") is True,
    )  # fmt: skip
    return replace(first, **_entered(first, action), **_taken_over(action))


def apply(*, standing: Standing, action: Action) -> Standing:
    """Return the standing after one more action.

    Args:
        standing: Before.
        action: The next action; its `data` may carry levels (with accept), amount_fen, pack, clocks
            (name to working days), clocks_ended (names), holder (with take, hand_over and assign), awaits (whose turn
            it is from now on; empty when it is the office's again).

    Raises:
        Refused: `wrong_state`: the table does not allow the verb now.
        ValueError: The action is not the next one, or accepts without levels; a bug or tampering.
    """
    if action.seq != standing.seq + 1:
        raise ValueError(f"action {action.seq} does not follow action {standing.seq}")
    state = next_state(state=standing.state, verb=action.kind)
    changes: Changes = {"state": state, "seq": action.seq}
    changes |= _STEPS.get(action.kind, _same)(standing, action)
    changes |= _entered(standing, action)
    changes |= _taken_over(action)
    changes |= _voided(standing, changes)
    changes |= _closing(standing, changes, action)
    return replace(standing, **changes)


def standing_of(actions: Iterable[Action]) -> Standing:
    """Return where a case stands after all its actions.

    Raises:
        ValueError: There is no action, or they are not a chain from `open`.
    """
    rest = iter(actions)
    first = next(rest, None)
    if first is None:
        raise ValueError("a case without actions stands nowhere")
    standing = opened(first)
    for action in rest:
        standing = apply(standing=standing, action=action)
    return standing


def _same(standing: Standing, action: Action) -> Changes:
    return {}


def _accepted(standing: Standing, action: Action) -> Changes:
    levels = levels_of(action.data["levels"])
    if not levels:
        raise ValueError("a case is accepted with at least one level of approval")
    return {"levels": levels, "level": 1, "accepted_by": action.actor_id}


def _approved(standing: Standing, action: Action) -> Changes:
    signature = Signed(standing.round, standing.level, action.role, action.actor_id, action.at, action.evidence_hash)
    signed: Changes = {"signatures": (*standing.signatures, signature)}
    if standing.levels[standing.level - 1].waiting_for(standing.signed_roles() | {action.role}):
        return signed
    if standing.level == len(standing.levels):
        return signed | {"state": State.APPROVED}
    return signed | {"level": standing.level + 1}


def _back_to_first_level(standing: Standing, action: Action | None = None) -> Changes:
    return {"level": 1, "round": standing.round + 1}


def _asked(standing: Standing, action: Action) -> Changes:
    return {"level": 0, "round": standing.round + (1 if standing.level else 0)}


def _submitted(standing: Standing, action: Action) -> Changes:
    return {"submitted_on": standing.submitted_on or action.business_date}


def _held(standing: Standing, action: Action) -> Changes:
    return {"holder": str(action.data.get("holder", action.actor_id))}


def _released(standing: Standing, action: Action) -> Changes:
    return {"holder": ""}


_STEPS = {
    "submit": _submitted,
    "accept": _accepted,
    "ask_correction": _asked,
    "approve": _approved,
    "evidence_changed": _back_to_first_level,
    "take": _held,
    "hand_over": _held,
    "assign": _held,
    "release": _released,
}


def _entered(standing: Standing, action: Action) -> Changes:
    if action.actor_kind != "staff":
        return {}
    if action.kind == "decide":
        return {"answered_late": standing.answered_late | {action.actor_id}}
    return {"entered_by": standing.entered_by | {action.actor_id}} if action.kind in ENTERING else {}


def _taken_over(action: Action) -> Changes:
    changes: Changes = {name: action.data[name] for name in ("amount_fen", "pack", "awaits") if name in action.data}
    if action.kind in SETS_EVIDENCE and action.evidence_hash:
        changes["evidence_hash"] = action.evidence_hash
    return changes


def _voided(before: Standing, changes: Changes) -> Changes:
    """Evidence or amount changed under review: signatures are void, whatever verb changed it."""
    now = (changes.get("evidence_hash", before.evidence_hash), changes.get("amount_fen", before.amount_fen))
    reviewing = before.state in _REVIEWED and changes["state"] in _REVIEWED
    again = changes.get("round", before.round) > before.round
    if now == (before.evidence_hash, before.amount_fen) or not reviewing or again:
        return {}
    return _back_to_first_level(before) | {"state": State.ACCEPTED}


def _closing(before: Standing, changes: Changes, action: Action) -> Changes:
    closed = changes["state"] in CLOSED
    after = (changes["state"], changes.get("level", before.level), changes.get("round", before.round))
    clocks = limits.after(
        clocks=before.clocks,
        kind=action.kind,
        on=action.business_date,
        started=dict(action.data.get("clocks", {})),
        closed=closed and before.state not in CLOSED,
        ended=action.data.get("clocks_ended", ()),
    )
    found: Changes = {"clocks": clocks}
    if (before.state, before.level, before.round) != after:
        found["holder"] = ""
    if closed and before.closed_on is None:
        found["closed_on"] = action.business_date
    return found
