"""Checks of whole tables of a region, over all levels and all days; what is proved is told to the author."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from yibao.policy.cells import Cell
from yibao.policy.diagnostics import Findings, Mark, UnknownValue
from yibao.policy.lexicon import CHINESE, Lexicon
from yibao.policy.proofs.atoms import LAST_DAY
from yibao.policy.proofs.proof import Dead, Facts, Proof, Prover, prove
from yibao.policy.region import Region
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.terms import DecisionTerm, Vocabulary
from yibao.policy.to_python import expressions
from yibao.policy.tree import Expression, Parameter, parameters_of
from yibao.policy.types import Value

ENGLISH = "en"


@dataclass(slots=True)
class Proofs:
    """What was proved while a set of packs is loaded; equal rows of several regions are looked at once."""

    known: dict[tuple[object, ...], Proof] = field(default_factory=dict)
    # What is looked up is kept beside what was found, so that its identity is never given to anything else.
    _reads: dict[int, tuple[tuple[Cell, ...], tuple[Parameter, ...]]] = field(default_factory=dict)
    _reads_all: dict[int, tuple[Row, tuple[Parameter, ...]]] = field(default_factory=dict)

    def reads(self, row: Row) -> tuple[Parameter, ...]:
        """Return the parameters the conditions of a row read."""
        found = self._reads.get(id(row.cells))
        if found is None:
            read = tuple(item for cell in row.cells for item in parameters_of(cell.condition))
            found = self._reads[id(row.cells)] = (row.cells, read)
        return found[1]

    def reads_all(self, row: Row) -> tuple[Parameter, ...]:
        """Return the parameters a row reads anywhere, each way of reading once."""
        found = self._reads_all.get(id(row))
        if found is None:
            read = dict.fromkeys(item for tree in expressions((row,)) for item in parameters_of(tree))
            found = self._reads_all[id(row)] = (row, tuple(read))
        return found[1]


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which nothing in a table changes: the first, and the last one."""

    first: date
    last: int


