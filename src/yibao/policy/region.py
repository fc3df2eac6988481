"""A region: its tables, parameters, documents and settings, with those of the levels above."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from typing import Any

from yibao.policy.code import Printer, Unknown
from yibao.policy.diagnostics import Mark, NoRuleInForce, UnknownValue
from yibao.policy.documents import Source
from yibao.policy.parameters import ParameterValue, Series
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.table import Closures, Facts, ParameterUse, Table, use_of
from yibao.policy.terms import Vocabulary
from yibao.policy.to_python import Program, bind, compile_rows, evaluator, expressions
from yibao.policy.tree import Expression, Fact, Named, Parameter, parameters_of
from yibao.policy.types import Value

# The node is kept beside its closure, so that its identity is never given to another node.
_Evaluator = tuple[Expression, Callable[..., Callable[..., Value]], tuple[Parameter, ...]]


@dataclass(slots=True, eq=False)
class Region:
    """The rules of one place, from its own pack and all packs above it.

    Attributes:
        code: six digits.
        name: in Chinese.
        en: in English.
        kind: nation, province, pooling or county.
        chain: codes from the nation down to this region.
        quality: bronze, silver or gold.
        checked_on: when somebody last looked, as written in the pack.
        version: 16 hex digits over all texts that decide anything here.
        texts: those texts by path, to be stored with the first case of a version.
    """

    code: str
    name: str
    en: str
    kind: str
    chain: tuple[str, ...]
    quality: str
    checked_on: str
    version: str
    texts: dict[str, str]
    vocabularies: dict[str, Vocabulary]
    sources: dict[str, Source]
    series: dict[str, Series]
    stacks: dict[tuple[str, str], Stack]
    named: dict[str, dict[str, tuple[Named, Mark]]]
    settings: dict[tuple[str, str], dict[str, object]]
    _tables: dict[tuple[str, str], _Slices] = field(default_factory=dict)
    _uses: dict[int, ParameterUse] = field(default_factory=dict)
    _evaluators: dict[tuple[int, str], _Evaluator] = field(default_factory=dict)
    _under: dict[tuple[str, ...] | None, tuple[tuple[Mapping[str, str], Region], ...]] = field(default_factory=dict)

    def table(self, domain: str, decision: str, *, on: date) -> Table:
        """Return the rows of a decision in force on a day, with the parameters of that day.

        Args:
            domain: of the vocabulary, such as `refund`.
            decision: its name there.
            on: the decision's own date; must be the fact its `as_of` names.

        Raises:
            KeyError: the vocabulary has no such decision.
            NoRuleInForce: no row applies on that day.
        """
        slices = self._tables.get((domain, decision))
        if slices is None:
            slices = self._tables[domain, decision] = _Slices(self, domain, decision)
        return slices.at(on)

    def changed(
        self,
        *,
        tables: Collection[tuple[str, str]],
        stacks: Mapping[tuple[str, str], Stack] | None = None,
        series: Mapping[str, Series] | None = None,
    ) -> Region:
        """Return the region with other rows or values, for trying them out; nothing is checked.

        Args:
            tables: domain and decision of the tables that are made anew; all others stay as they are compiled.
            stacks: rows that take the place of those there are.
            series: parameters that take the place of those there are.
        """
        return replace(
            self,
            stacks={**self.stacks, **(stacks or {})},
            series={**self.series, **(series or {})},
            _tables={key: kept for key, kept in self._tables.items() if key not in tables},
            _uses={},
            _under={},
        )

    @property
    def under_readings(self) -> tuple[tuple[Mapping[str, str], Region], ...]:
        """Return the region under every way to read its open parameters; empty where none is open.

        A decision is made under each: where all agree it stands, else a person decides.
        """
        return self.under_readings_of(None)

    def under_readings_of(self, domains: tuple[str, ...] | None) -> tuple[tuple[Mapping[str, str], Region], ...]:
        """Return the same for the parameters of some domains alone, those a decision rests on.

        Args:
            domains: names of vocabularies; None for all.
        """
        if domains not in self._under:
            named = {
                name: series.readings
                for name, series in self.series.items()
                if series.readings and (domains is None or series.term.domain in domains)
            }
            ways = [dict(zip(named, taken, strict=True)) for taken in product(*named.values())] if named else []
            self._under[domains] = tuple((taken, self._read_as(taken)) for taken in ways)
        return self._under[domains]

    def _read_as(self, taken: Mapping[str, str]) -> Region:
        series = {name: self.series[name].read_as(reading) for name, reading in taken.items()}
        return self.changed(tables=tuple(self.stacks), series=series)

    def parameter(self, name: str, *, on: date, key: str | None = None) -> ParameterValue:
        """Return the line of a parameter in force on a day.

        Raises:
            UnknownValue: no line is in force, its value is unknown, or there is no such parameter.

        The value is in the convention of its type: fen, ten-thousandths, month index, whole number.
        """
        series = self.series.get(name)
        line = series.find(on, key) if series is not None else None
        if line is None or line.value is None:
            raise UnknownValue(name, on, key)
        return line

    @property
    def parameter_labels(self) -> dict[str, tuple[str, str]]:
        """Return what the parameters are called, in Chinese and English."""
        return {name: (series.term.label, series.term.en) for name, series in self.series.items()}

    def source(self, name: str) -> Source:
        """Return a document by id.

        Raises:
            KeyError: neither this pack nor one above it declares it.
        """
        return self.sources[name]

    def setting(self, domain: str, name: str) -> dict[str, object]:
        """Return a setting as plain texts, lists and dicts; a lower level's entries replace those above, one by one.

        Raises:
            KeyError: the vocabulary has no such setting.
        """
        if name not in self.vocabularies[domain].settings:
            raise KeyError(name)
        return self.settings.get((domain, name), {})

    def value_of(self, node: Expression, facts: Facts, as_of: str, on: date) -> Value:
        """Return the value of an expression of this region's rules for a case; for explanations, not for speed."""
        if isinstance(node, Fact):
            return facts.get(node.name)
        key = (id(node), as_of)
        if key not in self._evaluators:
            self._evaluators[key] = (node, *evaluator(node=node, as_of=as_of))
        _, make, read = self._evaluators[key]
        return make(**{Printer.binding(item): self.lookup(item, on) for item in read})(facts)

    def lookup(self, item: Parameter, on: date) -> object:
        """Return what a closure reads a parameter from: its value, or a function of key and day."""
        series = self.series[item.name]
        if item.key is not None or item.at is not None:
            return lambda key, day: series.value(day, key)
        try:
            return series.value(on)
        except UnknownValue as error:
            return Unknown(error)

    def use(self, item: Parameter, facts: Facts, as_of: str, on: date) -> ParameterUse | None:
        """Return the line of a parameter a decision has read, None where it has none."""
        series = self.series[item.name]
        key = self._part(item.key, facts, as_of, on)
        day = self._part(item.at, facts, as_of, on) or on
        line = series.find(day, key) if isinstance(day, date) and not isinstance(key, date | int | tuple) else None
        if line is None:
            return None
        use = self._uses.get(id(line))
        if use is None:
            term = series.term
            use = use_of(item=item, term_label=(term.label, term.en), type_=term.type, line=line)
            self._uses[id(line)] = use
        return use

    def _part(self, node: Expression | None, facts: Facts, as_of: str, on: date) -> Value:
        """Return the key or day of a look-up, None where the case did not get so far as to have one."""
        try:
            return None if node is None else self.value_of(node, facts, as_of, on)
        except (TypeError, KeyError, UnknownValue):
            return None


