"""Two regions, or two days, side by side: which rows and values differ, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from yibao.policy.diagnostics import NoRuleInForce
from yibao.policy.lexicon import Lexicon
from yibao.policy.parameters import ParameterValue, Series
from yibao.policy.region import Region
from yibao.policy.row_words import citation_text
from yibao.policy.rows import Row
from yibao.policy.sentences import Words
from yibao.policy.table import Table

_WORDS = {
    "added": ("新增 {row}", "added: {row}"),
    "dropped": ("没有 {row}", "gone: {row}"),
    "changed": ("改动 {row}", "changed: {row}"),
    "instead": ("{row} 代替 {old}", "{row} stands in for {old}"),
    "condition": ("条件：{old} → {new}", "condition: {old} → {new}"),
    "output": ("{name}：{old} → {new}", "{name}: {old} → {new}"),
    "label": ("名称：{old} → {new}", "name: {old} → {new}"),
    "source": ("依据：{old} → {new}", "source: {old} → {new}"),
    "moved": ("先后次序不同：{rows}", "tried in another order: {rows}"),
    "parameter": ("{name}：{old} → {new}", "{name}: {old} → {new}"),
    "no_table": ("当日没有可用的规定：{place}", "no rule in force that day: {place}"),
    "none": ("无", "none"),
    "unknown": ("未知", "unknown"),
    "any": ("不限", "any"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        kind: added, dropped, changed, moved, parameter or no_table.
        what: the row, or the name of the parameter; `TABLE.ROW`, `DOMAIN.PARAMETER`.
        sentence: what differs, in the language asked for.
        details: cell by cell, for a changed row.
    """

    kind: str
    what: str
    sentence: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """A region on a day."""

    region: Region
    on: date

    def table(self, domain: str, decision: str) -> Table | None:
        """Return a table of this side, None where nothing is in force."""
        try:
            return self.region.table(domain, decision, on=self.on)
        except (NoRuleInForce, KeyError):
            return None


def differences(*, old: Side, new: Side, domain: str, language: str) -> list[Difference]:
    """Return what differs between two regions or two days: rows, cells, outputs, sources, values.

    Args:
        old: one side.
        new: the other side; what only it has is `added`.
        domain: of the vocabulary, such as `refund`.
        language: `zh` or `en`.
    """
    found: list[Difference] = []
    decisions = {name for side in (old, new) for name in side.region.vocabularies[domain].decisions}
    for decision in sorted(decisions, key=list(new.region.vocabularies[domain].decisions).index):
        found += _tables(old, new, domain, decision, language)
    return found + list(_parameters(old, new, language))


def _say(language: str, key: str, **values: object) -> str:
    return _WORDS[key][language != "zh"].format(**values)


def _tables(old: Side, new: Side, domain: str, decision: str, language: str) -> Iterator[Difference]:
    before, after = old.table(domain, decision), new.table(domain, decision)
    for table, side in ((before, old), (after, new)):
        if table is None and (domain, decision) in side.region.stacks:
            place = f"{side.region.name if language == 'zh' else side.region.en} {side.on}"
            yield Difference("no_table", decision, _say(language, "no_table", place=place))
    if before is None or after is None:
        return
    yield from _Pair(before, after, language).differences()


