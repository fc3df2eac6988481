"""Tables of many regions and dates as one: written values in which they differ become columns, other rows are guarded.

Two tables are the same variant when they have the same rows, written numbers and days apart. What is left to tell
variants apart is a number in the relation of spans, so a query joins it once however many regions there are.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date

from yibao.policy.parameters import Series
from yibao.policy.region import Region
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.terms import DecisionTerm
from yibao.policy.to_sql import Threshold
from yibao.policy.tree import Expression, Literal, Named, Parameter, parameters_of, walk
from yibao.policy.types import ORDERED, Type, Value

Day = date | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A row without its words and, where variants differ, without its written numbers and days."""

    id: str
    amount: str
    cells: tuple[Expression, ...]
    outputs: tuple[tuple[str, Expression], ...]
    value: Expression | None

    def trees(self) -> list[Expression]:
        """Return every expression of the row."""
        found = [*self.cells, *(tree for _, tree in self.outputs)]
        return found if self.value is None else [*found, self.value]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the merged table, and the variants it belongs to; None where it belongs to all."""

    shape: Shape
    variants: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which nothing changes in a region: `from_` and the first day no longer, None while open.

    Attributes:
        region: the code it is asked for.
        variant: number of the variant.
        values: of the parameters, then of the thresholds; None where a value is not known or not read.
    """

    region: str
    from_: date
    until: Day
    variant: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Values looked up by key or on another day than the decision's own.

    Attributes:
        items: the parameters, read alike.
        by_region: whether regions differ.
        lines: region, key, first day, first day no longer, values.
    """

    items: tuple[Parameter, ...]
    by_region: bool
    lines: tuple[tuple[str, str | None, date, Day, tuple[Value, ...]], ...]


@dataclass(slots=True)
class Merged:
    """One decision over many regions and all days.

    Attributes:
        decision: what the vocabulary says of it.
        entries: the rows, then the cases of amounts, in the order in which they are tried.
        parameters: those read on the decision's own day and without a key, in the order of the values of spans.
        thresholds: types of the thresholds that follow them.
        spans: the relation that is joined.
        ladders: the relations looked up otherwise.
        contents: how many tables there are, written numbers and days counted.
        variants: how many there are without them.
    """

    decision: DecisionTerm
    entries: tuple[Entry, ...]
    parameters: tuple[Parameter, ...]
    thresholds: tuple[Type, ...]
    spans: tuple[Span, ...]
    ladders: tuple[Ladder, ...]
    contents: int
    variants: int

    @property
    def unknown(self) -> frozenset[Parameter]:
        """Return the parameters that have no known value on some day; those looked up otherwise may always lack one."""
        read = [{item for shape in self._of(n) for item in _own(shape)} for n in range(self.variants)]
        lacking = {
            item
            for span in self.spans
            for item, value in zip(self.parameters, span.values, strict=False)
            if value is None and item in read[span.variant]
        }
        return frozenset(lacking).union(item for ladder in self.ladders for item in ladder.items)

    def _of(self, variant: int) -> list[Shape]:
        return [entry.shape for entry in self.entries if entry.variants is None or variant in entry.variants]


def _own(shape: Shape) -> set[Parameter]:
    return {item for tree in shape.trees() for item in parameters_of(tree) if item.key is None and item.at is None}


@dataclass(slots=True)
class _Holes:
    """Takes the written numbers and days out of a row, in order."""

    values: list[Value] = field(default_factory=list)

    def lift(self, node: Expression) -> Expression:
        if isinstance(node, Literal) and node.type.kind in ORDERED and node.value is not None:
            self.values.append(node.value)
            return Threshold(node.type, None, len(self.values) - 1)
        if isinstance(node, Named):
            return self.lift(node.body)
        return _mapped(node, self.lift)


def _mapped(node: Expression, change: object) -> Expression:
    """Return a node with its parts changed, and without its bounds, which variants may not share."""
    parts: dict[str, object] = {"bounds": None}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Expression):
            parts[item.name] = change(value)  # type: ignore[operator]
        elif isinstance(value, tuple) and value and isinstance(value[0], Expression):
            parts[item.name] = tuple(change(part) for part in value)  # type: ignore[operator]
    return replace(node, **parts)  # type: ignore[arg-type]


def _lifted(row: Row) -> tuple[Shape, tuple[Value, ...]]:
    holes = _Holes()
    shape = Shape(
        row.id,
        row.amount,
        tuple(holes.lift(cell.condition) for cell in row.cells),
        tuple((name, holes.lift(tree)) for name, tree in row.outputs),
        None if row.value is None else holes.lift(row.value),
    )
    return shape, tuple(holes.values)


def _numbered(shape: Shape, names: Mapping[int, int], values: tuple[Value, ...]) -> Shape:
    """Return a shape with its thresholds numbered over the whole table, and the values all variants share put back."""

    def put(node: Expression) -> Expression:
        if isinstance(node, Threshold):
            if node.position in names:
                return Threshold(node.type, None, names[node.position])
            return Literal(node.type, None, values[node.position])
        return _mapped(node, put)

    return Shape(
        shape.id,
        shape.amount,
        tuple(put(tree) for tree in shape.cells),
        tuple((name, put(tree)) for name, tree in shape.outputs),
        None if shape.value is None else put(shape.value),
    )


_Slice = tuple[str, date, Day, tuple[Shape, ...], dict[Shape, tuple[Value, ...]]]


def merge(*, regions: Mapping[str, Region], domain: str, decision: str) -> Merged:
    """Return one decision over some regions and all days as one table.

    Args:
        regions: the codes that are asked for, each with the region whose rules hold there.
        domain: of the vocabulary.
        decision: its name there.

    Raises:
        KeyError: the vocabulary has no such decision.
    """
    term = next(iter(regions.values())).vocabularies[domain].decisions[decision]
    slices = [piece for code, region in regions.items() for piece in _slices(code, region, (domain, decision))]
    sequences = list(dict.fromkeys(piece[3] for piece in slices))
    names, shared = _differing(slices)
    order = {sequence: number for number, sequence in enumerate(sequences)}
    entries = tuple(
        Entry(_numbered(shape, names.get(shape, {}), shared[shape]), variants if len(variants) < len(order) else None)
        for shape, variants in _joined(sequences)
    )
    read = [item for entry in entries for tree in entry.shape.trees() for item in parameters_of(tree)]
    own = tuple(dict.fromkeys(item for item in read if item.key is None and item.at is None))
    types = {
        part.position: part.type
        for entry in entries
        for tree in entry.shape.trees()
        for part in walk(tree)
        if isinstance(part, Threshold)
    }
    holes = [(shape, old) for shape, numbers in names.items() for old in numbers]
    spans = [span for piece in slices for span in _spans(piece, regions, own, holes, order)]
    return Merged(
        decision=term,
        entries=entries,
        parameters=own,
        thresholds=tuple(types[number] for number in range(len(holes))),
        spans=tuple(_closed_up(spans)),
        ladders=_ladders(read, regions),
        contents=len({(piece[3], tuple(piece[4].values())) for piece in slices}),
        variants=len(sequences),
    )


def _slices(code: str, region: Region, name: tuple[str, str]) -> list[_Slice]:
    stack = region.stacks.get(name, Stack())
    days = stack.breaks()
    found = []
    for start, until in itertools.zip_longest(days, days[1:]):
        rows = stack.in_force(start)
        if rows:
            lifted = dict(_lifted(row) for row in rows)
            found.append((code, start, until, tuple(lifted), lifted))
    return found


def _differing(slices: list[_Slice]) -> tuple[dict[Shape, dict[int, int]], dict[Shape, tuple[Value, ...]]]:
    """Return, for every row, which of its written values differ with their numbers, and values that do not."""
    seen: dict[Shape, list[set[Value]]] = {}
    shared: dict[Shape, tuple[Value, ...]] = {}
    for *_, lifted in slices:
        for shape, values in lifted.items():
            shared[shape] = values
            for held, value in zip(seen.setdefault(shape, [set() for _ in values]), values, strict=True):
                held.add(value)
    count = itertools.count()
    names = {
        shape: {old: next(count) for old, values in enumerate(held) if len(values) > 1} for shape, held in seen.items()
    }
    return names, shared


def _joined(sequences: list[tuple[Shape, ...]]) -> list[tuple[Shape, frozenset[int]]]:
    """Return one order of rows that holds every sequence; a row stands twice where orders contradict one another."""
    merged: list[tuple[Shape, set[int]]] = []
    for variant, sequence in enumerate(sequences):
        at = 0
        for shape in sequence:
            found = next((place for place in range(at, len(merged)) if merged[place][0] == shape), None)
            if found is None:
                merged.insert(at, (shape, set()))
                found = at
            merged[found][1].add(variant)
            at = found + 1
    return [(shape, frozenset(variants)) for shape, variants in merged]


def _spans(
    piece: _Slice,
    regions: Mapping[str, Region],
    own: tuple[Parameter, ...],
    holes: list[tuple[Shape, int]],
    order: Mapping[tuple[Shape, ...], int],
) -> list[Span]:
    code, start, until, sequence, lifted = piece
    series = [regions[code].series.get(item.name) for item in own]
    days = {start} | {day for each in series if each is not None for day in each.breaks() if _inside(day, start, until)}
    thresholds = tuple(lifted[shape][old] if shape in lifted else None for shape, old in holes)
    ordered = sorted(days)
    return [
        Span(code, day, end or until, order[sequence], tuple(_value(each, day) for each in series) + thresholds)
        for day, end in itertools.zip_longest(ordered, ordered[1:])
    ]


def _inside(day: date, start: date, until: Day) -> bool:
    return start <= day and (until is None or day < until)


def _value(series: Series | None, day: date, key: str | None = None) -> Value:
    line = None if series is None else series.find(day, key)
    return None if line is None else line.value


def _closed_up(spans: list[Span]) -> list[Span]:
    """Return the spans with neighbours that say the same made one."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if (
            last is not None
            and (last.region, last.until, last.variant) == (span.region, span.from_, span.variant)
            and last.values == span.values
        ):
            found[-1] = replace(last, until=span.until)
        else:
            found.append(span)
    return found


