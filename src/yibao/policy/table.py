"""A decision table of a region on a day: decide, trace, and say what every row is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.policy.cells import Cell
from yibao.policy.documents import Citation
from yibao.policy.parameters import ParameterValue
from yibao.policy.rows import Row
from yibao.policy.terms import DecisionTerm, Vocabulary
from yibao.policy.to_python import Hit, RawTrace
from yibao.policy.tree import Expression, Parameter, facts_of, parameters_of
from yibao.policy.types import Type, Value

Facts = Mapping[str, Value]
Closures = tuple[Callable[[Facts], Hit], Callable[[Facts], RawTrace], Callable[[Facts], tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Considered:
    """A row that was tried.

    Attributes:
        row_id: of the row.
        failed_cell: its first cell that does not hold, None for the row that holds.
    """

    row_id: str
    failed_cell: Cell | None


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """A parameter that was read.

    Attributes:
        name: of the parameter.
        label: in Chinese.
        en: in English.
        type: of its value.
        value: in the convention of its type.
        key: of its key column, None where it has none.
        from_: first day of the value.
        until: first day no longer, None while open.
        sources: what the value rests on.
        low_confidence: whether it rests on hints only.
        file: where it is written.
        line: from 1.
    """

    name: str
    label: str
    en: str
    type: Type
    value: Value
    key: str | None
    from_: date
    until: date | None
    sources: tuple[Citation, ...]
    low_confidence: bool
    file: str
    line: int


@dataclass(slots=True, eq=False)
class Trace:
    """One decision with everything that led to it, read when somebody asks.

    Attributes:
        table: the table that decided.
        facts: what it was given.
        raw: what the closure kept.
    """

    table: Table
    facts: Facts
    raw: RawTrace

    @property
    def row(self) -> str:
        """Return the id of the row that holds."""
        return self.raw.hit.row

    @property
    def members(self) -> Mapping[str, Value]:
        """Return the outputs by name."""
        return self.raw.hit.members

    @property
    def amounts(self) -> Mapping[str, Value]:
        """Return the amounts by name, in fen."""
        return self.raw.hit.amounts

    @property
    def considered(self) -> tuple[Considered, ...]:
        """Return the rows in the order in which they were tried, the one that holds last."""
        rows = self.table.decision_rows
        if self.table.decision.hit == "collect":
            return tuple(Considered(row_id, None) for row_id in self.raw.hit.rows)
        tried = [Considered(row.id, row.cells[cell]) for row, cell in zip(rows, self.raw.failed, strict=False)]
        if self.raw.row >= 0:
            tried.append(Considered(rows[self.raw.row].id, None))
        return tuple(tried)

    @property
    def cases(self) -> dict[str, Row]:
        """Return the case taken for every amount."""
        cases = self.table.cases
        return {name: cases[name][position] for name, position in zip(cases, self.raw.cases, strict=True)}

    @property
    def holding(self) -> tuple[Row, ...]:
        """Return the row that holds, or every row of a collecting table that does."""
        if self.raw.row >= 0:
            return (self.table.decision_rows[self.raw.row],)
        return tuple(self.table.row(row_id) for row_id in self.raw.hit.rows)

    def local(self, name: str) -> Value:
        """Return an output or amount by name."""
        hit = self.raw.hit
        return hit.amounts[name] if name in hit.amounts else hit.members.get(name)

    def expressions(self) -> tuple[Expression, ...]:
        """Return every expression that was computed, in order."""
        found: list[Expression] = []
        rows = self.table.decision_rows
        for row, failed in zip(rows, self.raw.failed, strict=False):
            found.extend(cell.condition for cell in row.cells[: failed + 1])
        for row in [*self.holding, *self.cases.values()]:
            found.extend(cell.condition for cell in row.cells)
            found.extend(tree for _, tree in row.outputs)
            if row.value is not None:
                found.append(row.value)
        return tuple(found)

    @property
    def facts_used(self) -> dict[str, Value]:
        """Return the facts that were looked at, with their values."""
        names: dict[str, None] = {}
        for tree in self.expressions():
            names.update(dict.fromkeys(sorted(facts_of(tree))))
        return {name: self.facts.get(name) for name in names}

    @property
    def parameters_used(self) -> tuple[ParameterUse, ...]:
        """Return the parameters the holding row and the amounts were decided with."""
        return tuple(self.uses([row for row in (*self.holding, *self.cases.values()) if row.id in self.table.reads]))

    def uses(self, rows: list[Row]) -> list[ParameterUse]:
        """Return the parameters some rows were decided with, each line once."""
        uses = [use for row in rows for use in self.table.uses(row, self.facts)]
        return list({id(use): use for use in uses}.values())


class Table:
    """The rows of one decision in force in a region on a day.

    Attributes:
        decision: what the vocabulary says of it.
        vocabulary: of its domain.
        rows: in force, in order.
        decision_rows: those of the table itself, without the cases of amounts.
        cases: the cases of every amount, in the order in which they are tried.
        parameter_labels: what parameters are called, in Chinese and English.
        reads: the parameters every row reads, for rows that read any.
        words: by language, what was already put into words; kept by `yibao.policy.explain`.
        decide: takes the facts, returns a `Hit`; pure, safe to call from many threads at once.
        matching: takes the facts, returns the ids of all rows that hold.
        value_of: takes an expression of the table and the facts, returns its value; for explanations, not for speed.

    Both raise `UnknownValue` where they need a parameter nobody knows, and `KeyError` for a fact that was not given.
    """

    __slots__ = (
        "_raw_trace",
        "_rows",
        "_uses",
        "cases",
        "decide",
        "decision",
        "decision_rows",
        "matching",
        "parameter_labels",
        "reads",
        "rows",
        "value_of",
        "vocabulary",
        "words",
    )

    def __init__(
        self,
        decision: DecisionTerm,
        vocabulary: Vocabulary,
        rows: tuple[Row, ...],
        closures: Closures,
        uses: Callable[[Parameter, Facts], ParameterUse | None],
        values: Callable[[Expression, Facts], Value],
        parameter_labels: Mapping[str, tuple[str, str]],
    ) -> None:
        self.decision = decision
        self.vocabulary = vocabulary
        self.rows = rows
        self.decide, self._raw_trace, self.matching = closures
        self._uses = uses
        self.value_of = values
        self.parameter_labels = parameter_labels
        self._rows = {row.id: row for row in rows}
        self.reads = {row.id: read for row in rows if (read := _reads(row))}
        self.decision_rows = tuple(row for row in rows if not row.amount)
        self.cases = {name: tuple(row for row in rows if row.amount == name) for name in decision.amounts}
        self.words: dict[str, object] = {}

    def trace(self, facts: Facts) -> Trace:
        """Return the decision with everything that led to it.

        Args:
            facts: by name, in the conventions of `yibao.policy.types`; keep them unchanged while the trace is used.

        Raises:
            UnknownValue: a parameter that is needed has no known value.
        """
        return Trace(self, facts, self._raw_trace(facts))

    def watched(self, seen: Callable[[Facts], None]) -> Table:
        """Return the same table, which tells of every case it is asked to decide.

        Args:
            seen: takes the facts, before they are decided.
        """

        def watching(ask: Callable[[Facts], Any]) -> Callable[[Facts], Any]:
            def asked(facts: Facts) -> Any:
                seen(facts)
                return ask(facts)

            return asked

        told = copy(self)
        told.decide, told._raw_trace = watching(self.decide), watching(self._raw_trace)
        return told

    def row(self, row_id: str) -> Row:
        """Return a row in force, or a case of an amount.

        Raises:
            KeyError: there is none of this id.
        """
        return self._rows[row_id]

    def uses(self, row: Row, facts: Facts) -> list[ParameterUse]:
        """Return the parameters a row reads, with their lines."""
        found = [self._uses(item, facts) for item in self.reads.get(row.id, ())]
        return [use for use in found if use is not None]

    @property
    def facts_needed(self) -> frozenset[str]:
        """Return the names of all facts the table can look at."""
        names: set[str] = set()
        for row in self.rows:
            for tree in [*(cell.condition for cell in row.cells), *(tree for _, tree in row.outputs)]:
                names |= facts_of(tree)
            if row.value is not None:
                names |= facts_of(row.value)
        return frozenset(names)


def _reads(row: Row) -> tuple[Parameter, ...]:
    trees = [cell.condition for cell in row.cells] + [tree for _, tree in row.outputs]
    trees += [row.value] if row.value is not None else []
    return tuple(dict.fromkeys(item for tree in trees for item in parameters_of(tree)))


def use_of(*, item: Parameter, term_label: tuple[str, str], type_: Type, line: ParameterValue) -> ParameterUse:
    """Return what a trace tells of a parameter line."""
    return ParameterUse(
        name=item.name,
        label=term_label[0],
        en=term_label[1],
        type=type_,
        value=line.value,
        key=line.key,
        from_=line.from_,
        until=line.until,
        sources=line.sources,
        low_confidence=line.low_confidence,
        file=line.file,
        line=line.line,
    )
