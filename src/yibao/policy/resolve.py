"""Joining the levels: rows of a region and of all levels above it, in order, in force day by day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from yibao.policy.conflicts import NATIONAL, Conflict
from yibao.policy.delegation import Delegation, check_opened
from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.folder import NATION
from yibao.policy.rows import REPLACE, Row


@dataclass(frozen=True, slots=True)
class Ending:
    """A level's statement that an inherited row ends on a day."""

    id: str
    on: date
    mark: Mark


@dataclass(frozen=True, slots=True)
class Layer:
    """The part of one table that one pack writes."""

    region: str
    kind: str
    rows: tuple[Row, ...]
    endings: tuple[Ending, ...]
    delegated: Delegation | None
    mark: Mark
    conflicts: tuple[Conflict, ...] = ()


@dataclass(slots=True)
class Stack:
    """All rows of one table of a region, in order, over all days.

    Attributes:
        rows: in the order in which they are tried; cases of amounts after the rows of the table.
        replaced: id of a row to the rows that stand in for it while they are in force.
    """

    rows: list[Row] = field(default_factory=list)
    replaced: dict[str, list[Row]] = field(default_factory=dict)

    def in_force(self, on: date) -> tuple[Row, ...]:
        """Return the rows that apply on a day, in order."""
        return tuple(
            row
            for row in self.rows
            if row.in_force(on) and not any(other.in_force(on) for other in self.replaced.get(row.id, ()))
        )

    def breaks(self) -> list[date]:
        """Return the days on which a row begins or ends, in order."""
        days = {row.from_ for row in self.rows} | {row.until for row in self.rows if row.until is not None}
        return sorted(days)


def join(*, layers: list[Layer], findings: Findings) -> Stack:
    """Return the rows of all levels as one table.

    Args:
        layers: from the highest level to the lowest.
        findings: gets unknown and doubled rows, and changes no level above has opened.
    """
    stack = Stack()
    opened: Delegation | None = None
    for layer in layers:
        if stack.rows:
            _check_opened(stack, layer, opened, findings)
        _end(stack, layer, findings)
        _place(stack, layer, findings)
        opened = layer.delegated or opened
    nation = frozenset(layer.region for layer in layers if layer.kind == NATION)
    for layer in layers:
        for conflict in layer.conflicts:
            _contradict(stack, conflict, nation, findings)
    return stack


def _contradict(stack: Stack, conflict: Conflict, nation: frozenset[str], findings: Findings) -> None:
    """Keep a contradiction with the rows that decide it; they must belong to the side that stands, and cite it."""
    places = {row.id: at for at, row in enumerate(stack.rows)}
    for name, mark in conflict.rows:
        if name not in places:
            findings.error("unknown_row", mark, name=name, hint=suggest(name=name, choices=places))
            continue
        row, held = stack.rows[places[name]], conflict.standing.source
        if (row.region in nation) is not (conflict.stands == NATIONAL) or held not in [
            citation.source for citation in row.sources
        ]:
            findings.error("conflict_stands", mark, stands=conflict.stands, row=name, name=held.id)
        stack.rows[places[name]] = replace(row, conflicts=(*row.conflicts, conflict))


def _check_opened(stack: Stack, layer: Layer, opened: Delegation | None, findings: Findings) -> None:
    """Report changes of inherited rows that neither the table nor the row itself opens."""
    rows = {row.id: row for row in stack.rows}
    changes = [(row.id, row.place[1] if row.place[0] == REPLACE else "", row.mark, row.delegated) for row in layer.rows]
    changes += [(ending.id, ending.id, ending.mark, None) for ending in layer.endings]
    for name, changed, mark, again in changes:
        own = rows[changed].delegated if changed in rows else None
        check_opened(name=name, kind=layer.kind, mark=mark, opened=own or opened, again=again, findings=findings)
    if layer.delegated is not None and opened is not None:
        check_opened(
            name="", kind=layer.kind, mark=layer.delegated.mark, opened=opened, again=layer.delegated, findings=findings
        )


def _end(stack: Stack, layer: Layer, findings: Findings) -> None:
    for ending in layer.endings:
        for at, row in enumerate(stack.rows):
            if row.id == ending.id:
                until = ending.on if row.until is None else min(row.until, ending.on)
                stack.rows[at] = replace(row, until=until)
                break
        else:
            hint = suggest(name=ending.id, choices=(row.id for row in stack.rows))
            findings.error("unknown_row", ending.mark, name=ending.id, hint=hint)


def _place(stack: Stack, layer: Layer, findings: Findings) -> None:
    front = 0
    seen = {row.id: row for row in stack.rows}
    last_after: dict[str, str] = {}
    for row in layer.rows:
        if row.id in seen:
            findings.error("duplicate_id", row.mark, name=row.id, where=str(seen[row.id].mark))
            continue
        seen[row.id] = row
        how, anchor = row.place
        if not how:
            stack.rows.insert(front, row)
            front += 1
            continue
        ids = [other.id for other in stack.rows]
        if anchor not in ids:
            findings.error("unknown_row", row.mark, name=anchor, hint=suggest(name=anchor, choices=ids))
            continue
        if how == "after":
            at = ids.index(last_after.get(anchor, anchor)) + 1
            last_after[anchor] = row.id
        else:
            at = ids.index(anchor)
        if how == REPLACE:
            stack.replaced.setdefault(anchor, []).append(row)
        stack.rows.insert(at, row)
        front += at < front
