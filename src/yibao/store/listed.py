"""A list of values as PostgreSQL reads it in one text; written column by column, not value by value as the driver does.

Every value of a column is of one kind, so how it is written is asked once.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

_NONE = type(None)


def written(values: Sequence[Any]) -> str | list[Any]:
    """Return a list as one text the server reads, or as it is where its kind is left to the driver.

    Args:
        values: Of one kind, None among them.

    Examples:
        >>> written([1, None, 20]), written(["a", 'b"c', None])
        ('{1,NULL,20}', '{"a","b\\\\"c",NULL}')
        >>> written([b"x"])
        [b'x']
    """
    kinds = set(map(type, values))
    gaps = _NONE in kinds
    kinds.discard(_NONE)
    if not kinds:
        return "{" + ",".join(["NULL"] * len(values)) + "}"
    spell = _SPELLED.get(kinds.pop()) if len(kinds) == 1 else None
    if spell is None:
        return list(values)
    if gaps:
        return "{" + ",".join(["NULL" if value is None else spell(value) for value in values]) + "}"
    return "{" + ",".join(map(spell, values)) + "}"


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _moment(value: datetime) -> str:
    return f'"{value.isoformat()}"'


_SPELLED: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: str,
    str: _text,
    date: date.isoformat,
    datetime: _moment,
    UUID: str,
}
