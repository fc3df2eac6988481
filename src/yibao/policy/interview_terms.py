"""What an interview can ask about: facts by the values a table tells apart, and conditions upon several facts.

A condition and its opposite are one term, so that nobody is asked both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao.policy.lexicon import CHINESE, Lexicon
from yibao.policy.table import Facts, Table
from yibao.policy.telling import Told
from yibao.policy.tree import And, Compare, Expression, Fact, Known, Literal, Named, Not, Or, Within, facts_of, walk
from yibao.policy.types import BOOL, Kind, Value

if TYPE_CHECKING:
    from yibao.policy.terms import FactTerm

MISSING = "none"
KNOWN = "known"
YES, NO = "yes", "no"
_WHOLE = {Kind.BOOL, Kind.ENUM}
_YES_NO = (("是", "yes"), ("否", "no"))
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: a value, or a run of whole numbers no rule tells apart.

    Attributes:
        code: stable, short, safe in a form.
        zh: as it is read in Chinese.
        en: the same in English.
        value: one value that stands for all of them.
    """

    code: str
    zh: str
    en: str
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Something to ask: a fact of the vocabulary, or a condition upon several facts that is true or not.

    Attributes:
        key: name of the fact, or the condition's name in the pack.
        zh: the question in Chinese.
        en: the question in English.
        hint_zh: what helps to answer it.
        hint_en: the same in English.
        choices: the answers.
        asked: whether the vocabulary has words to ask it with, or it is a condition with a label.
        first: whether the vocabulary says that it must be asked, because no record has it.
        node: the fact or the condition.
    """

    key: str
    zh: str
    en: str
    hint_zh: str
    hint_en: str
    choices: tuple[Choice, ...]
    asked: bool
    first: bool
    node: Expression

    def position(self, code: str) -> int:
        """Return the place of an answer.

        Raises:
            KeyError: the answer is none of the choices.
        """
        for place, choice in enumerate(self.choices):
            if choice.code == code:
                return place
        raise KeyError(code)

    def answer(self, table: Table, facts: Facts) -> str:
        """Return the answer a case gives, by its facts.

        Args:
            table: the table that is asked about.
            facts: all of them.
        """
        if not isinstance(self.node, Fact):
            return YES if holds(table=table, node=self.node, facts=facts) else NO
        value = facts.get(self.node.name)
        if value is None:
            return MISSING
        if self.choices[-1].code == KNOWN:
            return KNOWN
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, str):
            return value
        least = [choice for choice in self.choices if isinstance(choice.value, int) and isinstance(value, int)]
        return [choice for choice in least if int(str(choice.value)) <= int(str(value))][-1].code


def holds(*, table: Table, node: Expression, facts: Facts) -> bool:
    """Return whether a condition holds; one upon a fact that is missing does not, as its rules look at that first."""
    try:
        return bool(table.value_of(node, facts))
    except TypeError:
        return False


def plain_test(*, node: Expression, given: Facts) -> str:
    """Return the fact that alone decides a condition, in a way its values can be told apart; else nothing."""
    names = facts_of(node) - given.keys()
    if len(names) != 1:
        return ""
    (name,) = names
    fact = next(part for part in walk(node) if isinstance(part, Fact) and part.name == name)
    counted = fact.type.kind is Kind.INT and _cuts_of(node, name) is not None
    return name if isinstance(node, Known) or fact.type.kind in _WHOLE or counted else ""


def _cuts_of(node: Expression, name: str) -> list[int] | None:
    """Return where a test on a whole number changes, None where that cannot be read off it."""
    match node:
        case Known():
            return []
        case Compare(operator=operator, left=Fact() as fact, right=Literal(value=int(value))) if fact.name == name:
            return _cut(operator, value)
        case Compare(operator=operator, left=Literal(value=int(value)), right=Fact() as fact) if fact.name == name:
            return _cut(_FLIPPED[operator], value)
        case Within(operand=Fact(), options=options) if all(isinstance(option, int) for option in options):
            return [edge for option in options for edge in (int(str(option)), int(str(option)) + 1)]
        case _:
            return None


def _cut(operator: str, value: int) -> list[int]:
    return {"<": [value], ">=": [value], ">": [value + 1], "<=": [value + 1]}.get(operator, [value, value + 1])


class Terms:
    """Makes the terms of one table."""

    def __init__(self, table: Table, given: Facts) -> None:
        self.table = table
        self.given = given
        labels, parameters = table.decision.labels, table.parameter_labels
        self.words = {
            language: Lexicon(
                vocabulary=table.vocabulary, language=language, outputs=labels, parameters=parameters
            )
            for language in (CHINESE, "en")
        }  # fmt: skip
        self._tests: dict[str, list[Expression]] = {}
        self._facts: dict[str, Term] = {}
        self._conditions: dict[Expression | None, Term] = {}

    def collect(self, tests: Iterable[Expression]) -> None:
        """Take in every test on one fact, so that its values can be told apart."""
        for node in tests:
            self._tests.setdefault(plain_test(node=node, given=self.given), []).append(node)

    def fact(self, name: str) -> Term:
        """Return the term of a fact."""
        if name not in self._facts:
            self._facts[name] = self._fact(self.table.vocabulary.facts[name])
        return self._facts[name]

    def _fact(self, fact: FactTerm) -> Term:
        node = next(
            part
            for test in self._tests[fact.name]
            for part in walk(test)
            if isinstance(part, Fact) and part.name == fact.name
        )
        return Term(
            key=fact.name,
            zh=fact.question or f"{fact.label}？",
            en=fact.question_en or f"{fact.en or fact.name}?",
            hint_zh=fact.hint,
            hint_en=fact.hint_en,
            choices=self._choices(fact),
            asked=bool(fact.question),
            first=fact.origin == "asked",
            node=node,
        )

    def _choices(self, fact: FactTerm) -> tuple[Choice, ...]:
        missing = [Choice(MISSING, "没有", "no", None)] if fact.type.maybe else []
        tests = self._tests[fact.name]
        if all(isinstance(test, Known) for test in tests):
            return Choice(MISSING, *_YES_NO[1], None), Choice(KNOWN, *_YES_NO[0], None)
        if fact.type.kind is Kind.BOOL:
            return (*missing, Choice(YES, *_YES_NO[0], True), Choice(NO, *_YES_NO[1], False))
        if fact.type.kind is Kind.ENUM:
            labels = self.table.vocabulary.enums[fact.type.name].labels
            return (*missing, *(Choice(code, zh, en or code, code) for code, (zh, en) in labels.items()))
        low, high = fact.bounds or (0, 0)
        cuts = {edge for test in tests for edge in _cuts_of(test, fact.name) or () if low < edge <= high}
        starts = sorted({low, *cuts})
        ends = [*(start - 1 for start in starts[1:]), high]
        return (*missing, *(_run(start, end, high, fact.type.unit) for start, end in zip(starts, ends, strict=True)))

    def condition(self, node: Expression, named: Named | None) -> tuple[Term, bool]:
        """Return the term of a condition upon several facts, and whether the condition is its opposite."""
        opposite = _opposite(node) if isinstance(node, Compare) else None
        if opposite in self._conditions:
            return self._conditions[opposite], True
        term = self._conditions.get(node)
        if term is None:
            zh, en = self._words(node, named)
            key = named.name if named is not None else f"condition_{len(self._conditions)}"
            choices = (Choice(YES, *_YES_NO[0], True), Choice(NO, *_YES_NO[1], False))
            hint = "以档案记录为准。", "What counts is what is on record."
            zh, en = f"是不是这种情况：{zh}？", f"Is this so: {en}?"
            term = self._conditions[node] = Term(key, zh, en, *hint, choices, True, False, node)
        return term, False

    def _words(self, node: Expression, named: Named | None) -> tuple[str, str]:
        if named is not None:
            return named.label, named.en or named.name
        return tuple(Told(self.words[language]).condition(node) for language in (CHINESE, "en"))  # type: ignore[return-value]

    def values(self, term: Term, node: Expression) -> tuple[bool, ...]:
        """Return how a test on one fact turns out for each of its answers."""
        told = []
        for choice in term.choices:
            if choice.code == KNOWN:
                told.append(True)
                continue
            facts: Mapping[str, Value] = {**self.given, term.key: choice.value}
            told.append(holds(table=self.table, node=node, facts=facts))
        return tuple(told)


def _run(start: int, end: int, high: int, unit: str) -> Choice:
    if start == end:
        return Choice(str(start), f"{start}{unit and f' 个{unit}' if unit == '月' else unit}", f"{start}", start)
    counted = "个月" if unit == "月" else unit
    if end == high:
        return Choice(f"{start}+", f"{start} {counted}或更多", f"{start} or more", start)
    return Choice(f"{start}-{end}", f"{start} 至 {end} {counted}", f"{start} to {end}", start)


def _opposite(node: Compare) -> Compare:
    """Return the comparison that holds exactly where this one does not."""
    operator = {"<": ">=", ">=": "<", "==": "!=", "!=": "==", ">": "<=", "<=": ">"}[node.operator]
    return Compare(BOOL, None, operator, node.left, node.right)


def parts_of(node: Expression) -> tuple[Expression, ...]:
    """Return the tests a condition is put together from by `and`, `or`, `not` and names."""
    match node:
        case Named(body=body):
            return parts_of(body)
        case And(items=items) | Or(items=items):
            return tuple(part for item in items for part in parts_of(item))
        case Not(operand=operand):
            return parts_of(operand)
        case _:
            return (node,)
