"""The typed tree of a rule: the one form all readers (closures, sentences, checks, columns) walk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from yibao.kernel.money import RATE_SCALE, Rounding
from yibao.policy.types import UNROUNDED, Kind, Type, Value

Bounds = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Expression:
    """Any node: its type, and the least and greatest value of a number, exact or wider."""

    type: Type
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A value written in the pack; None is `unknown`."""

    value: Value


@dataclass(frozen=True, slots=True)
class Fact(Expression):
    """A fact of the case."""

    name: str


@dataclass(frozen=True, slots=True)
class Named(Expression):
    """A condition or value a pack gives a name and a label, with its meaning."""

    name: str
    label: str
    en: str
    body: Expression


@dataclass(frozen=True, slots=True)
class Local(Expression):
    """An output or an earlier amount of the same decision."""

    name: str


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """A dated value of the region, at the decision's own date or at another one, by key where it has one."""

    name: str
    key: Expression | None
    at: Expression | None


@dataclass(frozen=True, slots=True)
class Compare(Expression):
    """One comparison: == != < <= > >= of two values of one type."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Within(Expression):
    """Whether a value is one of several written ones."""

    operand: Expression
    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Contains(Expression):
    """Whether a list holds a value."""

    operand: Expression
    item: Expression


@dataclass(frozen=True, slots=True)
class Known(Expression):
    """Whether a value is there at all."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And(Expression):
    """All of several conditions, tested in order."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or(Expression):
    """At least one of several conditions, tested in order."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """The opposite of a condition."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    """Sum, difference or product (+ - *)."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Share(Expression):
    """`n` of `of` equal parts of an amount, exact."""

    amount: Expression
    n: Expression
    of: Expression


@dataclass(frozen=True, slots=True)
class Round(Expression):
    """An exact amount or number made whole, in steps of `step` (fen, or 1 for counts)."""

    operand: Expression
    step: int
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """One of the functions of `yibao.policy.functions`."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class If(Expression):
    """One of two values."""

    condition: Expression
    then: Expression
    otherwise: Expression


_Parts = tuple[Expression, ...]


def _parts_of_parameter(node: Parameter) -> _Parts:
    return tuple(part for part in (node.key, node.at) if part is not None)


# Asked for hundreds of thousands of times while packs are proved, so by type and not by a chain of tests.
_CHILDREN: dict[type, Callable[[Any], _Parts]] = {
    Named: lambda node: (node.body,),
    Parameter: _parts_of_parameter,
    Compare: attrgetter("left", "right"),
    Arithmetic: attrgetter("left", "right"),
    Contains: attrgetter("operand", "item"),
    And: attrgetter("items"),
    Or: attrgetter("items"),
    Within: lambda node: (node.operand,),
    Known: lambda node: (node.operand,),
    Not: lambda node: (node.operand,),
    Round: lambda node: (node.operand,),
    Share: attrgetter("amount", "n", "of"),
    Call: attrgetter("arguments"),
    If: attrgetter("condition", "then", "otherwise"),
}


def _no_parts(_: Expression) -> _Parts:
    return ()


def children(node: Expression) -> _Parts:
    """Return the direct parts of a node, the meaning of a named one included."""
    return _CHILDREN.get(type(node), _no_parts)(node)


def walk(node: Expression) -> list[Expression]:
    """Return a node and all its parts, outermost first."""
    found: list[Expression] = []
    waiting = [node]
    while waiting:
        held = waiting.pop()
        found.append(held)
        waiting += children(held)[::-1]
    return found


@dataclass(frozen=True, slots=True)
class Guard:
    """What is certain where an expression stands: facts that are there, and narrower bounds of numbers."""

    known: frozenset[str] = frozenset()
    bounds: tuple[tuple[str, tuple[int, int]], ...] = ()

    def and_also(self, other: Guard) -> Guard:
        """Return what both say together."""
        return Guard(self.known | other.known, self.bounds + other.bounds)

    def narrowed(self, name: str, bounds: Bounds) -> Bounds:
        """Return the bounds of a fact, as narrow as is certain here."""
        if bounds is None:
            return None
        low, high = bounds
        for fact, (least, most) in self.bounds:
            if fact == name:
                low, high = max(low, least), min(high, most)
        return (low, high) if low <= high else bounds


def guarded(node: Fact | Named | Local) -> str:
    """Return the name a guard keeps for a node; an output may have the name of a fact and is another thing."""
    return f"={node.name}" if isinstance(node, Local) else node.name


_FLIPPED = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_FAR = 2**62


def learned(*, node: Expression, truth: bool) -> Guard:
    """Return what is certain once a condition has turned out true or false.

    Args:
        node: a condition.
        truth: how it turned out.
    """
    match node:
        case Named():
            return learned(node=node.body, truth=truth)
        case Not():
            return learned(node=node.operand, truth=not truth)
        case Known(operand=Fact() | Named() | Local() as operand) if truth:
            return Guard(frozenset({guarded(operand)}))
        case And(items=items) if truth:
            return _all_of(items, truth)
        case Or(items=items) if not truth:
            return _all_of(items, truth)
        case Compare():
            return _narrowing(node, truth)
        case _:
            return Guard()


def _all_of(items: tuple[Expression, ...], truth: bool) -> Guard:
    guard = Guard()
    for item in items:
        guard = guard.and_also(learned(node=item, truth=truth))
    return guard


def _narrowing(node: Compare, truth: bool) -> Guard:
    operator, left, right = node.operator, node.left, node.right
    if isinstance(left, Literal):
        operator, left, right = _MIRRORED[operator], right, left
    if not isinstance(left, Fact | Named | Local) or not isinstance(right, Literal):
        return Guard()
    value = right.value
    if isinstance(value, bool) or not isinstance(value, int):
        return Guard()
    if not truth:
        operator = _FLIPPED[operator]
    spans = {
        "==": (value, value),
        "<": (-_FAR, value - 1),
        "<=": (-_FAR, value),
        ">": (value + 1, _FAR),
        ">=": (value, _FAR),
    }
    return Guard(bounds=((guarded(left), spans[operator]),)) if operator in spans else Guard()


def fraction(node: Expression) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the bounds of numerator and denominator with which a number is computed exactly."""
    match node:
        case Share():
            (low, high), (least, most) = fraction(node.amount)
            n, of = node.n.bounds or (0, 0), node.of.bounds or (1, 1)
            return product(left=(low, high), right=n), (least * max(of[0], 1), most * max(of[1], 1))
        case Arithmetic(operator="*"):
            return _product_fraction(node)
        case Arithmetic() if node.type.kind in UNROUNDED:
            tops, under = _crossed(fraction(node.left), fraction(node.right))
            return combine(operator=node.operator, left=tops[0], right=tops[1]), under
        case Call(function="max" | "min") if node.type.kind in UNROUNDED:
            return _extreme_fraction(node)
        case _:
            return node.bounds or (0, 0), (1, 1)


