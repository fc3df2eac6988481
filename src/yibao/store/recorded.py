"""Everything on record about some persons in one statement: each table is one arm, in columns of one shape."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from yibao.store import ready, together
from yibao.store.models import (
    AccountCredit,
    BenefitUse,
    Contribution,
    ContributionPart,
    ContributionRefund,
    Enrolment,
    PersonGroup,
    RecordEvent,
)

# From the person downwards by key, in arms that share nothing but lists of keys that are made first: a join with an
# "or" would read whole tables, and arms that each go down from the person again would go the same way nine times.
_WHOSE = """WITH whose AS (
SELECT id FROM store_person WHERE id {among} UNION SELECT id FROM store_person WHERE merged_into_id {among}
), enrolled AS (
SELECT id FROM store_enrolment WHERE person_id {whose}
), paid AS (
SELECT id FROM store_contribution WHERE enrolment_id {enrolled}
)
"""
_LISTS = ("whose", "enrolled", "paid")
_HANGS_BY = {"whose": "person_id", "enrolled": "enrolment_id", "paid": "contribution_id"}
_IN_LIST = {"postgresql": "= ANY(ARRAY(SELECT id FROM {name}))", "sqlite": "IN (SELECT id FROM {name})"}
_INSURED = "store_enrolment LEFT JOIN store_unit ON store_unit.id = store_enrolment.unit_id"
_KINDS = ("uuid", "text", "bigint", "date")
_OF_PERSON = [
    *(("uuid", f"store_person.{name}") for name in ("id", "merged_into_id")),
    ("text", "store_person.sex"),
    *(("date", f"store_person.{name}") for name in ("born", "died_on", "retired_on", "legal_age_on")),
]
_FIRST = 1  # After the number of the arm.


@dataclass(frozen=True, slots=True)
class Own:
    """What the row of the person says; nothing of it is sealed."""

    sex: str
    born: date
    died_on: date | None
    retired_on: date | None
    legal_age_on: date | None


@dataclass(frozen=True, slots=True)
class _Person:
    """A person's row: their key, that of the record theirs was merged into, and what it says."""

    key: UUID
    merged_into: UUID | None
    own: Own


@dataclass(frozen=True, slots=True)
class _Arm:
    """One table: where its rows come from, which column is in which list, its columns, and what a row becomes."""

    source: str
    column: str
    among: str
    columns: list[tuple[str, str]]
    make: Callable[[Sequence[Any]], Any]
    lists: str = ""


@dataclass(frozen=True, slots=True)
class _Statement:
    """The whole statement, where each arm's values stand in its rows, and where days and keys stand in all."""

    sql: str
    kinds: tuple[str, ...]
    arms: list[_Arm]
    places: list[Callable[[Sequence[Any]], Sequence[Any]]]
    days: range
    keys: range


def select(person_ids: Sequence[UUID]) -> together.Select:
    """Return the read of every row on record about persons and those merged into them.

    Args:
        person_ids: The persons.
    """
    statement = _statement(connection.vendor)
    return together.Select(statement.sql, statement.kinds, (person_ids, person_ids))


def read(found: Sequence[Sequence[Any]], *, person_ids: Sequence[UUID]) -> Iterator[tuple[UUID, Any]]:
    """Return whose it is, and what it is, for every row on record about persons and those merged into them.

    A contribution comes after its enrolment and before its parts, credits and refunds; there is no other order.

    Args:
        found: What `select` read.
        person_ids: The persons.
    """
    vendor, asked = connection.vendor, frozenset(person_ids)
    statement = _statement(vendor)
    if vendor == "sqlite":
        found = [_typed(row, statement) for row in found]
    owners: dict[str, dict[Any, UUID]] = {name: {} for name in _LISTS}
    for row in sorted(found, key=itemgetter(0)):
        arm = statement.arms[row[0]]
        made = arm.make(statement.places[row[0]](row))
        if type(made) is _Person:
            owners["whose"][made.key] = made.merged_into if made.merged_into in asked else made.key
            if made.key in asked:
                yield made.key, made.own
            continue
        owner = owners[arm.among][getattr(made, _HANGS_BY[arm.among])]
        if arm.lists:
            owners[arm.lists][made.pk] = owner
        yield owner, made


