"""Cases of a box: facts, with real values, that lie in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from random import Random

from yibao.policy.diagnostics import UnknownValue
from yibao.policy.proofs.atoms import EQUAL, GREATER, LESS, MISSING, ORDER, OTHER, Axis, Evaluate, number, of_number
from yibao.policy.proofs.boxes import Box, Space
from yibao.policy.proofs.order import solve
from yibao.policy.terms import FactTerm, Vocabulary
from yibao.policy.tree import Expression, Fact, walk
from yibao.policy.types import ORDERED, Kind, Value

MOST_TRIES = 1000
_USUAL_DAY = date(2022, 6, 15)
_USUAL_YEARS = (date(2019, 1, 1).toordinal(), date(2025, 12, 31).toordinal())
_STEPS = (-366, -31, -30, -1, 0, 1, 30, 31, 366)
_SEED = 20140106
_REGION = "500112"
_PLAIN: dict[Kind, Value] = {
    Kind.BOOL: False,
    Kind.DATE: _USUAL_DAY,
    Kind.REGION: _REGION,
    Kind.TEXT: "",
    Kind.LIST: (),
}


def usual(*, vocabulary: Vocabulary, names: Iterable[str], days: Mapping[str, tuple[int, int]]) -> dict[str, Value]:
    """Return an ordinary case: every fact at its least, no fact that may be missing.

    Args:
        vocabulary: of the domain.
        names: of the facts wanted.
        days: bounds of days, such as that of the decision.
    """
    return {name: _usual(vocabulary, vocabulary.facts[name], days.get(name)) for name in sorted(names)}


def _usual(vocabulary: Vocabulary, term: FactTerm, within: tuple[int, int] | None) -> Value:
    kind = term.type.kind
    if kind in ORDERED and within is not None:
        return of_number(type_=term.type, value=min(max(_USUAL_DAY.toordinal(), within[0]), within[1]))
    if term.type.maybe:
        return None
    plain: dict[Kind, Value] = {
        Kind.BOOL: False,
        Kind.DATE: _USUAL_DAY,
        Kind.REGION: _REGION,
        Kind.TEXT: "",
        Kind.LIST: (),
    }
    if kind in plain:
        return plain[kind]
    if kind is Kind.MONTH:
        return _USUAL_DAY.year * 12 + _USUAL_DAY.month - 1
    if kind is Kind.ENUM:
        return next(iter(vocabulary.enums[term.type.name].labels), "")
    return term.bounds[0] if term.bounds is not None else 0


class Maker:
    """Finds cases that lie in a box.

    Attributes:
        space: the axes.
        base: the ordinary case what is not said is taken from.
    """

    def __init__(self, space: Space, base: dict[str, Value], evaluate: Evaluate) -> None:
        self.space = space
        self.base = base
        self.evaluate = evaluate

    def make(self, box: Box) -> dict[str, Value] | None:
        """Return a case in a box, None where none was found; what is found was tried and lies there."""
        facts = dict(self.base)
        hard = []
        for axis, mask in box.items():
            found = self.space.axes[axis]
            if mask == found.full:
                continue
            if isinstance(found.node, Fact) and found.kind in ("number", "choice"):
                facts[found.node.name] = self._first(found, mask, facts.get(found.node.name))
            else:
                hard.append(axis)
        if not hard or self._lies(box, facts):
            return facts if self._lies(box, facts) else None
        return self._harder(box, facts, hard)

    def _first(self, axis: Axis, mask: int, now: Value) -> Value:
        """Return a value of the allowed classes, the ordinary one where it may stay."""
        allowed = [item for position, item in enumerate(axis.classes) if mask >> position & 1]
        if axis.kind == "choice":
            stays = now is not MISSING and now in allowed
            return now if stays else _choice(axis.node, allowed)
        spans = [item for item in allowed if isinstance(item, tuple)]
        if not spans:
            return None
        if now is not None and any(low <= number(now) <= high for low, high in spans):
            return now
        usual_day = _USUAL_DAY.toordinal()
        near = min(spans, key=lambda span: abs(span[0] - usual_day)) if axis.node.type.kind is Kind.DATE else spans[0]
        low, high = int(near[0]), int(near[1])
        if axis.node.type.kind is Kind.DATE:
            return of_number(type_=axis.node.type, value=min(max(usual_day, low), high))
        return low

    def _lies(self, box: Box, facts: dict[str, Value]) -> bool:
        return all(self._in(self.space.axes[axis], mask, facts) for axis, mask in box.items())

    def _in(self, axis: Axis, mask: int, facts: dict[str, Value]) -> bool:
        return mask == axis.full or any(mask >> at & 1 for at in self._classes(axis, facts))

    def _classes(self, axis: Axis, facts: dict[str, Value]) -> list[int]:
        """Return the class of a case on an axis; nothing where it cannot be told."""
        value = self.value(axis.node, facts)
        if axis.kind == "order" and axis.other is not None:
            other = self.value(axis.other, facts)
            if value is None or other is None:
                return list(range(len(axis.classes)))
            left, right = (number(value), number(other)) if axis.node.type.kind in ORDERED else (str(value), str(other))
            return [ORDER.index(LESS if left < right else EQUAL if left == right else GREATER)]  # type: ignore[operator]
        for position, item in enumerate(axis.classes):
            if item == value and type(item) is type(value):
                return [position]
            if isinstance(item, tuple) and value is not None and item[0] <= number(value) <= item[1]:
                return [position]
        return [axis.classes.index(OTHER)] if OTHER in axis.classes and value is not None else []

    def value(self, node: Expression, facts: dict[str, Value]) -> Value:
        """Return what a term is in a case, None where it cannot be told."""
        if isinstance(node, Fact):
            return facts.get(node.name)
        try:
            return self.evaluate(node, facts)
        except (TypeError, KeyError, AttributeError, ValueError, OverflowError, UnknownValue):
            return None

    def _harder(self, box: Box, facts: dict[str, Value], hard: list[int]) -> dict[str, Value] | None:
        """Return a case in a box whose facts are compared with one another."""
        start = self._solved(box, facts)
        if self._lies(box, start):
            return start
        names = sorted({name for axis in hard for name in self._facts(self.space.axes[axis])} & set(self.base))
        random = Random(_SEED)
        for _ in range(MOST_TRIES):
            tried = dict(start if random.randrange(2) == 0 else facts)
            for name in names:
                tried[name] = self._tried(name, box, tried, random)
            if self._lies(box, tried):
                return tried
        return None

    def _solved(self, box: Box, facts: dict[str, Value]) -> dict[str, Value]:
        """Return the case with the days and numbers that meet every comparison, in ordinary years where possible."""
        moved = dict(facts)
        solved = solve(space=self.space, box=box, years=_USUAL_YEARS) or solve(space=self.space, box=box) or {}
        for name, value in solved.items():
            term = self.space.vocabulary.facts.get(name)
            if term is not None and name in moved:
                moved[name] = of_number(type_=term.type, value=value)
        return moved

    @staticmethod
    def _facts(axis: Axis) -> Iterator[str]:
        for side in (axis.node, axis.other):
            if side is not None:
                yield from (part.name for part in walk(side) if isinstance(part, Fact))

    def _tried(self, name: str, box: Box, facts: dict[str, Value], random: Random) -> Value:
        """Return a value to try for a fact: near a constant, near another fact of its kind, or the one it has."""
        term = self.space.vocabulary.facts[name]
        axis = self.space.index.get(name)
        if axis is not None and axis in box and box[axis] != self.space.axes[axis].full:
            allowed = [item for at, item in enumerate(self.space.axes[axis].classes) if box[axis] >> at & 1]
        else:
            allowed = [MISSING] if term.type.maybe else []
        if term.type.kind not in ORDERED:
            return self._any_choice(term, allowed, random)
        near = [number(value) for other, value in facts.items() if value is not None and self._alike(other, term)]
        value = random.choice(near or [0]) + random.choice(_STEPS)
        low, high = self.space.days.get(name) or term.bounds or self.space.bounds(Fact(term.type, term.bounds, name))
        spans = [item for item in allowed if isinstance(item, tuple)]
        if spans:
            low, high = random.choice(spans)
        if allowed == [MISSING] and axis is not None and axis in box:
            return None
        return of_number(type_=term.type, value=min(max(value, low), high))

    def _alike(self, name: str, term: FactTerm) -> bool:
        other = self.space.vocabulary.facts.get(name)
        return other is not None and other.type.kind is term.type.kind

    def _any_choice(self, term: FactTerm, allowed: list[object], random: Random) -> Value:
        if term.type.kind is Kind.BOOL:
            return random.randrange(2) == 0
        codes = list(self.space.vocabulary.enums[term.type.name].labels) if term.type.kind is Kind.ENUM else []
        if term.type.kind is Kind.LIST:
            listed = list(self.space.vocabulary.enums[term.type.name].labels)
            return tuple(random.sample(listed, min(len(listed), random.randrange(3))))
        choices: list[object] = [item for item in allowed if item is not OTHER] or list(codes) or [_REGION, "110000"]
        return random.choice(choices)  # type: ignore[return-value]


def _choice(node: Expression, allowed: list[object]) -> Value:
    for item in allowed:
        if isinstance(item, bool | str) and item is not OTHER:
            return item
    return None if MISSING in allowed else _other(node)


def _other(node: Expression) -> Value:
    return "999999" if node.type.kind is Kind.REGION else "?"
