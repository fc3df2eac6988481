"""Trying mutants: the worked examples a change can touch are decided again, until one of them notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from yibao.policy.cases import Case, differences
from yibao.policy.diagnostics import Findings, NoRuleInForce
from yibao.policy.documents import check_in_force
from yibao.policy.mutants.mutant import Mutant
from yibao.policy.parameters import Series
from yibao.policy.region import Region
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.table import Facts, Table
from yibao.policy.tree import And, Expression
from yibao.policy.types import BOOL

Decide = Callable[[Mapping[str, object], Region], object]


@dataclass(frozen=True, slots=True)
class Consult:
    """One time a table was asked while an example was decided; there is none on a day without rules."""

    domain: str
    decision: str
    on: date
    facts: Facts
    table: Table | None


@dataclass(frozen=True, slots=True)
class Tried:
    """How a mutant fared.

    Attributes:
        mutant: the change.
        noticed: the example that does not come out any more, or the document a moved row would precede; None where
            nobody noticed.
        touched: how many examples the change can reach.
    """

    mutant: Mutant
    noticed: str | None
    touched: int


class Recording(Region):
    """A region that keeps every time one of its tables is asked."""

    kept: list[Consult]

    @classmethod
    def of(cls, region: Region, kept: list[Consult]) -> Recording:
        """Return a copy of a region that keeps what it is asked in a list."""
        copy = cls(**{item.name: getattr(region, item.name) for item in fields(region)})
        copy._tables, copy._under = {}, {}
        copy.kept = kept
        return copy

    def changed(
        self,
        *,
        tables: Collection[tuple[str, str]],
        stacks: Mapping[tuple[str, str], Stack] | None = None,
        series: Mapping[str, Series] | None = None,
    ) -> Region:
        """Return the region with other rows or values; what it is asked is kept in the same list."""
        other = super().changed(tables=tables, stacks=stacks, series=series)
        if isinstance(other, Recording):
            other.kept = self.kept
        return other

    def table(self, domain: str, decision: str, *, on: date) -> Table:
        """Return the table of a day, every question to it kept."""
        try:
            plain = super().table(domain, decision, on=on)
        except NoRuleInForce:
            self.kept.append(Consult(domain, decision, on, {}, None))
            raise
        return plain.watched(lambda facts: self.kept.append(Consult(domain, decision, on, facts, plain)))


class Trial:
    """Tries mutants of one region on its worked examples.

    Attributes:
        region: as it is.
        cases: examples that come out as expected.
        consults: for every example, the tables it asked.
    """

    def __init__(self, *, region: Region, cases: Sequence[Case], decide: Decide) -> None:
        """Decide every example once.

        Args:
            region: as it is.
            cases: its worked examples.
            decide: takes a case file and the region, returns the decision as JSON would hold it.
        """
        self.region = region
        self.decide = decide
        self.cases: list[Case] = []
        self.consults: list[list[Consult]] = []
        kept: list[Consult] = []
        shadow = Recording.of(region, kept)
        for case in cases:
            kept.clear()
            if not self._differs(case, shadow):
                self.cases.append(case)
                self.consults.append(list(kept))
        for consult in [consult for consults in self.consults for consult in consults]:
            # Compiled once here, so that no mutant compiles what it does not change.
            if consult.table is not None:
                region.table(consult.domain, consult.decision, on=consult.on)
        self._conditions: dict[int, tuple[Row, Expression]] = {}
        self._deciders: dict[int, str] = {}
        self._rows = {key: {row.id: row for row in stack.rows} for key, stack in region.stacks.items()}
        self._order = {key: {name: at for at, name in enumerate(rows)} for key, rows in self._rows.items()}

    def _differs(self, case: Case, region: Region) -> bool:
        """Return whether an example does not come out as expected; a decision that breaks down counts as such."""
        try:
            got = self.decide(case.given, region)
        except Exception:
            return True
        return any(True for _ in differences(expected=case.expect, got=got))

    def run(self, found: Sequence[Mutant]) -> Iterator[Tried]:
        """Yield how every mutant fares."""
        for mutant in found:
            touched = self.touched(mutant)
            early = _before_its_source(mutant)
            noticed = early or next((str(self.cases[at].mark) for at in touched if self._notices(mutant, at)), None)
            yield Tried(mutant, noticed, len(touched))

    def _notices(self, mutant: Mutant, at: int) -> bool:
        return self._differs(self.cases[at], self.mutated(mutant, self.consults[at]))

    def touched(self, mutant: Mutant) -> list[int]:
        """Return the examples a mutant can reach, those whose deciding row is changed first."""
        ranks = {}
        for at, consults in enumerate(self.consults):
            told = "others" in self.cases[at].expect
            best = max((self._rank(mutant, consult, told) for consult in consults), default=0)
            if best:
                ranks[at] = best
        return sorted(ranks, key=lambda at: -ranks[at])

    def _rank(self, mutant: Mutant, consult: Consult, told: bool) -> int:
        """Return 0 where a mutant cannot change an answer, 2 where it changes what decides, else 1."""
        if mutant.parameter:
            return self._parameter_rank(mutant, consult)
        if (consult.domain, consult.decision) != (mutant.domain, mutant.decision):
            return 0
        rows = self._rows[mutant.domain, mutant.decision]
        return max(self._row_rank(mutant, rows[name], changed, consult, told) for name, changed in mutant.rows.items())

    def _row_rank(self, mutant: Mutant, row: Row, changed: Row | None, consult: Consult, told: bool) -> int:
        if consult.table is None:
            return 2 * (changed is not None and changed.in_force(consult.on))
        before = row.in_force(consult.on) and self._holds(row, consult)
        if mutant.outcome:
            return 2 * (before and (bool(row.amount) or self._decider(consult) == row.id))
        after = changed is not None and changed.in_force(consult.on) and self._holds(changed, consult)
        if before is after:
            return 0
        return 2 if row.amount or self._comes_first(row, consult) else int(told)

    def _comes_first(self, row: Row, consult: Consult) -> bool:
        """Return whether a row decides a case, or would if it held."""
        order = self._order[consult.domain, consult.decision]
        return order[row.id] <= order.get(self._decider(consult), len(order))

    def _decider(self, consult: Consult) -> str:
        found = self._deciders.get(id(consult))
        if found is None:
            try:
                found = "" if consult.table is None else consult.table.decide(consult.facts).row
            except LookupError:
                found = ""
            self._deciders[id(consult)] = found
        return found

    def _parameter_rank(self, mutant: Mutant, consult: Consult) -> int:
        if not _reads(consult, mutant.parameter):
            return 0
        old, new = self.region.series[mutant.parameter], self._series(mutant)
        if old.term.key is not None:
            return 1
        before, after = old.find(consult.on), new.find(consult.on)
        return int((before and before.value) != (after and after.value))

    def _holds(self, row: Row, consult: Consult) -> bool:
        """Return whether all conditions of a row hold; a breakdown counts as a change."""
        if not row.cells or consult.table is None:
            return True
        found = self._conditions.get(id(row))
        if found is None:
            joined = And(BOOL, None, tuple(cell.condition for cell in row.cells))
            found = self._conditions[id(row)] = (row, joined)
        try:
            return bool(consult.table.value_of(found[1], consult.facts))
        except (TypeError, LookupError, ArithmeticError, ValueError, NameError):
            return True

    def mutated(self, mutant: Mutant, consults: Sequence[Consult]) -> Region:
        """Return the region with a mutant in it; of the changed table only the rows these questions can reach."""
        if mutant.parameter:
            name = mutant.parameter
            reading = {(each.domain, each.decision) for each in consults if _reads(each, name)}
            return self.region.changed(tables=reading, series={name: self._series(mutant)})
        key = (mutant.domain, mutant.decision)
        stack = self.region.stacks[key]
        near = {name for each in consults if (each.domain, each.decision) == key for name in _near(each)}
        near |= {name for name, others in stack.replaced.items() if any(row.id in mutant.rows for row in others)}
        kept = [row for row in stack.rows if row.amount or row.id in near or row.id in mutant.rows]
        replaced = {name: _changed(others, mutant) for name, others in stack.replaced.items()}
        return self.region.changed(tables=(key,), stacks={key: Stack(_changed(kept, mutant), replaced)})

    def _series(self, mutant: Mutant) -> Series:
        old = self.region.series[mutant.parameter]
        moved = {key: ([line.from_ for line in lines], list(lines)) for key, lines in mutant.lines.items()}
        return Series(old.term, {**old.values, **moved})


def _before_its_source(mutant: Mutant) -> str | None:
    """Return the complaint of the checks about a row in force before the documents it rests on, None without."""
    findings = Findings()
    for row in mutant.rows.values():
        if row is not None and row.sources:
            check_in_force(cited=row.sources, start=row.from_, until=row.until, mark=row.mark, findings=findings)
    return str(findings.items[0]) if findings.items else None


def _changed(rows: Sequence[Row], mutant: Mutant) -> list[Row]:
    changed = [mutant.rows.get(row.id, row) for row in rows]
    return [row for row in changed if row is not None]


def _reads(consult: Consult, parameter: str) -> bool:
    if consult.table is None:
        return False
    return any(item.name == parameter for reads in consult.table.reads.values() for item in reads)


def _near(consult: Consult) -> tuple[str, ...]:
    if consult.table is None:
        return ()
    try:
        return consult.table.matching(consult.facts)
    except LookupError:
        return tuple(row.id for row in consult.table.decision_rows)
