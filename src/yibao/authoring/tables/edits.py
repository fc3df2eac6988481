"""New texts of a pack's files from what was changed in its sheets; every byte that was not meant stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml

from yibao.authoring.scalars import written
from yibao.authoring.tables.changes import Changed
from yibao.authoring.tables.nodes import LINES, composed, end_of, entries, mapping, member, rewritten, start_of
from yibao.authoring.tables.views import AMOUNT, FIXED, NESTED, Column, View
from yibao.policy.parameters import VALUE_KEYS
from yibao.policy.rows import ROW_KEYS

_STEP = 2
_VALUE, _VALUES, _UNKNOWN = "value", "values", "unknown"


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a text and what stands there afterwards."""

    start: int
    end: int
    text: str


def edited(*, text: str, edits: Iterable[Edit]) -> str:
    """Return a text with some pieces replaced; of two at one place the one that takes something away comes first."""
    for edit in reversed(sorted(edits, key=lambda edit: (edit.start, edit.end))):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def line_edit(*, text: str, change: Changed, view: View) -> Edit:
    """Return the edit that brings a line of a file to what the sheet says."""
    assert change.line is not None
    node, several = change.line.node, _several(view)
    inner: dict[str, dict[str, str | None]] = {}
    outer: dict[str, str | None] = {}
    for column, new in change.new.items():
        place = change.line.places.get(column)
        old = place.value if place is not None else None
        value = rewritten(text=text, node=old, new=new, several=column in several) if new else None
        group, dot, name = column.partition(".")
        if dot and group in NESTED:
            inner.setdefault(group, {})[str(place.key.value) if place is not None else name] = value
        else:
            outer[column] = value
    for group, changes in inner.items():
        there = member(node, group)
        if isinstance(there, yaml.MappingNode) and there.value:
            outer[group] = mapping(text=text, node=there, changes=changes, order=())
        else:
            outer[group] = _flow((key, value) for key, value in changes.items() if value is not None)
    order = ROW_KEYS if view.identity in ROW_KEYS else VALUE_KEYS
    return Edit(start_of(node), end_of(node), mapping(text=text, node=node, changes=outer, order=order))


def _several(view: View) -> set[str]:
    return {column.name for column in view.columns if column.several} | {"when"}


def _flow(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{written(key)}: {value}" for key, value in pairs) + "}"


def added(*, text: str, path: tuple[str, ...], changes: list[Changed], columns: list[Column]) -> Iterator[Edit]:
    """Yield the edits that put new lines into a list of a file.

    Args:
        text: the file.
        path: the keys that lead to the list.
        changes: the new lines, in the order of the sheet.
        columns: of the sheet.
    """
    root = composed(text)
    there = member(root, *path)
    new = [list(_pairs(change, columns)) for change in changes]
    if not isinstance(there, yaml.SequenceNode) or not there.value:
        yield _begun(text, root, path, new)
        return
    for change, pairs in zip(changes, new, strict=True):
        anchor = change.after.node if change.after is not None else None
        yield _beside(text, there, anchor, pairs)


def _pairs(change: Changed, columns: list[Column]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a new line with their values as they are written."""
    several = {column.name for column in columns if column.several}
    nested: dict[str, dict[str, str]] = {group: {} for group in NESTED}
    plain: dict[str, str] = {}
    for column, text in change.new.items():
        like = '"' if column == _VALUE and text != _UNKNOWN else ""
        list_here = column in several or column.startswith("when.")
        value = rewritten(text="", node=None, new=text, several=list_here) if not like else written(text, like=like)
        group, dot, name = column.partition(".")
        if dot and group in NESTED:
            nested[group][name] = value
        elif column not in (*FIXED, AMOUNT):
            plain[column] = value
    plain |= {group: _flow(found.items()) for group, found in nested.items() if found}
    order = ROW_KEYS if "id" in plain else VALUE_KEYS
    yield from sorted(plain.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _beside(text: str, there: yaml.SequenceNode, anchor: yaml.MappingNode | None, pairs: list[tuple[str, str]]) -> Edit:
    """Return the edit that puts a line after another of its list, or in front of all."""
    like: yaml.CollectionNode = anchor or there.value[0]
    if there.flow_style:
        at = end_of(anchor) if anchor is not None else start_of(there.value[0])
        return Edit(at, at, f", {_flow(pairs)}" if anchor is not None else f"{_flow(pairs)}, ")
    column = int(there.start_mark.column)
    item = _item(pairs, column, flow=bool(like.flow_style))
    if anchor is None:
        at = start_of(there)
        return Edit(at, at, f"{item}{LINES}{' ' * column}")
    at = text.find(LINES, end_of(anchor))
    at = len(text) if at < 0 else at
    return Edit(at, at, f"{LINES}{' ' * column}{item}")


def _item(pairs: list[tuple[str, str]], column: int, *, flow: bool) -> str:
    if flow:
        return f"- {_flow(pairs)}"
    between = f"{LINES}{' ' * (column + _STEP)}"
    return "- " + between.join(f"{key}: {value}" for key, value in pairs)


def _begun(text: str, root: yaml.Node, path: tuple[str, ...], new: list[list[tuple[str, str]]]) -> Edit:
    """Return the edit that begins a list, with the keys that lead to it as far as they are missing."""
    deepest, rest, column, flow = root, path, 0, path[-1] == _VALUES
    while rest and (below := member(deepest, rest[0])) is not None:
        if not isinstance(below, yaml.MappingNode) or not below.value:
            column = int(entries(deepest)[0].key.start_mark.column) + _STEP
            return Edit(start_of(below), end_of(below), _block(rest[1:], column, new, flow=flow))
        deepest, rest = below, rest[1:]
        column = int(deepest.start_mark.column)
    at = text.find(LINES, end_of(deepest))
    at = len(text) if at < 0 else at
    return Edit(at, at, _block(rest, column, new, flow=flow))


def _block(keys: tuple[str, ...], column: int, new: list[list[tuple[str, str]]], *, flow: bool) -> str:
    lines = []
    for key in keys:
        lines.append(f"{' ' * column}{key}:")
        column += _STEP
    lines += [f"{' ' * column}{_item(pairs, column, flow=flow)}" for pairs in new]
    return LINES + LINES.join(lines)
