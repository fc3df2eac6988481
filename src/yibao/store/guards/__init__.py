"""What the database itself refuses, whoever writes to it and by whatever program.

Entries of a transaction sum to zero at commit; closed months take no postings; what only grows is
never changed or deleted, but for the key a value is sealed with. The guards are triggers. Django's
rebuild of a SQLite table drops triggers without a word, so they are made again after every migration,
and `require` looks before serving.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection as default_connection
from django.db import transaction

from yibao.store.guards import counted, postgresql, resealing, sqlite

FROZEN = (
    "store_entry",
    "store_journaltransaction",
    "store_caseaction",
    "store_readlog",
    "store_unmasking",
    "store_accountevent",
    "store_audithead",
    "store_packversion",
    "store_storeddecision",
    "store_bankresult",
    "store_reconciliationday",
    "store_reconciliationsum",
    "store_reconciliationopen",
    "store_recordchange",
)
# What was said stays, though its content goes in time.
_SAID = ("message_id", "thread", "position", "kind", "sender", "receiver", "content_hash", "sent_at")
# Rows that are never deleted, and of which only the other columns may change.
PINNED = {
    "store_bankmessage": (
        "batch_id",
        "message_id",
        "sha256",
        "written_at",
        "imported_by_id",
        "imported_at",
        "imported_on",
    ),
    "store_outboxmessage": (*_SAID, "key"),
    "store_inboxmessage": (*_SAID, "received_at"),
}

# The tables of the journal: a database without them has nothing to guard.
FIRST = {"store_entry", "store_journaltransaction"}


class GuardsMissing(RuntimeError):
    """The database lacks guards; run `yibao migrate` (or restore the database) before serving."""


def install(connection: Any = default_connection) -> None:
    """Make every guard anew; harmless when they stand already.

    Args:
        connection: The database; tables that do not exist yet are left for the next migration.

    Raises:
        IntegrityError: The journal on record does not balance; run `yibao ledger verify`.
    """
    if not _guards(connection):
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _engine(connection).prepare(cursor)
        resealing.prepare(cursor=cursor, vendor=connection.vendor)
        for name, (table, statement) in _guards(connection).items():
            cursor.execute(_engine(connection).drop(name=name, table=table))
            cursor.execute(statement)


def remove(connection: Any = default_connection) -> None:
    """Take every guard away; only for tests that empty the database, and for restoring one."""
    if not _guards(connection):
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, (table, _) in _guards(connection).items():
            cursor.execute(_engine(connection).drop(name=name, table=table))
        _engine(connection).clear(cursor)


@contextmanager
def lifted(connection: Any = default_connection) -> Iterator[None]:
    """Run a block without guards, as when a test empties its database, and make them again."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: Any = default_connection) -> list[str]:
    """Return the names of the guards that do not stand, in alphabetical order."""
    with connection.cursor() as cursor:
        cursor.execute(_engine(connection).NAMES)
        standing = {row[0] for row in cursor.fetchall()}
    return sorted(set(_guards(connection)) - standing)


def require(connection: Any = default_connection) -> None:
    """Refuse to go on when a guard is missing; call it before serving or working.

    Raises:
        GuardsMissing: Names the guards, and what to do.
    """
    names = missing(connection)
    if names:
        raise GuardsMissing(
            f"数据库缺少保护触发器：{'、'.join(names)}。请先运行 yibao manage migrate。"
            f" The database lacks guards: {', '.join(names)}. Run `yibao manage migrate`."
        )


def remake_after_migrate(*, sender: Any, using: str, **_: Any) -> None:
    """Make the guards again; connected to `post_migrate` of this app."""
    from django.db import connections

    install(connections[using])


def _engine(connection: Any) -> Any:
    return postgresql if connection.vendor == "postgresql" else sqlite


def _guards(connection: Any) -> Mapping[str, tuple[str, str]]:
    """Return each guard's table and statement by name; of tables a later migration makes there are none yet."""
    there = set(connection.introspection.table_names())
    if not there >= FIRST:
        return {}
    sealed = [table for table in FROZEN if table in there and resealing.sealed_columns(table)]
    frozen = tuple(table for table in FROZEN if table in there and table not in sealed)
    pinned = {table: columns for table, columns in PINNED.items() if table in there}
    guards: Mapping[str, tuple[str, str]] = _engine(connection).guards(frozen=frozen, pinned=pinned)
    marks = counted.guards(vendor=connection.vendor) if counted.NEEDED in there else {}
    return {**guards, **resealing.guards(tables=sealed, vendor=connection.vendor), **marks}
