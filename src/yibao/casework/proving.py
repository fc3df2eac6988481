"""Proves a process: the engine itself is walked through everything that may happen to a case.

Nothing is modelled a second time: `rights.check` says who may act and `standing.apply` what follows, exactly as in
service. What was accepted and signed is counted beside them, from the steps alone, so that a fault of the engine shows
as well as one of the levels. Besides one person per seat there walks one who holds every role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from uuid import UUID

from yibao.casework import states
from yibao.casework.actors import Actor
from yibao.casework.chain import Action
from yibao.casework.faults import Fault, Step, fault
from yibao.casework.levels import Level, plain_levels
from yibao.casework.officers import NOWHERE, OFFICERS
from yibao.casework.rights import check
from yibao.casework.standing import INTAKE_ROLE, PAYOUT_ROLE, Standing, apply, opened
from yibao.casework.states import CLOSED, UNDER_REVIEW, State
from yibao.kernel.errors import Refused

PAID = (State.EXECUTING, State.COMPLETED)
_REGION = "110000"
_DAY, _AT = date(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC)
_CITIZEN = Actor(1, "", "citizen", person_id=UUID(int=1))
_ALL_ROLES = 2
_FIRST_SEAT = 3
# Steps at which a case comes back to where nothing has been signed.
_VOIDING = frozenset({"accept", "ask_correction", "evidence_changed", "decide"})


@dataclass(frozen=True, slots=True)
class _Node:
    """A case at one point, without what makes no difference: its number of steps, its round, its amount."""

    standing: Standing
    accepted_by: str = ""
    signed: tuple[tuple[int, str, str], ...] = ()


@dataclass(slots=True)
class _Walk:
    """Everything that may happen under one process.

    Attributes:
        came_from: Each point with the point before and the step between; None for the first.
        edges: Each point with the points that may follow.
        signable: Points under review at which somebody may sign.
        faults: What went wrong on the way, by code; the shortest way is kept.
    """

    levels: tuple[Level, ...]
    clocks: Mapping[str, str]
    came_from: dict[_Node, tuple[_Node, Step] | None] = field(default_factory=dict)
    edges: dict[_Node, list[_Node]] = field(default_factory=dict)
    signable: set[_Node] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)

    def run(self) -> None:
        first = _Node(opened(Action(1, "open", "citizen", "1", "", _AT, _DAY, data=_OPENED)))
        self.came_from[first] = None
        waiting = [first]
        for node in waiting:
            for step, actor in self._steps(node):
                after = self._after(node, step, actor)
                if after is None:
                    continue
                self.edges.setdefault(node, []).append(after)
                if after not in self.came_from:
                    self.came_from[after] = (node, step)
                    waiting.append(after)

    def path(self, node: _Node, *more: Step) -> list[Step]:
        """Return the shortest way to a point."""
        found = list(more)
        before = self.came_from[node]
        while before is not None:
            node, step = before
            found.insert(0, step)
            before = self.came_from[node]
        return found

    def tell(self, code: str, node: _Node, *steps: Step, **values: str | int) -> None:
        if code not in self.faults:
            self.faults[code] = fault(code=code, where=(), path=self.path(node, *steps), **values)

    def _steps(self, node: _Node) -> Iterator[tuple[Step, Actor]]:
        standing = node.standing
        verbs = [verb for before, verb in states.TRANSITIONS if before is standing.state]
        if standing.state in states.KEEPING["decide"]:
            verbs.append("decide")
        for verb in verbs:
            for actor, role in _cast(self.levels, standing, verb):
                try:
                    acting = check(standing=standing, actor=actor, verb=verb, role=role)
                except Refused:
                    continue
                except (IndexError, KeyError, ValueError):
                    self.tell("step_breaks", node, Step(verb, standing.level, role))
                    continue
                yield Step(verb, standing.level, acting), actor

    def _after(self, node: _Node, step: Step, actor: Actor) -> _Node | None:
        started = {name: 1 for name, verb in self.clocks.items() if verb == step.verb}
        data: dict[str, object] = {"levels": plain_levels(self.levels), "clocks": started}
        if step.verb == "decide":
            data["amount_fen"] = 1
        action = Action(2, step.verb, actor.kind, actor.id, step.role, _AT, _DAY, data=data)
        try:
            standing = apply(standing=node.standing, action=action)
        except (IndexError, KeyError, ValueError):
            self.tell("step_breaks", node, step)
            return None
        if step.verb == "approve":
            self.signable.add(node)
        after = _counted(node, _plain(standing), step, actor)
        self._look(node, after, step, actor)
        return after

    def _look(self, node: _Node, after: _Node, step: Step, actor: Actor) -> None:
        if after.standing.state in PAID and node.standing.state not in PAID:
            self._look_at_money(node, step, actor)
        if after.standing.state in CLOSED:
            for clock in after.standing.clocks:
                if clock.finished_on is None:
                    self.tell("clock_never_ends", node, step, clock=clock.name)

    def _look_at_money(self, node: _Node, step: Step, actor: Actor) -> None:
        if not node.accepted_by:
            self.tell("paid_unaccepted", node, step)
            return
        signed = {(level, role) for level, role, _ in node.signed}
        for number, level in enumerate(self.levels, 1):
            missing = [role for role in level.roles if (number, role) not in signed]
            if missing == list(level.roles):
                self.tell("level_skipped", node, step, level=number)
            elif missing:
                self.tell("signature_skipped", node, step, level=number, role=missing[0])
        seats = [("accept", node.accepted_by), *((f"{level}:{role}", who) for level, role, who in node.signed)]
        if step.verb == "pay":
            seats.append(("pay", actor.id))
        twice = [seat for seat, who in seats if sum(who == other for _, other in seats) > 1]
        if twice:
            self.tell("one_person_twice", node, step, steps=", ".join(twice))


_OPENED = {"service": "", "region": _REGION, "person": str(_CITIZEN.person_id)}


def _cast(levels: Sequence[Level], standing: Standing, verb: str) -> Iterator[tuple[Actor, str]]:
    """Return who might take a step: the citizen, the system, one person of each role, and one who holds them all."""
    yield _CITIZEN, ""
    yield Actor.system(), ""
    roles = tuple(dict.fromkeys([INTAKE_ROLE, PAYOUT_ROLE, *(role for level in levels for role in level.roles)]))
    everything = Actor(_ALL_ROLES, "", "staff", frozenset(roles) - OFFICERS, _REGION)
    present = levels[standing.level - 1].roles if verb == "approve" and 0 < standing.level <= len(levels) else ()
    for role in present or (INTAKE_ROLE, PAYOUT_ROLE):
        # Payment and each level have people of their own.
        seat = _FIRST_SEAT + roles.index(role) + len(roles) * (standing.level if present else len(levels) + 1)
        yield Actor(seat, "", "staff", frozenset({role}), NOWHERE if role in OFFICERS else _REGION), role
        yield everything, role
    if standing.state in UNDER_REVIEW and verb != "approve":
        yield everything, ""


def _plain(standing: Standing) -> Standing:
    """Return a standing without what makes no difference to what may follow."""
    now = tuple(replace(one, round=1) for one in standing.signatures if one.round == standing.round)
    return replace(
        standing,
        seq=1,
        round=1,
        signatures=tuple(sorted(now, key=lambda one: (one.level, one.role))),
        clocks=tuple(sorted(standing.clocks, key=lambda clock: clock.name)),
        amount_fen=None,
        entered_by=frozenset(),
        answered_late=frozenset(),
    )


def _counted(node: _Node, standing: Standing, step: Step, actor: Actor) -> _Node:
    """Count what was accepted and signed, from the step alone."""
    if step.verb == "accept":
        return _Node(standing, actor.id)
    if step.verb == "ask_correction":
        return _Node(standing)
    if step.verb in _VOIDING and node.standing.state in (*UNDER_REVIEW, State.APPROVED):
        return _Node(standing, node.accepted_by)
    signed = node.signed
    if step.verb == "approve":
        signed = tuple(sorted({*signed, (step.level, step.role, actor.id)}))
    return _Node(standing, node.accepted_by, signed)


def prove(*, levels: Sequence[Level], clocks: Mapping[str, str] = MappingProxyType({})) -> list[Fault]:
    """Return what can go wrong with a case under some levels; an empty list proves that nothing can.

    Args:
        levels: In the order of signing.
        clocks: Name of each clock to the verb that starts it; they run alike under all levels.

    Returns:
        Faults with the shortest counter-example: a point from which no way leads to an end, money without
        acceptance, without a level or a signature, or by one person twice, a level nobody can sign, a clock that
        outlives its case.

    Examples:
        >>> prove(levels=[Level(("reviewer",))], clocks={"decision": "accept"})
        []
        >>> [found.code for found in prove(levels=[Level(("audit_officer",))])]
        ['nobody_can_sign']
    """
    return list(_walked(levels, clocks).faults.values())


def prove_table(*, levels: Sequence[Level]) -> list[Fault]:
    """Return what `prove` finds, and every state that no case ever comes to.

    Args:
        levels: Any that can be signed, one of them by more than one role.

    Examples:
        >>> prove_table(levels=[Level(("county_hrss", "county_finance"))])
        []
    """
    walk = _walked(levels, {})
    reached = dict.fromkeys(node.standing.state for node in walk.came_from)
    listed = ", ".join(reached)
    lost = [fault(code="state_unreachable", state=state, reached=listed) for state in State if state not in reached]
    return [*walk.faults.values(), *lost]


def _walked(levels: Sequence[Level], clocks: Mapping[str, str]) -> _Walk:
    walk = _Walk(tuple(levels), clocks)
    walk.run()
    ending = _leading_to(walk, {node for node in walk.came_from if node.standing.state in CLOSED})
    for node in walk.came_from:
        if node not in ending:
            walk.tell("state_dead_end", node, state=node.standing.state)
        if node.standing.state in UNDER_REVIEW and node not in walk.signable and node.standing.levels:
            roles = node.standing.turns()
            walk.tell("nobody_can_sign", node, level=node.standing.level, role=", ".join(roles))
    return walk


def _leading_to(walk: _Walk, ends: set[_Node]) -> set[_Node]:
    """Return the points from which one of some others can be come to, with those themselves."""
    before: dict[_Node, list[_Node]] = {}
    for node, followers in walk.edges.items():
        for after in followers:
            before.setdefault(after, []).append(node)
    found, waiting = set(ends), list(ends)
    while waiting:
        for node in before.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found
