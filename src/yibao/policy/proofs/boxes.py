"""Boxes: every condition as the sets of classes in which it holds, over the axes of one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yibao.policy.proofs.atoms import (
    FIRST_DAY,
    LAST_DAY,
    MISSING,
    ORDER,
    OTHER,
    Atom,
    Axis,
    Reader,
    bare,
    leaves,
    number,
)
from yibao.policy.terms import Vocabulary
from yibao.policy.tree import And, Expression, Fact, If, Literal, Local, Not, Or
from yibao.policy.types import Kind, Value

# An axis to the classes it may be in; an axis that is left out may be in any.
Box = Mapping[int, int]
_FAR = 10**18
MOST_BOXES = 4096


class TooMany(Exception):
    """A condition falls into more boxes than anybody can look through."""


class Space:
    """The axes of some conditions.

    Attributes:
        axes: in the order in which conditions first name them.
        reader: reads the conditions.
    """

    def __init__(
        self,
        *,
        conditions: Iterable[Expression],
        vocabulary: Vocabulary,
        reader: Reader,
        days: Mapping[str, tuple[int, int]],
    ) -> None:
        """Cut the axes of some conditions at everything they are compared with.

        Args:
            conditions: all conditions that will be asked for.
            vocabulary: bounds and codes of the facts.
            reader: reads the conditions.
            days: narrower bounds of facts, such as the day a table is looked at.
        """
        self.reader = reader
        self.vocabulary = vocabulary
        self.days = days
        found: dict[str, list[Atom]] = {}
        for condition in conditions:
            for leaf in leaves(condition):
                atom = reader.atom(leaf)
                found.setdefault(atom.key, []).append(atom)
        self.index = {key: position for position, key in enumerate(found)}
        self.axes = [self._axis(atoms) for atoms in found.values()]
        self._masks: dict[tuple[int, bool], tuple[Atom, tuple[int, int]]] = {}
        self._tests: dict[tuple[int, str, tuple[Value, ...], bool], int] = {}

    def _axis(self, atoms: list[Atom]) -> Axis:
        first = atoms[0]
        if first.kind == "order":
            return Axis("order", first.node, first.other, ORDER)
        if first.kind == "truth":
            return Axis("truth", first.node, None, (False, True))
        gone = (MISSING,) if self.maybe(first.node) or any(atom.node.type.maybe for atom in atoms) else ()
        if first.kind == "number":
            cuts = sorted({number(value) for atom in atoms for value in atom.values})
            return Axis("number", first.node, None, (*self._spans(first.node, cuts), *gone))
        return Axis("choice", first.node, None, (*self._choices(first.node, atoms), *gone))

    def maybe(self, node: Expression) -> bool:
        """Return whether a value may be missing, whatever is certain where the node stands."""
        term = self.vocabulary.facts.get(node.name) if isinstance(node, Fact) else None
        return node.type.maybe if term is None else term.type.maybe

    def bounds(self, node: Expression) -> tuple[int, int]:
        """Return the least and greatest number a term can be."""
        if isinstance(node, Fact):
            if node.name in self.days:
                return self.days[node.name]
            term = self.vocabulary.facts.get(node.name)
            if term is not None and term.bounds is not None:
                return term.bounds
        if node.type.kind is Kind.DATE:
            return FIRST_DAY, LAST_DAY
        return node.bounds or (-_FAR, _FAR)

    def _spans(self, node: Expression, cuts: list[int]) -> list[tuple[int, int]]:
        low, high = self.bounds(node)
        spans = []
        for cut in cuts:
            if low <= cut <= high:
                spans += [(low, cut - 1), (cut, cut)]
                low = cut + 1
        return [span for span in [*spans, (low, high)] if span[0] <= span[1]]

    def _choices(self, node: Expression, atoms: list[Atom]) -> list[object]:
        if node.type.kind is Kind.BOOL:
            return [False, True]
        if node.type.name in self.vocabulary.enums:
            return list(self.vocabulary.enums[node.type.name].labels)
        named = dict.fromkeys(value for atom in atoms for value in atom.values if value != "!=")
        return [*named, OTHER]

    def boxes(self, node: Expression, *, truth: bool = True) -> list[dict[int, int]]:
        """Return the boxes in which a condition is true, or false.

        Raises:
            TooMany: there are more than `MOST_BOXES`.
        """
        node = bare(node)
        match node:
            case Not():
                return self.boxes(node.operand, truth=not truth)
            case And() | Or():
                parts = [self.boxes(item, truth=truth) for item in node.items]
                return meet(parts) if isinstance(node, And) is truth else [box for part in parts for box in part]
            case If():
                then = meet([self.boxes(node.condition), self.boxes(node.then, truth=truth)])
                rest = meet([self.boxes(node.condition, truth=False), self.boxes(node.otherwise, truth=truth)])
                return then + rest
            case Literal():
                return [{}] if bool(node.value) is truth else []
            case _:
                return self._leaf(node, truth)

    def _leaf(self, node: Expression, truth: bool) -> list[dict[int, int]]:
        found = self._masks.get((id(node), truth))
        if found is None:
            atom = self.reader.atom(node)
            axis = self.index[atom.key]
            found = self._masks[id(node), truth] = (atom, (axis, self._mask(axis, atom, truth)))
        axis, mask = found[1]
        return [{axis: mask}] if mask else []

    def _mask(self, axis: int, atom: Atom, truth: bool) -> int:
        """Return the classes of an axis a test leaves; rows that ask the same are answered once."""
        asked = (axis, atom.operator, atom.values, truth)
        if asked not in self._tests:
            if atom.values[:1] == ("!=",):
                atom, truth = Atom(atom.key, atom.kind, atom.node, None, "in", atom.values[1:]), not truth
            self._tests[asked] = self.axes[axis].mask(atom, truth)
        return self._tests[asked]

    def row(self, conditions: Iterable[Expression]) -> list[dict[int, int]]:
        """Return the boxes in which all of several conditions hold."""
        return meet([self.boxes(condition) for condition in conditions])

    def known(self, box: Box, node: Fact | Local) -> bool:
        """Return whether a value is there everywhere in a box."""
        if not self.maybe(node):
            return True
        axis = self.index.get(self.reader.key(node))
        if axis is None or axis not in box or MISSING not in self.axes[axis].classes:
            return False
        return not box[axis] >> self.axes[axis].classes.index(MISSING) & 1


def meet(parts: list[list[dict[int, int]]]) -> list[dict[int, int]]:
    """Return the boxes that lie in one box of every part."""
    joined: list[dict[int, int]] = [{}]
    for part in parts:
        joined = [both for left in joined for right in part if (both := _both(left, right)) is not None]
        if len(joined) > MOST_BOXES:
            raise TooMany
    return joined


def _both(left: Box, right: Box) -> dict[int, int] | None:
    both = dict(left)
    for axis, mask in right.items():
        left_over = both.get(axis, mask) & mask
        if not left_over:
            return None
        both[axis] = left_over
    return both
