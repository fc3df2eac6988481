"""One spelling for one value: the text that hashes are taken of."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import orjson

# Most values are one of these; asking for the exact type is quicker than asking what a type descends from.
_FLAT = frozenset({str, int, bool, type(None)})
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, Chinese as itself.

    Args:
        value: Texts, whole numbers, truth values, None, days, and lists and mappings of these.

    Raises:
        TypeError: The value holds something else, such as a float; that is a bug in the caller.

    Examples:
        >>> canonical_json({"b": 1, "a": [None, "医保", date(2023, 2, 10)]})
        '{"a":[null,"医保","2023-02-10"],"b":1}'
    """
    quick = _quickly(value)
    return _ENCODER.encode(_plain(value)) if quick is None else quick.decode()


def content_hash(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, 64 hexadecimal digits.

    Examples:
        >>> content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
        True
    """
    quick = _quickly(value)
    return text_hash(canonical_json(value)) if quick is None else hashlib.sha256(quick).hexdigest()


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, 64 hexadecimal digits.

    Examples:
        >>> text_hash("")[:8]
        'e3b0c442'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def moment(at: datetime) -> str:
    """Return the one spelling of a moment, in universal time with microseconds.

    Raises:
        ValueError: The moment has no time zone; that is a bug in the caller.

    Examples:
        >>> moment(datetime(2023, 2, 10, 2, 0, tzinfo=UTC))
        '2023-02-10T02:00:00.000000+00:00'
    """
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be recorded")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _quickly(value: Any) -> bytes | None:
    """Return the text in UTF-8 where the quick encoder spells it as ours does."""
    if not _plain_already(value):
        return None
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        # Whole numbers of more than 64 bits and trees of more than 254 levels have a spelling all the same.
        return None


def _plain_already(value: Any) -> bool:
    """Return whether a value is made of what JSON has and nothing else: the quick encoder would take floats too."""
    kind = type(value)
    if kind is dict:
        for key in value:
            if type(key) is not str:
                return False
        value = value.values()
    elif kind is not list:
        return kind in _FLAT
    for inner in value:
        kind = type(inner)
        if kind not in _FLAT and not ((kind is dict or kind is list) and _plain_already(inner)):
            return False
    return True


def _plain(value: Any) -> Any:
    """Return a value made of what JSON has; everything that is refused is refused here."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        raise TypeError("a moment has more than one spelling: write it as text first")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")
