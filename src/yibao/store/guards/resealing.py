"""The guards of kept rows with sealed columns: nothing may change but the key a value is sealed with, and that only
for a newer one. Whether the value still says the same is proven by its hash (`yibao audit verify`).

A sealed value begins with a byte 2 and the version in two bytes; one of the first key with a byte 1 and noise.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps

from yibao.store.fields import SealedText

_FUNCTION = """
    CREATE OR REPLACE FUNCTION store_refuse_all_but_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        name text;
        before jsonb := to_jsonb(OLD);
        after jsonb;
        broken boolean := TG_OP = 'DELETE';
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            after := to_jsonb(NEW);
            broken := before - TG_ARGV <> after - TG_ARGV;
            -- jsonb shows bytes as a backslash, an x, and two digits each.
            FOREACH name IN ARRAY TG_ARGV LOOP
                broken := broken OR (before -> name IS DISTINCT FROM after -> name AND coalesce(NOT (
                    substr(after ->> name, 3, 2) = '02'
                    AND substr(after ->> name, 3, 6) > substr(before ->> name, 3, 6)), true));
            END LOOP;
        END IF;
        IF broken THEN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
"""


def sealed_columns(table: str) -> tuple[str, ...]:
    """Return the sealed columns of a table, in their order."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            return tuple(one.column for one in model._meta.concrete_fields if isinstance(one, SealedText))
    return ()


def prepare(*, cursor: Any, vendor: str) -> None:
    """Make the function the triggers call, where the engine has functions."""
    if vendor == "postgresql":
        cursor.execute(_FUNCTION)


def guards(*, tables: Iterable[str], vendor: str) -> Mapping[str, tuple[str, str]]:
    """Return each trigger's table and statement, by name.

    Args:
        tables: Kept tables with sealed columns.
        vendor: Of the database.
    """
    found: dict[str, tuple[str, str]] = {}
    for table in tables:
        made = _on_postgresql(table) if vendor == "postgresql" else _on_sqlite(table)
        found |= {name: (table, statement) for name, statement in made.items()}
    return found


def _on_postgresql(table: str) -> dict[str, str]:
    names = ", ".join(f"'{name}'" for name in sealed_columns(table))
    return {
        f"{table}_frozen": f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION store_refuse_all_but_resealing({names})",
        f"{table}_kept": f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION store_refuse_change()",
    }


def _on_sqlite(table: str) -> dict[str, str]:
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    sealed = sealed_columns(table)
    others = [one.column for one in model._meta.concrete_fields if one.column not in sealed]
    broken = [f"NEW.{name} IS NOT OLD.{name}" for name in others]
    broken += [
        f"(NEW.{name} IS NOT OLD.{name} AND NOT coalesce(hex(substr(NEW.{name}, 1, 1)) = '02'"
        f" AND hex(substr(NEW.{name}, 1, 3)) > hex(substr(OLD.{name}, 1, 3)), 0))"
        for name in sealed
    ]
    refuse = f"SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END"
    return {
        f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
        f" WHEN {' OR '.join(broken)} BEGIN {refuse}",
        f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse}",
    }
