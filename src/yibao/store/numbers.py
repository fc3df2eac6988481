"""Numbers given once, in order."""

from yibao.store import ready

_NEXT = (
    "INSERT INTO store_numbersequence (name, last) VALUES (%s, %s)"
    " ON CONFLICT (name) DO UPDATE SET last = store_numbersequence.last + excluded.last RETURNING last"
)


def next_number(name: str) -> int:
    """Return the next number of a sequence, from 1.

    Take it in a short transaction before the work it numbers: a number taken inside a longer one makes everybody
    else wait. Where a gap would have to be explained, the same transaction keeps what the number was taken for.

    Args:
        name: The sequence, such as `case/CQ/2023`; it begins by itself.
    """
    return next_numbers(name, count=1)[0]


def next_numbers(name: str, *, count: int) -> range:
    """Return the next numbers of a sequence, as `next_number` gives one.

    Args:
        name: The sequence.
        count: How many, 1 or more.
    """
    with ready.prepared() as cursor:
        cursor.execute(_NEXT, [name, count])
        ((last,),) = cursor.fetchall()
    return range(last - count + 1, last + 1)
