"""Everything on record about some persons in one statement: each table is one arm, in columns of one shape."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from yibao.store import ready
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

# From the person downwards by key, in arms that share nothing but a list of keys that is made first: a join with an
# "or" would read whole tables, and one with a common part would be planned without knowing how few rows it has.
_WHOSE = """WITH whose AS (
SELECT id FROM store_person WHERE id {among} UNION SELECT id FROM store_person WHERE merged_into_id {among}
)
"""
_AMONG_WHOSE = {"postgresql": "= ANY(ARRAY(SELECT id FROM whose))", "sqlite": "IN (SELECT id FROM whose)"}
_ENROLLED = "store_enrolment"
_INSURED = "store_enrolment LEFT JOIN store_unit ON store_unit.id = store_enrolment.unit_id"
_PAID = f"{_ENROLLED} JOIN store_contribution ON store_contribution.enrolment_id = store_enrolment.id"
_OF_PAID = f"{_PAID} JOIN {{table}} ON {{table}}.contribution_id = store_contribution.id"
_USED = f"{_ENROLLED} JOIN {{table}} ON {{table}}.enrolment_id = store_enrolment.id"
_KINDS = ("uuid", "text", "bigint", "date")
_OF_PERSON = [
    *(("uuid", f"store_person.{name}") for name in ("id", "merged_into_id")),
    ("text", "store_person.sex"),
    *(("date", f"store_person.{name}") for name in ("born", "died_on", "retired_on", "legal_age_on")),
]
_FIRST = 2  # After the number of the arm and whose row it is.


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
    """One table: where its rows come from, whose they are, its columns with their kinds, and what a row becomes."""

    source: str
    person: str
    columns: list[tuple[str, str]]
    make: Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class _Statement:
    """The whole statement, where each arm's values stand in its rows, and where days and keys stand in all."""

    sql: str
    places: list[Callable[[Sequence[Any]], Sequence[Any]]]
    make: list[Callable[[Sequence[Any]], Any]]
    days: range
    keys: range


def read(person_ids: Sequence[UUID]) -> Iterator[tuple[UUID, Any]]:
    """Return whose it is, and what it is, for every row on record about persons and those merged into them.

    One statement. A contribution comes after its enrolment and before its parts, credits and refunds; there is no other
    order.

    Args:
        person_ids: The persons.
    """
    if not person_ids:
        return
    vendor, asked = connection.vendor, frozenset(person_ids)
    statement = _statement(vendor)
    found = ready.rows(statement.sql, person_ids, person_ids)
    if vendor == "sqlite":
        found = [_typed(row, statement) for row in found]
    whose: dict[UUID, UUID] = {}
    for row in sorted(found, key=itemgetter(0)):
        made = statement.make[row[0]](statement.places[row[0]](row))
        if not isinstance(made, _Person):
            yield whose[row[1]], made
            continue
        whose[made.key] = made.merged_into if made.merged_into in asked else made.key
        if made.key in asked:
            yield made.key, made.own


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
    for place in (1, *statement.keys):
        values[place] = values[place] and _key(values[place])
    return values


@cache
def _arms() -> list[_Arm]:
    parts = (ContributionPart, AccountCredit, ContributionRefund)
    enrolment = _of(Enrolment, _INSURED)
    return [
        _Arm("store_person", "store_person.id", _OF_PERSON, lambda row: _Person(row[0], row[1], Own(*row[2:]))),
        _of(PersonGroup),
        _Arm(
            enrolment.source,
            enrolment.person,
            [*enrolment.columns, ("text", "store_unit.credit_code")],
            _enrolled(enrolment.make),
        ),
        _of(Contribution, _PAID),
        *(_of(model, _OF_PAID) for model in parts),
        _of(BenefitUse, _USED),
        _of(RecordEvent),
    ]


def _of(model: type[models.Model], source: str = "{table}") -> _Arm:
    table, fields = model._meta.db_table, model._meta.concrete_fields
    columns = [(_kind(field), f'{table}."{field.column}"') for field in fields]
    person = f"{table if source == '{table}' else _ENROLLED}.person_id"
    return _Arm(source.format(table=table), person, columns, _maker(model))


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


def _kind(field: models.Field) -> str:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.UUIDField):
        return "uuid"
    if isinstance(target, models.DateField):
        return "date"
    return "text" if isinstance(target, models.CharField | models.TextField) else "bigint"


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
            held[free[kind] - _FIRST] = column
            at.append(free[kind])
            free[kind] += 1
        which = f"{arm.person} {_AMONG_WHOSE[vendor]}"
        told.append(f"SELECT {number}, {arm.person}, {', '.join(held)} FROM {arm.source} WHERE {which}")
        places.append(itemgetter(*at))
    days, keys = (range(first[kind], first[kind] + counts[kind]) for kind in ("date", "uuid"))
    return _Statement(_WHOSE + "\nUNION ALL ".join(told), places, [arm.make for arm in arms], days, keys)


def _count(arm: _Arm, kind: str) -> int:
    return sum(each == kind for each, _ in arm.columns)
