"""Exact numbers in any engine: a numerator over a denominator, rounded once, in whole numbers only."""

from __future__ import annotations

from typing import Protocol

from yibao.kernel.money import RATE_SCALE, Rounding
from yibao.policy.tree import Arithmetic, Call, Expression, Named, Round, Share
from yibao.policy.types import UNROUNDED, Kind

Ratio = tuple[str, str | int]


class Engine(Protocol):
    """What a printer tells of its engine."""

    @property
    def extremes(self) -> dict[str, str]:
        """What the engine calls `max` and `min`."""

    def number(self, node: Expression) -> str:
        """Return the text of a whole number."""

    def divided(self, top: str, under: str) -> str:
        """Return the text of a whole division of numbers not below 0."""


def ratio(*, node: Expression, engine: Engine) -> Ratio:
    """Return numerator and denominator of an exact number; a written denominator as a number."""
    match node:
        case Share():
            top, under = ratio(node=node.amount, engine=engine)
            of = engine.number(node.of)
            return f"({top} * {engine.number(node.n)})", of if under == 1 else f"({under} * {of})"
        case Named() if node.type.kind in UNROUNDED:
            return ratio(node=node.body, engine=engine)
        case Call() if node.type.kind in UNROUNDED:
            return _extreme(node, engine)
        case Arithmetic() if node.type.kind in UNROUNDED:
            return _combined(node, engine)
        case _:
            return engine.number(node), 1


def _combined(node: Arithmetic, engine: Engine) -> Ratio:
    left, right = ratio(node=node.left, engine=engine), ratio(node=node.right, engine=engine)
    if node.operator == "*":
        scale = RATE_SCALE if Kind.RATE in (node.left.type.kind, node.right.type.kind) else 1
        return f"({left[0]} * {right[0]})", _times(_times(left[1], right[1]), scale)
    first, second, under = _crossed(left, right)
    return f"({first} {node.operator} {second})", under


def _extreme(node: Call, engine: Engine) -> Ratio:
    top, under = ratio(node=node.arguments[0], engine=engine)
    for argument in node.arguments[1:]:
        left, right, under = _crossed((top, under), ratio(node=argument, engine=engine))
        top = f"{engine.extremes[node.function]}({left}, {right})"
    return top, under


def rounded(*, node: Round, engine: Engine) -> str:
    """Return the text of a rounding of a number not below 0."""
    top, under = ratio(node=node.operand, engine=engine)
    whole = _times(under, node.step)
    if node.rounding is Rounding.UP:
        units = engine.divided(f"({top} + {whole} - 1)", str(whole))
    elif node.rounding is Rounding.DOWN:
        units = engine.divided(top, str(whole))
    elif isinstance(whole, int) and whole % 2 == 0:
        units = engine.divided(f"({top} + {whole // 2})", str(whole))
    else:
        units = engine.divided(f"(2 * {top} + {whole})", str(_times(2, whole)))
    return units if node.step == 1 else f"({units} * {node.step})"


def _crossed(left: Ratio, right: Ratio) -> tuple[str, str, str | int]:
    """Return two numerators over their common denominator, and it."""
    (left_top, left_under), (right_top, right_under) = left, right
    if left_under == right_under:
        return left_top, right_top, left_under
    return f"({left_top} * {right_under})", f"({right_top} * {left_under})", _times(left_under, right_under)


def _times(left: str | int, right: str | int) -> str | int:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if 1 in (left, right):
        return right if left == 1 else left
    return f"({left} * {right})"
