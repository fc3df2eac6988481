"""Parameters: dated values of a region, inherited value by value, each with its source."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass, field, replace
from datetime import date

from yibao.kernel.money import RATE_SCALE
from yibao.policy.diagnostics import Findings, Mark, UnknownValue
from yibao.policy.documents import Citation, Source, check_in_force, read_citations, weak
from yibao.policy.expression import literal
from yibao.policy.scope import Fault, ParameterTerm, Scope
from yibao.policy.shape import entries, listed, needed, span, word
from yibao.policy.source import Mapping, Node, Scalar
from yibao.policy.terms import check_name, read_bounds, read_type
from yibao.policy.types import Kind, Type, Value, show_value

PARAMETER_KEYS = ("label", "en", "type", "unit", "min", "max", "key", "order", "delegated", "values", "note")
VALUE_KEYS = ("from", "until", "value", "key", "source", "confirmed", "note", "checked_on")
RISING, FALLING = "rising", "falling"
ORDERS = (RISING, FALLING)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One dated value.

    Attributes:
        value: in the convention of its type (fen, ten-thousandths ...); None is `unknown`.
        from_: first day.
        until: first day no longer, None while open.
        key: of its key column, None where it has none.
        sources: what it rests on.
        low_confidence: whether it rests on hints only.
        file: where it is written.
        line: from 1.
        note: remark of the pack.
        readings: name to value where the text can be read in several ways; `value` is then None.
        confirmed: why the line stands out of its parameter's order, empty where it does not.
    """

    value: Value
    from_: date
    until: date | None
    key: str | None
    sources: tuple[Citation, ...]
    low_confidence: bool
    file: str
    line: int
    note: str = ""
    readings: tuple[tuple[str, Value], ...] = ()
    confirmed: str = ""


@dataclass(slots=True)
class Series:
    """The dated values of one parameter in one region, all levels joined; later lines of lower levels prevail.

    Attributes:
        term: what the parameter is.
        values: by key, in order of their first day, without overlap.
    """

    term: ParameterTerm
    values: dict[str | None, tuple[list[date], list[ParameterValue]]] = field(default_factory=dict)

    def find(self, on: date, key: str | None = None) -> ParameterValue | None:
        """Return the line in force on a day, or None; its value may still be unknown."""
        starts, lines = self.values.get(key, ([], []))
        at = bisect.bisect_right(starts, on) - 1
        if at < 0:
            return None
        line = lines[at]
        return line if line.until is None or on < line.until else None

    def value(self, on: date, key: str | None = None) -> Value:
        """Return the value on a day.

        Raises:
            UnknownValue: there is none, or it is unknown.
        """
        line = self.find(on, key)
        if line is None or line.value is None:
            raise UnknownValue(self.term.name, on, key)
        return line.value

    @property
    def readings(self) -> tuple[str, ...]:
        """Return the ways its text can be read, empty where there is only one."""
        lines = [line for _, dated in self.values.values() for line in dated]
        return tuple(dict.fromkeys(name for line in lines for name, _ in line.readings))

    def read_as(self, reading: str) -> Series:
        """Return the same series under one reading."""
        read = {
            key: (starts, [replace(line, value=dict(line.readings).get(reading, line.value)) for line in lines])
            for key, (starts, lines) in self.values.items()
        }
        return Series(self.term, read)

    def breaks(self) -> set[date]:
        """Return the days on which a value begins or ends."""
        days = set()
        for _, lines in self.values.values():
            for line in lines:
                days.add(line.from_)
                if line.until is not None:
                    days.add(line.until)
        return days


def overlay(*, above: Series | None, term: ParameterTerm, lines: list[ParameterValue]) -> Series:
    """Return the series of a region: its own lines, and where they are silent those of the level above."""
    joined = Series(term)
    keys: dict[str | None, list[ParameterValue]] = {}
    for line in lines:
        keys.setdefault(line.key, []).append(line)
    inherited = above.values if above is not None else {}
    for key in [*inherited, *(key for key in keys if key not in inherited)]:
        own = sorted(keys.get(key, []), key=lambda line: line.from_)
        rest = list(inherited[key][1]) if key in inherited else []
        for line in own:
            rest = [piece for old in rest for piece in _without(old, line)]
        everything = sorted(own + rest, key=lambda line: line.from_)
        joined.values[key] = ([line.from_ for line in everything], everything)
    return joined


def _without(old: ParameterValue, new: ParameterValue) -> list[ParameterValue]:
    """Return the parts of an inherited line on which a lower level says nothing."""
    pieces = []
    if old.from_ < new.from_:
        before = new.from_ if old.until is None else min(old.until, new.from_)
        pieces.append(replace(old, until=before))
    if new.until is not None and (old.until is None or new.until < old.until):
        pieces.append(replace(old, from_=max(old.from_, new.until)))
    return pieces


