"""The facts of a history over a whole population, on DuckDB: case files, or the record itself, as relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from yibao.policy import Packs, Region
from yibao.policy.casefile import CaseFile, Event

_TEXT, _DAY, _NUMBER, _FLAG = pa.string(), pa.date32(), pa.int64(), pa.bool_()
RELATIONS: dict[str, dict[str, pa.DataType]] = {
    "requests": {
        "person": _TEXT, "on_day": _DAY, "home": _TEXT, "died": _DAY, "retired_on": _DAY, "immediate": _FLAG,
    },
    "enrolments": {
        "person": _TEXT, "enrolment": _TEXT, "position": _NUMBER, "scheme": _TEXT, "relation": _TEXT, "region": _TEXT,
        "first_day": _DAY, "last_day": _DAY, "status": _TEXT, "benefits_from": _DAY,
    },
    "payments": {
        "person": _TEXT, "payment": _TEXT, "enrolment": _TEXT, "position": _NUMBER, "kind": _TEXT, "paid_on": _DAY,
        "first_month": _NUMBER, "last_month": _NUMBER, "payer": _TEXT, "by_unit": _FLAG, "years": _NUMBER,
        "asked": _FLAG, "amount": _NUMBER,
    },
    "events": {
        "person": _TEXT, "position": _NUMBER, "kind": _TEXT, "on_day": _DAY, "first_day": _DAY, "last_day": _DAY,
        "required_months": _NUMBER, "paid_months": _NUMBER, "due_months": _NUMBER,
    },
    "benefits": {"person": _TEXT, "enrolment": _TEXT, "on_day": _DAY, "kind": _TEXT},
}  # fmt: skip
Lines = dict[str, list[dict[str, Any]]]
OWN_PAYERS = ("person", "relative", "unit")
UNIT_PAYERS = ("unit", "person")


def lines_of(*, cases: Iterable[tuple[str, CaseFile]], packs: Packs) -> Lines:
    """Return case files as lines of the relations.

    Args:
        cases: a key of the person, and the case file.
        packs: say which pool a place belongs to and which groups have benefits at once.
    """
    lines: Lines = {name: [] for name in RELATIONS}
    for person, case in cases:
        region = packs.region_for(case.region)
        immediate = not immediate_groups(region).isdisjoint(case.person.groups)
        lines["requests"].append(
            {
                "person": person,
                "on_day": case.on,
                "home": region.code,
                "died": case.person.died,
                "retired_on": case.person.retired_on,
                "immediate": immediate,
            }
        )
        _record(lines, person, case)
    return lines


def immediate_groups(region: Region) -> set[str]:
    """Return the groups whose members have benefits at once in a region."""
    return {code for code, group in region.setting("refund", "groups").items() if "immediate" in _marks(group)}


def _marks(group: object) -> Iterable[str]:
    return group if isinstance(group, Mapping | list | tuple) else ()


def _record(lines: Lines, person: str, case: CaseFile) -> None:
    wanted = case.request.payments
    for position, each in enumerate(case.enrolments):
        own = {"person": person, "enrolment": each.id, "position": position, "scheme": each.scheme}
        days = {"first_day": each.start, "last_day": each.end, "benefits_from": each.benefits_from}
        lines["enrolments"].append(
            {**own, **days, "relation": each.relation, "region": each.region, "status": each.status}
        )
    for position, paid in enumerate(case.payments):
        asked = paid.payer in OWN_PAYERS if wanted is None else paid.id in wanted
        by_unit = paid.payer == "unit" or any(part.payer in UNIT_PAYERS for part in paid.parts)
        own = {"person": person, "payment": paid.id, "enrolment": paid.enrolment, "position": position}
        rest = {"kind": paid.kind, "paid_on": paid.paid_on, "first_month": paid.start, "last_month": paid.end}
        lines["payments"].append(
            {
                **own,
                **rest,
                "payer": paid.payer,
                "by_unit": by_unit,
                "years": paid.years,
                "asked": asked,
                "amount": paid.amount,
            }
        )
    lines["events"] += [event_line(person=person, position=at, event=event) for at, event in enumerate(case.events)]
    for use in case.benefits:
        lines["benefits"].append({"person": person, "enrolment": use.enrolment, "on_day": use.on, "kind": use.kind})


def event_line(*, person: str, position: int, event: Event) -> dict[str, Any]:
    """Return an event of somebody's record as a line of its relation."""
    names = {"first_day": "start", "last_day": "end"} | {name: name for name in _COUNTS}
    members = {column: getattr(event, name, None) for column, name in names.items()}
    return {"person": person, "position": position, "kind": event.kind, "on_day": event.on, **members}


_COUNTS = ("required_months", "paid_months", "due_months")


def put_history(*, lines: Lines, views: Mapping[str, str], connection: duckdb.DuckDBPyConnection) -> None:
    """Make the relations of a history, and the views the facts are written over.

    Args:
        lines: of the relations.
        views: of the service's `columns.py`, in the order in which they build on one another.
        connection: where they are made.
    """
    for name, columns in RELATIONS.items():
        arrays = {column: pa.array([line[column] for line in lines[name]], kind) for column, kind in columns.items()}
        connection.register("incoming", pa.table(arrays))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
        connection.unregister("incoming")
    for name, text in views.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")


def history_facts(*, facts: Mapping[str, str], connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return one line per payment asked for, with a column per fact; what a fact leaves out is 0 or false.

    Args:
        facts: of the service's `columns.py`.
        connection: where the relations were made.
    """
    columns, joins = [], []
    for name, text in facts.items():
        table = f'"fact_{name}"'
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {text}")
        ((kind,),) = connection.execute(f"SELECT typeof(any_value(value)) FROM {table}").fetchall()
        empty = {"BOOLEAN": ", FALSE", "DATE": ""}.get(kind, ", 0")
        columns.append(f'coalesce({table}.value{empty}) AS "{name}"')
        joins.append(f"LEFT JOIN {table} USING (person, payment)")
    head = ", ".join(["person", "payment", *columns])
    return connection.sql(f"SELECT {head} FROM lines {' '.join(joins)}").to_arrow_table()