class TableCheck:
    """Checks one table of one region."""

    def __init__(
        self, *, region: Region, domain: str, decision: DecisionTerm, proofs: Proofs, findings: Findings
    ) -> None:
        """Keep what the checks need.

        Args:
            region: whose table it is.
            domain: of the vocabulary.
            decision: what the vocabulary says of the table.
            proofs: made before for the same set of packs.
            findings: gets every fault.
        """
        self.region = region
        self.stack: Stack = region.stacks[domain, decision.name]
        self.vocabulary: Vocabulary = region.vocabularies[domain]
        self.decision = decision
        self.proofs = proofs
        self.findings = findings

    def check(self, mark: Mark) -> None:
        """Report cases no row decides, rows never reached, and cases two rows of a unique table decide.

        Args:
            mark: where the lowest level writes the table.
        """
        lives: dict[str, list[tuple[date, Row, Dead | None, tuple[Row, ...]]]] = {}
        for span in self.spans():
            for name, rows in self.sequences(span.first):
                if any(row.faulty for row in rows):
                    continue
                proof = self.proof(name, rows, span)
                dead = {found.row: found for found in proof.dead}
                for position, row in enumerate(rows):
                    found = dead.get(position)
                    by = tuple(rows[at] for at in found.by) if found is not None else ()
                    lives.setdefault(row.id, []).append((span.first, row, found, by))
                self.tell_gaps(name, rows, proof, span.first, mark)
        for lived in lives.values():
            self.tell_dead(lived)

    def spans(self) -> Iterator[Span]:
        """Yield the spans of days on which rows and the parameters of their conditions stay the same."""
        days = set(self.stack.breaks())
        for item in self.parameters(self.stack.rows):
            if item.name in self.region.series:
                days |= {day for day in self.region.series[item.name].breaks() if day >= min(days)}
        ordered = sorted(days)
        for first, following in zip(ordered, [*ordered[1:], None], strict=True):
            last = LAST_DAY if following is None else following.toordinal() - 1
            yield Span(first, last)

    def sequences(self, on: date) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Yield the rows of the table and the cases of every amount in force on a day."""
        rows = self.stack.in_force(on)
        if not rows:
            return
        table = tuple(row for row in rows if not row.amount)
        if table or self.decision.outputs:
            yield "", table
        for name in self.decision.amounts:
            yield name, tuple(row for row in rows if row.amount == name)

    def parameters(self, rows: list[Row] | tuple[Row, ...]) -> list[Parameter]:
        """Return the parameters the conditions of some rows read."""
        return [item for row in rows for item in self.proofs.reads(row)]

    def proof(self, name: str, rows: tuple[Row, ...], span: Span) -> Proof:
        """Return what is proved of some rows, computed once for equal rows."""
        hit = "first" if name else self.decision.hit
        values = [repr(self.region.lookup(item, span.first)) for item in self.parameters(rows) if self.plain(item)]
        key = (*(id(row.cells) for row in rows), hit, span, id(self.vocabulary), *values)
        if key not in self.proofs.known:
            facts = self.vocabulary.facts
            prover = Prover(
                rows=rows,
                vocabulary=self.vocabulary,
                days={name: (span.first.toordinal(), span.last) for name in (self.decision.as_of,) if name in facts},
                evaluate=lambda node, facts: self.value(node, facts, span.first),
            )
            self.proofs.known[key] = prove(prover, hit=hit)
        return self.proofs.known[key]

    def plain(self, item: Parameter) -> bool:
        """Return whether a parameter has one value on a day."""
        return item.key is None and item.at is None and item.name in self.region.series

    def value(self, node: Expression, facts: Facts, on: date) -> Value:
        """Return the value of an expression for a case."""
        if any(item.name not in self.region.series for item in parameters_of(node)):
            raise UnknownValue("", on)
        return self.region.value_of(node, facts, self.decision.as_of, on)

    def tell_gaps(self, name: str, rows: tuple[Row, ...], proof: Proof, day: date, mark: Mark) -> None:
        """Report a case no row decides, and cases two rows decide."""
        what = name or self.decision.label or self.decision.name
        if not rows and (name or self.decision.hit == "first"):
            self.findings.error("no_catch_all", mark, name=what, day=day)
        elif proof.gap is not None:
            zh, en = self.case(proof.gap.facts)
            self.findings.error("gap", rows[-1].mark, name=what, day=day, case_zh=zh, case_en=en)
        for found in proof.overlaps:
            row, other = rows[found.row], rows[found.other]
            zh, en = self.case(found.facts)
            self.findings.error("overlap", row.mark, name=other.id, where=str(other.mark), case_zh=zh, case_en=en)

    def tell_dead(self, lived: list[tuple[date, Row, Dead | None, tuple[Row, ...]]]) -> None:
        """Report a row that is never reached on any of its days, or no longer from some day on."""
        dead = [(day, row, found, by) for day, row, found, by in lived if found is not None]
        if not dead:
            return
        day, row, found, by = dead[0]
        if row.region != self.region.code and all(other.region != self.region.code for other in by):
            return
        zh, en = self.case(found.facts if found is not None else None)
        names = "、".join(other.id for other in by[:4])
        where = str(by[0].mark) if by else ""
        values: dict[str, str] = {
            "name": names,
            "where": where,
            "day": str(day),
            "case_zh": zh,
            "case_en": en,
            "row": row.id,
        }
        if not by:
            self.findings.error("never_true", row.mark, **values)
        elif row.region != self.region.code:
            own = next(other for other in by if other.region == self.region.code)
            self.findings.warning("hidden_row", own.mark, hint=f"replace: {row.id}", **values)
        elif len(dead) == len(lived):
            self.findings.error("dead_row", row.mark, **values)
        else:
            self.findings.warning("dead_from", row.mark, hint=f"until: {day}", **values)

    def case(self, facts: Facts | None) -> tuple[str, str]:
        """Return a case as a clerk would tell it, in Chinese and English."""
        if not facts:
            return ("任何情形", "any case") if facts is not None else ("（未能举例）", "(no example found)")
        return self.told(facts, CHINESE), self.told(facts, ENGLISH)

    def told(self, facts: Facts, language: str) -> str:
        """Return the facts of a case in one language."""
        words = Lexicon(
            vocabulary=self.vocabulary,
            language=language,
            outputs=self.decision.labels,
            parameters=self.region.parameter_labels,
        )
        parts = []
        for name, value in facts.items():
            term = self.vocabulary.facts[name]
            shown = words.value(term.type, value)
            parts.append(f"{term.label}为“{shown}”" if words.chinese else f"{term.en or name} is ‘{shown}’")
        return ("，" if words.chinese else ", ").join(parts)


def check_region(*, region: Region, marks: dict[tuple[str, str], Mark], proofs: Proofs, findings: Findings) -> None:
    """Report what is wrong with whole tables of a region.

    Args:
        region: with everything it has from above.
        marks: where the lowest level writes every table.
        proofs: made before for the same set of packs.
        findings: gets every fault.
    """
    for (domain, name), mark in marks.items():
        decision = region.vocabularies[domain].decisions[name]
        TableCheck(region=region, domain=domain, decision=decision, proofs=proofs, findings=findings).check(mark)