def earlier(*, above: Series, lines: list[ParameterValue], findings: Findings) -> list[ParameterValue]:
    """Return the parts of a lower level's lines that are earlier, or less, than what is in force above.

    Where nothing is known above a lower line holds. What is left out is told as a remark.

    Args:
        above: the level above.
        lines: of the lower level.
        findings: gets the remarks.
    """
    kept = []
    for line in lines:
        days = [day for day in sorted(above.breaks()) if line.from_ < day and (line.until is None or day < line.until)]
        for start, until in itertools.pairwise([line.from_, *days, line.until]):
            higher = above.find(start or line.from_, line.key)
            if start is None or line.value is None or higher is None or higher.value is None:
                kept.append(replace(line, from_=start or line.from_, until=until))
            elif _before(line.value, higher.value):
                kept.append(replace(line, from_=start, until=until))
            else:
                shown = show_value(kind=above.term.type.kind, value=higher.value)
                findings.warning("not_earlier", Mark(line.file, line.line, 1), above=shown)
    return kept


def _before(one: Value, other: Value) -> bool:
    if isinstance(one, date) and isinstance(other, date):
        return one < other
    return isinstance(one, int) and isinstance(other, int) and one < other


def read_term(*, key: Scalar, node: Mapping, scope: Scope, findings: Findings) -> ParameterTerm:
    """Return what a parameter is, from its label, type, unit, bounds and key."""
    enums = scope.vocabulary.enums
    type_ = read_type(
        node=node.get("type"), enums=enums, unit=word(node=node, key="unit"), findings=findings, mark=key.mark
    )
    key_node = node.get("key")
    key_type = None
    if key_node is not None:
        key_type = read_type(node=key_node, enums=enums, unit="", findings=findings, mark=key_node.mark)
    return ParameterTerm(
        name=key.text,
        label=needed(node=node, key="label", findings=findings),
        en=word(node=node, key="en"),
        type=type_.sure,
        key=key_type,
        bounds=_bounds(node, type_.kind, findings),
        mark=key.mark,
        order=_order(node, key_type, findings),
        domain=scope.vocabulary.domain,
    )


def _bounds(node: Mapping, kind: Kind, findings: Findings) -> tuple[int, int] | None:
    """Return the least and greatest value; a share is at most the whole unless the parameter says more."""
    found = read_bounds(words=node, kind=kind, findings=findings)
    if kind is Kind.RATE and found is not None and node.get("max") is None:
        return found[0], RATE_SCALE
    return found


def _order(node: Mapping, key: Type | None, findings: Findings) -> str:
    """Return how values move along the key, empty where nothing is said."""
    written = node.get("order")
    if not isinstance(written, Scalar):
        return ""
    choices = ORDERS if key is not None and key.kind is Kind.ENUM else ()
    if written.text not in choices:
        findings.error("bad_choice", written.mark, text=written.text, choices=", ".join(choices) or "—")
        return ""
    return written.text


def read_values(
    *, node: Mapping, term: ParameterTerm, scope: Scope, sources: dict[str, Source], findings: Findings
) -> list[ParameterValue]:
    """Return the dated values of a parameter as one pack writes them; overlaps and holes are reported."""
    lines = []
    for item in listed(node=node.get("values"), findings=findings):
        line = read_line(node=item, term=term, scope=scope, sources=sources, findings=findings)
        if line is not None:
            lines.append(line)
    check_series(lines=lines, findings=findings)
    return lines


def read_line(
    *, node: Node, term: ParameterTerm, scope: Scope, sources: dict[str, Source], findings: Findings
) -> ParameterValue | None:
    """Return one dated value, None where it cannot be read; every fault is reported.

    Args:
        node: the line: its days, value, key and source.
        term: the parameter.
        scope: knows the enums of keys and values.
        sources: documents that may be cited.
        findings: gets the faults.
    """
    words = entries(node=node, keys=VALUE_KEYS, findings=findings)
    start, until = span(node=words, findings=findings)
    written = words.get("value")
    if not isinstance(written, Mapping) and not needed(node=words, key="value", findings=findings):
        return None
    key_ok, key = _key(word(node=words, key="key") or None, words, term, scope, findings)
    unknown = isinstance(written, Scalar) and written.text == UNKNOWN
    value = _value(written, term, scope, findings) if isinstance(written, Scalar) and not unknown else None
    readings = _readings(written, term, scope, findings) if isinstance(written, Mapping) else ()
    cited = read_citations(node=words.get("source"), sources=sources, findings=findings)
    if not unknown:
        check_cited(node=words, cited=cited, start=start, until=until, findings=findings)
    if not key_ok or (value is None and not unknown and not readings):
        return None
    mark, note, confirmed = words.mark, word(node=words, key="note"), word(node=words, key="confirmed")
    return ParameterValue(value, start, until, key, cited, weak(cited), mark.file, mark.line, note, readings, confirmed)


