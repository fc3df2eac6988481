"""The relations a decision in columns joins: spans of days per region, and ladders looked up by key or another day.

Their columns begin with a line below, so that they are never taken for facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from yibao.policy.to_sql import Sql
from yibao.policy.to_sql_dates import month_number
from yibao.policy.to_sql_variants import Ladder, Merged
from yibao.policy.types import ORDERED, Kind, Type, Value

# From so many lines per region and key on they are spread over months.
SPREAD_FROM = 4
_SQL_TYPES = {Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE"}


@dataclass(frozen=True, slots=True)
class Relation:
    """Lines to be put beside the facts.

    Attributes:
        name: of the table.
        columns: names and SQL types.
        rows: in the order of the columns; `until` is None while open.
        numbered: first days by number, where lines are found by number and not by region or key.
        months: the first and last month that stand apart, where lines are spread over months: every line is put once
            for each month from its `_first_month` to its `_last_month`, under `_month`; earlier days are looked for in
            the first, later ones in the last.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]
    numbered: tuple[tuple[date, date | None], ...] = ()
    months: tuple[int, int] | None = None


def sql_type(type_: Type) -> str:
    """Return the SQL type of values of a type."""
    if type_.kind in _SQL_TYPES:
        return _SQL_TYPES[type_.kind]
    return "BIGINT" if type_.kind in ORDERED else "VARCHAR"


def span_relation(*, merged: Merged, name: str, by_region: bool) -> Relation:
    """Return the relation `_region, _from, _until, _variant, _p1 … _pn, _t1 … _tm`."""
    columns = [("_region", "VARCHAR"), ("_from", "DATE"), ("_until", "DATE"), ("_variant", "BIGINT")]
    columns += [(f"_p{at}", sql_type(item.type)) for at, item in enumerate(merged.parameters, start=1)]
    thresholds = merged.thresholds
    columns += [(f"_t{at}", sql_type(type_)) for at, type_ in enumerate(thresholds, start=1)]
    rows = [(span.region, span.from_, span.until, span.variant, *span.values) for span in merged.spans]
    if by_region:
        return _spread(Relation(name, tuple(columns), tuple(rows)))
    return _with_numbers(name, columns, rows, [(span.from_, span.until) for span in merged.spans])


def ladder_relation(*, ladder: Ladder, name: str) -> Relation:
    """Return the relation `_region, _key, _from, _until, _p1 … _pn`."""
    columns = [("_region", "VARCHAR"), ("_key", "VARCHAR"), ("_from", "DATE"), ("_until", "DATE")]
    columns += [(f"_p{at}", sql_type(item.type)) for at, item in enumerate(ladder.items, start=1)]
    rows = [(region, key, start, until, *values) for region, key, start, until, values in ladder.lines]
    if ladder.by_region or ladder.items[0].key is not None:
        return _spread(Relation(name, tuple(columns), tuple(rows)))
    return _with_numbers(name, columns, rows, [(start, until) for _, _, start, until, _ in ladder.lines])


def _spread(relation: Relation) -> Relation:
    """Return a relation with its lines spread over months, where many share a region and key.

    An engine finds lines by equal columns and tries all it finds, so ten lines a key are ten comparisons of days;
    with the month among the equal columns it is one.
    """
    names = [name for name, _ in relation.columns]
    start, until = names.index("_from"), names.index("_until")
    written = {row[at] for row in relation.rows for at in (start, until)}
    days = sorted(day for day in written if isinstance(day, date))
    if len(relation.rows) < SPREAD_FROM * len({row[:start] for row in relation.rows}):
        return relation
    low, high = _month(days[1]) - 1, _month(days[-1])

    def within(day: Value, shift: int) -> int:
        if not isinstance(day, date):
            return high
        return min(max(_month(day - timedelta(days=shift)), low), high)

    rows = tuple((*row, within(row[start], 0), within(row[until], 1)) for row in relation.rows)
    columns = (*relation.columns, ("_first_month", "BIGINT"), ("_last_month", "BIGINT"))
    return replace(relation, columns=columns, rows=rows, months=(low, high))


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _with_numbers(
    name: str,
    columns: list[tuple[str, str]],
    rows: Sequence[tuple[Value, ...]],
    days: Sequence[tuple[date, date | None]],
) -> Relation:
    numbered = tuple((number, *row) for number, row in enumerate(rows, start=1))
    return Relation(name, (("_number", "BIGINT"), *columns), numbered, tuple(days))


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
        return f"LEFT JOIN {name(relation.name)} AS {alias} ON {held} = {alias}._number"
    first, *rest = keys
    held = f"CASE WHEN {guard} THEN {first[0]} END" if guard else first[0]
    tests = [f"{held} = {alias}.{name(first[1])}", *(f"{text} = {alias}.{name(column)}" for text, column in rest)]
    if relation.months is not None:
        low, high = relation.months
        month = f"least(greatest({month_number(day)}, {low}), {high})"
        tests.append(f"{month} = {alias}.{name('_month')}")
    tests += [f"{day} >= {alias}.{name('_from')}", f"{day} < {alias}.{name('_until')}"]
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
