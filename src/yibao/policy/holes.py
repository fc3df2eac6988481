"""Days on which a row is in force and a value it reads is not written: never the last known value, never nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from yibao.policy.diagnostics import Findings, Mark
from yibao.policy.parameters import ParameterValue, Series
from yibao.policy.region import Region
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.tree import Compare, Expression, Fact, Literal, Parameter, Within
from yibao.policy.types import Kind

MOST_READINGS = 16
Days = tuple[date, date | None]


def check_holes(*, region: Region, reads: Callable[[Row], Iterable[Parameter]], findings: Findings) -> None:
    """Report every row of a region with days on which a parameter it reads has no line, not even `unknown`.

    A parameter read at a day worked out from the case is left to the decision, which is then `manual`.

    Args:
        region: with everything it has from above.
        reads: gives the parameters a row reads.
        findings: gets every fault.
    """
    for (domain, _), stack in region.stacks.items():
        enums = region.vocabularies[domain].enums
        for row in stack.rows:
            for item in reads(row):
                series = region.series.get(item.name)
                if series is None or item.at is not None:
                    continue
                codes = enums[item.key.type.name].labels if item.key and item.key.type.kind is Kind.ENUM else ()
                for key in _keys(item, row, series, codes):
                    _tell(row, stack, series, key, findings)


def check_readings(*, region: Region, mark: Mark, findings: Findings) -> None:
    """Report open parameters whose lines name different readings, and more readings than can be tried together.

    Args:
        region: with everything it has from above.
        mark: of its manifest.
        findings: gets the faults.
    """
    count = 1
    for series in region.series.values():
        names = series.readings
        count *= len(names) or 1
        for _, lines in series.values.values():
            for line in lines:
                missing = [name for name in names if line.readings and name not in dict(line.readings)]
                if missing:
                    findings.error("reading_missing", Mark(line.file, line.line, 1), names="、".join(missing))
    if count > MOST_READINGS:
        findings.error("too_many_readings", mark, count=count, most=MOST_READINGS)


def _keys(item: Parameter, row: Row, series: Series, codes: Iterable[str]) -> Iterable[str | None]:
    """Return the keys a row can read a parameter with; of regions those that are written."""
    if item.key is None:
        return [None]
    if isinstance(item.key, Literal):
        return [str(item.key.value)]
    wanted: list[str | None] = [*codes] or [*series.values]
    for cell in row.cells if isinstance(item.key, Fact) else ():
        named = _named(cell.condition, item.key)
        wanted = [code for code in wanted if named is None or code in named]
    return wanted


def _named(condition: Expression, key: Expression) -> tuple[object, ...] | None:
    """Return the values a test leaves to a fact, None where it says nothing of it."""
    match condition:
        case Compare(operator="==", left=left, right=Literal(value=value)) if left == key:
            return (value,)
        case Within(operand=operand, options=options) if operand == key:
            return options
        case _:
            return None


def _tell(row: Row, stack: Stack, series: Series, key: str | None, findings: Findings) -> None:
    lines = series.values.get(key, ([], []))[1]
    for hole in _holes(lines, row):
        for start, until in _cut(hole, stack):
            if row in stack.in_force(start):
                name = series.term.name if key is None else f"{series.term.name}[{key}]"
                shown = (
                    (f"{start} 起", f"from {start}")
                    if until is None
                    else (f"{start} 至 {until}", f"{start} to {until}")
                )
                hint = f"{{from: {start}, {f'until: {until}, ' if until else ''}value: unknown}}"
                findings.error("parameter_missing", row.mark, name=name, zh=shown[0], en=shown[1], hint=hint)
                return


def _holes(lines: list[ParameterValue], row: Row) -> Iterator[Days]:
    """Yield the days of a row on which no line is in force."""
    start = row.from_
    for line in lines:
        if row.until is not None and row.until <= start:
            return
        if start < line.from_:
            yield start, line.from_ if row.until is None else min(line.from_, row.until)
        if line.until is None:
            return
        start = max(start, line.until)
    if row.until is None or start < row.until:
        yield start, row.until


def _cut(hole: Days, stack: Stack) -> Iterator[Days]:
    """Yield some days cut where rows begin and end."""
    start, until = hole
    for day in [each for each in stack.breaks() if start < each and (until is None or each < until)]:
        yield start, day
        start = day
    yield start, until
