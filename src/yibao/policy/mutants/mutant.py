"""Every mutant of the rules one pack writes: what is changed, where it stands, and the rows as they are then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from yibao.policy.cells import Cell
from yibao.policy.diagnostics import Mark
from yibao.policy.lexicon import CHINESE, Lexicon
from yibao.policy.mutants.change import changes, days_next_to, stepped, swapped
from yibao.policy.parameters import ParameterValue
from yibao.policy.region import Region
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.telling import Told
from yibao.policy.terms import Vocabulary
from yibao.policy.to_python import expressions
from yibao.policy.tree import Arithmetic, Expression, Literal, Named, parameters_of, walk
from yibao.policy.types import MONEY, Kind, Type, Value, show_value


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of a pack.

    Attributes:
        mark: where what is changed stands.
        zh: what is changed, in Chinese.
        en: the same in English.
        domain: of the table; empty for a parameter.
        decision: the table; empty for a parameter.
        rows: id of every changed row to what it becomes; None where it is dropped.
        outcome: whether what a row decides is changed, and not when it holds.
        parameter: the parameter whose lines are changed, empty for rows.
        lines: its lines as they become, by key.
    """

    mark: Mark
    zh: str
    en: str
    domain: str = ""
    decision: str = ""
    rows: dict[str, Row | None] = field(default_factory=dict)
    outcome: bool = False
    parameter: str = ""
    lines: dict[str | None, tuple[ParameterValue, ...]] = field(default_factory=dict)


def mutants(region: Region) -> Iterator[Mutant]:
    """Yield every mutant of the rows, named conditions and parameters a region's own pack writes.

    Tables for reference are left out, with what only they read: no decision rests on them, so no example could tell.
    """
    for domain, decision in _decided(region):
        yield from _of_table(region, domain, decision)
    yield from _of_conditions(region)
    yield from _of_parameters(region)


def _decided(region: Region) -> dict[tuple[str, str], Stack]:
    """Return the tables decisions rest on."""
    return {
        (domain, decision): stack
        for (domain, decision), stack in region.stacks.items()
        if not region.vocabularies[domain].decisions[decision].for_reference
    }


def _of_table(region: Region, domain: str, decision: str) -> Iterator[Mutant]:
    tell = _Teller(region, domain, decision)
    for row in region.stacks[domain, decision].rows:
        if row.region != region.code:
            continue
        for mark, before, after, changed in _of_row(row, tell):
            outcome = changed is not None and changed.cells is row.cells and changed.from_ == row.from_
            yield Mutant(
                mark=mark,
                zh=f"{row.id}：{before[0]} → {after[0]}",
                en=f"{row.id}: {before[1]} → {after[1]}",
                domain=domain,
                decision=decision,
                rows={row.id: changed},
                outcome=outcome and changed is not None and changed.until == row.until,
            )


_Told = tuple[str, str]
_Step = tuple[Mark, _Told, _Told, Row | None]


def _of_row(row: Row, tell: _Teller) -> Iterator[_Step]:
    if row.cells:
        yield row.mark, (row.label, row.en or row.label), ("删去", "dropped"), None
    for at, cell in enumerate(row.cells):
        for condition in changes(cell.condition):
            changed = replace(cell, condition=condition)
            cells: tuple[Cell, ...] = (*row.cells[:at], changed, *row.cells[at + 1 :])
            yield cell.mark, tell.node(cell.condition), tell.node(condition), replace(row, cells=cells)
    for name, tree in row.outputs:
        for other in tell.outputs(tree):
            outputs = tuple((each, other if each == name else old) for each, old in row.outputs)
            yield row.mark, tell.output(name, tree), tell.output(name, other), replace(row, outputs=outputs)
    if row.value is not None:
        for value in _amounts(row.value):
            yield row.mark, tell.node(row.value), tell.node(value), replace(row, value=value)
    yield from _of_days(row)


def _of_days(row: Row) -> Iterator[_Step]:
    for start in days_next_to(row.from_):
        if row.until is None or start < row.until:
            yield row.mark, _day("自", "from", row.from_), _day("自", "from", start), replace(row, from_=start)
    for until in days_next_to(row.until) if row.until is not None else ():
        if row.from_ < until:
            yield row.mark, _day("至", "until", row.until), _day("至", "until", until), replace(row, until=until)


def _day(zh: str, en: str, day: date | None) -> _Told:
    return f"{zh} {day}", f"{en} {day}"


def _amounts(value: Expression) -> Iterator[Expression]:
    """Yield an amount with one thing in it changed, and one fen more."""
    if not isinstance(value, Literal):
        yield from changes(value)
        yield Arithmetic(MONEY, None, "+", value, Literal(MONEY, None, 1))
    elif isinstance(value.value, int):
        yield replace(value, value=value.value + 1)


def _of_conditions(region: Region) -> Iterator[Mutant]:
    for domain, named in region.named.items():
        for name, (node, mark) in named.items():
            if _own(region, mark.file):
                yield from _of_condition(region, domain, name, node, mark)


