"""Witnesses of a table: one case per row, and one per value next to every cut of the row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from yibao.policy.proofs.atoms import OTHER, Axis, number, of_number
from yibao.policy.proofs.proof import Facts, Prover
from yibao.policy.rows import Row
from yibao.policy.table import Table
from yibao.policy.terms import FactTerm
from yibao.policy.to_python import expressions
from yibao.policy.tree import Contains, Expression, Fact, Literal, facts_of
from yibao.policy.types import MONTH, ORDERED, Kind, Value, default_bounds

_NEXT = (-1, 0, 1)
_OTHERS = {Kind.REGION: "999999", Kind.TEXT: "?"}


def witnesses(*, table: Table, on: date) -> Iterator[Facts]:
    """Yield cases that between them reach every row and amount of a table, and both sides of every cut.

    Args:
        table: of a region on a day.
        on: that day; it becomes the decision's own date in every case.

    Returns:
        Complete facts by name, each case once, in an order that never changes.
    """
    seen: set[tuple[tuple[str, str], ...]] = set()
    for facts in _all(table, on):
        key = tuple((name, repr(value)) for name, value in facts.items())
        if key not in seen:
            seen.add(key)
            yield facts


def _all(table: Table, on: date) -> Iterator[Facts]:
    names = table.facts_needed | {table.decision.as_of}
    day = on.toordinal()
    for rows in (table.decision_rows, *table.cases.values()):
        if not rows:
            continue
        prover = Prover(
            rows=rows,
            vocabulary=table.vocabulary,
            days={table.decision.as_of: (day, day)},
            evaluate=table.value_of,
            names=names,
        )
        for position, row in enumerate(rows):
            facts = prover.reached(position)
            if facts is not None:
                yield dict(facts)
                yield from _near(prover, position, row, facts)


def _near(prover: Prover, position: int, row: Row, facts: Facts) -> Iterator[Facts]:
    """Yield a case with one fact moved over every cut of a row, and with the ends of what its amounts read."""
    asked = dict.fromkeys(axis for box in prover.boxes[position] or () for axis in box)
    fixed = set(prover.space.days)
    for axis in asked:
        for name, value in _moves(prover, prover.space.axes[axis], facts):
            if name not in fixed and name in facts:
                yield {**facts, name: value}
    read = sorted({name for tree in _computed(row) for name in facts_of(tree)} - fixed)
    ends = {name: found for name in read if (found := _ends(prover.space.vocabulary.facts[name]))}
    for name, values in ends.items():
        for value in values:
            yield {**facts, name: value}
    for at in (0, -1):
        yield {**facts, **{name: values[at] for name, values in ends.items()}}


def _computed(row: Row) -> list[Expression]:
    conditions = {id(cell.condition) for cell in row.cells}
    return [tree for tree in expressions((row,)) if id(tree) not in conditions]


def _ends(term: FactTerm) -> list[Value]:
    """Return the values of a fact at and next to its bounds; of one without bounds nothing."""
    bounds = term.bounds or default_bounds(term.type.kind)
    if bounds is None or term.type.kind is MONTH.kind:
        return []
    low, high = bounds
    found = [low, low + 1, (low + high) // 2, high - 1, high]
    return [value for value in dict.fromkeys(found) if low <= value <= high]


def _moves(prover: Prover, axis: Axis, facts: Facts) -> Iterator[tuple[str, Value]]:
    if axis.kind == "order":
        yield from _apart(prover, axis, facts)
    elif isinstance(axis.node, Fact):
        for value in _values(axis):
            yield axis.node.name, value
    elif isinstance(axis.node, Contains) and isinstance(axis.node.operand, Fact):
        held, item = axis.node.operand.name, axis.node.item
        if isinstance(item, Literal) and isinstance(facts.get(held), tuple):
            yield held, (str(item.value),)
            yield held, ()


def _values(axis: Axis) -> Iterable[Value]:
    """Return the values of a fact at the ends of every class."""
    for item in axis.classes:
        if isinstance(item, tuple):
            for end in item:
                yield of_number(type_=axis.node.type, value=end)
        elif item is OTHER:
            yield _OTHERS.get(axis.node.type.kind, "?")
        elif item is None or isinstance(item, bool | str):
            yield item


def _apart(prover: Prover, axis: Axis, facts: Facts) -> Iterator[tuple[str, Value]]:
    """Yield what makes one side of a comparison just less than, equal to and just more than the other."""
    for side, other in ((axis.node, axis.other), (axis.other, axis.node)):
        if not isinstance(side, Fact) or other is None:
            continue
        value = prover.maker.value(other, facts)
        if value is None:
            continue
        if side.type.kind in ORDERED:
            low, high = prover.space.bounds(side)
            moved = [number(value) + step for step in _NEXT]
            yield from ((side.name, of_number(type_=side.type, value=each)) for each in moved if low <= each <= high)
        else:
            yield side.name, value
            yield side.name, _OTHERS.get(side.type.kind, value)
