"""The words of one decision: labels, values and citations put into sentences."""

from __future__ import annotations

from yibao.policy.cells import Cell
from yibao.policy.documents import Citation
from yibao.policy.rows import Row
from yibao.policy.table import Considered, ParameterUse, Trace
from yibao.policy.tree import Expression, Fact, Literal, Local, Named
from yibao.policy.types import Kind, Type, Value, show_value

CHINESE = "zh"
_YES_NO = {CHINESE: ("是", "否"), "en": ("yes", "no")}
_MISSING = {CHINESE: "无", "en": "none"}


def citation_text(*, cited: tuple[Citation, ...], language: str) -> str:
    """Return citations as they are read."""
    joint = "、" if language == CHINESE else ", "
    return joint.join(item.shown() for item in cited)


class Words:
    """Puts one trace into words."""

    def __init__(self, trace: Trace, language: str) -> None:
        self.trace = trace
        self.language = language
        self.chinese = language == CHINESE
        self.vocabulary = trace.table.vocabulary

    def value(self, type_: Type, value: Value) -> str:
        """Return a value as it is read, with its unit."""
        if value is None:
            return _MISSING[self.language]
        if type_.kind is Kind.BOOL:
            return _YES_NO[self.language][not value]
        if type_.kind in (Kind.ENUM, Kind.LIST):
            codes = value if isinstance(value, tuple) else (value,)
            return "、".join(self.code(type_.name, str(code)) for code in codes)
        shown = show_value(kind=type_.kind, value=value)
        if type_.kind is Kind.MONEY:
            return f"{shown}元" if self.chinese else f"{shown} yuan"
        return shown + (type_.unit if self.chinese else "")

    def code(self, enum: str, code: str) -> str:
        """Return the label of an enum's value."""
        term = self.vocabulary.enums.get(enum)
        label = term.labels.get(code) if term is not None else None
        return (label[0] if self.chinese else label[1] or code) if label is not None else code

    def label(self, node: Expression) -> str:
        """Return what a fact, condition, output or amount is called."""
        if isinstance(node, Fact):
            fact = self.vocabulary.facts[node.name]
            return fact.label if self.chinese else fact.en or fact.name
        if isinstance(node, Named):
            return node.label if self.chinese else node.en or node.name
        if isinstance(node, Local):
            return self.output_label(node.name)
        return "?"

    def output_label(self, name: str) -> str:
        """Return what an output or amount is called."""
        zh, en = self.trace.table.decision.labels.get(name, ("", ""))
        return (zh if self.chinese else en) or name

    def subject(self, cell: Cell) -> str:
        """Return a cell's fact with its value in this case: 死亡早于待遇起始日为“否”."""
        node = cell.subject
        if isinstance(node, Local):
            hit = self.trace.raw.hit
            value = hit.amounts.get(node.name, hit.members.get(node.name))
        elif isinstance(node, Fact):
            value = self.trace.facts.get(node.name)
        else:
            value = self.trace.table.value_of(node, self.trace.facts)
        shown = self.value(node.type, value)
        return f"{self.label(node)}为“{shown}”" if self.chinese else f"{self.label(node)} is {shown!r}"

    def considered(self, item: Considered) -> str:
        """Return the sentence of a row that was tried."""
        row = self.trace.table.row(item.row_id)
        cited = citation_text(cited=row.sources, language=self.language)
        rest = (f"（{cited}）" if self.chinese else f" ({cited})") if cited else ""
        if item.failed_cell is not None:
            why = self.subject(item.failed_cell)
            return f"{row.id} 不适用：{why}{rest}" if self.chinese else f"{row.id} does not apply: {why}{rest}"
        because = self.joined([self.subject(cell) for cell in row.cells])
        result = self.result(row)
        if self.chinese:
            return f"{row.id} 适用：{because or row.label} → {result}{rest}"
        return f"{row.id} applies: {because or row.en or row.label} → {result}{rest}"

    def joined(self, parts: list[str]) -> str:
        """Return several parts as a list in a sentence."""
        return ("，" if self.chinese else ", ").join(parts)

    def result(self, row: Row) -> str:
        """Return the outputs of the row that holds; of several, each with its name."""
        members = self.trace.members
        shown: list[str] = []
        for name, node in row.outputs:
            value = members.get(name)
            if value is None or value == ():
                continue
            text = self.value(node.type if not isinstance(node, Literal) else self.output_type(name), value)
            shown.append(text if not shown else f"{self.output_label(name)} {text}")
        return self.joined(shown) or (row.label if self.chinese else row.en or row.label)

    def output_type(self, name: str) -> Type:
        """Return the type of an output."""
        return self.trace.table.decision.outputs[name]

    def parameter(self, use: ParameterUse) -> str:
        """Return the sentence of a parameter: its value, since when, and from which document."""
        cited = citation_text(cited=use.sources, language=self.language)
        value = self.value(use.type, use.value)
        key = f"{use.key}" if use.key else ""
        if self.chinese:
            return f"{use.label}：{key}自 {use.from_} 起为{value}（{cited}）"
        return f"{use.en or use.name}: {key + ' ' if key else ''}{value} since {use.from_} ({cited})"

    def amount(self, name: str, row: Row) -> str:
        """Return the sentence of an amount and the case it was computed by."""
        value = self.value(self.trace.table.decision.amounts[name], self.trace.amounts[name])
        if self.chinese:
            return f"{self.output_label(name)}：{value}（{row.id} {row.label}）"
        return f"{self.output_label(name)}: {value} ({row.id} {row.en or row.label})"