def _readings(node: Mapping, term: ParameterTerm, scope: Scope, findings: Findings) -> tuple[tuple[str, Value], ...]:
    """Return the value under every reading of a text that can be read in several ways."""
    found = {}
    for name, item in node:
        value = _value(item, term, scope, findings) if isinstance(item, Scalar) else None
        if value is not None and check_name(name=name, findings=findings):
            found[name.text] = value
    if len(node.entries) < 2 or (len(found) == len(node.entries) and len(set(found.values())) == 1):
        findings.error("one_reading", node.mark)
    return tuple(found.items())


def check_cited(
    *, node: Mapping, cited: tuple[Citation, ...], start: date, until: date | None, findings: Findings
) -> None:
    """Report a dated line that cites nothing, or nothing in force on its days."""
    source = node.get("source")
    if source is None:
        findings.error("missing_source", node.mark)
    elif cited:
        check_in_force(cited=cited, start=start, until=until, mark=source.mark, findings=findings)


def _key(
    key: str | None, words: Mapping, term: ParameterTerm, scope: Scope, findings: Findings
) -> tuple[bool, str | None]:
    if term.key is None and key is None:
        return True, None
    if term.key is None or key is None:
        needs = ("不带键", "has no key") if term.key is None else ("每行都要写 key", "needs a key on every line")
        findings.error("parameter_key", words.mark, name=term.name, needs_zh=needs[0], needs_en=needs[1])
        return False, None
    try:
        return True, str(literal(text=key, expected=term.key, scope=scope).value)
    except Fault as fault:
        findings.error(fault.code, words.entries["key"][1].mark, hint=fault.hint, **fault.values)
        return False, None


def _value(node: Scalar, term: ParameterTerm, scope: Scope, findings: Findings) -> Value:
    try:
        value = literal(text=node.text, expected=term.type, scope=scope).value
    except Fault as fault:
        findings.error(fault.code, node.inner, hint=fault.hint, **fault.values)
        return None
    if term.bounds is not None and isinstance(value, int) and not term.bounds[0] <= value <= term.bounds[1]:
        if term.type.kind is Kind.RATE and term.bounds[1] == RATE_SCALE:
            findings.error("rate_above_one", node.inner, hint=f'max: "{node.text}"', name=term.name, value=node.text)
        else:
            findings.error("bad_bound", node.inner, text=f"{node.text} ({term.name})")
    return value


def check_order(*, series: Series, scope: Scope, own: list[ParameterValue], findings: Findings) -> None:
    """Report values that do not rise, or fall, along the key as their parameter says, unless the line confirms it.

    Args:
        series: all levels joined.
        scope: knows the order of the key's values.
        own: lines of the pack that is read; only days on which one is in force are looked at.
        findings: gets the faults.
    """
    enum = scope.enum(series.term.key) if series.term.key is not None else None
    if not series.term.order or enum is None:
        return
    for day in sorted(series.breaks()):
        lines = [line for code in enum.labels if (line := series.find(day, code)) is not None]
        known = [line for line in lines if line.value is not None]
        for lower, upper in itertools.pairwise(known):
            fits = lower.value == upper.value or _before(lower.value, upper.value) is (series.term.order == RISING)
            if not fits and not lower.confirmed and not upper.confirmed and (lower in own or upper in own):
                _tell_order(lower, upper, series.term, day, findings)


def _tell_order(
    lower: ParameterValue, upper: ParameterValue, term: ParameterTerm, day: date, findings: Findings
) -> None:
    first, second = (f"{line.key} {show_value(kind=term.type.kind, value=line.value)}" for line in (lower, upper))
    zh, en = ("升高", "rise") if term.order == RISING else ("降低", "fall")
    mark = Mark(upper.file, upper.line, 1)
    findings.error(
        "out_of_order", mark, hint="confirmed: …", day=day, first=first, second=second, order_zh=zh, order_en=en
    )


def check_series(*, lines: list[ParameterValue], findings: Findings) -> None:
    """Report values of one key that overlap, and days between two values that have none."""
    by_key: dict[str | None, list[ParameterValue]] = {}
    for line in lines:
        by_key.setdefault(line.key, []).append(line)
    for same in by_key.values():
        same.sort(key=lambda line: line.from_)
        for earlier, later in itertools.pairwise(same):
            mark = Mark(later.file, later.line, 1)
            if earlier.until is None or earlier.until > later.from_:
                findings.error("parameter_overlap", mark, where=f"{earlier.file}:{earlier.line}")
            elif earlier.until < later.from_:
                findings.error("parameter_hole", mark, start=earlier.until, until=later.from_)
