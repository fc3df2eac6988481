"""One pack read against the levels above it: its parameters, conditions, settings and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from yibao.policy.conflicts import read_conflicts
from yibao.policy.delegation import ROWS, VALUES, Delegation, check_opened, read_delegation
from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.documents import Source, check_in_force, read_citations
from yibao.policy.expression import read_expression
from yibao.policy.folder import NATION, Pack
from yibao.policy.mass_values import MassReader
from yibao.policy.parameters import (
    PARAMETER_KEYS,
    ParameterValue,
    Series,
    check_order,
    check_series,
    earlier,
    overlay,
    read_term,
    read_values,
)
from yibao.policy.resolve import Ending, Layer
from yibao.policy.rows import Row, RowContext, read_row
from yibao.policy.scope import ParameterTerm, Scope
from yibao.policy.shape import day, entries, listed, needed, word
from yibao.policy.source import Mapping, Node, Scalar, plain
from yibao.policy.terms import DecisionTerm, Vocabulary, check_name, normal, spellings
from yibao.policy.tree import Named
from yibao.policy.types import Kind, Type, default_bounds

TABLE_KEYS = ("delegated", "rows", "amounts", "end", "conflicts", "note")
CONDITION_KEYS = ("label", "en", "is", "note", "source")
END_KEYS = ("id", "on", "source", "note")


@dataclass(slots=True)
class Level:
    """A pack and everything it has from above.

    Attributes:
        pack: as it is written.
        above: the level above, None for the highest.
        sources: documents by id, own and inherited.
        series: parameters with their values, own and inherited.
        opened: parameters that may be overridden below.
        settings: (domain, setting) to its entries, own and inherited.
        named: domain to named conditions with their places, own and inherited.
        layers: own part of every table.
    """

    pack: Pack
    above: Level | None
    sources: dict[str, Source] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    opened: dict[str, Delegation] = field(default_factory=dict)
    settings: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    named: dict[str, dict[str, tuple[Named, Mark]]] = field(default_factory=dict)
    layers: dict[tuple[str, str], Layer] = field(default_factory=dict)

    def chain(self) -> list[Level]:
        """Return the levels from the highest to this one."""
        return [*(self.above.chain() if self.above else ()), self]

    @property
    def national(self) -> frozenset[str]:
        """Return the ids of the documents the nation's pack declares."""
        return frozenset(name for level in self.chain() if level.pack.kind == NATION for name in level.pack.sources)


