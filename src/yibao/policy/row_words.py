"""A row in words: what it asks, what it decides, since when, from which document; the same words for every reader."""

from __future__ import annotations

from yibao.policy.documents import Citation
from yibao.policy.lexicon import CHINESE, Labels, Lexicon
from yibao.policy.rows import Row
from yibao.policy.telling import Told
from yibao.policy.terms import DecisionTerm, Vocabulary
from yibao.policy.tree import Expression, Literal, Named
from yibao.policy.types import Type, Value


def citation_text(*, cited: tuple[Citation, ...], language: str) -> str:
    """Return citations as they are read."""
    return ("、" if language == CHINESE else ", ").join(item.shown() for item in cited)


class RowWords(Lexicon):
    """Puts the rows of one table into words of one language, whether they are in force or not."""

    def __init__(self, *, decision: DecisionTerm, vocabulary: Vocabulary, parameters: Labels, language: str) -> None:
        super().__init__(vocabulary=vocabulary, language=language, outputs=decision.labels, parameters=parameters)
        self.decision = decision
        self.told = Told(self)

    def called(self, row: Row) -> str:
        """Return what a row is called."""
        return row.label if self.chinese else row.en or row.label

    def cited(self, row: Row) -> str:
        """Return the citations of a row in brackets, empty where it has none."""
        text = citation_text(cited=row.sources, language=self.language)
        return (f"（{text}）" if self.chinese else f" ({text})") if text else ""

    def conditions(self, row: Row) -> dict[str, str]:
        """Return the conditions of a row by what they look at; a named one by its label alone."""
        return {self.label(cell.subject): self.told.condition(cell.condition) for cell in row.cells}

    def meanings(self, row: Row) -> dict[str, str]:
        """Return what the named conditions of a row mean, by what they are called."""
        bodies = {self.label(cell.subject): cell.subject.body for cell in row.cells if isinstance(cell.subject, Named)}
        return {name: self.told.expression(body) for name, body in bodies.items()}

    def results(self, row: Row) -> dict[str, str]:
        """Return what a row decides, by the name of the output, or the calculation of an amount."""
        if row.value is not None:
            return {self.output_label(row.amount): self.told.expression(row.value)}
        told = {name: self.output(self.decision.outputs[name], tree) for name, tree in row.outputs}
        return {self.output_label(name): text for name, text in told.items() if text}

    def output(self, type_: Type, tree: Expression) -> str:
        """Return what a row says of one output, empty where it says nothing."""
        if not isinstance(tree, Literal):
            return self.told.expression(tree)
        return "" if tree.value in (None, ()) else self.value(type_, tree.value)

    def result(self, row: Row, members: dict[str, Value]) -> str:
        """Return the outputs of the row that holds; of several, each after the first with its name."""
        outputs = self.decision.outputs
        found = ((name, members.get(name)) for name, _ in row.outputs)
        values = {name: value for name, value in found if value is not None and value != ()}
        return self.joined({name: self.value(outputs[name], value) for name, value in values.items()}, row)

    def joined(self, told: dict[str, str], row: Row) -> str:
        """Return outputs in one sentence: the first alone, each other one with its name."""
        shown = [
            text if not at else f"{self.output_label(name)} {text}" for at, (name, text) in enumerate(told.items())
        ]
        return ("，" if self.chinese else ", ").join(shown) or self.called(row)

    def decided(self, row: Row) -> str:
        """Return all a row decides in one sentence, computed days included; or how its amount is computed."""
        if row.value is not None:
            return self.told.expression(row.value)
        told = {name: self.output(self.decision.outputs[name], tree) for name, tree in row.outputs}
        return self.joined({name: text for name, text in told.items() if text}, row)

    def rule(self, row: Row) -> str:
        """Return what a row says: conditions, outcome, days, document, and the file and line where it stands."""
        tests = ("；" if self.chinese else "; ").join(self.told.condition(cell.condition) for cell in row.cells)
        decided, plain = self.decided(row), self.called(row)
        place = f"{row.mark.file}:{row.mark.line}"
        if self.chinese:
            until = f"至 {row.until} 前" if row.until else "起"
            return f"{row.id} {plain}：{tests or '其余情形'} → {decided}；{row.from_} {until}{self.cited(row)} {place}"
        until = f" until before {row.until}" if row.until else ""
        tests = tests or "all other cases"
        return f"{row.id} {plain}: {tests} → {decided}; from {row.from_}{until}{self.cited(row)} {place}"
