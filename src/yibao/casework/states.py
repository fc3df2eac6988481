"""The states of a case and the one table of what leads where; the same for every service."""

from __future__ import annotations

from enum import StrEnum

from yibao.casework.refusals import refuse


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CORRECTION_DUE = "correction_due"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REFUSED = "refused"
    EXECUTING = "executing"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


S = State
BEFORE_EXECUTING = (S.DRAFT, S.SUBMITTED, S.CORRECTION_DUE, S.ACCEPTED, S.IN_REVIEW, S.APPROVED)
UNDER_REVIEW = (S.ACCEPTED, S.IN_REVIEW)
CLOSED = frozenset({S.NOT_ACCEPTED, S.REFUSED, S.COMPLETED, S.WITHDRAWN})
OPEN = tuple(state for state in S if state not in CLOSED)

# `approve` leads to in_review; the last signature of the last level leads to approved instead.
TRANSITIONS: dict[tuple[State, str], State] = {
    (S.DRAFT, "submit"): S.SUBMITTED,
    (S.SUBMITTED, "ask_correction"): S.CORRECTION_DUE,
    (S.CORRECTION_DUE, "resubmit"): S.SUBMITTED,
    (S.SUBMITTED, "accept"): S.ACCEPTED,
    (S.SUBMITTED, "not_accept"): S.NOT_ACCEPTED,
    **{(state, "approve"): S.IN_REVIEW for state in UNDER_REVIEW},
    **{(state, "refuse"): S.REFUSED for state in UNDER_REVIEW},
    **{(state, "ask_correction"): S.CORRECTION_DUE for state in UNDER_REVIEW},
    **{(state, "evidence_changed"): S.ACCEPTED for state in (*UNDER_REVIEW, S.APPROVED)},
    (S.APPROVED, "pay"): S.EXECUTING,
    (S.EXECUTING, "bounce"): S.APPROVED,
    (S.EXECUTING, "confirm_paid"): S.COMPLETED,
    # Approved without money to move: nothing is left to execute.
    (S.APPROVED, "complete"): S.COMPLETED,
    **{(state, "withdraw"): S.WITHDRAWN for state in BEFORE_EXECUTING},
}

# What may be done without changing the state.
KEEPING: dict[str, tuple[State, ...]] = {
    "save_answers": (S.DRAFT, S.CORRECTION_DUE),
    "attach": (S.DRAFT, S.SUBMITTED, S.CORRECTION_DUE),
    "detach": (S.DRAFT, S.CORRECTION_DUE),
    "decide": OPEN,
    "take": OPEN,
    "release": OPEN,
    "hand_over": OPEN,
    "assign": OPEN,
    "escalate": OPEN,
    "note": tuple(S),
    "print": tuple(S),
}

VERBS = tuple(dict.fromkeys(["open", *(verb for _, verb in TRANSITIONS), *KEEPING]))


def next_state(*, state: State, verb: str) -> State:
    """Return the state a verb leads to.

    Args:
        state: Where the case stands.
        verb: One of `VERBS`, except `open`.

    Raises:
        Refused: `wrong_state`, with the state and the verb as details; show the case as it stands now.

    Examples:
        >>> next_state(state=State.SUBMITTED, verb="accept")
        <State.ACCEPTED: 'accepted'>
    """
    if state in KEEPING.get(verb, ()):
        return state
    if (state, verb) not in TRANSITIONS:
        raise refuse("wrong_state", str(state), verb)
    return TRANSITIONS[state, verb]


def verbs_from(state: State) -> tuple[str, ...]:
    """Return every verb the table allows in a state, in the table's order.

    Examples:
        >>> verbs_from(State.CORRECTION_DUE)[:2]
        ('resubmit', 'withdraw')
    """
    moving = [verb for (before, verb) in TRANSITIONS if before is state]
    return (*moving, *(verb for verb, states in KEEPING.items() if state in states))
