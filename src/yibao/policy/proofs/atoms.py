"""Atoms: the simple tests conditions are made of, and the axes they cut into classes nobody tells apart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from yibao.policy.diagnostics import UnknownValue
from yibao.policy.tree import (
    And,
    Compare,
    Contains,
    Expression,
    Fact,
    If,
    Known,
    Literal,
    Local,
    Named,
    Not,
    Or,
    Within,
    walk,
)
from yibao.policy.types import ORDERED, Kind, Type, Value

LESS, EQUAL, GREATER = "<", "=", ">"
ORDER = (LESS, EQUAL, GREATER)
MISSING = None
OTHER = "\x00other"
FIRST_DAY, LAST_DAY = date(1900, 1, 1).toordinal(), date(2199, 12, 31).toordinal()
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CHOICES = {Kind.ENUM, Kind.REGION, Kind.TEXT, Kind.BOOL}
_TESTS: dict[str, Callable[[int, int], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
Evaluate = Callable[[Expression, "dict[str, Value]"], Value]


@dataclass(frozen=True, slots=True)
class Atom:
    """One simple test.

    Attributes:
        key: of the axis it is a test on.
        kind: number, choice, order or truth.
        node: what is tested; of an order its left side.
        other: right side of an order.
        operator: of a number or an order; `known` for a presence.
        values: what it is compared with.
    """

    key: str
    kind: str
    node: Expression
    other: Expression | None = None
    operator: str = ""
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """What atoms are tests on, cut into classes.

    Attributes:
        kind: number (classes are pairs of least and greatest value), choice (values), order (< = >) or truth.
        node: what is tested; of an order its left side.
        other: right side of an order.
        classes: a missing value is the class None.
    """

    kind: str
    node: Expression
    other: Expression | None
    classes: tuple[object, ...]

    @property
    def full(self) -> int:
        """Return the mask of all classes."""
        return (1 << len(self.classes)) - 1

    def mask(self, atom: Atom, truth: bool) -> int:
        """Return the classes in which an atom is true, or false; a missing value is in neither."""
        if self.kind == "number" and atom.operator != "known":
            return self._spans(atom, truth)
        found = 0
        for position, item in enumerate(self.classes):
            if atom.operator == "known":
                holds = (item is not MISSING) is truth
            else:
                holds = item is not MISSING and self._holds(atom, item) is truth
            found |= holds << position
        return found

    def _spans(self, atom: Atom, truth: bool) -> int:
        """Return the classes of a number in which an atom is true, or false; they stand in rising order."""
        there = (1 << len(self.classes) - (MISSING in self.classes[-1:])) - 1
        found = 0
        for value in atom.values:
            found |= self._span(atom.operator, number(value))
        return found & there if truth else there & ~found

    def _span(self, operator: str, value: int) -> int:
        """Return the classes whose least value meets a comparison; every value compared with begins a class."""
        end = len(self.classes) - (MISSING in self.classes[-1:])
        below = (1 << bisect_left(self.classes, value, hi=end, key=_least)) - 1
        upto = (1 << bisect_right(self.classes, value, hi=end, key=_least)) - 1
        spans = {"<": below, "<=": upto, ">": ~upto, ">=": ~below, "!=": ~(upto ^ below)}
        return spans.get(operator, upto ^ below)

    def _holds(self, atom: Atom, item: object) -> bool:
        if self.kind == "order":
            return _TESTS[atom.operator](ORDER.index(str(item)), 1)
        return bool(item) if self.kind == "truth" else item in atom.values


def _least(item: object) -> int:
    return item[0]  # type: ignore[index, no-any-return]


def number(value: Value) -> int:
    """Return a value of an ordered type as a whole number; days are counted."""
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, int) else 0


def of_number(*, type_: Type, value: int) -> Value:
    """Return the value of an ordered type a whole number stands for."""
    return date.fromordinal(value) if type_.kind is Kind.DATE else value


def bare(node: Expression) -> Expression:
    """Return a node without the names packs give to conditions."""
    while isinstance(node, Named):
        node = node.body
    return node


def leaves(node: Expression) -> Iterator[Expression]:
    """Yield the simple conditions a condition is made of."""
    node = bare(node)
    match node:
        case Not():
            yield from leaves(node.operand)
        case And() | Or():
            for item in node.items:
                yield from leaves(item)
        case If():
            for part in (node.condition, node.then, node.otherwise):
                yield from leaves(part)
        case Literal():
            return
        case _:
            yield node


class Reader:
    """Reads simple conditions as atoms; what turns on no fact is computed."""

    def __init__(self, evaluate: Evaluate) -> None:
        self.evaluate = evaluate
        self._keys: dict[int, tuple[Expression, str]] = {}
        self._atoms: dict[int, tuple[Expression, Atom]] = {}

    def key(self, node: Expression) -> str:
        """Return the name of an axis, the same for equal terms."""
        found = self._keys.get(id(node))
        if found is None:
            found = self._keys[id(node)] = (node, _key(node))
        return found[1]

    def atom(self, node: Expression) -> Atom:
        """Return a simple condition as an atom."""
        found = self._atoms.get(id(node))
        if found is None:
            found = self._atoms[id(node)] = (node, self._read(node))
        return found[1]

    def _read(self, node: Expression) -> Atom:
        match node:
            case Compare():
                return self._comparison(node)
            case Within(operand=operand):
                return self._within(node, bare(operand))
            case Known(operand=operand) if isinstance(bare(operand), Fact | Local):
                subject = bare(operand)
                kind = "number" if subject.type.kind in ORDERED else "choice"
                return Atom(self.key(subject), kind, subject, operator="known")
            case Fact() | Local():
                return Atom(self.key(node), "choice", node, operator="in", values=(True,))
            case _:
                return self._truth(node)

    def _truth(self, node: Expression) -> Atom:
        return Atom(f"?{self.key(node)}", "truth", node)

    def _within(self, node: Within, subject: Expression) -> Atom:
        kind = "number" if subject.type.kind in ORDERED else "choice"
        if kind == "choice" and not isinstance(subject, Fact | Local):
            return self._truth(node)
        return Atom(self.key(subject), kind, subject, operator="in", values=node.options)

    def _comparison(self, node: Compare) -> Atom:
        operator, left, right = node.operator, bare(node.left), bare(node.right)
        if self._constant(left) is not None:
            operator, left, right = _MIRRORED[operator], right, left
        fixed = self._constant(right)
        ordered = left.type.kind in ORDERED
        if fixed is not None and ordered:
            return Atom(self.key(left), "number", left, operator=operator, values=fixed)
        if fixed is not None and isinstance(left, Fact | Local) and left.type.kind in _CHOICES:
            values = fixed if operator == "==" else ("!=", *fixed)
            return Atom(self.key(left), "choice", left, operator="in", values=values)
        if fixed is not None or not (ordered or left.type.kind in _CHOICES):
            return self._truth(node)
        if self.key(right) < self.key(left):
            operator, left, right = _MIRRORED[operator], right, left
        return Atom(f"{self.key(left)} ? {self.key(right)}", "order", left, right, operator)

    def _constant(self, node: Expression) -> tuple[Value] | None:
        """Return the value of what turns on no fact, None where it does or is not known."""
        if isinstance(node, Literal):
            return (node.value,)
        if any(isinstance(part, Fact | Local | Contains) for part in walk(node)):
            return None
        try:
            return (self.evaluate(node, {}),)
        except (UnknownValue, KeyError, TypeError):
            return None


def _key(node: Expression) -> str:
    if isinstance(node, Fact):
        return node.name
    return f"={node.name}" if isinstance(node, Local) else repr(node)
