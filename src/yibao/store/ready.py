"""Statements of the busiest steps, written once and prepared once: nothing is built anew each time they run.

A list of keys or a column of values goes in as one parameter, so a statement is the same text for one case and for a
hundred. On PostgreSQL the server keeps the prepared statement with the connection; SQLite's driver does the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState

from yibao.store import listed, statements
from yibao.store.statements import Statement, Values

_AMONG = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}

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
    same, made = _defaults(model)
    row.__dict__ = held = same.copy()
    for name, default in made:
        if name not in values:
            held[name] = default()
    held.update(values)
    if len(held) != len(same):
        raise TypeError(f"{model.__name__} has no columns {', '.join(values.keys() - same.keys())}")
    row._state = ModelState()
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
    statement = _inserting(made, ignore_conflicts)
    return _sent(statement.sql, statement.of(made))


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
            statement = _inserting(made, ignore_conflicts)
            self._parts.append(_Part(statement.sql, statement.of(made)))
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
            statement = statements.inserting_after(type(made[0]), free=free, before=source)
            self._parts.append(_Part(statement.sql, statement.of(made), keyed=made[0] is head))
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
            self.told = [_sent(part.sql, part.values) for part in self._parts]
            return self.told
        with prepared() as cursor:
            given = [value for part in self._parts for value in part.values.given()]
            cursor.execute(_together(tuple((part.sql, part.keyed) for part in self._parts)), given)
            self.told = list(cursor.fetchone())
        return self.told


@dataclass(frozen=True, slots=True)
class _Part:
    """One of several statements: its text, its values, and whether it tells the key its row got."""

    sql: str
    values: Values
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
    statement = _inserting(made)
    sql, values = statement.sql, statement.of(made)
    if values.one is not None or statements.in_columns(made):
        given = values.given()
    else:
        each = f"({', '.join('%s' for _ in statement.names)})"
        sql = sql.replace(f"VALUES {each}", f"VALUES {', '.join(each for _ in made)}")
        given = [value for row in zip(*values.columns, strict=True) for value in row]
    with prepared() as cursor:
        cursor.execute(f'{sql} RETURNING "{made[0]._meta.pk.column}"', given)
        keys = cursor.fetchall()
    for row, (key,) in zip(made, keys, strict=True):
        row.pk = key


def _inserting(made: Sequence[models.Model], ignore_conflicts: bool = False) -> Statement:
    columns = statements.in_columns(made)
    return statements.inserting(type(made[0]), columns=columns, ignore_conflicts=ignore_conflicts)


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
    return _sent(*_changed(model, sets, where, values))


def _changed(
    model: type[models.Model], sets: tuple[str, ...], where: tuple[str, ...], values: list[list[Any]]
) -> tuple[str, Values]:
    statement = statements.updating(model, columns=statements.in_columns(values), sets=sets, where=where)
    return statement.sql, statement.values(values)


def _sent(sql: str, values: Values) -> int:
    with prepared() as cursor:
        if connection.vendor == "postgresql" or values.one is not None:
            cursor.execute(sql, values.given())
        else:
            cursor.executemany(sql, list(zip(*values.columns, strict=True)))
        return int(cursor.rowcount)


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