class LevelReader:
    """Reads one pack; faults go to the findings, what can be read is read."""

    def __init__(
        self, pack: Pack, above: Level | None, vocabularies: dict[str, Vocabulary], findings: Findings
    ) -> None:
        self.level = Level(pack, above)
        self.vocabularies = vocabularies
        self.findings = findings
        self.scopes: dict[str, Scope] = {}

    def read(self) -> Level:
        """Return the level."""
        level, above = self.level, self.level.above
        level.sources = {**(above.sources if above else {}), **level.pack.sources}
        for name in level.pack.sources:
            if above is not None and name in above.sources:
                mark, where = level.pack.sources[name].mark, str(above.sources[name].mark)
                self.findings.error("duplicate_name", mark, name=name, where=where)
        if above is not None:
            level.series, level.opened = dict(above.series), dict(above.opened)
            level.settings = {key: dict(value) for key, value in above.settings.items()}
            level.named = {domain: dict(found) for domain, found in above.named.items()}
        documents = [(domain, node) for domain, node in level.pack.domains.items() if domain in self.vocabularies]
        for domain, node in documents:
            self._settings(domain, node)
            self._parameters(domain, node)
        self._orphan_csv()
        for domain, node in documents:
            self._named(domain, node)
        for domain, node in documents:
            self._tables(domain, node)
        return level

    def _settings(self, domain: str, node: Mapping) -> None:
        vocabulary = self.vocabularies[domain]
        for key, value in entries(node=node.get("settings"), keys=None, findings=self.findings):
            if key.text not in vocabulary.settings:
                hint = suggest(name=key.text, choices=vocabulary.settings)
                self.findings.error("unknown_setting", key.mark, name=key.text, hint=hint)
                continue
            written = entries(node=value, keys=None, findings=self.findings)
            known = self.level.settings.setdefault((domain, key.text), {})
            known.update({name.text: plain(content) for name, content in written})

    def _parameters(self, domain: str, node: Mapping) -> None:
        scope = Scope(self.vocabularies[domain])
        inherited = self.level.above.series if self.level.above else {}
        for key, value in entries(node=node.get("parameters"), keys=None, findings=self.findings):
            words = entries(node=value, keys=PARAMETER_KEYS, findings=self.findings)
            if key.text in inherited:
                term = inherited[key.text].term
            elif check_name(name=key, findings=self.findings):
                if key.text in self.level.series:
                    where = str(self.level.series[key.text].term.mark)
                    self.findings.error("duplicate_name", key.mark, name=key.text, where=where)
                    continue
                term = read_term(key=key, node=words, scope=scope, findings=self.findings)
            else:
                continue
            lines = self._lines(words, term, scope)
            opened = self._opened(words.get("delegated"), term.type.kind)
            lines = self._check_override(key, lines, opened)
            self.level.series[key.text] = overlay(above=inherited.get(key.text), term=term, lines=lines)
            check_order(series=self.level.series[key.text], scope=scope, own=lines, findings=self.findings)
            if opened is not None:
                self.level.opened[key.text] = opened

    def _lines(self, words: Mapping, term: ParameterTerm, scope: Scope) -> list[ParameterValue]:
        sources, findings = self.level.sources, self.findings
        lines = read_values(node=words, term=term, scope=scope, sources=sources, findings=findings)
        if term.name in self.level.pack.csv:
            name, text = self.level.pack.csv[term.name]
            reader = MassReader(file=name, term=term, scope=scope, sources=sources, findings=findings)
            lines += reader.read(text)
            check_series(lines=lines, findings=findings)
        return lines

    def _orphan_csv(self) -> None:
        for name, (file, _) in self.level.pack.csv.items():
            written = [node.get("parameters") for node in self.level.pack.domains.values()]
            if not any(isinstance(found, Mapping) and name in found.entries for found in written):
                hint = suggest(name=name, choices=self.level.series)
                self.findings.error("unknown_parameter", Mark(file, 1, 1), name=name, hint=hint)

    def _check_override(
        self, key: Scalar, lines: list[ParameterValue], again: Delegation | None
    ) -> list[ParameterValue]:
        """Return the own lines of a parameter that hold; report what no level above has opened, or beyond its bound."""
        above = self.level.above
        if above is None or key.text not in above.series:
            return lines
        opened = above.opened.get(key.text)
        check_opened(
            name=key.text, kind=self.level.pack.kind, mark=key.mark, opened=opened, again=again, findings=self.findings
        )
        if opened is None:
            return lines
        for line in lines:
            if opened.at_most is not None and isinstance(line.value, int) and line.value > opened.at_most:
                mark = Mark(line.file, line.line, 1)
                self.findings.error("above_limit", mark, value=line.value, limit=opened.at_most)
        return earlier(above=above.series[key.text], lines=lines, findings=self.findings) if opened.earlier else lines

    def _opened(self, node: Node | None, kind: Kind | None) -> Delegation | None:
        what = ROWS if kind is None else VALUES
        return read_delegation(node=node, what=what, kind=kind, sources=self.level.sources, findings=self.findings)

    def scope(self, domain: str) -> Scope:
        """Return what expressions of a domain may name in this pack."""
        if domain not in self.scopes:
            terms = {name: series.term for name, series in self.level.series.items()}
            self.scopes[domain] = Scope(
                vocabulary=self.vocabularies[domain],
                parameters=terms,
                parameter_spellings=spellings((term.name, term.label) for term in terms.values()),
            )
        return self.scopes[domain]

    def _named(self, domain: str, node: Mapping) -> None:
        known = self.level.named.setdefault(domain, {})
        written: dict[str, tuple[Scalar, Mapping]] = {}
        for key, value in entries(node=node.get("facts"), keys=None, findings=self.findings):
            words = entries(node=value, keys=CONDITION_KEYS, findings=self.findings)
            fact = self.vocabularies[domain].facts.get(key.text)
            where = known[key.text][1] if key.text in known else fact.mark if fact else None
            if where is not None:
                self.findings.error("duplicate_name", key.mark, name=key.text, where=str(where))
            elif check_name(name=key, findings=self.findings):
                written[key.text] = (key, words)
        scope = self.scope(domain)
        labels = [(name, found.label) for name, (found, _) in known.items()]
        labels += [(name, word(node=words, key="label")) for name, (_, words) in written.items()]
        scope.named_spellings = spellings(labels)
        self._check_labels(domain, written)
        resolver = _NamedReader(scope, known, written, self.findings)
        scope.named = resolver.find
        for name in written:
            resolver.find(name)

    def _check_labels(self, domain: str, written: dict[str, tuple[Scalar, Mapping]]) -> None:
        """Report a condition with the label of a fact: nobody could tell the two apart in an explanation."""
        facts = self.vocabularies[domain].spellings
        for name, (key, words) in written.items():
            fact = facts.get(normal(word(node=words, key="label")))
            if fact is not None:
                self.findings.error(
                    "ambiguous_name", key.mark, name=word(node=words, key="label"), meanings=f"{name}, {fact}"
                )

    def _tables(self, domain: str, node: Mapping) -> None:
        vocabulary = self.vocabularies[domain]
        for key, value in entries(node=node.get("tables"), keys=None, findings=self.findings):
            decision = vocabulary.decisions.get(key.text)
            if decision is None:
                hint = suggest(name=key.text, choices=vocabulary.decisions)
                self.findings.error("unknown_table", key.mark, name=key.text, hint=hint)
                continue
            words = entries(node=value, keys=TABLE_KEYS, findings=self.findings)
            self.level.layers[domain, key.text] = self._layer(domain, decision, words, key.mark)

    def _layer(self, domain: str, decision: DecisionTerm, words: Mapping, mark: Mark) -> Layer:
        rows = self._rows(domain, decision, "", words.get("rows"))
        for key, value in entries(node=words.get("amounts"), keys=None, findings=self.findings):
            if key.text in decision.amounts:
                rows += self._rows(domain, decision, key.text, value)
            else:
                hint = suggest(name=key.text, choices=decision.amounts)
                self.findings.error("unknown_output", key.mark, name=key.text, hint=hint)
        return Layer(
            region=self.level.pack.code,
            kind=self.level.pack.kind,
            rows=tuple(rows),
            endings=tuple(self._endings(words)),
            delegated=self._opened(words.get("delegated"), None),
            mark=mark,
            conflicts=read_conflicts(
                node=words.get("conflicts"),
                sources=self.level.sources,
                national=self.level.national,
                findings=self.findings,
            ),
        )

    def _rows(self, domain: str, decision: DecisionTerm, amount: str, node: Node | None) -> list[Row]:
        scope = self.scope(domain)
        readings = self.level.settings.get((domain, "readings"), {})
        context = RowContext(
            decision=decision,
            scope=_with_locals(scope, decision, amount),
            sources=self.level.sources,
            readings=frozenset(readings),
            region=self.level.pack.code,
            findings=self.findings,
        )
        found = (
            read_row(node=item, amount=amount, context=context) for item in listed(node=node, findings=self.findings)
        )
        return [row for row in found if row is not None]

    def _endings(self, words: Mapping) -> list[Ending]:
        endings = []
        for item in listed(node=words.get("end"), findings=self.findings):
            parts = entries(node=item, keys=END_KEYS, findings=self.findings)
            name = needed(node=parts, key="id", findings=self.findings)
            if parts.get("source") is None:
                self.findings.error("missing_source", parts.mark)
            cited = read_citations(node=parts.get("source"), sources=self.level.sources, findings=self.findings)
            on = day(node=parts, key="on", findings=self.findings)
            if on is not None and cited:
                check_in_force(
                    cited=cited, start=on, until=on + timedelta(days=1), mark=parts.mark, findings=self.findings
                )
            if on is not None:
                endings.append(Ending(name, on, parts.mark))
            elif parts.get("on") is None:
                self.findings.error("missing_key", parts.mark, key="on")
        return endings


