"""The words of a table: labels, values and citations put into sentences, made once and filled in per case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from yibao.policy.cells import Cell
from yibao.policy.row_words import RowWords, citation_text
from yibao.policy.rows import Row
from yibao.policy.table import ParameterUse, Table, Trace
from yibao.policy.tree import Fact, Local, Not
from yibao.policy.types import Kind, Type, Value

# A sentence that is always the same, or what makes it from a case.
_Teller = str | Callable[[Trace], str]


class Words(RowWords):
    """Puts the traces of one table into words of one language; what never changes is put together once."""

    def __init__(self, table: Table, language: str) -> None:
        decision = table.decision
        super().__init__(
            decision=decision,
            vocabulary=table.vocabulary,
            parameters=table.parameter_labels,
            language=language,
        )
        self.table = table
        self.rows = table.decision_rows
        self.collects = decision.hit == "collect"
        self._failed: list[list[_Teller | None]] = [[None] * len(row.cells) for row in self.rows]
        self._holding: dict[str, _Teller] = {}
        self._parameters: dict[int, str] = {}
        self._amounts = [self.amount(name, rows) for name, rows in table.cases.items()]

    def sentences(self, trace: Trace) -> list[str]:
        """Return the sentences of one trace: rows tried, the row that holds, parameters, amounts."""
        raw = trace.raw
        lines = []
        failed = () if self.collects else raw.failed
        for known, row, cell in zip(self._failed, self.rows, failed, strict=False):
            teller = known[cell]
            if teller is None:
                teller = known[cell] = self.failing(row, cell)
            lines.append(teller if isinstance(teller, str) else teller(trace))
        holding = trace.holding
        for row in holding:
            teller = self._holding.get(row.id)
            if teller is None:
                teller = self._holding[row.id] = self.holding(row)
            lines.append(teller if isinstance(teller, str) else teller(trace))
        lines += [line for row in holding if row.conflicts for line in self.contradicting(row, trace)]
        reads, amounts, told = self.table.reads, raw.hit.amounts, []
        asked = [row for row in holding if row.id in reads]
        for (name, type_, opening, cases), position in zip(self._amounts, raw.cases, strict=True):
            row, ending = cases[position]
            told.append(opening + self.value(type_, amounts[name]) + ending)
            if row.id in reads:
                asked.append(row)
        if asked:
            lines += [self.parameter(use) for use in trace.uses(asked)]
        return lines + told

    def subject(self, *, cell: Cell, wanted: bool, before: str = "", after: str = "") -> _Teller:
        """Return `死亡早于待遇起始日为“否”` between two texts: fixed where the outcome of the cell fixes the value."""
        node, label = cell.subject, self.label(cell.subject)
        before, after = (
            (before + label + "为“", "”" + after) if self.chinese else (before + label + " is ‘", "’" + after)
        )
        denied = isinstance(cell.condition, Not)
        if node.type.kind is Kind.BOOL and not node.type.maybe and (cell.condition is node or denied):
            return before + self.value(node.type, denied is not wanted) + after
        if node.type.kind is Kind.ENUM and isinstance(node, Fact):
            return self.of_enum(node, before, after)
        type_, value_of = node.type, self.table.value_of
        if isinstance(node, Local):
            return lambda trace: before + self.value(type_, trace.local(node.name)) + after
        return lambda trace: before + self.value(type_, value_of(node, trace.facts)) + after

    def of_enum(self, node: Fact, before: str, after: str) -> _Teller:
        """Return what tells the value of an enum's fact, every value put together once."""
        name, type_, told = node.name, node.type, dict[Value, str]()

        def tell(trace: Trace) -> str:
            value = trace.facts.get(name)
            text = told.get(value)
            if text is None:
                text = told[value] = before + self.value(type_, value) + after
            return text

        return tell

    def failing(self, row: Row, position: int) -> _Teller:
        """Return what tells why a row does not hold."""
        opening = f"{row.id} 不适用：" if self.chinese else f"{row.id} does not apply: "
        return self.subject(cell=row.cells[position], wanted=False, before=opening, after=self.cited(row))

    def holding(self, row: Row) -> _Teller:
        """Return what tells why a row holds and what it decides."""
        parts = [self.subject(cell=cell, wanted=True) for cell in row.cells]
        plain = row.label if self.chinese else row.en or row.label
        opening = f"{row.id} 适用：" if self.chinese else f"{row.id} applies: "
        comma, cited = ("，" if self.chinese else ", "), self.cited(row)
        constant = len(row.members) == len(row.outputs)
        result = self.result(row, dict(row.members)) if constant else ""
        fixed = [part for part in parts if isinstance(part, str)]
        if constant and len(fixed) == len(parts):
            return f"{opening}{comma.join(fixed) or plain} → {result}{cited}"

        def tell(trace: Trace) -> str:
            because = comma.join(part if isinstance(part, str) else part(trace) for part in parts)
            decided = result if constant else self.result(row, dict(trace.members))
            return f"{opening}{because or plain} → {decided}{cited}"

        return tell

    def contradicting(self, row: Row, trace: Trace) -> list[str]:
        """Return what the row contradicts, and which of the two stands, where both were there on the day decided."""
        on = trace.facts.get(self.table.decision.as_of)
        held = [each for each in row.conflicts if isinstance(on, date) and each.holds(on)]
        opening = f"{row.id} 国家与本地规定不一致：" if self.chinese else f"{row.id} contradicts: "
        return [opening + each.sentence(self.language) for each in held]

    def parameter(self, use: ParameterUse) -> str:
        """Return the sentence of a parameter: its value, since when, and from which document."""
        text = self._parameters.get(id(use))
        if text is None:
            cited = citation_text(cited=use.sources, language=self.language)
            value = self.value(use.type, use.value)
            key = use.key or ""
            if self.chinese:
                text = f"{use.label}：{key}自 {use.from_} 起为{value}（{cited}）"
            else:
                text = f"{use.en or use.name}: {key + ' ' if key else ''}{value} since {use.from_} ({cited})"
            self._parameters[id(use)] = text
        return text

    def amount(self, name: str, rows: tuple[Row, ...]) -> tuple[str, Type, str, list[tuple[Row, str]]]:
        """Return what the sentences of an amount are made of: name, type, opening, and every case with its ending."""
        opening = f"{self.output_label(name)}：" if self.chinese else f"{self.output_label(name)}: "
        cases = [
            (row, f"（{row.id} {row.label}）" if self.chinese else f" ({row.id} {row.en or row.label})") for row in rows
        ]
        return name, self.table.decision.amounts[name], opening, cases
