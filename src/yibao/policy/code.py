"""Printing a typed tree as Python source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from yibao.policy.diagnostics import UnknownValue
from yibao.policy.exact import rounded
from yibao.policy.rows import Row
from yibao.policy.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Contains,
    Expression,
    Fact,
    If,
    Known,
    Literal,
    Local,
    Named,
    Not,
    Or,
    Parameter,
    Round,
    Within,
    walk,
)
from yibao.policy.types import Value


class Unknown:
    """Stands where a parameter has no known value; any use of it stops the decision."""

    __slots__ = ("error",)

    def __init__(self, error: UnknownValue) -> None:
        self.error = error

    def stop(self, *_: object) -> NoReturn:
        """Raise the error that tells which value is not known."""
        raise self.error.with_traceback(None)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = stop
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = stop
    __hash__ = object.__hash__


def need(value: object) -> object:
    """Return a parameter's value; raise where it is not known."""
    if isinstance(value, Unknown):
        value.stop()
    return value


def present(lookup: object, *arguments: object) -> bool:
    """Return whether a parameter has a known value."""
    if not callable(lookup):
        return not isinstance(lookup, Unknown)
    try:
        lookup(*arguments)
    except UnknownValue:
        return False
    return True


class Constants:
    """Values the generated source names instead of writing them out."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._names: dict[str, str] = {}

    def name(self, value: object) -> str:
        """Return the name of a value, the same for equal values."""
        key = f"{type(value).__name__}:{value!r}"
        if key not in self._names:
            self._names[key] = f"K{len(self._names)}"
            self.values[self._names[key]] = value
        return self._names[key]


class Printer:
    """Prints expressions; named conditions more than one place reads are computed once, when first needed."""

    def __init__(self, constants: Constants, as_of: str, shared: frozenset[str]) -> None:
        self.constants = constants
        self.as_of = as_of
        self.shared = shared
        self._functions: dict[str, tuple[str, str]] = {}
        self._inside = False

    def cached(self) -> list[str]:
        """Return the local names that hold what was computed once."""
        return [f"n{index}" for index in range(len(self.shared))]

    def named_functions(self) -> list[str]:
        """Return the functions of the named conditions that are computed once."""
        return [f"def {name}(f): return {body}" for name, body in self._functions.values()]

    def locals_of(self, row: Row) -> set[str]:
        """Return the outputs and amounts a row reads."""
        trees = [cell.condition for cell in row.cells] + ([row.value] if row.value is not None else [])
        return {part.name for tree in trees for part in walk(tree) if isinstance(part, Local)}

    @staticmethod
    def binding(item: Parameter) -> str:
        """Return the name a parameter has in the source: p_ for its value, l_ for its look-up."""
        return f"p_{item.name}" if item.key is None and item.at is None else f"l_{item.name}"

    def text(self, node: Expression) -> str:
        """Return the code of a node; a parameter that is not known stops the decision here."""
        if isinstance(node, Parameter) and node.key is None and node.at is None:
            return f"need({self.binding(node)})"
        return _PRINTERS[type(node)](self, node)

    result = text

    def operand(self, node: Expression) -> str:
        """Return the code of a node under an operator, which stops at an unknown parameter by itself."""
        if isinstance(node, Parameter) and node.key is None and node.at is None:
            return self.binding(node)
        return self.text(node)

    def literal(self, node: Literal) -> str:
        """Return the code of a written value."""
        return self.value(node.value)

    def value(self, value: Value) -> str:
        """Return the code of a value."""
        simple = value is None or isinstance(value, bool | int | str)
        return repr(value) if simple else self.constants.name(value)

    def fact(self, node: Fact) -> str:
        """Return the code of a fact; one that may be missing may also be left out."""
        return f"f.get({node.name!r})" if node.type.maybe else f"f[{node.name!r}]"

    def named(self, node: Named) -> str:
        """Return the code of a named condition."""
        if node.name not in self.shared:
            return self.text(node.body)
        if node.name not in self._functions:
            name = f"N{len(self._functions)}"
            self._functions[node.name] = (name, "")
            outside, self._inside = self._inside, True
            self._functions[node.name] = (name, self.text(node.body))
            self._inside = outside
        index = list(self._functions).index(node.name)
        if self._inside:
            return f"N{index}(f)"
        return f"(n{index} if n{index} is not Unknown else (n{index} := N{index}(f)))"

    def local(self, node: Local) -> str:
        """Return the code of an output or earlier amount."""
        return f"o_{node.name}"

    def parameter(self, node: Parameter) -> str:
        """Return the code of a look-up by key or at another day."""
        key = "None" if node.key is None else self.text(node.key)
        day = f"f[{self.as_of!r}]" if node.at is None else self.text(node.at)
        return f"{self.binding(node)}({key}, {day})"

    def compare(self, node: Compare) -> str:
        """Return the code of a comparison."""
        return f"({self.operand(node.left)} {node.operator} {self.operand(node.right)})"

    def within(self, node: Within) -> str:
        """Return the code of a membership test."""
        options = ", ".join(self.value(option) for option in node.options)
        return f"({self.text(node.operand)} in ({options},))"

    def contains(self, node: Contains) -> str:
        """Return the code of a test whether a list holds a value."""
        return f"({self.text(node.item)} in {self.text(node.operand)})"

    def known(self, node: Known) -> str:
        """Return the code of a test whether a value is there."""
        inner = node.operand
        if isinstance(inner, Parameter):
            if inner.key is None and inner.at is None:
                return f"present({self.binding(inner)})"
            return "present(" + self.parameter(inner).replace("(", ", ", 1)
        if isinstance(inner, Fact):
            return f"(f.get({inner.name!r}) is not None)"
        return f"({self.text(inner)} is not None)"

    def conjunction(self, node: And | Or) -> str:
        """Return the code of several conditions."""
        word = " and " if isinstance(node, And) else " or "
        return "(" + word.join(self.text(item) for item in node.items) + ")"

    def negation(self, node: Not) -> str:
        """Return the code of an opposite."""
        return f"(not {self.text(node.operand)})"

    def arithmetic(self, node: Arithmetic) -> str:
        """Return the code of a sum, difference or product of whole values."""
        return f"({self.operand(node.left)} {node.operator} {self.operand(node.right)})"

    def call(self, node: Call) -> str:
        """Return the code of a call."""
        return f"{node.function}({', '.join(self.text(argument) for argument in node.arguments)})"

    def choice(self, node: If) -> str:
        """Return the code of one of two values."""
        return f"({self.text(node.then)} if {self.text(node.condition)} else {self.text(node.otherwise)})"

    @property
    def extremes(self) -> dict[str, str]:
        """What Python calls the greatest and the least."""
        return {"max": "max", "min": "min"}

    def number(self, node: Expression) -> str:
        """Return the code of a whole number."""
        return self.operand(node)

    def divided(self, top: str, under: str) -> str:
        """Return the code of a whole division."""
        return f"({top} // {under})"

    def rounding(self, node: Round) -> str:
        """Return the code of a rounding, in whole numbers only."""
        return rounded(node=node, engine=self)


_PRINTERS: dict[type[Expression], Callable[[Printer, Any], str]] = {
    Literal: Printer.literal,
    Fact: Printer.fact,
    Named: Printer.named,
    Local: Printer.local,
    Parameter: Printer.parameter,
    Compare: Printer.compare,
    Within: Printer.within,
    Contains: Printer.contains,
    Known: Printer.known,
    And: Printer.conjunction,
    Or: Printer.conjunction,
    Not: Printer.negation,
    Arithmetic: Printer.arithmetic,
    Round: Printer.rounding,
    Call: Printer.call,
    If: Printer.choice,
}
