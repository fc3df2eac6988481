"""The interview: a table evaluated with unknown facts, and the next question that can still change what it decides.

A table is made into one reduced diagram over everything it looks at. What stands in the diagram once the known
answers are filled in can still change the decision; what does not stand there cannot. Conditions that compare
several facts with one another are asked as they are, each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import RLock

from yibao.policy.diagnostics import UnknownValue
from yibao.policy.interview_diagram import Diagram, Forest
from yibao.policy.interview_terms import Term, Terms, parts_of, plain_test
from yibao.policy.rows import Row
from yibao.policy.table import Facts, Table
from yibao.policy.tree import And, Expression, Named, Not, Or, facts_of
from yibao.policy.types import BOOL

UNSURE = "unsure"
"""The answer of somebody who does not know: it stays open, and is not asked again."""
UNKNOWN_VALUE = "?"
"""Stands for the row where the decision turns on a value nobody knows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an interview stands.

    Attributes:
        question: what to ask next, None where nothing that can be asked can change the decision any more.
        rows: ids of the rows that can still hold; one where it is decided.
        open: keys of everything that can still change the decision, asked or not.
    """

    question: Term | None
    rows: tuple[str, ...]
    open: frozenset[str]


def can_be_asked(term: Term) -> bool:
    """Return whether a person can be asked: the vocabulary has words for it, or a condition has a label."""
    return term.asked


@dataclass(slots=True, eq=False)
class Interview:
    """The interview of one table.

    Attributes:
        table: a table of which the first row that holds decides.
        given: facts that are known before, such as the day; a missing one is None.
        askable: which terms may be asked; the rest stays open.
        terms: everything the table looks at, what most rows look at first.

    Many threads may ask one interview at once.

    Example:
        >>> from datetime import date
        >>> from yibao import services
        >>> day = date(2023, 2, 10)
        >>> table = services.packs().region_for("500000").table("refund", "situation", on=day)
        >>> Interview(table, {"applied_on": day}).standing({}).question.key
        'reason'
    """

    table: Table
    given: Facts
    askable: Callable[[Term], bool] = can_be_asked
    terms: list[Term] = field(default_factory=list)
    _forest: Forest = field(default_factory=Forest)
    _root: Diagram = 0
    _known: dict[tuple[tuple[int, int], ...], Diagram] = field(default_factory=dict)
    _standings: dict[tuple[Diagram, frozenset[str]], Standing] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        builder = _Builder(self.table, self.given, self._forest)
        self._root = builder.build(self.table.decision_rows)
        self.terms = builder.order

    def standing(self, answers: Mapping[str, str]) -> Standing:
        """Return where the interview stands after some answers.

        Args:
            answers: key of a term to the code of one of its choices or to `unsure`; other keys are left alone.

        Raises:
            KeyError: an answer is none of the choices.
        """
        skipped = frozenset(key for key, code in answers.items() if code == UNSURE)
        with self._lock:
            left = self._left(answers)
            if (left, skipped) not in self._standings:
                self._standings[left, skipped] = self._standing(left, skipped)
            return self._standings[left, skipped]

    def rows(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """Return the rows that can still hold after some answers, without looking for the next question.

        Args:
            answers: as for `standing`.
        """
        with self._lock:
            return self._forest.leaves(self._left(answers))

    def _left(self, answers: Mapping[str, str]) -> Diagram:
        known = tuple(
            (place, term.position(answers[term.key]))
            for place, term in enumerate(self.terms)
            if answers.get(term.key, UNSURE) != UNSURE
        )
        if known not in self._known:
            self._known[known] = self._forest.given(self._root, dict(known))
        return self._known[known]

    def _standing(self, left: Diagram, skipped: frozenset[str]) -> Standing:
        support = self._forest.support(left)
        terms = {place: self.terms[place] for place in sorted(support)}
        asked = [place for place, term in terms.items() if self.askable(term) and term.key not in skipped]
        best = min(asked, key=lambda place: (self._rest(left, place), not terms[place].first, place), default=None)
        question = None if best is None else terms[best]
        return Standing(question, self._forest.leaves(left), frozenset(term.key for term in terms.values()))

    def _rest(self, left: Diagram, place: int) -> int:
        """Return how much is still open after a question, summed over answers by their share of a common measure."""
        choices = self.terms[place].choices
        parts = [self._forest.given(left, {place: choice}) for choice in range(len(choices))]
        return sum(len(self._forest.support(part)) for part in parts) * _MEASURE // len(parts)


_MEASURE = 10_000


def next_question(*, table: Table, known: Facts, answers: Mapping[str, str]) -> Term | None:
    """Return the next question that can still change what a table decides.

    Args:
        table: the first row that holds decides.
        known: facts that are known; a missing one is None.
        answers: what was answered so far, by key of the term.
    """
    return Interview(table, known).standing(answers).question


class _Builder:
    """Makes the diagram of a table."""

    def __init__(self, table: Table, given: Facts, forest: Forest) -> None:
        self.table = table
        self.given = given
        self.forest = forest
        self.terms = Terms(table, given)
        self.order: list[Term] = []
        self.places: dict[Term, int] = {}
        self.seen: dict[Term, int] = {}

    def build(self, rows: tuple[Row, ...]) -> Diagram:
        """Return the diagram whose leaves are the ids of the rows."""
        if self.table.decision.hit == "collect":
            raise ValueError(f"{self.table.decision.name} adds rows up: there is no single row to ask for")
        tests = [part for row in rows for cell in row.cells for part in parts_of(cell.condition)]
        self.terms.collect(part for part in tests if plain_test(node=part, given=self.given))
        for cell in (cell for row in rows for cell in row.cells):
            with suppress(UnknownValue):
                self._formula(cell.condition, None, self._count)
        # What most rows look at stands on top: the diagram stays small, and the first questions are the great ones.
        self.order = sorted(self.seen, key=lambda term: -self.seen[term])
        self.places = {term: place for place, term in enumerate(self.order)}
        left = self.forest.leaf(UNKNOWN_VALUE)
        for row in reversed(rows):
            left = self._row(row, left)
        return left

    def _row(self, row: Row, rest: Diagram) -> Diagram:
        found = self.forest.leaf(row.id)
        for cell in reversed(row.cells):
            try:
                test = self._formula(cell.condition, None, self._branch)
            except UnknownValue:
                found = self.forest.leaf(UNKNOWN_VALUE)
                continue
            found = self.forest.choose(test, found, rest)
        return found

    def _count(self, term: Term, values: tuple[bool, ...]) -> Diagram:
        self.seen[term] = self.seen.get(term, 0) + 1
        return self.forest.leaf("true")

    def _branch(self, term: Term, values: tuple[bool, ...]) -> Diagram:
        return self.forest.branch(self.places[term], [self._sure(value) for value in values])

    def _sure(self, value: bool) -> Diagram:
        return self.forest.leaf("true" if value else "false")

    def _formula(
        self, node: Expression, named: Named | None, take: Callable[[Term, tuple[bool, ...]], Diagram]
    ) -> Diagram:
        """Return the diagram of a condition; `take` is told every term and how each answer turns out."""
        match node:
            case Named(body=body) if self._scattered(body):
                return self._asked(body, node, take)
            case Named(body=body):
                return self._formula(body, node, take)
            case Not(operand=operand):
                return self.forest.choose(self._formula(operand, named, take), self._sure(False), self._sure(True))
            case And(items=items):
                found = self._sure(True)
                for part in reversed(self._parts(items, named, take)):
                    found = self.forest.choose(part, found, self._sure(False))
                return found
            case Or(items=items):
                found = self._sure(False)
                for part in reversed([self._formula(item, named, take) for item in items]):
                    found = self.forest.choose(part, self._sure(True), found)
                return found
            case _:
                return self._test(node, named, take)

    def _parts(
        self, items: tuple[Expression, ...], named: Named | None, take: Callable[[Term, tuple[bool, ...]], Diagram]
    ) -> list[Diagram]:
        """Return the parts of a conjunction; what compares facts in a named one is asked together, by its name."""
        hard = [item for item in items if not isinstance(item, Named | And | Or | Not) and not self._easy(item)]
        if named is None or len(hard) < 2:
            return [self._formula(item, named, take) for item in items]
        easy = [self._formula(item, named, take) for item in items if item not in hard]
        return [*easy, self._test(And(BOOL, None, tuple(hard)), named, take)]

    def _scattered(self, body: Expression) -> bool:
        """Return whether a name stands for comparisons apart from one another, so that no one of them bears it."""
        hard = [item for item in _unnamed_parts(body) if not self._easy(item)]
        return len(hard) > 1 and not (isinstance(body, And) and all(item in body.items for item in hard))

    def _easy(self, node: Expression) -> bool:
        return not facts_of(node) - self.given.keys() or bool(plain_test(node=node, given=self.given))

    def _test(
        self, node: Expression, named: Named | None, take: Callable[[Term, tuple[bool, ...]], Diagram]
    ) -> Diagram:
        if not facts_of(node) - self.given.keys():
            return self._sure(bool(self.table.value_of(node, self.given)))
        name = plain_test(node=node, given=self.given)
        if name:
            term = self.terms.fact(name)
            return take(term, self.terms.values(term, node))
        return self._asked(node, named, take)

    def _asked(
        self, node: Expression, named: Named | None, take: Callable[[Term, tuple[bool, ...]], Diagram]
    ) -> Diagram:
        term, turned = self.terms.condition(node, named)
        return take(term, (False, True) if turned else (True, False))


def _unnamed_parts(node: Expression) -> tuple[Expression, ...]:
    """Return the tests of a condition that bear no further name of their own."""
    match node:
        case Named():
            return ()
        case And(items=items) | Or(items=items):
            return tuple(part for item in items for part in _unnamed_parts(item))
        case Not(operand=operand):
            return _unnamed_parts(operand)
        case _:
            return (node,)
