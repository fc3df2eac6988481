"""Texts as they are written in a pack: without quotes where nothing is lost, else in double quotes."""

from __future__ import annotations

import json

from yibao.policy.diagnostics import Findings
from yibao.policy.source import QUOTES, Mapping, Scalar, read


def written(text: str, *, like: str = "") -> str:
    """Return a text as a YAML scalar that reads back as exactly this text, in a list as well as on a line of its own.

    Args:
        text: any text without control characters.
        like: the quote mark it had before; kept.

    Example:
        >>> written("申请原因"), written("> 0"), written("42639.00", like='"')
        ('申请原因', '"> 0"', '"42639.00"')
    """
    if like not in QUOTES and _plain(text):
        return text
    if like == "'" and not any(ord(sign) < ord(" ") for sign in text):
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> bool:
    """Return whether a text reads back as itself without quotes."""
    findings = Findings()
    node = read(text=f"{{a: {text}, b: [{text}]}}\n", file="", findings=findings)
    line = read(text=f"a: {text}\n", file="", findings=findings)
    if findings.items or not isinstance(node, Mapping) or not isinstance(line, Mapping) or len(node.entries) != 2:
        return False
    found = [node.get("a"), line.get("a")]
    return all(isinstance(item, Scalar) and item.text == text and not item.style for item in found)
