"""The documents an answer rests on, as the pages show them."""

from collections.abc import Mapping
from typing import Any


def documents(decision: Mapping[str, Any], *, region: str) -> list[dict[str, Any]]:
    """Return the documents of a decision; a number nobody knows is left out.

    Args:
        decision: As it is published.
        region: Whose rules they are.
    """
    return [{**each, "region": region, "number": _number(each)} for each in decision["sources"]]


def _number(source: Mapping[str, Any]) -> str:
    return "" if source.get("number") in (None, "unknown") else str(source["number"])
