"""Every rule of a message's schema, read from the classes that were made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any


def faults(message: Any, *, path: str = "") -> Iterator[str]:
    """Return where a message breaks its schema, as paths of XML names.

    Args:
        message: An instance of a schema's class.
        path: Where it stands.
    """
    for field in fields(message):
        here = f"{path}/{field.metadata.get('name', field.name)}"
        value = getattr(message, field.name)
        if isinstance(value, list):
            yield from _many(value, field.metadata, here)
        elif value is None:
            if field.metadata.get("required"):
                yield here
        else:
            yield from _one(value, field.metadata, here)


def _many(values: list[Any], rules: Mapping[str, Any], path: str) -> Iterator[str]:
    if not rules.get("min_occurs", 0) <= len(values) <= rules.get("max_occurs", len(values)):
        yield path
    for value in values:
        yield from _one(value, rules, path)


def _one(value: Any, rules: Mapping[str, Any], path: str) -> Iterator[str]:
    if is_dataclass(value):
        yield from faults(value, path=path)
    elif any(name in rules and not holds(value, rules[name]) for name, holds in _FACETS.items()):
        yield path


def _digits(value: Decimal) -> tuple[int, int]:
    # What is no number has digits enough to break every limit.
    parts = (value if value.is_finite() else Decimal(1).scaleb(-_TOO_FINE)).normalize().as_tuple()
    exponent = int(parts.exponent)
    return len(parts.digits) + max(exponent, 0), max(-exponent, 0)


_TOO_FINE = 99
_FACETS: Mapping[str, Callable[[Any, Any], bool]] = {
    "min_length": lambda value, least: len(value) >= least,
    "max_length": lambda value, most: len(value) <= most,
    "pattern": lambda value, pattern: re.fullmatch(pattern, value) is not None,
    "min_inclusive": lambda value, least: value.is_finite() and bool(value >= least),
    "total_digits": lambda value, most: max(_digits(value)) <= most,
    "fraction_digits": lambda value, most: _digits(value)[1] <= most,
}
