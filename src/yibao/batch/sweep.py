"""Looking through everybody: who paid twice in the record, and what a decision makes of a file of facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from yibao.batch.columns import DUCKDB, Asked, check, codes_in, compiled, put, source_of
from yibao.batch.history import OWN_PAYERS, RELATIONS, UNIT_PAYERS, Lines, history_facts, put_history
from yibao.policy import Packs, UnknownRegion

_ONE_DAY = timedelta(days=1)


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


def record(*, packs: Packs, on: date) -> Lines:
    """Return the whole record as lines of the relations of a history, read in bulk."""
    from yibao.store import models as m

    lines: Lines = {name: [] for name in RELATIONS}
    homes: dict[str, str] = {}
    for row in m.Person.objects.values("pk", "region", "died_on", "retired_on").iterator():
        home = homes.setdefault(row["region"], _home(packs, row["region"]))
        own = {"person": str(row["pk"]), "on_day": on, "home": home, "died": row["died_on"]}
        lines["requests"].append({**own, "retired_on": row["retired_on"], "immediate": False})
    for row in m.Enrolment.objects.values().iterator():
        own = {"person": str(row["person_id"]), "enrolment": str(row["id"]), "position": row["id"]}
        days = {"first_day": row["start"], "last_day": row["end"] and row["end"] - _ONE_DAY}
        kept = {name: row[name] for name in ("scheme", "region", "status", "benefits_from")}
        lines["enrolments"].append({**own, **days, **kept, "relation": row["category"]})
    by_unit = set(m.ContributionPart.objects.filter(payer__in=UNIT_PAYERS).values_list("contribution_id", flat=True))
    for row in m.Contribution.objects.values("enrolment__person_id", *_PAID).iterator():
        lines["payments"].append(_payment(row, by_unit))
    return lines


_PAID = ("id", "enrolment_id", "kind", "paid_on", "first_month", "end_month", "payer", "years", "amount_fen")


def _payment(row: dict[str, Any], by_unit: set[int]) -> dict[str, Any]:
    own = {"person": str(row["enrolment__person_id"]), "payment": str(row["id"]), "enrolment": str(row["enrolment_id"])}
    kept = {name: row[name] for name in ("kind", "paid_on", "first_month", "payer", "years")}
    unit = row["payer"] == "unit" or row["id"] in by_unit
    rest = {"position": row["id"], "last_month": row["end_month"] - 1, "amount": row["amount_fen"]}
    return {**own, **kept, **rest, "by_unit": unit, "asked": row["payer"] in OWN_PAYERS}


def _home(packs: Packs, code: str) -> str:
    try:
        return packs.region_for(code).code
    except UnknownRegion:
        return code