def _with_locals(scope: Scope, decision: DecisionTerm, amount: str) -> Scope:
    """Return the scope of an amount's cases: outputs of the decision and the amounts before it."""
    if not amount:
        return scope
    local: dict[str, tuple[Type, tuple[int, int] | None]] = {}
    for name, type_ in decision.outputs.items():
        local[name] = (type_, default_bounds(type_.kind))
    for name, type_ in decision.amounts.items():
        if name == amount:
            break
        local[name] = (type_, default_bounds(type_.kind))
    return Scope(
        vocabulary=scope.vocabulary,
        parameters=scope.parameters,
        named=scope.named,
        named_spellings=scope.named_spellings,
        parameter_spellings=scope.parameter_spellings,
        locals=local,
    )


class _NamedReader:
    """Finds the meaning of named conditions, each once, in whatever order they are written."""

    def __init__(
        self,
        scope: Scope,
        known: dict[str, tuple[Named, Mark]],
        written: dict[str, tuple[Scalar, Mapping]],
        findings: Findings,
    ) -> None:
        self.scope = scope
        self.known = known
        self.written = written
        self.findings = findings
        self.open: set[str] = set()
        self.failed: set[str] = set()

    def find(self, name: str) -> Named | None:
        """Return the meaning of a name, None where it has a fault or comes back to itself."""
        if name in self.known:
            return self.known[name][0]
        key, words = self.written.get(name, (None, None))
        if name in self.failed or key is None or words is None:
            return None
        if name in self.open:
            self.findings.error("cyclic_fact", key.mark, name=name)
            return None
        self.open.add(name)
        found = self._read(key, words)
        self.open.discard(name)
        if found is None:
            self.failed.add(name)
            return None
        self.known[name] = (found, key.mark)
        return found

    def _read(self, key: Scalar, words: Mapping) -> Named | None:
        node = words.get("is")
        label = needed(node=words, key="label", findings=self.findings)
        if not isinstance(node, Scalar):
            self.findings.error("missing_key", words.mark, key="is")
            return None
        body = read_expression(node=node, scope=self.scope, findings=self.findings)
        if body is None:
            return None
        return Named(body.type, body.bounds, key.text, label, word(node=words, key="en"), body)
