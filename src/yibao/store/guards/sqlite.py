"""The guards in SQLite, which has no deferred triggers but has deferred foreign keys.

`store_journal_sum` keeps one row per transaction; its `unbalanced` refers to `store_journal_zero`,
whose only row is 0. Triggers keep it at 1 until there are two entries that sum to zero, so a commit
before that breaks the foreign key. (A trigger on the kept table that read the entries would stop
SQLite from rebuilding the entries' table; a kept sum changed by hand is found by `yibao ledger verify`.)
"""

from collections.abc import Mapping
from typing import Any

from yibao.casework.officers import OFFICERS

NAMES = "SELECT name FROM sqlite_master WHERE type = 'trigger'"

_UNBALANCED = (
    "(SELECT CASE WHEN count(*) >= 2 AND sum(amount_fen) = 0 THEN 0 ELSE 1 END"
    " FROM store_entry WHERE transaction_id = {row})"
)


def prepare(cursor: Any) -> None:
    """Make the two tables the triggers keep, and count what is on record already."""
    cursor.execute("CREATE TABLE IF NOT EXISTS store_journal_zero (id INTEGER PRIMARY KEY CHECK (id = 0))")
    cursor.execute("INSERT OR IGNORE INTO store_journal_zero VALUES (0)")
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS store_journal_sum (transaction_id INTEGER PRIMARY KEY, unbalanced INTEGER NOT NULL"
        " REFERENCES store_journal_zero (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    cursor.execute(
        f"INSERT INTO store_journal_sum SELECT id, {_UNBALANCED.format(row='store_journaltransaction.id')}"
        " FROM store_journaltransaction WHERE id NOT IN (SELECT transaction_id FROM store_journal_sum)"
    )


def clear(cursor: Any) -> None:
    """Take the kept sums away; `prepare` counts them again."""
    cursor.execute("DROP TABLE IF EXISTS store_journal_sum")


def drop(*, name: str, table: str) -> str:
    """Return the statement that takes one trigger away."""
    return f"DROP TRIGGER IF EXISTS {name}"


def guards(*, frozen: tuple[str, ...], pinned: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, str]]:
    """Return each trigger's table and statement, by name.

    Args:
        frozen: Tables whose rows are never changed or deleted.
        pinned: Columns that never change, of tables whose rows are never deleted.
    """
    found = {**_balance(), **_officers(), "store_period_open": _period()}
    changes = dict.fromkeys(frozen, "UPDATE")
    changes |= {table: f"UPDATE OF {', '.join(columns)}" for table, columns in pinned.items()}
    for table, change in changes.items():
        for action, event in (("update", change), ("delete", "DELETE")):
            name = f"{table}_no_{action}"
            found[name] = (
                table,
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END",
            )
    return found


def _balance() -> dict[str, tuple[str, str]]:
    return {
        "store_transaction_balances": (
            "store_journaltransaction",
            "CREATE TRIGGER store_transaction_balances AFTER INSERT ON store_journaltransaction BEGIN"
            " INSERT OR REPLACE INTO store_journal_sum VALUES (NEW.id, 1); END",
        ),
        "store_entry_balances": (
            "store_entry",
            "CREATE TRIGGER store_entry_balances AFTER INSERT ON store_entry BEGIN"
            f" UPDATE store_journal_sum SET unbalanced = {_UNBALANCED.format(row='NEW.transaction_id')}"
            " WHERE transaction_id = NEW.transaction_id; END",
        ),
        "store_sum_kept": (
            "store_journal_sum",
            "CREATE TRIGGER store_sum_kept BEFORE DELETE ON store_journal_sum BEGIN"
            " SELECT RAISE(ABORT, 'a kept sum is never deleted'); END",
        ),
    }


def _officers() -> dict[str, tuple[str, str]]:
    officers = ", ".join(f"'{role}'" for role in sorted(OFFICERS))
    held = f"user_id = NEW.user_id AND id <> NEW.id AND (role IN ({officers}) OR NEW.role IN ({officers}))"
    return {
        f"store_officer_alone_{event.lower()}": (
            "store_staffrole",
            f"CREATE TRIGGER store_officer_alone_{event.lower()} AFTER {event} ON store_staffrole WHEN EXISTS"
            f" (SELECT 1 FROM store_staffrole WHERE {held}) BEGIN"
            " SELECT RAISE(ABORT, 'an officer holds no other role'); END",
        )
        for event in ("INSERT", "UPDATE")
    }


def _period() -> tuple[str, str]:
    month = "strftime('%Y', NEW.accounting_date) * 12 + strftime('%m', NEW.accounting_date) - 1"
    return (
        "store_journaltransaction",
        "CREATE TRIGGER store_period_open BEFORE INSERT ON store_journaltransaction WHEN EXISTS"
        f" (SELECT 1 FROM store_accountingperiod WHERE region = NEW.region AND month = {month}) BEGIN"
        " SELECT RAISE(ABORT, 'the books of this region are closed for this month'); END",
    )
