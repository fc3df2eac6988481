"""One spelling for one value: the text that hashes are taken of."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

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
    return _ENCODER.encode(_plain(value))


def content_hash(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, 64 hexadecimal digits.

    Examples:
        >>> content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
        True
    """
    return text_hash(canonical_json(value))


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


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _FLAT:
        return value
    if kind is dict:
        return {
            key if type(key) is str else str(key): inner if type(inner) in _FLAT else _plain(inner)
            for key, inner in value.items()
        }
    if kind is list:
        return [inner if type(inner) in _FLAT else _plain(inner) for inner in value]
    return _plain_other(value)


def _plain_other(value: Any) -> Any:
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
