"""Statements of the busiest steps, written once and prepared once: nothing is built anew each time they run.

A list of keys or a column of values goes in as one parameter, so a statement is the same text for one case and for a
hundred. On PostgreSQL the server keeps the prepared statement with the connection; SQLite's driver does the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState

from yibao.store import listed

_AMONG = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
# What these fields hold goes to the driver as it is.
_AS_IT_IS = (models.CharField, models.IntegerField, models.BooleanField)
_ITS_DRIVER_KNOWS = (models.DateField, models.UUIDField)

M = TypeVar("M", bound=models.Model)


def rows(sql: str, *keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement.

    Args:
        sql: The statement; each `{among}` in it stands for one list of keys, `{lock}` at its end for FOR UPDATE,
            where the database locks rows.
        keys: The lists, in the order of the statement: whole numbers, texts, or UUIDs.
    """
    alone, vendor = tuple(len(some) == 1 for some in keys), connection.vendor
    given = {id(some): _keys(some, vendor) for some in keys}
    with prepared() as cursor:
        cursor.execute(_written(sql, vendor, alone), [given[id(some)] for some in keys])
        return list(cursor.fetchall())


class Reader(Generic[M]):
    """How the rows of a model are read out of a statement: all its columns, in the order of its fields.

    Args:
        model: The model.
    """

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.fields = list(model._meta.concrete_fields)
        self._names = [field.attname for field in self.fields]

    @cached_property
    def columns(self) -> str:
        """Return the columns as a statement names them."""
        table = self.model._meta.db_table
        return ", ".join(f'{table}."{field.column}"' for field in self.fields)

    def made(self, values: Sequence[Any]) -> M:
        """Return the object a row stands for.

        Args:
            values: What the columns hold, as the driver gives it.
        """
        plain = list(values)
        for place, convert, column in _converters(self.model, connection.vendor):
            for one in convert:
                plain[place] = one(plain[place], column, connection)
        return held(self.model, names=self._names, values=plain)


def held(model: type[M], *, names: Sequence[str], values: Sequence[Any]) -> M:
    """Return the object of a row that was read; what Django's `from_db` does, without asking who wants to hear of it.

    Args:
        model: The model.
        names: Its columns' attributes.
        values: What they hold.
    """
    row = model.__new__(model)
    row._state = state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    row.__dict__.update(zip(names, values, strict=True))
    return row


def new(model: type[M], **values: Any) -> M:
    """Return an object of a row to be inserted; what Django's own constructor does for plain columns.

    Args:
        model: The model.
        values: Columns by their attribute, `case_id` and not `case`; the others get their defaults.

    Raises:
        TypeError: There is no such column; that is a bug in the caller.
    """
    row = model.__new__(model)
    row._state = ModelState()
    same, made = _defaults(model)
    held = row.__dict__
    held.update(same)
    for name, default in made:
        if name not in values:
            held[name] = default()
    held.update(values)
    if len(held) != len(same) + 1:
        raise TypeError(f"{model.__name__} has no columns {', '.join(values.keys() - same.keys())}")
    return row


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """Return the columns with what they hold at first, and those whose first value is made anew for each row."""
    fields = model._meta.concrete_fields
    return {field.attname: None if callable(field.default) else field.get_default() for field in fields}, [
        (field.attname, field.get_default) for field in fields if callable(field.default)
    ]


def insert(made: Sequence[models.Model], *, ignore_conflicts: bool = False) -> int:
    """Write new rows of one model, in one statement however many they are; return how many were written.

    Their keys are not read back.

    Args:
        made: The rows; fields that compute something when saved are not for this.
        ignore_conflicts: Whether a row that is there already is passed over.
    """
    if not made:
        return 0
    model = type(made[0])
    names, prepare, sql = _inserting(model, _in_columns(made), ignore_conflicts)
    return _many(sql, _columns(made, names, prepare))