def _of_condition(region: Region, domain: str, name: str, node: Named, mark: Mark) -> Iterator[Mutant]:
    for (of, decision), stack in _decided(region).items():
        using = [row for row in stack.rows if of == domain and _uses(row, name)]
        if not using:
            continue
        tell = _Teller(region, domain, decision)
        for body in changes(node.body):
            names = {name: replace(node, body=body)}
            before, after = tell.node(node.body), tell.node(body)
            yield Mutant(
                mark=mark,
                zh=f"{node.label}：{before[0]} → {after[0]}",
                en=f"{node.en or name}: {before[1]} → {after[1]}",
                domain=domain,
                decision=decision,
                rows={row.id: _with(row, names) for row in using},
            )


def _own(region: Region, file: str) -> bool:
    """Return whether a file belongs to a region's own pack."""
    return file.partition("/")[0].partition("_")[0] == region.code


def _uses(row: Row, name: str) -> bool:
    trees = [cell.condition for cell in row.cells] + ([row.value] if row.value is not None else [])
    return any(isinstance(part, Named) and part.name == name for tree in trees for part in walk(tree))


def _with(row: Row, names: dict[str, Named]) -> Row:
    cells = tuple(replace(cell, condition=swapped(node=cell.condition, names=names)) for cell in row.cells)
    value = None if row.value is None else swapped(node=row.value, names=names)
    return replace(row, cells=cells, value=value)


def _of_parameters(region: Region) -> Iterator[Mutant]:
    """Yield changed values and days of parameters; where no row reads one, no decision could tell."""
    rows = [row for stack in _decided(region).values() for row in stack.rows]
    for name, series in region.series.items():
        reading = [row for row in rows if _reads(row, name)]
        for key, (_, lines) in series.values.items():
            for at, line in enumerate(lines):
                for shown, other in _of_line(line, series.term.type) if _own(region, line.file) else ():
                    if _felt(reading, line, other):
                        mark = Mark(line.file, line.line, 1)
                        zh, en = f"{series.term.label}：{shown}", f"{series.term.en or name}: {shown}"
                        yield Mutant(mark, zh, en, parameter=name, lines={key: _moved(lines, at, other)})


def _reads(row: Row, parameter: str) -> bool:
    return any(item.name == parameter for tree in expressions((row,)) for item in parameters_of(tree))


def _felt(reading: list[Row], line: ParameterValue, other: ParameterValue) -> bool:
    """Return whether a row that reads a parameter is in force while its value differs."""
    start, until = sorted((line.from_, other.from_)) if line.from_ != other.from_ else (line.from_, line.until)
    return any((row.until is None or start < row.until) and (until is None or row.from_ < until) for row in reading)


def _of_line(line: ParameterValue, type_: Type) -> Iterator[tuple[str, ParameterValue]]:
    def shown(value: Value) -> str:
        return show_value(kind=type_.kind, value=value)

    for value in stepped(line.value):
        yield f"{line.from_} {shown(line.value)} → {shown(value)}", replace(line, value=value)
    for start in days_next_to(line.from_):
        yield f"{line.from_} → {start}", replace(line, from_=start)


def _moved(lines: list[ParameterValue], at: int, other: ParameterValue) -> tuple[ParameterValue, ...]:
    """Return the lines with one replaced; where its first day moves, the line before it ends on that day."""
    changed = list(lines)
    if at and lines[at - 1].until == lines[at].from_:
        changed[at - 1] = replace(lines[at - 1], until=other.from_)
    changed[at] = other
    return tuple(line for line in changed if line.until is None or line.from_ < line.until)


class _Teller:
    """Puts what is changed into words of both languages."""

    def __init__(self, region: Region, domain: str, decision: str) -> None:
        self.vocabulary: Vocabulary = region.vocabularies[domain]
        term = self.vocabulary.decisions[decision]
        self.words = [
            Lexicon(
                vocabulary=self.vocabulary,
                language=language,
                outputs=term.labels,
                parameters=region.parameter_labels,
            )
            for language in (CHINESE, "en")
        ]

    def node(self, node: Expression) -> _Told:
        """Return an expression as it is read."""
        zh, en = (Told(words).condition(node) for words in self.words)
        return zh, en

    def output(self, name: str, node: Expression) -> _Told:
        """Return an output with its value."""
        told = []
        for words in self.words:
            value = words.value(node.type, node.value) if isinstance(node, Literal) else Told(words).expression(node)
            told.append(f"{words.output_label(name)} {value}")
        return told[0], told[1]

    def outputs(self, node: Expression) -> Iterator[Expression]:
        """Yield an output one step away: the next code, a list without one of its items, another day or number."""
        if not isinstance(node, Literal):
            yield from changes(node)
        elif node.type.kind is Kind.ENUM and node.value is not None:
            codes = list(self.vocabulary.enums[node.type.name].labels)
            if len(codes) > 1:
                yield replace(node, value=codes[(codes.index(str(node.value)) + 1) % len(codes)])
            elif node.type.maybe:
                yield replace(node, value=None)
        elif isinstance(node.value, tuple):
            for at in range(len(node.value)):
                yield replace(node, value=(*node.value[:at], *node.value[at + 1 :]))
        else:
            yield from (replace(node, value=value) for value in stepped(node.value))
