"""One spelling for one value: the text that hashes are taken of."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any


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
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, 64 hexadecimal digits.

    Examples:
        >>> content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
        True
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _plain(value: Any) -> Any:
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