class Writes:
    """Rows that are written together: by one statement where the server takes several in one, else one after the other.

    No row may be in two of the parts, and no part may rest on what another one writes.
    """

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self.told: list[Any] = []

    def insert(self, made: Sequence[models.Model], *, ignore_conflicts: bool = False) -> int:
        """Add rows of one model, arguments as those of `insert`; return the place of their count in what is told."""
        if made:
            names, prepare, sql = _inserting(type(made[0]), _in_columns(made), ignore_conflicts)
            self._parts.append(_Part(sql, _columns(made, names, prepare)))
        return len(self._parts) - 1

    def insert_once(self, key: models.Model, head: models.Model, lines: Sequence[models.Model], *, under: str) -> int:
        """Add a key, a row and the rows under it, which are written when nobody has taken the key; PostgreSQL only.

        Args:
            key: The row of the key.
            head: A row that gets its own key from the database.
            lines: Rows under it, at least two, of one model, whose column `under` gets the key of the head.

        Returns:
            The place, in `told`, of the key the head got; None stands there when nothing was written.
        """
        place = len(self._parts)
        self.insert([key], ignore_conflicts=True)
        for made, free, source in (([head], "", f"w{place}"), (lines, under, f"w{place + 1}")):
            names, prepare, sql = _inserting_after(type(made[0]), free, source)
            self._parts.append(_Part(sql, _columns(made, names, prepare), keyed=made[0] is head))
        return place + 1

    def update(
        self, model: type[models.Model], *, sets: tuple[str, ...], where: tuple[str, ...], values: list[list[Any]]
    ) -> int:
        """Add changes of rows of one model, at least one; arguments as those of `update`.

        Returns:
            The place of their count in what `send` returns.
        """
        self._parts.append(_Part(*_changed(model, sets, where, values)))
        return len(self._parts) - 1

    def send(self) -> list[int]:
        """Write all, and return how many rows each part wrote; they are kept as `told`."""
        if connection.vendor != "postgresql" or len(self._parts) < 2:
            self.told = [_many(part.sql, part.columns) for part in self._parts]
            return self.told
        with prepared() as cursor:
            given = [value for part in self._parts for value in _given(part.columns)]
            cursor.execute(_together(tuple((part.sql, part.keyed) for part in self._parts)), given)
            self.told = list(cursor.fetchone())
        return self.told


@dataclass(frozen=True, slots=True)
class _Part:
    """One of several statements: its text, its values by column, and whether it tells the key its row got."""

    sql: str
    columns: list[list[Any]]
    keyed: bool = False


@lru_cache(maxsize=512)
def _together(parts: tuple[tuple[str, bool], ...]) -> str:
    named = ", ".join(
        f"w{place} AS ({sql} RETURNING {'id' if keyed else '1'})" for place, (sql, keyed) in enumerate(parts)
    )
    told = (f"(SELECT {'id' if keyed else 'count(*)'} FROM w{place})" for place, (_, keyed) in enumerate(parts))
    return f"WITH {named} SELECT {', '.join(told)}"


def insert_keyed(made: Sequence[models.Model]) -> None:
    """Write new rows of one model and give each the key it got; otherwise as `insert`."""
    if not made:
        return
    names, prepare, sql = _inserting(type(made[0]), _in_columns(made), False)
    columns = _columns(made, names, prepare)
    if _in_columns(made):
        given = _given(columns)
    else:
        each = f"({', '.join('%s' for _ in names)})"
        sql = sql.replace(f"VALUES {each}", f"VALUES {', '.join(each for _ in made)}")
        given = [value for row in zip(*columns, strict=True) for value in row]
    with prepared() as cursor:
        cursor.execute(f'{sql} RETURNING "{made[0]._meta.pk.column}"', given)
        keys = cursor.fetchall()
    for row, (key,) in zip(made, keys, strict=True):
        row.pk = key


def _columns(made: Sequence[models.Model], names: list[str], prepare: list[Any]) -> list[list[Any]]:
    columns = [list(map(attrgetter(name), made)) for name in names]
    return [_prepared(column, each) for column, each in zip(columns, prepare, strict=True)]


def _prepared(column: list[Any], prepare: Any) -> list[Any]:
    return column if prepare is None else list(map(prepare, column))


def update(model: type[models.Model], *, sets: tuple[str, ...], where: tuple[str, ...], values: list[list[Any]]) -> int:
    """Change rows of one model, each to values of its own, in one statement; return how many were changed.

    Args:
        model: The model.
        sets: Fields that are set.
        where: Fields by which a row is found.
        values: For each row the new values, then those it is found by.
    """
    if not values:
        return 0
    return _many(*_changed(model, sets, where, values))


def _changed(
    model: type[models.Model], sets: tuple[str, ...], where: tuple[str, ...], values: list[list[Any]]
) -> tuple[str, list[list[Any]]]:
    prepare, sql = _updating(model, _in_columns(values), sets, where)
    columns = [list(column) for column in zip(*values, strict=True)]
    return sql, [_prepared(column, each) for column, each in zip(columns, prepare, strict=True)]


def _many(sql: str, columns: list[list[Any]]) -> int:
    with prepared() as cursor:
        if connection.vendor == "postgresql" or len(columns[0]) == 1:
            cursor.execute(sql, _given(columns))
        else:
            cursor.executemany(sql, list(zip(*columns, strict=True)))
        return int(cursor.rowcount)


def _given(columns: list[list[Any]]) -> list[Any]:
    """Return the parameters of a statement: one value of each column, or the column as one list."""
    if len(columns[0]) == 1:
        return [value for (value,) in columns]
    return [listed.written(column) for column in columns]


def _in_columns(some: Sequence[Any]) -> bool:
    """Return whether many rows go to the server as one list for each column."""
    return connection.vendor == "postgresql" and len(some) > 1