def _ladders(read: list[Parameter], regions: Mapping[str, Region]) -> tuple[Ladder, ...]:
    alike: dict[tuple[Expression | None, Expression | None], list[Parameter]] = {}
    for item in dict.fromkeys(read):
        if item.key is not None or item.at is not None:
            alike.setdefault((item.key, item.at), []).append(item)
    ladders = []
    for items in alike.values():
        lines = {code: _lines(items, region) for code, region in regions.items()}
        same = len(set(lines.values())) == 1
        kept = dict(itertools.islice(lines.items(), 1)) if same else lines
        flat = tuple((code, *line) for code, found in kept.items() for line in found)
        ladders.append(Ladder(tuple(items), not same, flat))
    return tuple(ladders)


def _lines(items: list[Parameter], region: Region) -> tuple[tuple[str | None, date, Day, tuple[Value, ...]], ...]:
    series = [region.series.get(item.name) for item in items]
    keys = dict.fromkeys(key for each in series if each is not None for key in each.values)
    found = []
    for key in keys:
        days = sorted({day for each in series if each is not None for day in _breaks(each, key)})
        for day, until in itertools.zip_longest(days, days[1:]):
            values = tuple(_value(each, day, key) for each in series)
            if any(value is not None for value in values):
                found.append((key, day, until, values))
    return tuple(found)


def _breaks(series: Series, key: str | None) -> set[date]:
    lines = series.values.get(key, ([], []))[1]
    return {line.from_ for line in lines} | {line.until for line in lines if line.until is not None}
