"""Statements that write rows of a model: each text is made once, and so is what makes its values ready."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, models

from yibao.store import listed

# What these fields hold goes to the driver as it is.
_AS_IT_IS = (models.CharField, models.IntegerField, models.BooleanField)
_ITS_DRIVER_KNOWS = (models.DateField, models.UUIDField)


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a statement.

    Attributes:
        one: Those of its only row, or None.
        columns: Those of several rows, column by column.
    """

    one: list[Any] | None
    columns: list[list[Any]]

    def given(self) -> list[Any]:
        """Return the parameters: the values of the row, or each column as one list."""
        return [listed.written(column) for column in self.columns] if self.one is None else self.one


@dataclass(frozen=True, slots=True)
class Statement:
    """A text and how its values are made.

    Attributes:
        sql: With `%s` for each value, or for each column of values.
        names: The attributes of a row its values come from, at least two.
        changes: Places of values the driver does not take as they are, and what makes them ready.
    """

    sql: str
    names: tuple[str, ...]
    changes: tuple[tuple[int, Callable[[Any], Any]], ...]

    def of(self, made: Sequence[models.Model]) -> Values:
        """Return the values of rows.

        Args:
            made: At least one.
        """
        return self.values(list(map(attrgetter(*self.names), made)))

    def values(self, rows: Sequence[Sequence[Any]]) -> Values:
        """Return values made ready; a single row, the most frequent, is not turned into columns and back.

        Args:
            rows: The values of each row, in the order of `names`; at least one row.
        """
        if len(rows) == 1:
            alone = list(rows[0])
            for place, change in self.changes:
                alone[place] = change(alone[place])
            return Values(alone, [])
        columns = [list(column) for column in zip(*rows, strict=True)]
        for place, change in self.changes:
            columns[place] = list(map(change, columns[place]))
        return Values(None, columns)


def in_columns(some: Sequence[Any]) -> bool:
    """Return whether many rows go to the server as one list for each column.

    Args:
        some: The rows.
    """
    return connection.vendor == "postgresql" and len(some) > 1


@cache
def inserting(model: type[models.Model], *, columns: bool, ignore_conflicts: bool = False) -> Statement:
    """Return how rows are inserted, without the key the database gives them.

    Args:
        model: The model.
        columns: Whether the values go in column by column.
        ignore_conflicts: Whether a row that is there already is passed over.
    """
    fields = _free_of_keys(model)
    if columns:
        source = f"SELECT * FROM unnest({', '.join(f'%s::{_kind(field)}[]' for field in fields)})"
    else:
        source = f"VALUES ({', '.join('%s' for _ in fields)})"
    more = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return _statement(f"INSERT INTO {model._meta.db_table} ({_columns_of(fields)}) {source}{more}", fields)


@cache
def inserting_after(model: type[models.Model], *, free: str, before: str) -> Statement:
    """Return how rows are inserted that are written only when the part before wrote; PostgreSQL only.

    Args:
        model: The model.
        free: The attribute that gets the key the part before made, or empty.
        before: The name of that part.
    """
    given = [field for field in _free_of_keys(model) if field.attname != free]
    if free:
        link = f'"{model._meta.get_field(free.removesuffix("_id")).column}", '
        values = (
            f"{before}.id, given.* FROM {before}, unnest({', '.join(f'%s::{_kind(each)}[]' for each in given)}) given"
        )
    else:
        link, values = "", f"{', '.join(f'%s::{_kind(field)}' for field in given)} FROM {before}"
    return _statement(f"INSERT INTO {model._meta.db_table} ({link}{_columns_of(given)}) SELECT {values}", given)


@cache
def updating(model: type[models.Model], *, columns: bool, sets: tuple[str, ...], where: tuple[str, ...]) -> Statement:
    """Return how rows are changed, each to values of its own: first what is set, then what a row is found by.

    Args:
        model: The model.
        columns: Whether the values go in column by column.
        sets: Fields that are set.
        where: Fields by which a row is found.
    """
    table, fields = model._meta.db_table, [model._meta.get_field(name) for name in (*sets, *where)]
    changed, found = fields[: len(sets)], fields[len(sets) :]
    if columns:
        values = ", ".join(f"%s::{_kind(field)}[]" for field in fields)
        names = ", ".join(f"v{place}" for place in range(len(fields)))
        told = ", ".join(f'"{field.column}" = v{place}' for place, field in enumerate(changed))
        which = " AND ".join(f'{table}."{field.column}" = v{place}' for place, field in enumerate(found, len(sets)))
        sql = f"UPDATE {table} SET {told} FROM unnest({values}) AS given({names}) WHERE {which}"
    else:
        told = ", ".join(f'"{field.column}" = %s' for field in changed)
        which = " AND ".join(f'"{field.column}" = %s' for field in found)
        sql = f"UPDATE {table} SET {told} WHERE {which}"
    return _statement(sql, fields)


def _statement(sql: str, fields: Sequence[models.Field]) -> Statement:
    changes = tuple((place, change) for place, field in enumerate(fields) if (change := _change(field)) is not None)
    return Statement(sql, tuple(field.attname for field in fields), changes)


def _free_of_keys(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _columns_of(fields: Sequence[models.Field]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _change(field: models.Field) -> Callable[[Any], Any] | None:
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
