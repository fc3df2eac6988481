"""Taking nodes apart: expected keys, texts, lists and dates, each fault reported at its place."""

from __future__ import annotations

from datetime import date

from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.mending import mended_day, no_such_day
from yibao.policy.source import Mapping, Node, Scalar, Sequence
from yibao.policy.types import parse_date

_NOWHERE = Mark("", 0, 0)


def entries(*, node: Node | None, keys: tuple[str, ...] | None, findings: Findings) -> Mapping:
    """Return a node as a mapping, empty where it is missing or something else.

    Args:
        node: what was read; None and an empty text count as an empty mapping.
        keys: the keys that may occur, or None for any.
        findings: gets unknown keys and wrong shapes.
    """
    if node is None or (isinstance(node, Scalar) and not node.text):
        return Mapping({}, _NOWHERE if node is None else node.mark)
    if not isinstance(node, Mapping):
        findings.error("wrong_shape", node.mark, wanted_zh="“名称: 内容”的列表", wanted_en="a list of 'name: content'")
        return Mapping({}, node.mark)
    if keys is not None:
        for key, _ in node:
            if key.text not in keys:
                _unknown(key, keys, findings)
    return node


def _unknown(key: Scalar, keys: tuple[str, ...], findings: Findings) -> None:
    if key.text.replace(".", "").isdigit():
        findings.error("split_number", key.mark, text=key.text, hint=f'"…,{key.text}"')
    else:
        findings.error("unknown_key", key.mark, key=key.text, hint=suggest(name=key.text, choices=keys))


def listed(*, node: Node | None, findings: Findings) -> tuple[Node, ...]:
    """Return the items of a list; a single text or mapping counts as a list of one."""
    if node is None:
        return ()
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Scalar) and not node.text:
        return ()
    return (node,)


def texts(*, node: Node | None, findings: Findings) -> tuple[Scalar, ...]:
    """Return the texts of a list of texts; a single text counts as a list of one."""
    found = []
    for item in listed(node=node, findings=findings):
        if isinstance(item, Scalar):
            found.append(item)
        else:
            findings.error("wrong_shape", item.mark, wanted_zh="文字", wanted_en="a text")
    return tuple(found)


def word(*, node: Mapping, key: str) -> str:
    """Return the text of a key, empty where it is missing or no text."""
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else ""


def needed(*, node: Mapping, key: str, findings: Findings) -> str:
    """Return the text of a key that must be there."""
    value = node.get(key)
    if isinstance(value, Scalar) and value.text:
        return value.text
    if value is None:
        findings.error("missing_key", node.mark, key=key, hint=f"{key}: …")
    elif isinstance(value, Scalar):
        findings.error("empty_value", node.entries[key][0].mark, key=key)
    else:
        findings.error("wrong_shape", value.mark, wanted_zh="文字", wanted_en="a text")
    return ""


def day(*, node: Mapping, key: str, findings: Findings) -> date | None:
    """Return the date of a key, None where it is missing or wrong."""
    value = node.get(key)
    if value is None or (isinstance(value, Scalar) and not value.text):
        return None
    text = value.text if isinstance(value, Scalar) else ""
    found = parse_date(text)
    if found is None:
        findings.error("no_such_day" if no_such_day(text) else "bad_date", value.mark, text=text, hint=mended_day(text))
    return found


def span(*, node: Mapping, findings: Findings) -> tuple[date, date | None]:
    """Return the half-open days `from` and `until` of a dated line; the least date where `from` is missing."""
    start, until = day(node=node, key="from", findings=findings), day(node=node, key="until", findings=findings)
    if node.get("from") is None:
        findings.error("missing_key", node.mark, key="from")
    if start is not None and until is not None and until <= start:
        findings.error("dates_reversed", node.entries["until"][1].mark, until=until, start=start)
        until = None
    return start or date.min, until
