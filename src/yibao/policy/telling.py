"""Expressions as a person reads them, in Chinese and English: one of the readers of the typed tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yibao.kernel.money import Rounding
from yibao.policy.calls_told import call_words
from yibao.policy.diagnostics import Mark
from yibao.policy.lexicon import Lexicon
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
    Local,
    Named,
    Not,
    Or,
    Parameter,
    Round,
    Share,
    Within,
)
from yibao.policy.types import Kind, Type, Value

_SIGNS = {
    "==": ("为", "is"),
    "!=": ("不为", "is not"),
    "<": ("小于", "<"),
    "<=": ("不大于", "≤"),
    ">": ("大于", ">"),
    ">=": ("不小于", "≥"),
}
_DATE_SIGNS = {
    "<": ("早于", "is before"),
    "<=": ("不晚于", "is not after"),
    ">": ("晚于", "is after"),
    ">=": ("不早于", "is not before"),
}
_STEPS = {1: ("分", "fen"), 10: ("角", "jiao"), 100: ("元", "yuan"), 1000: ("十元", "ten yuan")}
_ROUNDINGS = {Rounding.HALF_UP: "half up", Rounding.UP: "up", Rounding.DOWN: "down"}
_OPERATORS = {"+": "+", "-": "−", "*": "×"}


class Told:
    """Puts expressions into words."""

    def __init__(self, words: Lexicon) -> None:
        self.words = words
        self.zh = words.chinese

    def meaning(self, node: Named, mark: Mark) -> str:
        """Return what a named condition means, and where it is written."""
        label = self.words.label(node)
        return f"{label}{'：' if self.zh else ': '}{self.expression(node.body)} {mark.file}:{mark.line}"

    def condition(self, node: Expression) -> str:
        """Return a condition as it is read; a named one by its label alone."""
        if node.type.kind is Kind.BOOL and isinstance(node, Fact | Named | Local):
            label = self.words.label(node)
            return f"{label}为“是”" if self.zh else f"{label} is ‘yes’"
        return self.expression(node)

    def expression(self, node: Expression) -> str:
        """Return any expression as it is read."""
        return _TELLERS[type(node)](self, node)

    def value(self, type_: Type, value: Value) -> str:
        """Return a written value as it is read."""
        return "“" + self.words.value(type_, value) + "”" if self.zh else self.words.value(type_, value)

    def literal(self, node: Literal) -> str:
        """Return a written value."""
        return self.words.value(node.type, node.value)

    def label(self, node: Expression) -> str:
        """Return a name as it is called."""
        return self.words.label(node)

    def parameter(self, node: Parameter) -> str:
        """Return a parameter with its key and day."""
        name = self.words.parameter_label(node.name)
        key = f"[{self.expression(node.key)}]" if node.key is not None else ""
        if node.at is None:
            return name + key
        day = self.expression(node.at)
        return f"{day}的{name}{key}" if self.zh else f"{name}{key} on {day}"

    def compare(self, node: Compare) -> str:
        """Return a comparison."""
        dated = node.left.type.kind in (Kind.DATE, Kind.MONTH)
        pair = _DATE_SIGNS.get(node.operator, _SIGNS[node.operator]) if dated else _SIGNS[node.operator]
        left = self.expression(node.left)
        if isinstance(node.right, Literal):
            right = self.value(node.left.type, node.right.value)
        else:
            right = self.expression(node.right)
        return f"{left}{pair[0]}{right}" if self.zh else f"{left} {pair[1]} {right}"

    def within(self, node: Within) -> str:
        """Return a membership test."""
        options = [self.value(node.operand.type, option) for option in node.options]
        left = self.expression(node.operand)
        return f"{left}为{'、'.join(options)}之一" if self.zh else f"{left} is one of {', '.join(options)}"

    def contains(self, node: Contains) -> str:
        """Return a test whether a list holds a value."""
        holder, item = self.expression(node.operand), self.expression(node.item)
        return f"{holder}含有{item}" if self.zh else f"{holder} holds {item}"

    def known(self, node: Known) -> str:
        """Return a test whether a value is there."""
        what = self.expression(node.operand)
        return f"有{what}" if self.zh else f"{what} is known"

    def conjunction(self, node: And | Or) -> str:
        """Return several conditions."""
        both = isinstance(node, And)
        word = ("且" if both else "或") if self.zh else (" and " if both else " or ")
        return word.join(self.condition(item) for item in node.items)

    def negation(self, node: Not) -> str:
        """Return an opposite."""
        inner = node.operand
        if isinstance(inner, Fact | Named | Local):
            return f"{self.label(inner)}为“否”" if self.zh else f"{self.label(inner)} is ‘no’"
        return f"并非{self.condition(inner)}" if self.zh else f"not ({self.condition(inner)})"

    def arithmetic(self, node: Arithmetic) -> str:
        """Return a sum, difference or product; sums inside products in brackets."""
        parts = [self.expression(part) for part in (node.left, node.right)]
        for position, part in enumerate((node.left, node.right)):
            sums = isinstance(part, Arithmetic) and part.operator != "*"
            if sums and (node.operator == "*" or (node.operator == "-" and position == 1)):
                parts[position] = f"({parts[position]})"
        return f"{parts[0]} {_OPERATORS[node.operator]} {parts[1]}"

    def share(self, node: Share) -> str:
        """Return equal parts of an amount."""
        amount, n, of = (self.expression(part) for part in (node.amount, node.n, node.of))
        return f"{amount} × {n} ÷ {of}"

    def rounding(self, node: Round) -> str:
        """Return a rounding."""
        inner = self.expression(node.operand)
        counts = node.type.kind is Kind.INT
        unit = (node.type.unit, node.type.unit) if counts else _STEPS[node.step]
        if self.zh:
            return f"{inner}（{node.rounding.value}到{unit[0]}）"
        return f"{inner} (rounded {_ROUNDINGS[node.rounding]} to {unit[1]})"

    def call(self, node: Call) -> str:
        """Return a call in words."""
        return call_words(node, tell=self.expression, chinese=self.zh)

    def choice(self, node: If) -> str:
        """Return one of two values."""
        test, then, rest = self.condition(node.condition), self.expression(node.then), self.expression(node.otherwise)
        return f"{test}时{then}，否则{rest}" if self.zh else f"{then} if {test}, else {rest}"


_TELLERS: dict[type[Expression], Callable[[Told, Any], str]] = {
    Literal: Told.literal,
    Fact: Told.label,
    Named: Told.label,
    Local: Told.label,
    Parameter: Told.parameter,
    Compare: Told.compare,
    Within: Told.within,
    Contains: Told.contains,
    Known: Told.known,
    And: Told.conjunction,
    Or: Told.conjunction,
    Not: Told.negation,
    Arithmetic: Told.arithmetic,
    Share: Told.share,
    Round: Told.rounding,
    Call: Told.call,
    If: Told.choice,
}
