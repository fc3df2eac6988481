"""Taking messages that wait under a lease: one prepared statement finds them, locks them and marks them."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import connection

from yibao.store import ready
from yibao.store.models import InboxMessage, OutboxMessage

_LEASED = """
    WITH due AS MATERIALIZED (
        SELECT message.id FROM {table} message WHERE message.state = 'waiting'
            AND (message.lease_until IS NULL OR message.lease_until < %s) AND {turn} ORDER BY {order} LIMIT %s {lock}
    )
    UPDATE {table} SET lease_until = %s, lease_by = %s{more} WHERE id IN (SELECT id FROM due) RETURNING {columns}
"""
_LOCK = "FOR UPDATE OF message SKIP LOCKED"

Said = TypeVar("Said", InboxMessage, OutboxMessage)


def take(
    reader: ready.Reader[Said],
    *,
    turn: str,
    given: list[Any],
    order: str,
    most: int,
    at: datetime,
    until: datetime,
    name: str,
    more: str = "",
) -> list[Said]:
    """Return messages that wait and that nobody holds, taken under a lease, as they are with it; in no order.

    Args:
        reader: Of the messages.
        turn: What else holds of a message whose turn it is, called `message`.
        given: The values in it.
        order: Which come first.
        most: So many at most.
        at: Now.
        until: When the lease ends.
        name: Who takes it.
        more: What else is set.
    """
    lock = _LOCK if connection.features.has_select_for_update_skip_locked else ""
    sql = _LEASED.format(
        table=reader.model._meta.db_table, turn=turn, order=order, lock=lock, more=more, columns=reader.columns
    )
    moment = connection.ops.adapt_datetimefield_value
    told = [moment(at), *(moment(one) if isinstance(one, datetime) else one for one in given)]
    with ready.prepared() as cursor:
        cursor.execute(sql, [*told, most, moment(until), name])
        return [reader.made(row) for row in cursor.fetchall()]
