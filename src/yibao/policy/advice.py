"""Remarks about a region's pack that keep nothing from loading: rows that differ by one number only."""

from __future__ import annotations

from dataclasses import fields

from yibao.policy.diagnostics import Findings
from yibao.policy.region import Region
from yibao.policy.rows import Row
from yibao.policy.tree import Expression, Literal
from yibao.policy.types import ORDERED, Type, show_value


def advise(*, region: Region, findings: Findings) -> None:
    """Report what is allowed and probably not meant.

    Args:
        region: its own pack is looked at.
        findings: gets the remarks.
    """
    for stack in region.stacks.values():
        rows = {row.id: row for row in stack.rows}
        pairs = [(row, rows[above]) for above, others in stack.replaced.items() for row in others if above in rows]
        for row, above in pairs:
            if row.region == region.code:
                _compare(row, above, findings)


def _compare(row: Row, above: Row, findings: Findings) -> None:
    """Report a row that differs from the one it replaces in one written number or day only."""
    if len(row.cells) != len(above.cells) or row.outputs != above.outputs:
        return
    found: list[tuple[Literal, Literal]] = []
    for cell, other in zip(row.cells, above.cells, strict=True):
        if not _same(cell.condition, other.condition, found):
            return
    if row.value is not None and above.value is not None and not _same(row.value, above.value, found):
        return
    if len(found) == 1:
        mine, theirs = (_shown(node.type, node) for node in found[0])
        findings.warning("could_be_parameter", row.mark, name=above.id, value=mine, other=theirs, hint="p.…")


def _shown(type_: Type, node: Literal) -> str:
    return show_value(kind=type_.kind, value=node.value)


def _same(one: Expression, other: Expression, found: list[tuple[Literal, Literal]]) -> bool:
    """Return whether two expressions are built alike; numbers and days that differ are added to `found`."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Literal) and isinstance(other, Literal):
        if one.value != other.value:
            found.append((one, other))
        return one.value == other.value or one.type.kind in ORDERED
    return all(_same_part(name.name, getattr(one, name.name), getattr(other, name.name), found) for name in fields(one))


def _same_part(name: str, mine: object, theirs: object, found: list[tuple[Literal, Literal]]) -> bool:
    if isinstance(mine, Expression) and isinstance(theirs, Expression):
        return _same(mine, theirs, found)
    if isinstance(mine, tuple) and isinstance(theirs, tuple) and name != "bounds":
        return len(mine) == len(theirs) and all(
            _same_part(name, one, other, found) for one, other in zip(mine, theirs, strict=True)
        )
    return name == "bounds" or mine == theirs