_Fraction = tuple[tuple[int, int], tuple[int, int]]


def _crossed(left: _Fraction, right: _Fraction) -> tuple[_Fraction, tuple[int, int]]:
    """Return two numerators over their common denominator, and it."""
    tops = product(left=left[0], right=right[1]), product(left=right[0], right=left[1])
    return tops, product(left=left[1], right=right[1])


def _extreme_fraction(node: Call) -> _Fraction:
    pick = max if node.function == "max" else min
    joined = fraction(node.arguments[0])
    for argument in node.arguments[1:]:
        tops, under = _crossed(joined, fraction(argument))
        joined = (pick(tops[0][0], tops[1][0]), pick(tops[0][1], tops[1][1])), under
    return joined


def _product_fraction(node: Arithmetic) -> tuple[tuple[int, int], tuple[int, int]]:
    (left, left_of), (right, right_of) = fraction(node.left), fraction(node.right)
    scale = RATE_SCALE if Kind.RATE in (node.left.type.kind, node.right.type.kind) else 1
    of = product(left=left_of, right=right_of)
    return product(left=left, right=right), (of[0] * scale, of[1] * scale)


def product(*, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds of a product.

    Example:
        >>> product(left=(-2, 3), right=(0, 5))
        (-10, 15)
    """
    corners = [a * b for a in left for b in right]
    return min(corners), max(corners)


def combine(*, operator: str, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds of a sum, difference or product."""
    if operator == "*":
        return product(left=left, right=right)
    if operator == "-":
        return left[0] - right[1], left[1] - right[0]
    return left[0] + right[0], left[1] + right[1]


def facts_of(node: Expression) -> frozenset[str]:
    """Return the names of all facts a node can read."""
    return frozenset(part.name for part in walk(node) if isinstance(part, Fact))


def parameters_of(node: Expression) -> tuple[Parameter, ...]:
    """Return the parameters a node can read, each way of reading once."""
    return tuple(dict.fromkeys(part for part in walk(node) if isinstance(part, Parameter)))
