"""Deciding whole populations: the SQL of a decision, run on DuckDB over Parquet, Arrow or Polars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy import Packs, UnknownRegion
from yibao.policy.to_sql import DUCKDB, SPARK
from yibao.policy.to_sql_relations import Relation
from yibao.policy.to_sql_table import Query, population_query
from yibao.policy.to_sql_variants import merge
from yibao.policy.types import Kind

FACTS = "facts_in_columns"
_EPOCH = date(1970, 1, 1).toordinal()
_AFTER_ALL = date.max.toordinal() + 1 - _EPOCH
_WHOLE = (Kind.INT, Kind.MONEY, Kind.RATE, Kind.MONTH)
_KINDS: dict[Kind, pa.DataType] = {
    **dict.fromkeys(_WHOLE, pa.int64()),
    Kind.BOOL: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.LIST: pa.list_(pa.string()),
}
_SPREAD = "* EXCLUDE (_first_month, _last_month), unnest(range(_first_month, _last_month + 1)) AS _month"
_ARROW = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is decided for every row.

    Attributes:
        domain: of the vocabulary, such as `refund`.
        decision: its name there.
        keys: columns that are handed on beside the decision.
        region: column with the code of the region; empty where `only` names the one region.
        only: code of the one region.
    """

    domain: str
    decision: str
    keys: tuple[str, ...] = ()
    region: str = ""
    only: str = ""


def compiled(
    *,
    packs: Packs,
    asked: Asked,
    codes: Sequence[str],
    source: str,
    dialect: str = "duckdb",
    prefix: str = "",
    by_number: bool = False,
) -> Query:
    """Return the query of a decision with the relations it joins.

    Args:
        packs: the rules.
        asked: what is decided.
        codes: region codes that occur; those nobody has rules for are left out and come out as no rule in force.
        source: what stands after FROM.
        dialect: `duckdb` or `spark`.
        prefix: of the names of the relations.
        by_number: tell rows by number instead of by id.

    Raises:
        UnknownRegion: nobody has rules for any of the codes.
    """
    regions = {}
    for code in codes:
        try:
            regions[code] = packs.region_for(code)
        except UnknownRegion:
            continue
    if not regions:
        raise UnknownRegion(codes[0] if codes else "", packs.regions)
    merged = merge(regions=regions, domain=asked.domain, decision=asked.decision)
    vocabulary = next(iter(regions.values())).vocabularies[asked.domain]
    return population_query(
        merged=merged,
        vocabulary=vocabulary,
        dialect=SPARK if dialect == "spark" else DUCKDB,
        source=source,
        keys=asked.keys,
        region=asked.region,
        prefix=prefix,
        by_number=by_number,
    )


def arrow(relation: Relation) -> pa.Table:
    """Return a relation as an Arrow table; an open `until` is the day after the last day of the calendar."""
    columns = {}
    for at, (name, kind) in enumerate(relation.columns):
        values = [row[at] for row in relation.rows]
        if kind == "DATE":
            days = [_day(value, open_end=name == "_until") for value in values]
            columns[name] = pa.array(days, pa.int32()).cast(pa.date32())
        else:
            columns[name] = pa.array(values, _ARROW[kind])
    return pa.table(columns)


def _day(value: object, *, open_end: bool) -> int | None:
    if isinstance(value, date):
        return value.toordinal() - _EPOCH
    return _AFTER_ALL if open_end else None


def frame(*, rows: Sequence[Mapping[str, Any]], query: Query, keys: Sequence[str] = ()) -> pa.Table:
    """Return cases as an Arrow table with the columns a query reads; a fact that is left out is missing.

    Args:
        rows: facts by name, in the conventions of `yibao.policy.types`, and the keys.
        query: says which facts, and their types.
        keys: columns beside the facts, as they are.
    """
    names = [*keys, *query.facts]
    return arrays(columns={name: [row.get(name) for row in rows] for name in names}, query=query)


def arrays(*, columns: Mapping[str, Sequence[Any]], query: Query) -> pa.Table:
    """Return cases that come by column as an Arrow table.

    Args:
        columns: values of every fact, in the conventions of `yibao.policy.types`, and of the keys.
        query: says the types of the facts.
    """
    kinds = {name: _KINDS.get(type_.kind, pa.string()) for name, type_ in query.facts.items()}
    return pa.table({name: pa.array(values, kinds.get(name)) for name, values in columns.items()})


def source_of(*, facts: Any, connection: duckdb.DuckDBPyConnection) -> str:
    """Return what stands after FROM for facts: a Parquet file by path, else a frame, put under a name.

    Args:
        facts: path of a Parquet file (wildcards are fine), Arrow table or reader, Polars frame.
        connection: where the frame is put.
    """
    if isinstance(facts, str | Path):
        return f"read_parquet({DUCKDB.quoted(str(facts))})"
    connection.register(FACTS, facts)
    return FACTS


def put(*, query: Query, connection: duckdb.DuckDBPyConnection) -> None:
    """Make the relations of a query as temporary tables."""
    for relation in query.relations:
        name = DUCKDB.name(relation.name)
        rows = arrow(relation)  # noqa: F841  (DuckDB finds it by its name)
        columns = "*" if relation.months is None else _SPREAD
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns} FROM rows")


def check(*, query: Query, connection: duckdb.DuckDBPyConnection) -> None:
    """Raise where a fact is missing that may not be, or lies outside what the vocabulary allows.

    Raises:
        InputInvalid: one problem per column, with the number of rows.
    """
    answer = connection.execute(query.faults)
    names = [column[0] for column in answer.description]
    ((*counts,),) = answer.fetchall()
    problems = [
        InputProblem(
            name,
            f"有 {count} 行的“{name}”缺失，或不在词汇表允许的范围内。请改正后再算。",
            f"{name} is missing or out of bounds on {count} rows: correct them and decide again.",
        )
        for name, count in zip(names, counts, strict=True)
        if count
    ]
    if problems:
        raise InputInvalid(problems)


def decide(*, packs: Packs, asked: Asked, facts: Any, connection: duckdb.DuckDBPyConnection | None = None) -> pa.Table:
    """Return the decision of every row of a population.

    Args:
        packs: the rules.
        asked: what is decided.
        facts: path of a Parquet file, Arrow table or reader, Polars frame: one column per fact, in the conventions of
            `yibao.policy.types` (money in fen, rates in ten-thousandths, months as indexes).
        connection: to use; a fresh one in memory where none is given.

    Returns:
        The keys, `row` (id of the row, or `!unknown_value`, `!no_rule_in_force`), the outputs and the amounts in fen.

    Raises:
        InputInvalid: facts are missing or out of bounds; nothing is decided.
        UnknownRegion: nobody has rules for any region that occurs.
    """
    held = connection or duckdb.connect()
    source = source_of(facts=facts, connection=held)
    query = compiled(
        packs=packs, asked=asked, codes=codes_in(asked=asked, source=source, connection=held), source=source
    )
    check(query=query, connection=held)
    put(query=query, connection=held)
    return held.sql(query.text).to_arrow_table()


def codes_in(*, asked: Asked, source: str, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the region codes that occur in some facts."""
    if not asked.region:
        return [asked.only]
    column = DUCKDB.name(asked.region)
    found = connection.execute(f"SELECT DISTINCT {column} FROM {source} WHERE {column} IS NOT NULL ORDER BY 1")
    return [str(code) for (code,) in found.fetchall()]
