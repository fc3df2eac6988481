"""The first lock of any transaction: the rows of cases, and what a service keeps beside each."""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from yibao.store import ready
from yibao.store.models import Case

_CASES = ready.Reader(Case)


def cases(numbers: Collection[str], *, skip_held: bool, beside: type[Model] | None) -> list[Case]:
    """Return cases by their order of opening, locked until the caller's transaction ends, in one statement.

    Args:
        numbers: The cases; unknown numbers are left out.
        skip_held: Whether a case that another transaction holds is left out instead of waited for.
        beside: A model of a service with one row for each case, to be read and locked along.
    """
    skip = skip_held and connection.features.has_select_for_update_skip_locked
    sql = _statement(beside, connection.features.has_select_for_update, skip)
    width, found = len(_CASES.fields), []
    for row in ready.rows(sql, list(numbers)):
        case = _CASES.made(row[:width])
        if beside is not None:
            setattr(case, _name(beside), _reader(beside).made(row[width:]))
        found.append(case)
    return found


@cache
def _reader(model: type[Model]) -> ready.Reader[Any]:
    return ready.Reader(model)


@cache
def _name(beside: type[Model]) -> str:
    return str(beside._meta.pk.remote_field.get_accessor_name())


@cache
def _statement(beside: type[Model] | None, locks: bool, skip: bool) -> str:
    columns, source, tables = _CASES.columns, "store_case", "store_case"
    if beside is not None:
        table = beside._meta.db_table
        columns += f", {_reader(beside).columns}"
        source += f" JOIN {table} ON {table}.{beside._meta.pk.column} = store_case.id"
        # Locked too: who waits for the case must not find the row beside it as it was before.
        tables += f", {table}"
    lock = f" FOR UPDATE OF {tables}{' SKIP LOCKED' if skip else ''}" if locks else ""
    return f"SELECT {columns} FROM {source} WHERE store_case.number {{among}} ORDER BY store_case.id{lock}"
