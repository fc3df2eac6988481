"""Closures made from the typed tree: one bare, one that keeps what failed, one that finds every match.

The source is printed from the tree and never from a pack's text, so no text of a pack is ever run.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from yibao.policy.code import Constants, Printer, Unknown, need, present
from yibao.policy.functions import FUNCTIONS
from yibao.policy.rows import Row
from yibao.policy.to_python_index import SHORT, Index, best_split
from yibao.policy.tree import Expression, Fact, Named, Parameter, parameters_of, walk
from yibao.policy.types import Kind, Value

NOTHING: Mapping[str, Value] = MappingProxyType({})


class Hit(NamedTuple):
    """What a table decides for one case.

    Attributes:
        row: id of the row that holds; empty for a table of amounts only and for a collecting table.
        members: outputs by name.
        amounts: amounts by name, in fen.
        rows: every row of a collecting table that holds.
    """

    row: str
    members: Mapping[str, Value]
    amounts: Mapping[str, Value]
    rows: tuple[str, ...] = ()


class RawTrace(NamedTuple):
    """What the tracing closure keeps: numbers only, made sentences later.

    Attributes:
        row: position of the row that holds, -1 where there is none.
        failed: for every row before it, the position of its first failing cell.
        hit: the decision.
        cases: for every amount, the position of the case taken.
    """

    row: int
    failed: tuple[int, ...]
    hit: Hit
    cases: tuple[int, ...]


class NoMatch(LookupError):
    """No row of a table holds for these facts; the table has no row for all other cases."""


class Overlap(LookupError):
    """Two rows of a table that must be unique hold for the same facts; `rows` names them."""

    def __init__(self, rows: tuple[str, ...]) -> None:
        self.rows = rows
        super().__init__(f"more than one row holds: {', '.join(rows)}")


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled table: call `make` with the values of its parameters to get its closures.

    Attributes:
        source: the text of the factory.
        make: takes the parameters by name, returns the bare, tracing and matching closures.
        parameters: every way the table reads a parameter.
        digest: of the source and constants; equal tables share one program.
    """

    source: str
    make: Callable[..., tuple[Callable[..., Hit], Callable[..., RawTrace], Callable[..., tuple[str, ...]]]]
    parameters: tuple[Parameter, ...]
    digest: str


def expressions(rows: tuple[Row, ...]) -> list[Expression]:
    """Return every expression of some rows."""
    found: list[Expression] = []
    for row in rows:
        found.extend(cell.condition for cell in row.cells)
        found.extend(tree for _, tree in row.outputs)
        if row.value is not None:
            found.append(row.value)
    return found


_PROGRAMS: dict[str, Program] = {}


def compile_rows(*, rows: tuple[Row, ...], amounts: tuple[str, ...], hit: str, as_of: str) -> Program:
    """Return the program of a table, the same object for tables with the same content.

    Args:
        rows: rows in force, in order, cases of amounts after them.
        amounts: names of the amounts in the order in which they are computed.
        hit: first, unique or collect.
        as_of: the fact that dates the decision.
    """
    content = [(row.id, row.amount, [cell.condition for cell in row.cells], row.outputs, row.value) for row in rows]
    digest = hashlib.sha256(repr((content, amounts, hit, as_of)).encode()).hexdigest()
    if digest not in _PROGRAMS:
        _PROGRAMS[digest] = _compile(rows, amounts, hit, as_of, digest)
    return _PROGRAMS[digest]


def _compile(rows: tuple[Row, ...], amounts: tuple[str, ...], hit: str, as_of: str, digest: str) -> Program:
    trees = expressions(rows)
    read = tuple(dict.fromkeys(item for tree in trees for item in parameters_of(tree)))
    constants = Constants()
    printer = Printer(constants, as_of, _shared(trees))
    plan = _Plan(printer, constants, [row for row in rows if not row.amount], _cases(rows, amounts), hit)
    bodies = [*plan.bare(), *plan.tracing(), *plan.matching()]
    names = sorted({printer.binding(item) for item in read})
    lines = [f"def make({', '.join(names)}):"]
    lines += [f"    {line}" for line in [*printer.named_functions(), *bodies, "return decide, trace, matching"]]
    source = "\n".join(lines) + "\n"
    space: dict[str, Any] = {name: function.run for name, function in FUNCTIONS.items()}
    space |= {"Hit": Hit, "RawTrace": RawTrace, "NoMatch": NoMatch, "Overlap": Overlap, "NOTHING": NOTHING}
    space |= {"need": need, "present": present, "Unknown": Unknown, **constants.values}
    exec(compile(source, f"<table {digest[:8]}>", "exec"), space)
    return Program(source, space["make"], read, digest)


