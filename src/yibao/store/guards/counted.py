"""The mark of a counted day goes when anything changes that makes one of its numbers."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection

LOCK = 20_180_001
NEEDED = "store_countedday"
# Table: the column with the day, and the columns that make its numbers.
WATCHED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "store_caseaction": ("business_date", ()),
    "store_caseclock": ("finished_on", ("finished_on", "days_used", "working_days")),
    "store_payment": ("settled_on", ("settled_on", "status", "amount_fen")),
}
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION store_uncount(changed date) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF changed IS NOT NULL THEN
            PERFORM pg_advisory_xact_lock_shared({LOCK}, changed - DATE '2000-01-01');
            DELETE FROM store_countedday WHERE day = changed;
        END IF;
    END $$
    """


def wait_for_writers(*, days: Iterable[date]) -> None:
    """Let whoever is writing about these days finish, and those who come later wait until this transaction ends.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for day in sorted(days):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s - DATE '2000-01-01')", [LOCK, day])


def functions() -> list[str]:
    """Return the functions the triggers of PostgreSQL call."""
    changing = [_changing(table) for table, (_, columns) in WATCHED.items() if columns]
    return [FUNCTION, *(_adding(table) for table in WATCHED), *changing]


def _adding(table: str) -> str:
    """Return what is called once for all rows a statement adds: many of them, and one or two days."""
    day, _ = WATCHED[table]
    return (
        f"CREATE OR REPLACE FUNCTION {table}_uncount() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN PERFORM store_uncount(day) FROM (SELECT DISTINCT {day} AS day FROM added ORDER BY day) AS days;"
        " RETURN NULL; END $$"
    )


def _changing(table: str) -> str:
    day, _ = WATCHED[table]
    return (
        f"CREATE OR REPLACE FUNCTION {table}_uncount_changed() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN PERFORM store_uncount(OLD.{day});"
        f" IF TG_OP <> 'DELETE' AND NEW.{day} IS DISTINCT FROM OLD.{day} THEN PERFORM store_uncount(NEW.{day}); END IF;"
        " RETURN NULL; END $$"
    )


def guards(*, vendor: str) -> dict[str, tuple[str, str]]:
    """Return each trigger's table and statement, by name."""
    found = {}
    for table, (day, columns) in WATCHED.items():
        events = {"insert": ("INSERT", ("NEW",))}
        if columns:
            events["update"] = (f"UPDATE OF {', '.join(columns)}", ("OLD", "NEW"))
            events["delete"] = ("DELETE", ("OLD",))
        for event, (when, rows) in events.items():
            name = f"{table}_uncount_{event}"
            made = f"CREATE TRIGGER {name} AFTER {when} ON {table}"
            if vendor == "postgresql":
                how = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {}_uncount()"
                if event != "insert":
                    how = "FOR EACH ROW EXECUTE FUNCTION {}_uncount_changed()"
                found[name] = (table, f"{made} {how.format(table)}")
                continue
            gone = " ".join(f"DELETE FROM {NEEDED} WHERE day = {row}.{day};" for row in rows)
            found[name] = (table, f"{made} FOR EACH ROW BEGIN {gone} END")
    return found


def remove(*, editor: Any) -> None:
    """Take the triggers away before a migration backwards takes the table of the marks away."""
    vendor = editor.connection.vendor
    for name, (table, _) in guards(vendor=vendor).items():
        editor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))
