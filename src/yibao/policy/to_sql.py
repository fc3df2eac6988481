"""Printing a typed tree as SQL text, for DuckDB and for Spark.

Conditions come out two-valued: the types let a missing value be used only behind `known`, and where a parameter
nobody knows would be read, `stop` prints the test that catches it first. Whole numbers are 64 bits wide; the types
have proven that this is enough. What could fault where its guard does not hold stands behind CASE, which both
engines evaluate branch by branch, other than AND and OR.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yibao.policy.exact import rounded
from yibao.policy.to_sql_dates import DUCKDB, SPARK, Dialect
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
    children,
    walk,
)
from yibao.policy.types import Kind, Value

__all__ = ["DUCKDB", "SPARK", "Dialect", "Sql", "Threshold"]

_OPERATORS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_EXTREMES = {"max": "greatest", "min": "least"}
_MAY_FAULT = (Arithmetic, Share, Round, Call)
_PASSES_NULL = (Fact, Literal, Local, Parameter, Arithmetic, Round, Share)
_NARROW = (Fact, Literal, Local, If)
_NUMBERS = {Kind.INT, Kind.MONEY, Kind.RATE, Kind.MONTH}


@dataclass(frozen=True, slots=True)
class Threshold(Expression):
    """A written value in which variants of a table differ, so that it is read from their relation."""

    position: int


@dataclass(slots=True)
class Sql:
    """Prints expressions over the columns of a query.

    Attributes:
        dialect: of the engine.
        parameters: the column every parameter, as it is read, stands in; None while none may be read.
        unknown: parameters that have no known value on some row of their relation.
        locals: the text of every output and amount that may be read.
        thresholds: the column of every threshold.
    """

    dialect: Dialect
    parameters: Mapping[Parameter, str] = field(default_factory=dict)
    unknown: frozenset[Parameter] = frozenset()
    locals: dict[str, str] = field(default_factory=dict)
    thresholds: Mapping[int, str] = field(default_factory=dict)

    def text(self, node: Expression) -> str:
        """Return the text of a node."""
        return _PRINTERS[type(node)](self, node)

    def value(self, value: Value) -> str:
        """Return the text of a written value."""
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, date):
            return f"DATE '{value.isoformat()}'"
        if isinstance(value, tuple):
            return self.dialect.listed([self.dialect.quoted(str(item)) for item in value])
        return str(value) if isinstance(value, int) else self.dialect.quoted(value)

    def fact(self, node: Fact) -> str:
        """Return the column of a fact."""
        return self.dialect.name(node.name)

    def threshold(self, node: Threshold) -> str:
        """Return the column of a threshold."""
        return self.thresholds[node.position]

    def local(self, node: Local) -> str:
        """Return the text of an output or earlier amount."""
        return self.locals[node.name]

    def parameter(self, node: Parameter) -> str:
        """Return the column of a parameter."""
        return self.parameters[node]

    def wide(self, node: Expression) -> str:
        """Return the text of a number, 64 bits wide whatever the column holds."""
        if isinstance(node, Named):
            return self.wide(node.body)
        text = self.text(node)
        return f"CAST({text} AS BIGINT)" if isinstance(node, _NARROW) and node.type.kind in _NUMBERS else text

    def compare(self, node: Compare) -> str:
        """Return the text of a comparison."""
        return f"({self.text(node.left)} {_OPERATORS[node.operator]} {self.text(node.right)})"

    def within(self, node: Within) -> str:
        """Return the text of a membership test."""
        options = ", ".join(self.value(option) for option in node.options)
        return f"({self.text(node.operand)} IN ({options}))"

    def contains(self, node: Contains) -> str:
        """Return the text of a test whether a list holds a value."""
        return self.dialect.contains(self.text(node.operand), self.text(node.item))

    def known(self, node: Known) -> str:
        """Return the text of a test whether a value is there."""
        return f"({self.text(node.operand)} IS NOT NULL)"

    def negation(self, node: Not) -> str:
        """Return the text of an opposite."""
        if isinstance(node.operand, Known):
            return f"({self.text(node.operand.operand)} IS NULL)"
        return f"(NOT {self.text(node.operand)})"

    def conjunction(self, node: And) -> str:
        """Return the text of several conditions that must all hold."""
        return self.all_of(node.items)

    def all_of(self, items: tuple[Expression, ...]) -> str:
        """Return the text of several conditions that must all hold, tested in order where one could fault."""
        return self._in_turn(items, "AND", "THEN {rest} ELSE FALSE") if items else "TRUE"

    def disjunction(self, node: Or) -> str:
        """Return the text of several conditions of which one must hold."""
        return self._in_turn(node.items, "OR", "THEN TRUE ELSE {rest}")

    def _in_turn(self, items: tuple[Expression, ...], word: str, otherwise: str) -> str:
        text, closed = self.text(items[-1]), True
        for at in range(len(items) - 2, -1, -1):
            first = self.text(items[at])
            closed = any(may_fault(item) for item in items[at + 1 :])
            text = f"(CASE WHEN {first} {otherwise.format(rest=text)} END)" if closed else f"{first} {word} {text}"
        return text if closed else f"({text})"

    def choice(self, node: If) -> str:
        """Return the text of one of two values."""
        return (
            f"(CASE WHEN {self.text(node.condition)} THEN {self.text(node.then)} ELSE {self.text(node.otherwise)} END)"
        )

    def arithmetic(self, node: Arithmetic) -> str:
        """Return the text of a sum, difference or product of whole values."""
        return f"({self.wide(node.left)} {node.operator} {self.wide(node.right)})"

    def call(self, node: Call) -> str:
        """Return the text of a call."""
        if node.function in _EXTREMES:
            return f"{_EXTREMES[node.function]}({', '.join(self.wide(argument) for argument in node.arguments)})"
        kinds = [argument.type.kind for argument in node.arguments]
        return self.dialect.call(node.function, kinds, [self.wide(argument) for argument in node.arguments])

    @property
    def extremes(self) -> dict[str, str]:
        """What SQL calls the greatest and the least."""
        return _EXTREMES

    def number(self, node: Expression) -> str:
        """Return the text of a whole number."""
        return self.wide(node)

    def divided(self, top: str, under: str) -> str:
        """Return the text of a whole division."""
        return self.dialect.divided(top, under)

    def rounding(self, node: Round) -> str:
        """Return the text of a rounding of a number not below 0, in whole numbers only."""
        return rounded(node=node, engine=self)

    def stop(self, node: Expression) -> str:
        """Return the test whether computing a node would read a parameter that is not known; empty where it cannot."""
        if not any(isinstance(part, Parameter) and part in self.unknown for part in walk(node)):
            return ""
        match node:
            case Parameter():
                return either([*self._inner_stops(node), f"{self.parameters[node]} IS NULL"])
            case Known(operand=Parameter() as inner):
                return either(self._inner_stops(inner))
            case And(items=items):
                return self.stop_in_turn(items, until=False)
            case Or(items=items):
                return self.stop_in_turn(items, until=True)
            case If():
                then, otherwise = self.stop(node.then) or "FALSE", self.stop(node.otherwise) or "FALSE"
                branch = f"(CASE WHEN {self.text(node.condition)} THEN {then} ELSE {otherwise} END)"
                return either([self.stop(node.condition), branch])
            case _:
                return either([self.stop(part) for part in children(node)])

    def _inner_stops(self, node: Parameter) -> list[str]:
        return [self.stop(part) for part in children(node)]

    def stop_in_turn(self, items: tuple[Expression, ...], *, until: bool) -> str:
        """Return the test whether some of several conditions, tested in order, meets an unknown parameter.

        Args:
            items: the conditions.
            until: the value at which the test of the rest is left out: True for `or`, False for `and`.
        """
        found = ""
        for item in reversed(items):
            rest = ""
            if found:
                rest = f"(CASE WHEN {self.text(item)} THEN " + (
                    f"FALSE ELSE {found} END)" if until else f"{found} ELSE FALSE END)"
                )
            found = either([self.stop(item), rest])
        return found

    def guarded(self, node: Expression) -> str:
        """Return the text of a value, NULL where it would read a parameter that is not known."""
        stop = self.stop(node)
        if not stop or all(isinstance(part, _PASSES_NULL) for part in walk(node)):
            return self.text(node)
        return f"(CASE WHEN {stop} THEN NULL ELSE {self.text(node)} END)"


def either(tests: list[str]) -> str:
    """Return the text of several tests of which one must hold, empty where there is none.

    Example:
        >>> either(["a", "", "b"]), either([""])
        ('(a OR b)', '')
    """
    tests = [test for test in tests if test]
    return f"({' OR '.join(tests)})" if len(tests) > 1 else "".join(tests)


def may_fault(node: Expression) -> bool:
    """Return whether a node, computed where its guard does not hold, could overflow or leave the calendar."""
    return any(isinstance(part, _MAY_FAULT) for part in walk(node))


_PRINTERS: dict[type[Expression], Callable[[Sql, Any], str]] = {
    Literal: lambda sql, node: sql.value(node.value),
    Fact: Sql.fact,
    Named: lambda sql, node: sql.text(node.body),
    Local: Sql.local,
    Parameter: Sql.parameter,
    Threshold: Sql.threshold,
    Compare: Sql.compare,
    Within: Sql.within,
    Contains: Sql.contains,
    Known: Sql.known,
    And: Sql.conjunction,
    Or: Sql.disjunction,
    Not: Sql.negation,
    Arithmetic: Sql.arithmetic,
    Round: Sql.rounding,
    Call: Sql.call,
    If: Sql.choice,
}
