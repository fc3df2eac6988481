"""What values, facts, conditions and parameters are called in one language."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.kernel.money import display_fen
from yibao.policy.terms import Vocabulary
from yibao.policy.tree import Expression, Fact, Local, Named
from yibao.policy.types import Kind, Type, Value, show_value

CHINESE = "zh"
Labels = Mapping[str, tuple[str, str]]
_YES_NO = {CHINESE: ("是", "否"), "en": ("yes", "no")}
_MISSING = {CHINESE: "无", "en": "none"}


class Lexicon:
    """The words of a domain in one language.

    Attributes:
        vocabulary: of the domain.
        language: `zh` or `en`.
        outputs: labels of the outputs and amounts of a decision, in Chinese and English.
        parameters: labels of parameters.
    """

    def __init__(self, *, vocabulary: Vocabulary, language: str, outputs: Labels, parameters: Labels) -> None:
        self.vocabulary = vocabulary
        self.language = language
        self.outputs = outputs
        self.parameters = parameters
        self.chinese = language == CHINESE
        self.yuan = "元" if self.chinese else " yuan"

    def value(self, type_: Type, value: Value) -> str:
        """Return a value as it is read, with its unit."""
        if type_.kind is Kind.MONEY and isinstance(value, int):
            return display_fen(value) + self.yuan
        if value is None:
            return _MISSING[self.language]
        if type_.kind is Kind.BOOL:
            return _YES_NO[self.language][not value]
        if type_.kind in (Kind.ENUM, Kind.LIST):
            codes = value if isinstance(value, tuple) else (value,)
            return ("、" if self.chinese else ", ").join(self.code(type_.name, str(code)) for code in codes)
        return show_value(kind=type_.kind, value=value) + (type_.unit if self.chinese else "")

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
        return self.output_label(node.name) if isinstance(node, Local) else "?"

    def output_label(self, name: str) -> str:
        """Return what an output or amount is called."""
        zh, en = self.outputs.get(name, ("", ""))
        return (zh if self.chinese else en) or name

    def parameter_label(self, name: str) -> str:
        """Return what a parameter is called."""
        zh, en = self.parameters.get(name, ("", ""))
        return (zh if self.chinese else en) or name
