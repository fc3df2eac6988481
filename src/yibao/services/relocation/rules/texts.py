"""The words of the service, read once from text.yaml; the order of the refusals there is the published order."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent.parent / "text.yaml"


@cache
def words() -> dict[str, Any]:
    """Return everything in text.yaml, every scalar as text."""
    with _FILE.open(encoding="utf-8") as file:
        loaded: dict[str, Any] = yaml.load(file, Loader=yaml.CBaseLoader)
    return loaded


@cache
def refusal_order() -> dict[str, int]:
    """Return the place of each refusal code in the published order."""
    return {code: position for position, code in enumerate(words()["refusals"])}


def refusal_text(*, code: str, detail: dict[str, str]) -> dict[str, str]:
    """Return the sentences of a refusal: why, and what to do next, in both languages.

    Args:
        code: Name of the refusal.
        detail: Words for the places marked in the sentences, by name.

    Returns:
        `zh`, `en`, `next_zh` and `next_en`.

    Examples:
        >>> refusal_text(code="no_rule_in_force", detail={"on": "2026-01-01"})["zh"]
        '2026-01-01 在本地区没有可适用的规定。'
    """
    return {name: text.format_map(detail) for name, text in words()["refusals"][code].items()}
