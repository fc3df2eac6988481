"""Looking through everybody: who paid twice in the record, and what a decision makes of a file of facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from yibao.batch.columns import DUCKDB, Asked, check, codes_in, compiled, put, source_of
from yibao.batch.history import history_facts, put_history
from yibao.policy import Packs


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What one history fact finds: payments, persons, months, and the money paid for those months (fen, by months)."""

    fact: str
    payments: int
    persons: int
    months: int
    paid: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a decision makes of some rows: how many, and the sum of every amount (fen)."""

    row: str
    count: int
    amounts: dict[str, int]


def duplicates(*, packs: Packs, on: date, views: dict[str, str], facts: dict[str, str]) -> list[Duplicates]:
    """Return, for every fact that counts months, what it finds in the record; facts that find nothing are left out.

    Args:
        packs: the rules.
        on: the day the record is looked at.
        views: of the service's `columns.py`.
        facts: of the service's `columns.py`.
    """
    from yibao.batch.record import record

    connection = duckdb.connect()
    put_history(lines=record(packs=packs, on=on), views=views, connection=connection)
    counting = {name: text for name, text in facts.items() if name.endswith("overlap_months") or "paid_twice" in name}
    table = history_facts(facts=counting, connection=connection)
    connection.register("found", table)
    return [each for name in counting if (each := _found(connection, name)).payments]


def _found(connection: duckdb.DuckDBPyConnection, name: str) -> Duplicates:
    column = DUCKDB.name(name)
    covered = "last_month - first_month + 1"
    text = f"""SELECT count(*), count(DISTINCT person), coalesce(sum({column}), 0),
  coalesce(sum(amount * least({column}, {covered}) // ({covered})), 0)
FROM found JOIN payments USING (person, payment) WHERE {column} > 0"""
    ((payments, persons, months, paid),) = connection.execute(text).fetchall()
    return Duplicates(name, int(payments), int(persons), int(months), int(paid))


def effects(*, packs: Packs, facts: Path, asked: Asked) -> list[Effect]:
    """Return what a decision makes of a Parquet file of facts, most frequent first.

    Raises:
        InputInvalid: facts are missing or out of bounds.
        UnknownRegion: nobody has rules for any region that occurs.
    """
    connection = duckdb.connect()
    source = source_of(facts=facts, connection=connection)
    codes = codes_in(asked=asked, source=source, connection=connection)
    query = compiled(packs=packs, asked=asked, codes=codes, source=source)
    check(query=query, connection=connection)
    put(query=query, connection=connection)
    amounts = list(next(iter(packs.regions.values())).vocabularies[asked.domain].decisions[asked.decision].amounts)
    sums = "".join(f", coalesce(sum({DUCKDB.name(name)}), 0)" for name in amounts)
    text = f"SELECT row, count(*){sums} FROM ({query.text}) GROUP BY row ORDER BY 2 DESC, 1"
    lines = connection.execute(text).fetchall()
    return [
        Effect(str(row), int(count), dict(zip(amounts, map(int, sums), strict=True))) for row, count, *sums in lines
    ]
