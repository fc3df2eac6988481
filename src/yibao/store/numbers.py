"""Numbers given once, in order."""

from django.db import connection, transaction

_NEXT = (
    "INSERT INTO store_numbersequence (name, last) VALUES (%s, 1)"
    " ON CONFLICT (name) DO UPDATE SET last = store_numbersequence.last + 1 RETURNING last"
)


def next_number(name: str) -> int:
    """Return the next number of a sequence, from 1.

    Take it in a short transaction before the work it numbers: a number taken inside a longer one makes everybody
    else wait. Where a gap would have to be explained, the same transaction keeps what the number was taken for.

    Args:
        name: The sequence, such as `case/CQ/2023`; it begins by itself.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, [name])
        row = cursor.fetchone()
    return int(row[0])
