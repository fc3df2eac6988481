"""The guards in PostgreSQL: constraint triggers that wait for the commit, row triggers that do not."""

from collections.abc import Mapping
from typing import Any

from yibao.casework.officers import OFFICERS
from yibao.store.guards import counted

NAMES = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"

_OFFICERS = ", ".join(f"'{role}'" for role in sorted(OFFICERS))
# Written into both functions: one that both called would take longer to call than to run.
_BALANCES = """
    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        total numeric;
        lines integer;
    BEGIN
        SELECT coalesce(sum(amount_fen), 0), count(*) INTO total, lines
            FROM store_entry WHERE transaction_id = {wanted};
        IF lines < 2 OR total <> 0 THEN
            RAISE EXCEPTION 'journal transaction % has % entries that sum to % fen', {wanted}, lines, total
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """
_FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION store_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    _BALANCES.format(name="store_entry_balances", wanted="NEW.transaction_id"),
    _BALANCES.format(name="store_transaction_balances", wanted="NEW.id"),
    """
    CREATE OR REPLACE FUNCTION store_period_open() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM store_accountingperiod WHERE region = NEW.region
                AND month = extract(year FROM NEW.accounting_date) * 12 + extract(month FROM NEW.accounting_date) - 1
        ) THEN
            RAISE EXCEPTION 'the books of % are closed for %', NEW.region, NEW.accounting_date
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION store_officer_alone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM auth_user WHERE id = NEW.user_id FOR UPDATE;
        IF EXISTS (
            SELECT 1 FROM store_staffrole WHERE user_id = NEW.user_id AND id <> NEW.id
                AND (role IN ({_OFFICERS}) OR NEW.role IN ({_OFFICERS}))
        ) THEN
            RAISE EXCEPTION 'an officer holds no other role' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
)


def prepare(cursor: Any) -> None:
    """Make the functions the triggers call."""
    for function in (*_FUNCTIONS, *counted.functions()):
        cursor.execute(function)


def clear(cursor: Any) -> None:
    """Leave the functions: they do nothing by themselves."""


def drop(*, name: str, table: str) -> str:
    """Return the statement that takes one trigger away."""
    return f"DROP TRIGGER IF EXISTS {name} ON {table}"


def guards(*, frozen: tuple[str, ...], pinned: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, str]]:
    """Return each trigger's table and statement, by name.

    Args:
        frozen: Tables whose rows are never changed or deleted.
        pinned: Columns that never change, of tables whose rows are never deleted.
    """
    found = {
        "store_entry_balances": (
            "store_entry",
            "CREATE CONSTRAINT TRIGGER store_entry_balances AFTER INSERT ON store_entry"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION store_entry_balances()",
        ),
        "store_transaction_balances": (
            "store_journaltransaction",
            "CREATE CONSTRAINT TRIGGER store_transaction_balances AFTER INSERT ON store_journaltransaction"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION store_transaction_balances()",
        ),
        "store_period_open": (
            "store_journaltransaction",
            "CREATE TRIGGER store_period_open BEFORE INSERT ON store_journaltransaction"
            " FOR EACH ROW EXECUTE FUNCTION store_period_open()",
        ),
        "store_officer_alone": (
            "store_staffrole",
            "CREATE TRIGGER store_officer_alone BEFORE INSERT OR UPDATE ON store_staffrole"
            " FOR EACH ROW EXECUTE FUNCTION store_officer_alone()",
        ),
    }
    events = dict.fromkeys(frozen, "UPDATE OR DELETE")
    events |= {table: f"UPDATE OF {', '.join(columns)} OR DELETE" for table, columns in pinned.items()}
    for table, event in events.items():
        found[f"{table}_frozen"] = (
            table,
            f"CREATE TRIGGER {table}_frozen BEFORE {event} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION store_refuse_change()",
        )
        found[f"{table}_kept"] = (
            table,
            f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION store_refuse_change()",
        )
    return found