def _shared(trees: list[Expression]) -> frozenset[str]:
    """Return the named conditions worth computing once: those more than one place reads."""
    counts = Counter(part.name for tree in trees for part in walk(tree) if isinstance(part, Named))
    return frozenset(name for name, times in counts.items() if times > 1)


def _cases(rows: tuple[Row, ...], amounts: tuple[str, ...]) -> dict[str, list[Row]]:
    return {name: [row for row in rows if row.amount == name] for name in amounts}


class _Plan:
    """Prints the three closures of one table."""

    def __init__(
        self, printer: Printer, constants: Constants, rows: list[Row], cases: dict[str, list[Row]], hit: str
    ) -> None:
        self.printer = printer
        self.constants = constants
        self.rows = rows
        self.cases = cases
        self.hit = hit

    def conditions(self, row: Row) -> list[str]:
        return [self.printer.text(cell.condition) for cell in row.cells]

    def members(self, row: Row) -> str:
        """Return the code of the outputs of a row: one shared mapping where nothing is computed."""
        if len(row.members) == len(row.outputs):
            return self.constants.name(MappingProxyType(row.members)) if row.outputs else "NOTHING"
        parts = ", ".join(f"{name!r}: {self.printer.result(tree)}" for name, tree in row.outputs)
        return f"{{{parts}}}"

    def take(self, row: Row, position: int | None) -> list[str]:
        """Return the lines that run once a row holds."""
        lines = [f"m = {self.members(row)}", f"r = {row.id!r}"]
        if position is not None:
            lines.append(f"i = {position}")
        return lines

    def locals(self) -> list[str]:
        """Return the lines that give amounts the outputs they read."""
        read = {name for rows in self.cases.values() for row in rows for name in self.printer.locals_of(row)}
        outputs = [name for name, _ in self.rows[0].outputs] if self.rows else []
        return [f"o_{name} = m[{name!r}]" for name in outputs if name in read]

    def bare(self) -> list[str]:
        """Return the closure that only decides."""
        if self.hit == "first" and len(self.rows) > SHORT and best_split(self.rows) is not None:
            return self.indexed()
        body = self.start()
        if self.hit == "collect":
            body += self.collected(False)
        elif not self.rows:
            body += ["r = ''", "m = NOTHING"]
        elif not self.cases and self.hit == "first":
            return ["def decide(f):", *indent([*body, *self.returning(self.rows)])]
        else:
            body += self.first(None)
        if self.hit == "unique":
            body += ["every = matching(f)", "if len(every) > 1: raise Overlap(every)"]
        body += self.locals() + self.amounts(False)
        rows = ", tuple(rows)" if self.hit == "collect" else ""
        body.append(f"return Hit(r, m, {self.amounts_code()}{rows})")
        return ["def decide(f):", *indent(body)]

    def indexed(self) -> list[str]:
        """Return the closure that only decides, of a long table: what the facts rule out is not tried."""
        trees = expressions(tuple(self.rows))
        maybe = frozenset(
            part.name for tree in trees for part in walk(tree) if isinstance(part, Fact) and part.type.maybe
        )
        tried = self.pairing if self.cases else self.returning
        index = Index(self.printer.value, maybe, lambda rows: [*self.start(), *tried(rows)])
        name = index.function(self.rows)
        if not self.cases:
            return [*index.lines, f"decide = {name}"]
        body = [*self.start(), f"r, m = {name}(f)", *self.locals(), *self.amounts(False)]
        return [*index.lines, "def decide(f):", *indent([*body, f"return Hit(r, m, {self.amounts_code()})"])]

    def pairing(self, rows: Sequence[Row]) -> list[str]:
        """Return the lines that find the first row that holds, with its outputs."""
        lines = []
        for row in rows:
            tests = " and ".join(self.conditions(row))
            code = f"return {row.id!r}, {self.members(row)}"
            lines.append(f"if {tests}: {code}" if tests else code)
        return [*lines, "raise NoMatch('')"]

    def start(self) -> list[str]:
        names = self.printer.cached()
        return [f"{' = '.join(names)} = Unknown"] if names else []

    def returning(self, rows: Sequence[Row]) -> list[str]:
        """Return the lines that decide by the first row that holds, where there are no amounts."""
        lines = []
        for row in rows:
            code = f"Hit({row.id!r}, {self.members(row)}, NOTHING)"
            if len(row.members) == len(row.outputs):
                code = self.constants.name(Hit(row.id, MappingProxyType(row.members), NOTHING))
            tests = " and ".join(self.conditions(row))
            lines.append(f"if {tests}: return {code}" if tests else f"return {code}")
        return [*lines, "raise NoMatch('')"]

    def first(self, position: int | None) -> list[str]:
        """Return the lines that find the first row that holds."""
        lines = []
        for row in self.rows:
            tests = " and ".join(self.conditions(row))
            lines += [f"if {tests or 'True'}:", *indent([*self.take(row, position), "break"])]
        return ["while True:", *indent([*lines, "raise NoMatch('')"])]

    def tracing(self) -> list[str]:
        """Return the closure that also keeps the first failing cell of every row before the hit."""
        body = ["t = []", "i = -1", *self.start()]
        if self.hit == "collect":
            body += self.collected(True)
        elif self.rows:
            body += self.traced_rows()
        else:
            body += ["r = ''", "m = NOTHING"]
        if self.hit == "unique":
            body += ["every = matching(f)", "if len(every) > 1: raise Overlap(every)"]
        body += self.locals() + self.amounts(True)
        rows = ", tuple(rows)" if self.hit == "collect" else ""
        taken = "".join(f"c_{name}, " for name in self.cases)
        body.append(f"return RawTrace(i, tuple(t), Hit(r, m, {self.amounts_code()}{rows}), ({taken}))")
        return ["def trace(f):", *indent(body)]

    def traced_rows(self) -> list[str]:
        lines = []
        for position, row in enumerate(self.rows):
            tests = self.conditions(row)
            for cell, test in enumerate(tests):
                lines.append(f"{'el' if cell else ''}if not ({test}): t.append({cell})")
            taken = [*self.take(row, position), "break"]
            lines += ["else:", *indent(taken)] if tests else taken
        return ["while True:", *indent([*lines, "raise NoMatch('')"])]

    def collected(self, trace: bool) -> list[str]:
        """Return the lines that join every row that holds: numbers summed, lists joined."""
        outputs = {name: tree.type.kind for row in self.rows for name, tree in row.outputs}
        empty = {name: "()" if kind is Kind.LIST else "0" for name, kind in outputs.items()}
        lines = ["r = ''", "rows = []", *(f"s_{name} = {code}" for name, code in empty.items())]
        for row in self.rows:
            gains = [f"s_{name} += {self.printer.result(tree)}" for name, tree in row.outputs]
            tests = " and ".join(self.conditions(row)) or "True"
            lines += [f"if {tests}:", *indent([f"rows.append({row.id!r})", *gains])]
            if trace:
                lines += ["else: t.append(0)"]
        parts = ", ".join(f"{name!r}: s_{name}" for name in outputs)
        return [*lines, f"m = {{{parts}}}"]

    def amounts(self, trace: bool) -> list[str]:
        """Return the lines that compute the amounts one after the other."""
        lines: list[str] = []
        for name, rows in self.cases.items():
            block = []
            for position, row in enumerate(rows):
                tests = " and ".join(self.conditions(row)) or "True"
                taken = [f"o_{name} = {self.printer.result(row.value) if row.value is not None else 'None'}"]
                taken += [f"c_{name} = {position}"] if trace else []
                block += [f"if {tests}:", *indent([*taken, "break"])]
            lines += ["while True:", *indent([*block, f"raise NoMatch({name!r})"])]
        return lines

    def amounts_code(self) -> str:
        if not self.cases:
            return "NOTHING"
        return "{" + ", ".join(f"{name!r}: o_{name}" for name in self.cases) + "}"

    def matching(self) -> list[str]:
        """Return the closure that names every row that holds."""
        lines = ["found = []", *self.start()]
        for row in self.rows:
            tests = " and ".join(self.conditions(row)) or "True"
            lines.append(f"if {tests}: found.append({row.id!r})")
        return ["def matching(f):", *indent([*lines, "return tuple(found)"])]


def indent(lines: list[str]) -> list[str]:
    """Return lines one step further to the right."""
    return [f"    {line}" for line in lines]


def bind(*, program: Program, lookup: Callable[[Parameter], object]) -> tuple[Any, Any, Any]:
    """Return the closures of a program with its parameters filled in.

    Args:
        program: the compiled table.
        lookup: gives the value of a parameter, a function of key and day for one read by key or at another day.
    """
    values = {Printer.binding(item): lookup(item) for item in program.parameters}
    return program.make(**values)


def evaluator(*, node: Expression, as_of: str) -> tuple[Callable[..., Callable[..., Value]], tuple[Parameter, ...]]:
    """Return a factory of the closure of a single expression, and the parameters it needs."""
    constants = Constants()
    printer = Printer(constants, as_of, frozenset())
    read = parameters_of(node)
    names = sorted({printer.binding(item) for item in read})
    source = f"def make({', '.join(names)}):\n    return lambda f: {printer.text(node)}\n"
    space: dict[str, Any] = {name: function.run for name, function in FUNCTIONS.items()}
    space |= {"need": need, "present": present, **constants.values}
    exec(compile(source, "<expression>", "exec"), space)
    return space["make"], read
