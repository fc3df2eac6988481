"""Several reads in one statement: parts of one union on PostgreSQL; in turn on SQLite, which has no server.

They see the same moment of the database. What is locked is locked by a statement before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection, models

from yibao.store import ready

_Placing = Callable[[Sequence[Any]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Select:
    """A read that may be sent with others.

    Attributes:
        sql: As `ready.rows` takes it, without a lock; the order of its rows is lost among others.
        kinds: The kind of each of its columns, at least two, as PostgreSQL names it.
        keys: The lists of keys.
    """

    sql: str
    kinds: tuple[str, ...]
    keys: tuple[Sequence[Any], ...]


def kinds_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the kind of each column of a model, in the order of its fields.

    Args:
        model: One whose columns are keys, whole numbers, yes or no, days, moments, texts and sealed texts.
    """
    return tuple(kind_of(field) for field in model._meta.concrete_fields)


def kind_of(field: models.Field) -> str:
    """Return the widest kind of a column, so that columns of several tables stand in one: bigint, date, text …"""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    for of, kind in _KINDS:
        if isinstance(target, of):
            return kind
    return "bigint"


_KINDS: tuple[tuple[Any, str], ...] = (
    (models.UUIDField, "uuid"),
    (models.DateTimeField, "timestamptz"),
    (models.DateField, "date"),
    (models.BooleanField, "boolean"),
    (models.BinaryField, "bytea"),
    ((models.CharField, models.TextField), "text"),
)


def read(*selects: Select) -> list[list[Sequence[Any]]]:
    """Return the rows of each read.

    Args:
        selects: The reads.
    """
    if connection.vendor != "postgresql" or len(selects) == 1:
        return [list(ready.rows(one.sql, *one.keys)) for one in selects]
    sql, placed = _union(tuple((one.sql, one.kinds) for one in selects))
    found: list[list[Sequence[Any]]] = [[] for _ in selects]
    for row in ready.rows(sql, *(keys for one in selects for keys in one.keys)):
        part = row[0]
        found[part].append(placed[part](row))
    return found


@lru_cache(maxsize=64)
def _union(parts: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, list[_Placing]]:
    """Return the statement, and for each part how its columns are taken out of a row."""
    kinds = sorted({kind for _, those in parts for kind in those})
    columns = [kind for kind in kinds for _ in range(max(those.count(kind) for _, those in parts))]
    told, placed = [], []
    for number, (sql, those) in enumerate(parts):
        held, at = [f"CAST(NULL AS {kind})" for kind in columns], []
        for place, kind in enumerate(those):
            free = next(i for i, each in enumerate(columns) if each == kind and held[i].startswith("CAST(NULL"))
            # Of one kind in all parts, a column is put together with the others as it is.
            held[free] = f"CAST(c{place} AS {kind})"
            at.append(free + 1)
        names = ", ".join(f"c{place}" for place in range(len(those)))
        told.append(f"SELECT {number}, {', '.join(held)} FROM ({sql}) AS p{number}({names})")
        placed.append(itemgetter(*at))
    return "\nUNION ALL ".join(told), placed
