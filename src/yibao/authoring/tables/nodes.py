"""YAML with its places: what stands where in a text, so that one value can be changed and all else stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from yibao.authoring.scalars import written
from yibao.policy.source import QUOTES

LINES = "\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping."""

    key: yaml.ScalarNode
    value: yaml.Node

    @property
    def start(self) -> int:
        """Where its key begins."""
        return int(self.key.start_mark.index)

    @property
    def end(self) -> int:
        """Where its value ends."""
        return end_of(self.value)


def composed(text: str) -> yaml.Node:
    """Return the one document of a text that is known to be a pack's file."""
    node = yaml.compose(text, Loader=yaml.CBaseLoader)
    return yaml.MappingNode("", [], yaml.Mark("", 0, 0, 0, None, 0), None) if node is None else node


def end_of(node: yaml.Node) -> int:
    """Return where a node ends, without the blank lines and comments after it."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end_of(last[1] if isinstance(last, tuple) else last)


def start_of(node: yaml.Node) -> int:
    """Return where a node begins."""
    return int(node.start_mark.index)


def entries(node: yaml.Node | None) -> list[Entry]:
    """Return the entries of a mapping, none where it is no mapping."""
    return [Entry(key, value) for key, value in node.value] if isinstance(node, yaml.MappingNode) else []


def member(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    """Return what stands under some keys, None where there is nothing."""
    for name in path:
        node = next((entry.value for entry in entries(node) if entry.key.value == name), None)
    return node


def items(node: yaml.Node | None) -> list[yaml.MappingNode]:
    """Return the mappings of a list."""
    found = node.value if isinstance(node, yaml.SequenceNode) else []
    return [item for item in found if isinstance(item, yaml.MappingNode)]


def shown(node: yaml.Node | None) -> str:
    """Return a text, or the texts of a list one on each line."""
    if isinstance(node, yaml.SequenceNode):
        return LINES.join(str(item.value) for item in node.value)
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def rewritten(*, text: str, node: yaml.Node | None, new: str, several: bool) -> str:
    """Return a value as it is written after a change, in the manner it was written before.

    Args:
        text: the file.
        node: what stood there, None where nothing did.
        new: what is to stand there, the items of a list one on each line.
        several: whether a list may stand there.
    """
    if isinstance(node, yaml.SequenceNode):
        known = {item.value: text[start_of(item) : item.end_mark.index] for item in node.value}
        like = node.value[0].style if node.value else ""
        parts = [known.get(item) or written(item, like=like or "") for item in new.split(LINES)]
        return f"[{', '.join(parts)}]"
    if several and LINES in new:
        return f"[{', '.join(written(item) for item in new.split(LINES))}]"
    style = node.style if isinstance(node, yaml.ScalarNode) and node.style in QUOTES else ""
    return written(new, like=style)


def mapping(*, text: str, node: yaml.MappingNode, changes: dict[str, str | None], order: tuple[str, ...]) -> str:
    """Return the text of a mapping with some of its values changed, added or (None) taken out.

    Args:
        text: the file.
        node: the mapping in it.
        changes: key to its new value as it is written.
        order: of keys; a new key stands after the last of those before it.
    """
    pieces = list(_pieces(text, node))
    for key in [key for key, value in changes.items() if value is None]:
        _drop(pieces, key, flow=bool(node.flow_style))
    known = {piece.key for piece in pieces}
    for piece in pieces:
        new = changes.get(piece.key)
        if new is not None:
            piece.head += " " if piece.head.endswith(":") else ""
            piece.value = new
    for key in sorted((key for key in changes if key not in known), key=lambda key: _rank(key, order)):
        value = changes[key]
        if value is not None:
            _add(pieces, _Piece("", key, f"{key}: ", value), order, node)
    body = "".join(piece.before + piece.head + piece.value for piece in pieces)
    if not node.flow_style:
        return body
    first, last = (entries(node)[0].start, entries(node)[-1].end) if node.value else (0, 0)
    start, end = start_of(node), int(node.end_mark.index)
    return text[start:first] + body + text[last:end] if node.value else f"{{{body}}}"


@dataclass(slots=True)
class _Piece:
    before: str
    key: str
    head: str
    value: str


def _pieces(text: str, node: yaml.MappingNode) -> Iterator[_Piece]:
    at = None
    for entry in entries(node):
        before = "" if at is None else text[at : entry.start]
        start = start_of(entry.value)
        yield _Piece(before, entry.key.value, text[entry.start : start], text[start : entry.end])
        at = entry.end


def _rank(key: str, order: tuple[str, ...]) -> int:
    return order.index(key) if key in order else len(order)


def _drop(pieces: list[_Piece], key: str, *, flow: bool) -> None:
    at = next((place for place, piece in enumerate(pieces) if piece.key == key), None)
    if at is None:
        return
    gone = pieces.pop(at)
    if at < len(pieces):
        after = pieces[at].before
        keep = gone.before if flow or at == 0 else gone.before.rpartition(LINES)[0] + LINES + after.partition(LINES)[2]
        pieces[at].before = keep


def _add(pieces: list[_Piece], piece: _Piece, order: tuple[str, ...], node: yaml.MappingNode) -> None:
    rank = _rank(piece.key, order)
    at = len(pieces)
    while at > 0 and _rank(pieces[at - 1].key, order) > rank:
        at -= 1
    if not pieces:
        pieces.append(piece)
        return
    if node.flow_style:
        piece.before, other = (", ", "") if at else ("", ", ")
    else:
        line = LINES + " " * node.start_mark.column
        beside, _, rest = pieces[at].before.partition(LINES) if at and at < len(pieces) else ("", "", "")
        piece.before, other = (beside + line, LINES + rest if rest or beside else "") if at else ("", line)
    if at < len(pieces) and other:
        pieces[at].before = other
    pieces.insert(at, piece)
