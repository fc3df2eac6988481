"""Changing an expression by one step: a constant moved, an operator turned, a written option left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from yibao.kernel.money import Rounding
from yibao.kernel.months import MONTHS_PER_YEAR, Month
from yibao.policy.tree import (
    Arithmetic,
    Call,
    Compare,
    Contains,
    Expression,
    Fact,
    Literal,
    Local,
    Named,
    Not,
    Round,
    Within,
)
from yibao.policy.types import BOOL, Kind, Value

_TURNED = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_EDGES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_SUMS = {"+": "-", "-": "+"}
_EXTREMES = {"max": "min", "min": "max"}
_STEPS = (1, -1)
_TEN = 10
_LISTS = ("items", "arguments")


def stepped(value: Value) -> list[Value]:
    """Return the values one step away: one in the last place of a number, a day, month or year of a date.

    Codes and yes or no have no steps. A date on the first of January was meant as a year, one on the first of a month
    as a month.

    Example:
        >>> stepped(3), stepped(5340000), stepped("refund")
        ([4, 2], [5350000, 5330000], [])
        >>> [str(day) for day in stepped(date(2020, 8, 1))]
        ['2020-09-01', '2020-07-01']
    """
    if isinstance(value, bool) or value is None or isinstance(value, str | tuple):
        return []
    if isinstance(value, date):
        return list(days_next_to(value))
    place = 1
    while value and value % (place * _TEN) == 0:
        place *= _TEN
    return [value + step * place for step in _STEPS]


def days_next_to(day: date) -> tuple[date, date]:
    """Return the days one step after and before a day: a year, a month or a day, as it was meant."""
    if day.day > 1:
        return day + timedelta(days=1), day - timedelta(days=1)
    months = MONTHS_PER_YEAR if day.month == 1 else 1
    month = Month.of(day)
    return month.plus(months).first_day, month.plus(-months).first_day


def changes(node: Expression) -> Iterator[Expression]:
    """Yield an expression with one thing in it changed by one step; named conditions are left as they are."""
    yield from _own(node)
    if isinstance(node, Named):
        return
    for field in fields(node):
        part: Any = getattr(node, field.name)
        if isinstance(part, Expression):
            yield from (_with(node, field.name, changed) for changed in changes(part))
        elif field.name in _LISTS:
            for at, item in enumerate(part):
                yield from (
                    _with(node, field.name, (*part[:at], changed, *part[at + 1 :])) for changed in changes(item)
                )


def _with(node: Expression, name: str, part: Any) -> Expression:
    return replace(node, **{name: part})


def _own(node: Expression) -> Iterator[Expression]:
    """Yield a node with its own operator or value changed."""
    match node:
        case Literal():
            yield from (replace(node, value=value) for value in stepped(node.value))
        case Compare():
            yield replace(node, operator=_TURNED[node.operator])
            if node.operator in _EDGES and not isinstance(node.right, Literal):
                yield replace(node, operator=_EDGES[node.operator])
        case Within():
            yield from _narrower(node)
        case Contains() | Fact() | Named() | Local() if node.type.kind is Kind.BOOL:
            yield Not(BOOL, None, node)
        case _:
            yield from _computed(node)


def _narrower(node: Within) -> Iterator[Expression]:
    for at in range(len(node.options)):
        yield replace(node, options=(*node.options[:at], *node.options[at + 1 :]))


def _computed(node: Expression) -> Iterator[Expression]:
    match node:
        case Arithmetic(operator=operator) if operator in _SUMS:
            yield replace(node, operator=_SUMS[operator])
        case Call(function=function) if function in _EXTREMES:
            yield replace(node, function=_EXTREMES[function])
        case Round():
            modes = list(Rounding)
            yield replace(node, rounding=modes[(modes.index(node.rounding) + 1) % len(modes)])


def swapped(*, node: Expression, names: dict[str, Named]) -> Expression:
    """Return an expression with the meaning of some named conditions replaced; the same object where none is named."""
    if isinstance(node, Named) and node.name in names:
        return names[node.name]
    moved: dict[str, Any] = {}
    for field in fields(node):
        part: Any = getattr(node, field.name)
        other: Any
        if isinstance(part, Expression):
            other = swapped(node=part, names=names)
        elif field.name in _LISTS:
            found = tuple(swapped(node=item, names=names) for item in part)
            other = part if all(new is old for new, old in zip(found, part, strict=True)) else found
        else:
            continue
        if other is not part:
            moved[field.name] = other
    return replace(node, **moved) if moved else node
