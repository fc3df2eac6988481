"""Checks of a whole table, over all levels and all days; proofs of gaps and overlaps will stand beside these."""

from __future__ import annotations

from yibao.policy.diagnostics import Findings, Mark
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.terms import DecisionTerm


def check_stack(*, stack: Stack, decision: DecisionTerm, mark: Mark, findings: Findings) -> None:
    """Report, for every span of days, cases no row decides and rows that are never reached.

    Args:
        stack: the table of a region.
        decision: what the vocabulary says of it.
        mark: where the lowest level writes it.
        findings: gets every fault.
    """
    for day in stack.breaks():
        rows = stack.in_force(day)
        if not rows:
            continue
        table = [row for row in rows if not row.amount]
        if decision.hit == "first" and (table or decision.outputs):
            _check_sequence(table, decision.label or decision.name, str(day), mark, findings)
        for name in decision.amounts:
            cases = [row for row in rows if row.amount == name]
            _check_sequence(cases, name, str(day), mark, findings)


def _check_sequence(rows: list[Row], name: str, day: str, mark: Mark, findings: Findings) -> None:
    """Report a sequence of rows without a row for all other cases, or with rows behind it."""
    if not rows or rows[-1].cells:
        place = rows[-1].mark if rows else mark
        findings.error("no_catch_all", place, name=name, day=day)
    for position, row in enumerate(rows):
        if not row.cells:
            for dead in rows[position + 1 :]:
                findings.error("dead_row", dead.mark, name=row.id)
            break
