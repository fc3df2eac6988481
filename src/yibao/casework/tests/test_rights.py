"""Who may take which step in which state: every kind of actor, every verb, every state, against a table by hand."""

from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

import pytest

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED, Acting
from yibao.casework.chain import Action
from yibao.casework.officers import AUDIT_OFFICER, NOWHERE, SECURITY_OFFICER, SYSTEM_OFFICER
from yibao.casework.rights import available, check
from yibao.casework.standing import Standing, apply, opened
from yibao.casework.states import VERBS, State
from yibao.kernel.errors import Refused

OWN, OTHER = UUID(int=1), UUID(int=2)
REGION, COUNTY, ELSEWHERE = "500000", "500112", "510000"
AT, DAY = datetime(2023, 2, 10, 2, tzinfo=UTC), date(2023, 2, 10)


def staff(user: int, *roles: str, region: str = REGION) -> Actor:
    return Actor(user, "", "staff", frozenset(roles), region)


ACTORS = {
    "citizen": Actor(1, "", "citizen", person_id=OWN, assurance=PROVED),
    "representative": Actor(2, "", "citizen", person_id=OWN, assurance=PROVED, acting=Acting(1, "guardian", OTHER)),
    "representative of another": Actor(2, "", "citizen", person_id=OTHER, acting=Acting(1, "guardian", OWN)),
    "stranger": Actor(3, "", "citizen", person_id=OTHER, assurance=PROVED),
    "agent of a unit": Actor(4, "", "citizen", acting=Acting(2, "unit", OWN, unit_id=OTHER), assurance=PROVED),
    "clerk": staff(11, "clerk"),
    "clerk of the county": staff(12, "clerk", region=COUNTY),
    "clerk elsewhere": staff(13, "clerk", region=ELSEWHERE),
    "reviewer": staff(14, "reviewer"),
    "finance": staff(15, "finance"),
    "finance elsewhere": staff(16, "finance", region=ELSEWHERE),
    "auditor": staff(17, "auditor"),
    "system officer": staff(18, SYSTEM_OFFICER, region=NOWHERE),
    "security officer": staff(19, SECURITY_OFFICER, region=NOWHERE),
    "audit officer": staff(20, AUDIT_OFFICER, region=NOWHERE),
    "officer with an office": staff(21, SECURITY_OFFICER, region=REGION),
    "officer who is a clerk too": staff(22, AUDIT_OFFICER, "clerk", region=REGION),
    "staff without a role": staff(23),
    "worker": Actor.system(),
}
ALIKE = {"representative": "citizen", "clerk of the county": "clerk"}
"""Who may what another one may; everybody who stands neither here nor in `MAY` may nothing, ever."""

DESK = "note print"
HAND = f"{DESK} take"
DESKS = ("clerk", "reviewer", "finance", "auditor")
OPEN_CASE = "decide escalate note"
# Nobody has the case in hand, so nobody gives it away: release and hand_over have a test of their own.
MAY = {
    State.DRAFT: {
        "citizen": "submit withdraw save_answers attach detach print",
        "clerk": f"submit withdraw save_answers attach detach {HAND}",
        "reviewer": HAND, "finance": HAND, "auditor": DESK, "worker": OPEN_CASE,
    },
    State.SUBMITTED: {
        "citizen": "withdraw attach print",
        "clerk": f"accept not_accept ask_correction withdraw attach decide {HAND}",
        "reviewer": HAND, "finance": HAND, "auditor": DESK, "worker": OPEN_CASE,
    },
    State.CORRECTION_DUE: {
        "citizen": "resubmit withdraw save_answers attach detach print",
        "clerk": f"resubmit withdraw save_answers attach detach {HAND}",
        "reviewer": HAND, "finance": HAND, "auditor": DESK, "worker": OPEN_CASE,
    },
    State.ACCEPTED: {
        "citizen": "withdraw print",
        "clerk": f"withdraw decide {HAND}",
        "reviewer": f"approve refuse ask_correction assign {HAND}",
        "finance": HAND, "auditor": DESK, "worker": f"{OPEN_CASE} evidence_changed",
    },
    State.IN_REVIEW: {
        "citizen": "withdraw print",
        "clerk": f"withdraw decide {HAND}",
        "reviewer": f"approve refuse ask_correction assign {HAND}",
        "finance": HAND, "auditor": DESK, "worker": f"{OPEN_CASE} evidence_changed",
    },
    State.APPROVED: {
        "citizen": "withdraw decide print",
        "clerk": f"withdraw decide {HAND}",
        "reviewer": f"assign {HAND}",
        "finance": f"pay {HAND}", "auditor": DESK, "worker": f"{OPEN_CASE} evidence_changed complete",
    },
    State.EXECUTING: {
        "citizen": "print",
        "clerk": HAND, "reviewer": f"assign {HAND}",
        "finance": f"bounce confirm_paid {HAND}", "auditor": DESK,
        "worker": OPEN_CASE,
    },
    **{
        closed: {"citizen": "print", "worker": "note", **dict.fromkeys(DESKS, DESK)}
        for closed in (State.NOT_ACCEPTED, State.REFUSED, State.COMPLETED, State.WITHDRAWN)
    },
}  # fmt: skip
WAYS = {
    State.DRAFT: "", State.SUBMITTED: "submit", State.CORRECTION_DUE: "submit ask_correction",
    State.ACCEPTED: "submit accept", State.IN_REVIEW: "submit accept approve",
    State.APPROVED: "submit accept approve approve2", State.EXECUTING: "submit accept approve approve2 pay",
    State.COMPLETED: "submit accept approve approve2 pay confirm_paid", State.REFUSED: "submit accept refuse",
    State.NOT_ACCEPTED: "submit not_accept", State.WITHDRAWN: "withdraw",
}  # fmt: skip
DID = {"submit": "1", "withdraw": "1", "accept": "91", "approve": "92", "approve2": "93"}
LEVELS = [{"level": level, "roles": ["reviewer"], "order": "any"} for level in (1, 2)]


