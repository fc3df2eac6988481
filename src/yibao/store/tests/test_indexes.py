"""Every index is written with every row: none stands that another one answers for."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models

pytestmark = pytest.mark.django_db
# Corrections of a booking are found by the beginning of their keys.
READ_BY_PATTERN = {("store_journaltransaction", "key")}


def tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("yibao.")]


def whole_indexes(model: type[models.Model]) -> dict[str, tuple[list[str], bool]]:
    """Columns of each index over all rows, and whether it allows a value once; those upon expressions are left out."""
    partial = {index.name for index in model._meta.indexes if index.condition is not None}
    partial |= {one.name for one in model._meta.constraints if getattr(one, "condition", None) is not None}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return {
        name: (told["columns"], told["unique"] or told["primary_key"])
        for name, told in found.items()
        if (told["index"] or told["unique"] or told["primary_key"]) and name not in partial
        if told["columns"] and None not in told["columns"]
    }


def spare(model: type[models.Model]) -> Iterator[str]:
    """Indexes that promise nothing and whose columns another one begins with."""
    held = whole_indexes(model)
    for name, (columns, unique) in held.items():
        others = [other for key, (other, _) in held.items() if key != name]
        read = {(model._meta.db_table, column) for column in columns} & READ_BY_PATTERN
        if not unique and not read and any(other[: len(columns)] == columns for other in others):
            yield name


@pytest.mark.parametrize("model", tables(), ids=lambda model: model.__name__)
def test_no_index_begins_as_another_one_does(model) -> None:
    assert list(spare(model)) == []


def test_an_index_that_begins_as_another_one_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX case_turn_again ON store_caseturn (case_id)")
    assert list(spare(apps.get_model("store", "CaseTurn"))) == ["case_turn_again"]
