"""Texts and hashes: the one spelling of a value, its SHA-256, and the Merkle root over many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, Chinese as itself."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parsed(text: str) -> Any:
    """Return the value of a canonical JSON text.

    Raises:
        ValueError: It is no JSON, holds a fraction, or is spelled in another way.
    """
    value = json.loads(text, parse_float=_refused, parse_constant=_refused)
    if canonical(value) != text:
        raise ValueError("not the one spelling of its value")
    return value


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def merkle_root(leaves: Iterable[str]) -> str:
    """Return the root over texts in their order: leaves hashed after a 0 byte, pairs after a 1 byte."""
    row = [hashlib.sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves]
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        row = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)] + odd
    return row[0].hex() if row else ""


def _refused(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")