def dated(closures: Closures, *, held: tuple[UnknownValue, ...], as_of: str) -> Closures:
    """Return closures that tell of the day of the case where they stop at a value nobody knows.

    They are bound once for all days of a span; the error they hold is of the day that was asked about first.

    Args:
        closures: of a table.
        held: what they raise for parameters without a day of their own.
        as_of: the fact that dates the decision.
    """

    def of_its_day(ask: Callable[[Facts], Any]) -> Callable[[Facts], Any]:
        def asked(facts: Facts) -> Any:
            try:
                return ask(facts)
            except UnknownValue as error:
                if all(error is not one for one in held):
                    raise
                day = facts[as_of]
                raise UnknownValue(error.name, day if isinstance(day, date) else None) from None

        return asked

    decide, trace, matching = closures
    return of_its_day(decide), of_its_day(trace), of_its_day(matching)


class _Slices:
    """One table over all days: compiled per content, bound once for every span in which nothing changes."""

    def __init__(self, region: Region, domain: str, decision: str) -> None:
        self.region = region
        self.vocabulary = region.vocabularies[domain]
        self.decision = self.vocabulary.decisions[decision]
        self.name = f"{domain}.{decision}"
        self.stack = region.stacks.get((domain, decision), Stack())
        self.programs: dict[date, tuple[tuple[Row, ...], Program]] = {}
        days = set(self.stack.breaks())
        for start in list(days):
            for tree in expressions(self.stack.in_force(start)):
                for item in parameters_of(tree):
                    if item.key is None and item.at is None:
                        days |= region.series[item.name].breaks()
        self.row_days = self.stack.breaks()
        self.days = sorted(days)
        self.bound: dict[int, Table] = {}

    def compiled(self, start: date) -> tuple[tuple[Row, ...], Program]:
        """Return the rows in force from a day on which rows change, and their program."""
        if start not in self.programs:
            rows = self.stack.in_force(start)
            amounts = tuple(self.decision.amounts)
            program = compile_rows(rows=rows, amounts=amounts, hit=self.decision.hit, as_of=self.decision.as_of)
            self.programs[start] = rows, program
        return self.programs[start]

    def at(self, on: date) -> Table:
        """Return the table on a day."""
        position = bisect.bisect_right(self.days, on)
        table = self.bound.get(position)
        if table is None:
            table = self.bound[position] = self.bind(on)
        return table

    def bind(self, on: date) -> Table:
        """Return the table with the parameters of a day."""
        position = bisect.bisect_right(self.row_days, on) - 1
        if position < 0:
            raise NoRuleInForce(self.name, on)
        rows, program = self.compiled(self.row_days[position])
        if not rows:
            raise NoRuleInForce(self.name, on)
        region, as_of = self.region, self.decision.as_of
        unknown: list[UnknownValue] = []

        def lookup(item: Parameter) -> object:
            found = region.lookup(item, on)
            if isinstance(found, Unknown):
                unknown.append(found.error)
            return found

        closures = bind(program=program, lookup=lookup)
        return Table(
            self.decision,
            self.vocabulary,
            rows,
            dated(closures, held=tuple(unknown), as_of=as_of) if unknown else closures,
            lambda item, facts: region.use(item, facts, as_of, on),
            lambda node, facts: region.value_of(node, facts, as_of, on),
            region.parameter_labels,
        )
