"""By what rights one person may act for another: data with their words, limits and sources."""

from functools import cache
from pathlib import Path

import yaml

import yibao.services

_KINDS = Path(yibao.services.__file__).parent / "representation.yaml"


@cache
def kinds() -> dict[str, dict[str, str]]:
    """Return the kinds of right with their words and limits, as the data has them."""
    read: dict[str, dict[str, str]] = yaml.load(_KINDS.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    return read