def _day(value: Any) -> date | None:
    """Return a day, which SQLite keeps as a text; its driver makes days of some of them itself."""
    return date.fromisoformat(value) if isinstance(value, str) else value


@lru_cache(maxsize=1024)
def _key(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _typed(row: Sequence[Any], statement: _Statement) -> Sequence[Any]:
    """Return a row with days and keys, which SQLite keeps as texts."""
    values = list(row)
    for place in statement.days:
        values[place] = _day(values[place])
    for place in statement.keys:
        values[place] = values[place] and _key(values[place])
    return values


@cache
def _arms() -> list[_Arm]:
    person = _Arm("store_person", "id", "whose", _OF_PERSON, lambda row: _Person(row[0], row[1], Own(*row[2:])))
    enrolment = _of(Enrolment, "whose", lists="enrolled")
    unit = ("text", "store_unit.credit_code")
    insured = replace(enrolment, source=_INSURED, columns=[*enrolment.columns, unit], make=_enrolled(enrolment.make))
    parts = (_of(model, "paid") for model in (ContributionPart, AccountCredit, ContributionRefund))
    paid = _of(Contribution, "enrolled", lists="paid")
    return [
        person,
        _of(PersonGroup, "whose"),
        insured,
        paid,
        *parts,
        _of(BenefitUse, "enrolled"),
        _of(RecordEvent, "whose"),
    ]


def _of(model: type[models.Model], among: str, *, lists: str = "") -> _Arm:
    table, fields = model._meta.db_table, model._meta.concrete_fields
    columns = [(together.kind_of(field), f'{table}."{field.column}"') for field in fields]
    return _Arm(table, _HANGS_BY[among], among, columns, _maker(model), lists)


def _maker(model: type[models.Model]) -> Callable[[Sequence[Any]], Any]:
    names = [field.attname for field in model._meta.concrete_fields]
    plain = names.index("data") if model is RecordEvent else None

    def make(values: Sequence[Any]) -> Any:
        if plain is not None:
            values = [*values[:plain], json.loads(values[plain]), *values[plain + 1 :]]
        return ready.held(model, names=names, values=values)

    return make


def _enrolled(make: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
    def made(values: Sequence[Any]) -> Any:
        row = make(values[:-1])
        row.unit_code = values[-1]
        return row

    return made


@cache
def _statement(vendor: str) -> _Statement:
    arms = _arms()
    counts = {kind: max(_count(arm, kind) for arm in arms) for kind in _KINDS}
    first = {kind: _FIRST + sum(counts[each] for each in _KINDS[:at]) for at, kind in enumerate(_KINDS)}
    told, places = [], []
    for number, arm in enumerate(arms):
        held = [f"CAST(NULL AS {kind})" for kind in _KINDS for _ in range(counts[kind])]
        free, at = dict(first), []
        for kind, column in arm.columns:
            held[free[kind] - _FIRST] = _alike(column, kind, vendor)
            at.append(free[kind])
            free[kind] += 1
        table = arm.source.partition(" ")[0]
        which = f"{table}.{arm.column} {_IN_LIST[vendor].format(name=arm.among)}"
        told.append(
            f"SELECT {_alike(str(number), 'bigint', vendor)}, {', '.join(held)} FROM {arm.source} WHERE {which}"
        )
        places.append(itemgetter(*at))
    days, keys = (range(first[kind], first[kind] + counts[kind]) for kind in ("date", "uuid"))
    kinds = ("bigint", *(kind for kind in _KINDS for _ in range(counts[kind])))
    sql = _listed(vendor) + "\nUNION ALL ".join(told)
    return _Statement(sql, kinds, arms, places, days, keys)


def _alike(column: str, kind: str, vendor: str) -> str:
    """Return a column as the other arms have it: of one kind in all arms, PostgreSQL puts them together as they are."""
    return f"CAST({column} AS {kind})" if vendor == "postgresql" else column


def _listed(vendor: str) -> str:
    found = _WHOSE
    for name in _LISTS:
        found = found.replace(f"{{{name}}}", _IN_LIST[vendor].format(name=name))
    return found


def _count(arm: _Arm, kind: str) -> int:
    return sum(each == kind for each, _ in arm.columns)
