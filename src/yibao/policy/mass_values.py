"""Mass values: the dated values of a parameter as lines of a CSV, thousands of them, read as exactly as YAML.

A text that stands on many lines (a day, a key, a citation) is read and checked once and known from then on; every
line that holds anything not yet known goes to the reader of YAML lines, so both give the same values and faults.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date

from yibao.policy.diagnostics import Findings, Mark
from yibao.policy.documents import Citation, Source
from yibao.policy.expression import literal
from yibao.policy.parameters import UNKNOWN, ParameterValue, read_line
from yibao.policy.scope import Fault, ParameterTerm, Scope
from yibao.policy.source import Mapping, Node, Scalar
from yibao.policy.types import Value, parse_date, parse_value

CSV_COLUMNS = ("key", "from", "until", "value", "source", "checked_on")


@dataclass(frozen=True, slots=True)
class _Cited:
    """A citation that was read once.

    Attributes:
        sources: what it names.
        low_confidence: whether it rests on hints only.
        holds_from: from this day on it is in force without an end; None where it ends, so that each line is checked.
    """

    sources: tuple[Citation, ...]
    low_confidence: bool
    holds_from: date | None


@dataclass(slots=True)
class _Known:
    """What texts stand for, each read once."""

    keys: dict[str, str | None] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    cited: dict[str, _Cited] = field(default_factory=dict)


class MassReader:
    """Reads the lines of one CSV.

    Args:
        file: how messages name it.
        term: the parameter.
        scope: knows the enums of keys and values.
        sources: documents that may be cited.
        findings: gets every fault, at its line and column.
    """

    def __init__(
        self, *, file: str, term: ParameterTerm, scope: Scope, sources: dict[str, Source], findings: Findings
    ) -> None:
        self.file = file
        self.term = term
        self.scope = scope
        self.sources = sources
        self.findings = findings
        self.known = _Known()

    def read(self, text: str) -> list[ParameterValue]:
        """Return the values of a CSV in the order of its lines; every fault is reported.

        Args:
            text: the whole file, its columns named in the first line.
        """
        rows = list(csv.reader(io.StringIO(text)))
        header = rows[0] if rows else []
        if not header or any(column not in CSV_COLUMNS for column in header) or "from" not in header:
            self.findings.error("csv_columns", Mark(self.file, 1, 1), columns=", ".join(CSV_COLUMNS))
            return []
        places = [header.index(column) if column in header else len(header) for column in CSV_COLUMNS[:-1]]
        lines = []
        for number, row in enumerate(rows[1:], start=2):
            cells = [*row[: len(header)], *[""] * (len(header) + 1 - len(row))]
            texts = [cells[place] for place in places]
            line = self._known_line(texts, number) or self._new_line(header, row, texts, number)
            if line is not None:
                lines.append(line)
        return lines

    def _known_line(self, texts: list[str], number: int) -> ParameterValue | None:
        """Return a line all of whose texts are known and which no check can refuse, else None."""
        key, start, until, value, source = texts
        known = self.known
        cited, first = known.cited.get(source), known.days.get(start) or self._plain_day(start)
        if cited is None or cited.holds_from is None or first is None or first < cited.holds_from:
            return None
        last = known.days.get(until) or self._plain_day(until) if until else None
        if until and (last is None or last <= first):
            return None
        if key not in known.keys and not self._plain_key(key):
            return None
        if value not in known.values and not self._plain_value(value):
            return None
        return ParameterValue(
            known.values[value],
            first,
            last,
            known.keys[key],
            cited.sources,
            cited.low_confidence,
            self.file,
            number,
        )

    def _plain_day(self, text: str) -> date | None:
        """Return the day a text stands for, None where it stands for none; it is known from then on."""
        day = parse_date(text)
        if day is not None:
            self.known.days[text] = day
        return day

    def _plain_key(self, text: str) -> bool:
        """Return whether a text is a key of the parameter; it is known from then on."""
        if self.term.key is None or not text:
            return False
        try:
            self.known.keys[text] = str(literal(text=text, expected=self.term.key, scope=self.scope).value)
        except Fault:
            return False
        return True

    def _plain_value(self, text: str) -> bool:
        """Return whether a text is a value within the parameter's bounds; it is known from then on."""
        value, bounds = parse_value(kind=self.term.type.kind, text=text), self.term.bounds
        if value is None or (bounds is not None and isinstance(value, int) and not bounds[0] <= value <= bounds[1]):
            return False
        self.known.values[text] = value
        return True

    def _new_line(self, header: list[str], row: list[str], texts: list[str], number: int) -> ParameterValue | None:
        """Return a line read as one of YAML is, and keep what its texts stand for where it has no fault."""
        column, faults = 1, len(self.findings.items)
        cells: dict[str, tuple[Scalar, Node]] = {}
        for name, content in zip(header, row, strict=False):
            if content:
                cells[name] = (Scalar(name, Mark(self.file, 1, 1)), Scalar(content, Mark(self.file, number, column)))
            column += len(content) + 1
        node = Mapping(cells, Mark(self.file, number, 1))
        line = read_line(node=node, term=self.term, scope=self.scope, sources=self.sources, findings=self.findings)
        if line is not None and len(self.findings.items) == faults:
            self._keep(line, texts)
        return line

    def _keep(self, line: ParameterValue, texts: list[str]) -> None:
        key, start, until, value, source = texts
        known = self.known
        known.keys[key] = line.key
        known.days[start] = line.from_
        if line.until is not None:
            known.days[until] = line.until
        known.values[value] = line.value
        if line.sources and value != UNKNOWN:
            endless = [cited.source.starts for cited in line.sources if cited.source.until is None]
            known.cited[source] = _Cited(line.sources, line.low_confidence, min(endless, default=None))
