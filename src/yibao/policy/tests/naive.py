"""The typed tree computed in the plainest way, with exact fractions: what every other reader must agree with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yibao.kernel.money import Rounding
from yibao.policy.functions import FUNCTIONS
from yibao.policy.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Contains,
    Expression,
    Fact,
    If,
    Known,
    Literal,
    Named,
    Not,
    Or,
    Parameter,
    Round,
    Share,
    Within,
)
from yibao.policy.types import Kind

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True)
class Naive:
    """Computes trees for one case; unrounded amounts as fractions."""

    facts: Mapping[str, Any]
    parameters: Mapping[str, Any]

    def of(self, node: Expression) -> Any:
        """Return the value of a node."""
        match node:
            case Literal(value=value):
                return value
            case Fact(name=name):
                return self.facts.get(name)
            case Named(body=body):
                return self.of(body)
            case Parameter(name=name):
                return self.parameters[name]
            case If(condition=condition, then=then, otherwise=otherwise):
                return self.of(then) if self.of(condition) else self.of(otherwise)
        return self.test(node) if node.type.kind is Kind.BOOL else self.number(node)

    def test(self, node: Expression) -> Any:
        """Return the value of a condition."""
        match node:
            case Compare(operator=operator, left=left, right=right):
                return COMPARISONS[operator](self.of(left), self.of(right))
            case Within(operand=operand, options=options):
                return self.of(operand) in options
            case Contains(operand=operand, item=item):
                return self.of(item) in self.of(operand)
            case Known(operand=operand):
                return self.of(operand) is not None
            case And(items=items):
                return all(self.of(item) for item in items)
            case Or(items=items):
                return any(self.of(item) for item in items)
            case Not(operand=operand):
                return not self.of(operand)

    def number(self, node: Expression) -> Any:
        """Return the value of a sum, share, rounding or call."""
        match node:
            case Share(amount=amount, n=n, of=parts):
                return Fraction(self.of(amount)) * self.of(n) / self.of(parts)
            case Round(operand=operand, step=step, rounding=rounding):
                return rounded(Fraction(self.of(operand)) / step, rounding) * step
            case Arithmetic(operator=operator, left=left, right=right):
                rate = Kind.RATE in (left.type.kind, right.type.kind)
                return arithmetic(operator, self.of(left), self.of(right), rate)
            case Call(function=name, arguments=arguments):
                values = [self.of(argument) for argument in arguments]
                extremes = {"max": lambda *of: max(of), "min": lambda *of: min(of)}
                return extremes[name](*values) if name in extremes else FUNCTIONS[name].run(*values)


def compute(node: Expression, facts: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """Return the value of a node for one case."""
    return Naive(facts, parameters).of(node)


def arithmetic(operator: str, left: Any, right: Any, rate: bool) -> Any:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    return Fraction(left) * right / 10_000 if rate else left * right


def rounded(value: Fraction, rounding: Rounding) -> int:
    if rounding is Rounding.UP:
        return math.ceil(value)
    if rounding is Rounding.DOWN:
        return math.floor(value)
    return math.floor(value + Fraction(1, 2))
