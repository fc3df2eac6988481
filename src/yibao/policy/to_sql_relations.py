"""The relations a decision in columns joins: spans of days per region, and ladders looked up by key or another day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yibao.policy.to_sql import Sql
from yibao.policy.to_sql_variants import Ladder, Merged
from yibao.policy.types import ORDERED, Kind, Type, Value

_SQL_TYPES = {Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE"}


@dataclass(frozen=True, slots=True)
class Relation:
    """Lines to be put beside the facts.

    Attributes:
        name: of the table.
        columns: names and SQL types.
        rows: in the order of the columns; `until` is None while open.
        numbered: first days by number, where lines are found by number and not by region or key.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]
    numbered: tuple[tuple[date, date | None], ...] = ()


def _sql_type(type_: Type) -> str:
    if type_.kind in _SQL_TYPES:
        return _SQL_TYPES[type_.kind]
    return "BIGINT" if type_.kind in ORDERED else "VARCHAR"


def span_relation(*, merged: Merged, name: str, by_region: bool) -> Relation:
    """Return the relation `region, from, until, variant, p1 … pn, t1 … tm`."""
    columns = [("region", "VARCHAR"), ("from", "DATE"), ("until", "DATE"), ("variant", "BIGINT")]
    columns += [(f"p{at}", _sql_type(item.type)) for at, item in enumerate(merged.parameters, start=1)]
    thresholds = merged.thresholds
    columns += [(f"t{at}", _sql_type(type_)) for at, type_ in enumerate(thresholds, start=1)]
    rows = [(span.region, span.from_, span.until, span.variant, *span.values) for span in merged.spans]
    if by_region:
        return Relation(name, tuple(columns), tuple(rows))
    return _with_numbers(name, columns, rows, [(span.from_, span.until) for span in merged.spans])


def ladder_relation(*, ladder: Ladder, name: str) -> Relation:
    """Return the relation `region, key, from, until, p1 … pn`."""
    columns = [("region", "VARCHAR"), ("key", "VARCHAR"), ("from", "DATE"), ("until", "DATE")]
    columns += [(f"p{at}", _sql_type(item.type)) for at, item in enumerate(ladder.items, start=1)]
    rows = [(region, key, start, until, *values) for region, key, start, until, values in ladder.lines]
    if ladder.by_region or ladder.items[0].key is not None:
        return Relation(name, tuple(columns), tuple(rows))
    return _with_numbers(name, columns, rows, [(start, until) for _, _, start, until, _ in ladder.lines])


def _with_numbers(
    name: str,
    columns: list[tuple[str, str]],
    rows: Sequence[tuple[Value, ...]],
    days: Sequence[tuple[date, date | None]],
) -> Relation:
    numbered = tuple((number, *row) for number, row in enumerate(rows, start=1))
    return Relation(name, (("number", "BIGINT"), *columns), numbered, tuple(days))


def joined(
    *, relation: Relation, alias: str, keys: Sequence[tuple[str, str]], day: str, sql: Sql, guard: str = ""
) -> str:
    """Return the join of a relation: equal region and key, and the day within the half-open span.

    Args:
        relation: what is joined.
        alias: its name in the query.
        keys: expressions over the facts and the columns they must equal.
        day: expression of the day.
        sql: prints values.
        guard: test without which nothing is looked up, empty for always.
    """
    name = sql.dialect.name
    if relation.numbered:
        number = _number(relation, day, sql)
        held = f"CASE WHEN {guard} THEN {number} END" if guard else number
        return f"LEFT JOIN {name(relation.name)} AS {alias} ON {held} = {alias}.number"
    first, *rest = keys
    held = f"CASE WHEN {guard} THEN {first[0]} END" if guard else first[0]
    tests = [f"{held} = {alias}.{name(first[1])}", *(f"{text} = {alias}.{name(column)}" for text, column in rest)]
    tests += [f"{day} >= {alias}.{name('from')}", f"{day} < {alias}.{name('until')}"]
    return f"LEFT JOIN {name(relation.name)} AS {alias} ON {' AND '.join(tests)}"


def _number(relation: Relation, day: str, sql: Sql) -> str:
    """Return the number of the line a day lies in: lines of one region are few and found by comparing days."""
    branches = []
    for number, (start, until) in sorted(
        enumerate(relation.numbered, start=1), key=lambda each: each[1][0], reverse=True
    ):
        test = f"{day} >= {sql.value(start)}"
        if until is not None and until not in {first for first, _ in relation.numbered}:
            test = f"{test} AND {day} < {sql.value(until)}"
            branches.append(f"WHEN {test} THEN {number} WHEN {day} >= {sql.value(until)} THEN NULL")
        else:
            branches.append(f"WHEN {test} THEN {number}")
    return f"CASE {' '.join(branches)} END"