@cache
def standing_in(state: State) -> Standing:
    """A case of the county in a state, brought there by people who are none of the actors."""
    data = {"service": "refund", "region": COUNTY, "person": str(OWN)}
    case = opened(Action(1, "open", "citizen", "1", "", AT, DAY, "", "", data))
    for verb in WAYS[state].split():
        kind = verb.rstrip("2")
        who = DID.get(verb, "94")
        role = "reviewer" if kind == "approve" else ""
        by = "citizen" if who == "1" else "staff"
        action = Action(case.seq + 1, kind, by, who, role, AT, DAY, "", "", {"levels": LEVELS})
        case = apply(standing=case, action=action)
    assert case.state is state
    return case


def may(state: State, name: str, verb: str) -> bool:
    return verb in MAY[state].get(ALIKE.get(name, name), "").split()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", ACTORS)
def test_an_actor_may_what_the_table_says_and_nothing_else(name: str, state: State) -> None:
    standing, actor = standing_in(state), ACTORS[name]
    wrong = []
    for verb in (*VERBS, "made_up"):
        try:
            check(standing=standing, actor=actor, verb=verb)
            allowed = True
        except Refused:
            allowed = False
        if allowed != may(state, name, verb):
            wrong.append((verb, "allowed" if allowed else "refused"))
    assert wrong == []
    shown = available(standing=standing, actor=actor)
    assert [verb for verb in shown if not may(state, name, verb)] == []


def test_the_table_names_every_verb_and_every_state() -> None:
    named = {verb for rows in MAY.values() for verbs in rows.values() for verb in verbs.split()}
    assert named | {"open", "release", "hand_over"} == set(VERBS)
    assert set(MAY) == set(WAYS) == set(State)


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("verb", ["release", "hand_over"])
def test_only_the_holder_gives_a_case_away(name: str, verb: str) -> None:
    standing, actor = standing_in(State.ACCEPTED), ACTORS[name]
    taken = Action(standing.seq + 1, "take", "staff", actor.id, "", AT, DAY)
    held = apply(standing=standing, action=taken)
    fit = name in ("clerk", "clerk of the county", "reviewer", "finance")
    if fit:
        assert check(standing=held, actor=actor, verb=verb) == ""
    else:
        with pytest.raises(Refused):
            check(standing=held, actor=actor, verb=verb)


def test_nobody_acts_in_a_role_they_do_not_hold() -> None:
    for verb in ("note", "take", "print"):
        with pytest.raises(Refused):
            check(standing=standing_in(State.ACCEPTED), actor=ACTORS["clerk"], verb=verb, role="finance")


def test_who_entered_the_amount_signs_and_pays_nothing() -> None:
    both = staff(31, "clerk", "reviewer", "finance")
    for state, verb in ((State.ACCEPTED, "approve"), (State.APPROVED, "pay")):
        case = standing_in(state)
        assert check(standing=case, actor=both, verb=verb)
        late = Action(case.seq + 1, "decide", "staff", both.id, "clerk", AT, DAY)
        with pytest.raises(Refused) as no:
            check(standing=apply(standing=case, action=late), actor=both, verb=verb)
        assert no.value.refusal.code == "two_person_rule"