class _Pair:
    """Two tables of one decision."""

    def __init__(self, old: Table, new: Table, language: str) -> None:
        self.language = language
        self.old, self.new = _Side(old, language), _Side(new, language)
        self.name = new.decision.name

    def differences(self) -> Iterator[Difference]:
        """Yield what differs, in the order of the newer table, what is gone last."""
        before = {row.id: row for row in self.old.table.rows}
        after = {row.id: row for row in self.new.table.rows}
        replaced = {
            row.place[1]: row
            for row in after.values()
            if row.place[0] == "replace" and row.place[1] in before.keys() - after.keys() and row.id not in before
        }
        stands_for = {row.id: before[old] for old, row in replaced.items()}
        for row in after.values():
            own = before.get(row.id) or stands_for.get(row.id)
            if own is None:
                yield self._one("added", row, self.new)
            elif details := tuple(self._details(own, row)):
                yield self._changed(own, row, details)
        for row in before.values():
            if row.id not in after and row.id not in replaced:
                yield self._one("dropped", row, self.old)
        yield from self._moved(before, after)

    def _one(self, kind: str, row: Row, side: _Side) -> Difference:
        told = side.words.rule(row).rpartition(" ")[0]
        return Difference(kind, f"{self.name}.{row.id}", _say(self.language, kind, row=told))

    def _changed(self, own: Row, row: Row, details: tuple[str, ...]) -> Difference:
        label = f"{row.id} {row.label if self.language == 'zh' else row.en or row.label}"
        key = "changed" if own.id == row.id else "instead"
        return Difference(
            "changed", f"{self.name}.{row.id}", _say(self.language, key, row=label, old=own.id), tuple(details)
        )

    def _details(self, own: Row, row: Row) -> Iterator[str]:
        before, after = self.old.conditions(own), self.new.conditions(row)
        for name in dict.fromkeys([*before, *after]):
            told = [side.get(name) or _say(self.language, "any") for side in (before, after)]
            if told[0] != told[1]:
                yield _say(self.language, "condition", old=told[0], new=told[1])
        results, others = self.old.results(own), self.new.results(row)
        for name in dict.fromkeys([*results, *others]):
            shown = [side.get(name) or _say(self.language, "none") for side in (results, others)]
            if shown[0] != shown[1]:
                yield _say(self.language, "output", name=name, old=shown[0], new=shown[1])
        for key, one, other in (
            ("label", *(each.label if self.language == "zh" else each.en or each.label for each in (own, row))),
            ("source", *(citation_text(cited=each.sources, language=self.language) for each in (own, row))),
        ):
            if one != other:
                yield _say(
                    self.language, key, old=one or _say(self.language, "none"), new=other or _say(self.language, "none")
                )

    def _moved(self, before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[Difference]:
        common = [row for row in before if row in after]
        other = [row for row in after if row in before]
        moved = [row for row, there in zip(common, other, strict=True) if row != there]
        if moved:
            yield Difference("moved", self.name, _say(self.language, "moved", rows=", ".join(moved)))


class _Side:
    """One table with its words."""

    def __init__(self, table: Table, language: str) -> None:
        self.table = table
        self.words = Words(table, language)

    def conditions(self, row: Row) -> dict[str, str]:
        """Return the conditions of a row by what they look at; a named one with its meaning."""
        meanings = self.words.meanings(row)
        told = self.words.conditions(row)
        return {name: f"{text}（{meanings[name]}）" if name in meanings else text for name, text in told.items()}

    def results(self, row: Row) -> dict[str, str]:
        """Return what a row decides, by the name of the output, or the calculation of an amount."""
        return self.words.results(row)


def _parameters(old: Side, new: Side, language: str) -> Iterator[Difference]:
    before, after = old.region.series, new.region.series
    for name in dict.fromkeys([*before, *after]):
        series = after.get(name) or before[name]
        keys = dict.fromkeys(key for side in (before, after) if name in side for key in side[name].values)
        for key in keys:
            lines = [_line(side.get(name), on, key) for side, on in ((before, old.on), (after, new.on))]
            told = [_shown(series, line, new.region, language) for line in lines]
            if told[0] != told[1]:
                label = series.term.label if language == "zh" else series.term.en or name
                label += f"[{key}]" if key else ""
                yield Difference("parameter", name, _say(language, "parameter", name=label, old=told[0], new=told[1]))


def _line(series: Series | None, on: date, key: str | None) -> ParameterValue | None:
    return None if series is None else series.find(on, key)


def _shown(series: Series, line: ParameterValue | None, region: Region, language: str) -> str:
    if line is None:
        return _say(language, "none")
    if line.value is None:
        return _say(language, "unknown")
    vocabulary = next(iter(region.vocabularies.values()))
    words = Lexicon(vocabulary=vocabulary, language=language, outputs={}, parameters={})
    return words.value(series.term.type, line.value)
