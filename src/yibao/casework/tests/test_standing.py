"""A case from application to money, told as actions; and every step somebody may not take."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from yibao.casework.actors import Actor
from yibao.casework.chain import Action, action_hash, merkle_root
from yibao.casework.levels import Level
from yibao.casework.rights import available, check
from yibao.casework.standing import Standing, apply, opened, standing_of
from yibao.casework.states import CLOSED, TRANSITIONS, State, next_state, verbs_from
from yibao.kernel.errors import Refused

PERSON = UUID(int=1)
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
ONE_LEVEL = [{"level": 1, "roles": ["reviewer"], "order": "any"}]
LONG = [
    {"level": 1, "roles": ["county_agency"], "order": "any"},
    {"level": 2, "roles": ["county_hrss", "county_finance"], "order": "any"},
    {"level": 3, "roles": ["city_hrss", "city_finance"], "order": "sequence"},
]


def staff(user: int, *roles: str, region: str = "500000") -> Actor:
    return Actor(user, f"工作人员{user}", "staff", frozenset(roles), region)


CITIZEN = Actor(1, "本人", "citizen", person_id=PERSON)
CLERK, REVIEWER, FINANCE = staff(2, "clerk"), staff(3, "reviewer"), staff(4, "finance")


class Telling:
    """A case told step by step: each step is checked as the server checks it, then applied."""

    def __init__(self, by: Actor = CITIZEN) -> None:
        data = {"service": "refund", "region": "500112", "person": str(PERSON)}
        self.actions = [self._action("open", by, "", "", data, DAY)]
        self.standing = opened(self.actions[0])

    def _action(self, kind: str, by: Actor, role: str, seen: str, data: Mapping[str, Any], on: date) -> Action:
        seq = len(getattr(self, "actions", [])) + 1
        return Action(seq, kind, by.kind, by.id, role, AT, on, "", seen, data)

    def step(self, kind: str, by: Actor, *, role: str = "", seen: str = "", on: date = DAY, **data: Any) -> "Telling":
        acting = check(standing=self.standing, actor=by, verb=kind, role=role)
        action = self._action(kind, by, acting, seen, data, on)
        self.standing = apply(standing=self.standing, action=action)
        self.actions.append(action)
        return self

    def accepted(self, levels: list[dict[str, Any]] = ONE_LEVEL, clerk: Actor = CLERK) -> "Telling":
        self.step("submit", CITIZEN, seen="e1", clocks={"acceptance": 5})
        return self.step("accept", clerk, levels=levels, clocks={"decision": 20})


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusal.code


class TestACase:
    def test_goes_from_application_to_money(self) -> None:
        told = Telling().accepted().step("approve", REVIEWER, seen="e1")
        assert told.standing.state is State.APPROVED
        told.step("pay", FINANCE).step("confirm_paid", FINANCE)
        assert told.standing.state is State.COMPLETED
        assert told.standing.closed_on == DAY
        assert told.standing == standing_of(told.actions)

    def test_waits_for_both_offices_where_two_sign(self) -> None:
        told = Telling().accepted(LONG).step("approve", staff(10, "county_agency"))
        assert (told.standing.level, told.standing.turns()) == (2, ("county_hrss", "county_finance"))
        told.step("approve", staff(12, "county_finance"))
        assert told.standing.turns() == ("county_hrss",)
        told.step("approve", staff(11, "county_hrss"))
        assert (told.standing.level, told.standing.turns()) == (3, ("city_hrss",))
        with pytest.raises(Refused) as refused:
            told.step("approve", staff(14, "city_finance"))
        assert code(refused) == "not_your_turn"
        told.step("approve", staff(13, "city_hrss")).step("approve", staff(14, "city_finance"))
        assert told.standing.state is State.APPROVED

    def test_starts_over_when_evidence_changed_after_a_signature(self) -> None:
        told = Telling().accepted(LONG).step("approve", staff(10, "county_agency"), seen="e1")
        told.step("decide", Actor.system(), seen="e2", amount_fen=5)
        assert (told.standing.state, told.standing.level, told.standing.round) == (State.ACCEPTED, 1, 2)
        assert told.standing.signed_roles() == frozenset()
        told.step("approve", staff(10, "county_agency"), seen="e2")
        assert told.standing.level == 2

    def test_starts_over_when_the_amount_changed_after_the_last_signature(self) -> None:
        told = Telling().accepted().step("approve", REVIEWER, seen="e1").step("decide", Actor.system(), amount_fen=7)
        assert told.standing.turns() == ("reviewer",)

    def test_keeps_its_signatures_when_the_same_decision_is_computed_again(self) -> None:
        told = Telling().accepted(LONG).step("approve", staff(10, "county_agency"), seen="e1")
        told.step("decide", Actor.system(), seen="e1")
        assert told.standing.level == 2

    def test_waits_for_nobody_at_the_office_while_the_citizen_corrects(self) -> None:
        told = Telling().step("submit", CITIZEN, seen="e1").step("ask_correction", CLERK, clocks={"correction": 10})
        assert told.standing.turns() == ()
        assert told.step("resubmit", CITIZEN, seen="e2").standing.turns() == ("clerk",)

    def test_returns_to_approved_when_the_bank_sends_the_money_back(self) -> None:
        told = Telling().accepted().step("approve", REVIEWER).step("pay", FINANCE).step("bounce", FINANCE)
        assert told.standing.state is State.APPROVED

    def test_cannot_be_withdrawn_once_money_is_on_its_way(self) -> None:
        told = Telling().accepted().step("approve", REVIEWER).step("pay", FINANCE)
        with pytest.raises(Refused) as refused:
            told.step("withdraw", CITIZEN)
        assert code(refused) == "wrong_state"

    def test_is_put_down_by_its_holder_when_it_moves_on(self) -> None:
        told = Telling().accepted(LONG).step("take", staff(10, "county_agency"))
        assert told.standing.holder == "10"
        assert told.step("approve", staff(10, "county_agency")).standing.holder == ""


class TestItsClocks:
    def test_stand_still_while_the_citizen_corrects(self) -> None:
        told = Telling().step("submit", CITIZEN, on=date(2024, 3, 1), clocks={"decision": 5})
        told.step("ask_correction", CLERK, on=date(2024, 3, 4), clocks={"correction": 10})
        decision, correction = told.standing.clocks
        assert (decision.due, decision.days_used) == (None, 1)
        assert correction.due is not None
        told.step("resubmit", CITIZEN, on=date(2024, 3, 11))
        decision, correction = told.standing.clocks
        assert decision.due is not None
        assert decision.due.day == date(2024, 3, 15)
        assert correction.finished_on == date(2024, 3, 11)

    def test_end_when_the_case_closes(self) -> None:
        told = Telling().accepted().step("refuse", REVIEWER)
        assert {clock.finished_on for clock in told.standing.clocks} == {DAY}


ENTERED_BY_CLERK = staff(5, "clerk", "reviewer", "finance")
REFUSED_STEPS = [
    pytest.param(
        lambda t: t,
        "submit",
        Actor(9, "别人", "citizen", person_id=UUID(int=2)),
        "not_your_case",
        id="another person's case",
    ),
    pytest.param(
        lambda t: t.step("submit", CITIZEN),
        "accept",
        staff(2, "clerk", region="510000"),
        "not_your_region",
        id="a clerk of another province",
    ),
    pytest.param(lambda t: t, "accept", CLERK, "wrong_state", id="accepting a draft"),
    pytest.param(lambda t: t.step("submit", CITIZEN), "accept", REVIEWER, "not_your_role", id="a reviewer accepting"),
    pytest.param(lambda t: t.accepted(), "approve", CLERK, "not_your_role", id="a clerk approving"),
    pytest.param(lambda t: t.accepted(), "approve", CITIZEN, "not_your_role", id="the applicant approving"),
    pytest.param(lambda t: t.accepted(), "approve", Actor.system(), "not_your_role", id="the system approving"),
    pytest.param(
        lambda t: (
            t.accepted(LONG).step("approve", staff(10, "county_agency")).step("approve", staff(11, "county_hrss"))
        ),
        "approve",
        staff(15, "county_hrss"),
        "already_signed",
        id="a second person of an office that has signed",
    ),
    pytest.param(
        lambda t: t.accepted(clerk=ENTERED_BY_CLERK),
        "approve",
        ENTERED_BY_CLERK,
        "two_person_rule",
        id="approving what one accepted",
    ),
    pytest.param(
        lambda t: t.step("attach", ENTERED_BY_CLERK).accepted(),
        "approve",
        ENTERED_BY_CLERK,
        "two_person_rule",
        id="approving what one entered",
    ),
    pytest.param(
        lambda t: t.accepted(LONG).step("approve", staff(10, "county_agency", "county_hrss")),
        "approve",
        staff(10, "county_agency", "county_hrss"),
        "two_person_rule",
        id="signing at two levels",
    ),
    pytest.param(
        lambda t: t.accepted().step("approve", staff(3, "reviewer", "finance")),
        "pay",
        staff(3, "reviewer", "finance"),
        "two_person_rule",
        id="paying what one approved",
    ),
    pytest.param(
        lambda t: t.accepted().step("take", REVIEWER),
        "approve",
        staff(8, "reviewer"),
        "held_by_other",
        id="a case somebody has taken",
    ),
]


@pytest.mark.parametrize(("told", "verb", "actor", "expected"), REFUSED_STEPS)
def test_a_step_is_refused(told: Any, verb: str, actor: Actor, expected: str) -> None:
    before = told(Telling())
    count = len(before.actions)
    with pytest.raises(Refused) as refused:
        before.step(verb, actor)
    assert code(refused) == expected
    assert verb not in available(standing=before.standing, actor=actor)
    assert len(before.actions) == count


def test_the_buttons_are_what_the_server_allows() -> None:
    told = Telling().accepted()
    assert available(standing=told.standing, actor=REVIEWER)[:3] == ["approve", "refuse", "ask_correction"]
    assert available(standing=told.standing, actor=CITIZEN) == ["withdraw"]
    assert available(standing=told.standing, actor=Actor(9, "别人", "citizen", person_id=UUID(int=2))) == []


@pytest.mark.parametrize("state", list(State))
def test_a_state_allows_what_its_table_says_and_nothing_else(state: State) -> None:
    moving = {verb for before, verb in TRANSITIONS if before is state}
    for verb in {verb for _, verb in TRANSITIONS}:
        if verb in moving:
            assert next_state(state=state, verb=verb) is TRANSITIONS[state, verb]
        else:
            with pytest.raises(Refused):
                next_state(state=state, verb=verb)
    assert bool(moving) == (state not in CLOSED)


def test_every_state_can_be_reached() -> None:
    reached = {State.DRAFT, State.IN_REVIEW} | set(TRANSITIONS.values())
    # The last signature leads to approved: the fold decides that, not the table.
    assert reached | {State.APPROVED} == set(State)
    assert "note" in verbs_from(State.COMPLETED)


@pytest.mark.parametrize("broken", [Level, lambda roles: Level(("a", "b"), "twice")])
def test_a_level_nobody_could_sign_cannot_be(broken: Any) -> None:
    with pytest.raises(ValueError, match="different roles"):
        broken(())


class TestTheChain:
    def test_breaks_when_anything_in_an_action_differs(self) -> None:
        def hashed(**changes: Any) -> str:
            given = {
                "seq": 2,
                "kind": "note",
                "actor_kind": "staff",
                "actor_id": "2",
                "role": "clerk",
                "at": AT,
                "business_date": DAY,
            }
            return action_hash(case_number="C1", previous="p", action=Action(**{**given, **changes}))

        changed = [
            hashed(seq=3),
            hashed(kind="take"),
            hashed(actor_id="3"),
            hashed(role=""),
            hashed(reason="x"),
            hashed(data={"a": 1}),
        ]
        assert len({hashed(), *changed}) == 7

    def test_refuses_actions_out_of_order(self) -> None:
        told = Telling().step("submit", CITIZEN)
        with pytest.raises(ValueError, match="does not follow"):
            apply(standing=told.standing, action=told.actions[0])
        with pytest.raises(ValueError, match="begins with open"):
            standing_of(told.actions[1:])

    @pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
    def test_root_changes_with_any_leaf(self, count: int) -> None:
        leaves = [f"leaf {n}" for n in range(count)]
        roots = {merkle_root([*leaves[:n], "other", *leaves[n + 1 :]]) for n in range(count)}
        assert len(roots | {merkle_root(leaves), merkle_root([*leaves, "more"])}) == count + 2


def test_a_case_without_standing_data_is_never_made_up() -> None:
    with pytest.raises(ValueError, match="stands nowhere"):
        standing_of([])
    assert isinstance(Telling().standing, Standing)
