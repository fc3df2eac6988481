"""Who gains and who loses, and how much, where other rules hold: the demo population decided twice."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from yibao import services
from yibao.kernel.errors import InputInvalid
from yibao.kernel.money import Money
from yibao.policy import Region, UnknownRegion
from yibao.store import situations
from yibao.store.models import Case, CitizenLogin, Person

PAYS = ("refund", "incomplete")


@dataclass(frozen=True, slots=True)
class Side:
    """The rules of a region on a day."""

    region: Region
    on: date


@dataclass(slots=True)
class Group:
    """Persons whose decision moves in one direction: how many, and the sum of the differences (fen)."""

    persons: int = 0
    fen: int = 0

    def add(self, fen: int) -> None:
        """Count one more."""
        self.persons += 1
        self.fen += fen


@dataclass(slots=True)
class Effect:
    """What other rules change for some persons.

    Attributes:
        persons: how many were decided under both.
        gain: who gets more.
        lose: who gets less.
        same: how many get the same amount.
        open: who comes to a person's decision under one side only, with the difference meanwhile; neither a gain nor
            a loss.
        undecided: how many have a record that cannot be decided on that day.
        moves: decision and rules under either side to the persons and sums; only where they differ.
        totals: the sum under either side (fen).
    """

    persons: int = 0
    gain: Group = field(default_factory=Group)
    lose: Group = field(default_factory=Group)
    same: int = 0
    open: Group = field(default_factory=Group)
    undecided: int = 0
    moves: dict[tuple[str, str], Group] = field(default_factory=dict)
    totals: list[int] = field(default_factory=lambda: [0, 0])


def people(most: int) -> list[UUID]:
    """Return who is looked at: those with a case or a login first, then others in an order that means nothing.

    Args:
        most: how many at most.
    """
    known = [
        *CitizenLogin.objects.values_list("person_id", flat=True),
        *Case.objects.values_list("person_id", flat=True),
    ]
    first = sorted({key for key in known if key}, key=str)
    if len(first) >= most:
        return first[:most]
    rest = Person.objects.filter(merged_into=None).exclude(pk__in=first).order_by("pk")
    return [*first, *rest.values_list("pk", flat=True)[: most - len(first)]]


def effect(*, old: Side, new: Side, persons: list[UUID], advance: Callable[[], None] = lambda: None) -> Effect:
    """Return what changes for some persons; each asks for everything, with all papers, on the day of either side.

    Args:
        old: one side.
        new: the other side; the record is read as if the person were insured there.
        persons: whom to decide.
        advance: Called after each person.
    """
    told = Effect()
    for key in persons:
        try:
            before, after = (_decided(key, side, old.region) for side in (old, new))
        except InputInvalid:
            told.undecided += 1
        else:
            _count(told, before, after)
        advance()
    return told


def _decided(key: UUID, side: Side, home: Region) -> Any:
    materials = list(side.region.setting("refund", "materials"))
    case = situations.case_file(person_id=key, region=side.region.code, on=side.on, request={}, materials=materials)
    return services.decide(case if side.region.code == home.code else _moved(case, home.code, side.region))


def _moved(case: dict[str, Any], home: str, region: Region) -> dict[str, Any]:
    """Return a case file with what was insured at home insured elsewhere, in the groups that place knows."""
    known = region.setting("refund", "groups")
    groups = [code for code in case["person"]["groups"] if code in known]
    enrolments = [_at(each, home, region.code) for each in case["enrolments"]]
    return {**case, "person": {**case["person"], "groups": groups}, "enrolments": enrolments}


def _at(enrolment: Mapping[str, Any], home: str, code: str) -> dict[str, Any]:
    try:
        pool = services.packs().region_for(enrolment["region"]).code
    except UnknownRegion:
        pool = ""
    return {**enrolment, "region": code} if pool == home else dict(enrolment)


def _fen(decision: Any) -> int:
    return int(decision.amount or 0) if decision.decision in PAYS else 0


def _named(decision: Any) -> str:
    rules = Counter(entry.rules[0] for entry in decision.entries if entry.rules)
    return f"{decision.decision} {' + '.join(sorted(rules))}".strip()


def _count(told: Effect, before: Any, after: Any) -> None:
    sums = _fen(before), _fen(after)
    told.persons += 1
    told.totals[0] += sums[0]
    told.totals[1] += sums[1]
    difference = sums[1] - sums[0]
    if (before.decision == "manual") != (after.decision == "manual"):
        told.open.add(difference)
    elif difference > 0:
        told.gain.add(difference)
    elif difference < 0:
        told.lose.add(-difference)
    else:
        told.same += 1
    names = _named(before), _named(after)
    if difference or before.decision != after.decision:
        told.moves.setdefault(names, Group()).add(difference)


def shown(fen: int) -> str:
    """Return a sum as it is read, with its sign.

    Example:
        >>> shown(-194910)
        '−1,949.10'
    """
    return ("−" if fen < 0 else "") + Money(abs(fen)).display()