def prepared() -> CursorWrapper:
    """Return a cursor that sends values apart from the text, so that the server plans a statement once."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    # Django's own cursor puts the values into the text, so that the server would plan each one anew.
    connection.ensure_connection()
    return connection._prepare_cursor(_server_binding()(connection.connection))


@cache
def _server_binding() -> Any:
    from psycopg import RawCursor

    class Prepared(RawCursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            super().execute(_numbered(query), params, **more)
            # Django's log of statements reads it, and the driver keeps it only of what it sends unprepared.
            self._query = self._query or SimpleNamespace(query=query.encode())
            return self

    return Prepared


@lru_cache(maxsize=1024)
def _numbered(query: str) -> str:
    """Return a statement with its parameters as the server counts them; the driver would look for them each time."""
    first, *rest = query.split("%s")
    return first + "".join(f"${place}{part}" for place, part in enumerate(rest, 1))


def _keys(some: Sequence[Any], vendor: str) -> Any:
    if vendor == "postgresql":
        return some[0] if len(some) == 1 else listed.written(some)
    return json.dumps([one.hex if isinstance(one, UUID) else one for one in some])


@cache
def _written(sql: str, vendor: str, alone: tuple[bool, ...]) -> str:
    server = vendor == "postgresql"
    for one in alone:
        # For one key the server plans by one key, and then keeps the plan: of a list it does not know the length.
        sql = sql.replace("{among}", "= %s" if one and server else _AMONG[vendor], 1)
    return sql.replace("{lock}", "FOR UPDATE" if server else "")


@cache
def _converters(model: type[models.Model], vendor: str) -> list[tuple[int, Any, Any]]:
    columns = [field.get_col(model._meta.db_table) for field in model._meta.concrete_fields]
    compiler = models.QuerySet(model).query.get_compiler(connection=connection)
    return [(place, convert, column) for place, (convert, column) in compiler.get_converters(columns).items()]


def _preparing(field: models.Field) -> Any:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, _AS_IT_IS) and type(target).get_db_prep_save is models.Field.get_db_prep_save:
        return None
    if connection.vendor == "postgresql" and isinstance(target, _ITS_DRIVER_KNOWS):
        return None
    # Bound to the connection of the caller's thread, which is another one each time.
    return lambda value: field.get_db_prep_save(value, connection)


def _kind(field: models.Field) -> str:
    # Without its length: a value that is too long must be refused, and a cast would cut it.
    return str(field.db_type(connection)).partition("(")[0]


@cache
def _inserting(model: type[models.Model], in_columns: bool, ignore_conflicts: bool) -> tuple[list[str], list[Any], str]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    more = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    if in_columns:
        source = f"SELECT * FROM unnest({', '.join(f'%s::{_kind(field)}[]' for field in fields)})"
    else:
        source = f"VALUES ({', '.join('%s' for _ in fields)})"
    sql = f"INSERT INTO {model._meta.db_table} ({names}) {source}{more}"
    return [field.attname for field in fields], [_preparing(field) for field in fields], sql


@cache
def _inserting_after(model: type[models.Model], free: str, before: str) -> tuple[list[str], list[Any], str]:
    """Return how rows are inserted that are written only when the part before wrote; `free` gets the key it made."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    given = [field for field in fields if field.attname != free]
    if free:
        link = f'"{model._meta.get_field(free.removesuffix("_id")).column}", '
        values = (
            f"{before}.id, given.* FROM {before}, unnest({', '.join(f'%s::{_kind(each)}[]' for each in given)}) given"
        )
    else:
        link, values = "", f"{', '.join(f'%s::{_kind(field)}' for field in given)} FROM {before}"
    names = ", ".join(f'"{field.column}"' for field in given)
    sql = f"INSERT INTO {model._meta.db_table} ({link}{names}) SELECT {values}"
    return [field.attname for field in given], [_preparing(field) for field in given], sql


@cache
def _updating(
    model: type[models.Model], in_columns: bool, sets: tuple[str, ...], where: tuple[str, ...]
) -> tuple[list[Any], str]:
    table, fields = model._meta.db_table, [model._meta.get_field(name) for name in (*sets, *where)]
    changed, found = fields[: len(sets)], fields[len(sets) :]
    if in_columns:
        values = ", ".join(f"%s::{_kind(field)}[]" for field in fields)
        names = ", ".join(f"v{place}" for place in range(len(fields)))
        told = ", ".join(f'"{field.column}" = v{place}' for place, field in enumerate(changed))
        which = " AND ".join(f'{table}."{field.column}" = v{place}' for place, field in enumerate(found, len(sets)))
        sql = f"UPDATE {table} SET {told} FROM unnest({values}) AS given({names}) WHERE {which}"
    else:
        told = ", ".join(f'"{field.column}" = %s' for field in changed)
        which = " AND ".join(f'"{field.column}" = %s' for field in found)
        sql = f"UPDATE {table} SET {told} WHERE {which}"
    return [_preparing(field) for field in fields], sql
