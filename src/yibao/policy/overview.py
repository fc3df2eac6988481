"""What is known of a region's rules, from which document, and how sure: read off what was loaded, for whoever looks.

The public page and the reference are made from this; nothing about a region is written a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from yibao.policy.documents import Citation, Source
from yibao.policy.lexicon import CHINESE, Lexicon
from yibao.policy.load import Packs
from yibao.policy.parameters import ParameterValue, Series
from yibao.policy.region import Region
from yibao.policy.row_words import RowWords
from yibao.policy.rows import Row
from yibao.policy.terms import Vocabulary
from yibao.policy.tree import Expression, Named, walk
from yibao.policy.types import Type

READINGS, NOTES, ALWAYS = "readings", "notes", "always"
_CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document, as it is cited: its words, the document's id and grade, and the region that has it."""

    text: str
    source: str
    region: str
    grade: str


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One row in words.

    Attributes:
        id: of the row.
        label: what it is called.
        conditions: one sentence each; empty for all other cases.
        results: what it decides, by what that is called.
        from_: first day.
        until: first day no longer, None while open.
        cited: where it stands in which document.
        readings: codes of the readings taken.
        low_confidence: whether it rests on hints only.
        attested: whether its documents are only known to have been applied, not since when they are in force.
        replaces: id of the inherited row it stands in for, empty where none.
        place: file and line.
    """

    id: str
    label: str
    conditions: tuple[str, ...]
    results: tuple[tuple[str, str], ...]
    from_: date
    until: date | None
    cited: tuple[Place, ...]
    readings: tuple[str, ...]
    low_confidence: bool
    attested: bool
    replaces: str
    place: str


@dataclass(frozen=True, slots=True)
class InheritedRule:
    """A row of a level above that holds here too.

    Attributes:
        id: of the row.
        label: what it is called.
        region: code of the region it comes from.
        replaced_by: ids of own rows that stand in for it.
        until: the day on which this region ends it, None where it does not.
    """

    id: str
    label: str
    region: str
    replaced_by: tuple[str, ...]
    until: date | None


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One decision: the region's own rows, and what it has from above.

    Attributes:
        domain: of the vocabulary.
        name: of the decision.
        label: what it is called.
        own: rows of its own pack by the amount they are a case of, under an empty name those of the table itself.
        inherited: rows of the levels above.
    """

    domain: str
    name: str
    label: str
    own: tuple[tuple[str, tuple[RuleEntry, ...]], ...]
    inherited: tuple[InheritedRule, ...]


@dataclass(frozen=True, slots=True)
class ValueEntry:
    """One dated value of a parameter; `text` is empty where the value is unknown."""

    key: str
    text: str
    from_: date
    until: date | None
    cited: tuple[Place, ...]
    low_confidence: bool
    note: str


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """A parameter of the region, with its own dated values, or the region it has it from."""

    name: str
    label: str
    values: tuple[ValueEntry, ...]
    region: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something the pack says in its own words: a reading taken, a note, the meaning of a condition."""

    about: str
    label: str
    text: str
    cited: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document of the region's own pack, with what rests on it: ids of rows and labels of parameters."""

    source: Source
    rows: tuple[str, ...]
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How much is known of a region, and how sure.

    Attributes:
        documents: of its own.
        rules: rows of its own.
        weak_rules: of these, those that rest on hints only.
        inherited: rows it has from above.
        values: dated values of its own.
        unknown: of these, those that say that the value is unknown.
    """

    documents: int
    rules: int
    weak_rules: int
    inherited: int
    values: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything known of one region, in one language."""

    region: Region
    above: tuple[Region, ...]
    below: tuple[Region, ...]
    counted: Counted
    notes: tuple[Said, ...]
    documents: tuple[DocumentEntry, ...]
    tables: tuple[TableEntry, ...]
    parameters: tuple[ParameterEntry, ...]
    readings: tuple[Said, ...]
    meanings: tuple[Said, ...]


def owner(file: str) -> str:
    """Return the code of the region whose pack a file belongs to.

    Example:
        >>> owner("500000_chongqing/refund.yaml")
        '500000'
    """
    return file[:_CODE_DIGITS]


def count(region: Region) -> Counted:
    """Return how much is known of a region, and how sure."""
    rows = [row for stack in region.stacks.values() for row in stack.rows]
    own = [row for row in rows if row.region == region.code]
    values = list(_own_values(region))
    return Counted(
        documents=sum(owner(source.mark.file) == region.code for source in region.sources.values()),
        rules=len(own),
        weak_rules=sum(row.low_confidence for row in own),
        inherited=len(rows) - len(own),
        values=len(values),
        unknown=sum(value.value is None for value in values),
    )


def overview(*, packs: Packs, code: str, language: str) -> Overview:
    """Return what is known of a region.

    Args:
        packs: all packs.
        code: of a region that has a pack.
        language: `zh` or `en`.

    Raises:
        KeyError: the region has no pack of its own.
    """
    region = packs.regions[code]
    return _Reader(packs, region, language).read()


def _own_values(region: Region) -> Iterator[ParameterValue]:
    for series in region.series.values():
        yield from _values(series, region.code)


def _values(series: Series, code: str) -> Iterator[ParameterValue]:
    for _, lines in series.values.values():
        yield from (line for line in lines if owner(line.file) == code)


def _places(cited: Iterable[Citation]) -> tuple[Place, ...]:
    return tuple(_place(item.source, item.shown()) for item in cited)


def _place(source: Source, text: str) -> Place:
    return Place(text, source.id, owner(source.mark.file), source.grade)


class _Reader:
    """Reads one region in one language."""

    def __init__(self, packs: Packs, region: Region, language: str) -> None:
        self.packs = packs
        self.region = region
        self.language = language
        self.above = tuple(packs.regions[code] for code in region.chain[:-1])
        self.rests: dict[str, tuple[list[str], list[str]]] = {}

    def read(self) -> Overview:
        tables = tuple(self.table(domain, name) for domain, name in self.region.stacks)
        parameters = tuple(self.parameter(series) for series in self.region.series.values())
        return Overview(
            region=self.region,
            above=self.above,
            below=tuple(each for each in self.packs.regions.values() if each.chain[:-1][-1:] == (self.region.code,)),
            counted=count(self.region),
            notes=(*self.notes(), *self.conflicts()),
            documents=tuple(self.documents()),
            tables=tables,
            parameters=parameters,
            readings=tuple(self.readings()),
            meanings=tuple(self.meanings()),
        )

    def words(self, domain: str, name: str) -> RowWords:
        """Return the words of a table."""
        vocabulary = self.region.vocabularies[domain]
        return RowWords(
            decision=vocabulary.decisions[name],
            vocabulary=vocabulary,
            parameters=self.region.parameter_labels,
            language=self.language,
        )

    def pick(self, zh: str, en: str) -> str:
        return zh if self.language == CHINESE else en or zh

    def table(self, domain: str, name: str) -> TableEntry:
        words, stack = self.words(domain, name), self.region.stacks[domain, name]
        own: dict[str, list[RuleEntry]] = {}
        inherited = []
        for row in stack.rows:
            if row.region == self.region.code:
                amount = words.output_label(row.amount) if row.amount else ""
                own.setdefault(amount, []).append(self.rule(words, row))
            else:
                inherited.append(self.inherited(words, row, [each.id for each in stack.replaced.get(row.id, ())]))
        groups = tuple((amount, tuple(rules)) for amount, rules in own.items())
        label = self.pick(words.decision.label, words.decision.en)
        return TableEntry(domain, name, label, groups, tuple(inherited))

    def rule(self, words: RowWords, row: Row) -> RuleEntry:
        for item in row.sources:
            self.rests.setdefault(item.source.id, ([], []))[0].append(row.id)
        return RuleEntry(
            id=row.id,
            label=words.called(row),
            conditions=tuple(words.conditions(row).values()),
            results=tuple(words.results(row).items()),
            from_=row.from_,
            until=row.until,
            cited=_places(row.sources),
            readings=row.readings,
            low_confidence=row.low_confidence,
            attested=row.attested,
            replaces=row.place[1] if row.place[0] == "replace" else "",
            place=f"{row.mark.file}:{row.mark.line}",
        )

    def inherited(self, words: RowWords, row: Row, replaced_by: list[str]) -> InheritedRule:
        above = self.packs.regions[row.region].stacks
        before = next(each for stack in above.values() for each in stack.rows if each.mark == row.mark)
        until = row.until if row.until != before.until else None
        return InheritedRule(row.id, words.called(row), row.region, tuple(replaced_by), until)

    def parameter(self, series: Series) -> ParameterEntry:
        term, code = series.term, self.region.code
        label = self.pick(term.label, term.en or term.name)
        values = []
        for line in _values(series, code):
            values.append(self.value(series, line))
            for item in line.sources:
                self.rests.setdefault(item.source.id, ([], []))[1].append(label)
        from_above = [owner(line.file) for _, lines in series.values.values() for line in lines]
        return ParameterEntry(term.name, label, tuple(values), code if values else from_above[-1] if from_above else "")

    def value(self, series: Series, line: ParameterValue) -> ValueEntry:
        term = series.term
        lexicon = Lexicon(
            vocabulary=self.vocabulary(term.key or term.type), language=self.language, outputs={}, parameters={}
        )
        key = lexicon.value(term.key, line.key) if term.key is not None else ""
        text = "" if line.value is None else lexicon.value(term.type, line.value)
        cited = _places(line.sources)
        return ValueEntry(key, text, line.from_, line.until, cited, line.low_confidence, line.note)

    def vocabulary(self, type_: Type) -> Vocabulary:
        """Return the vocabulary that knows the codes of a type, any where it has none."""
        known = [each for each in self.region.vocabularies.values() if type_.name in each.enums]
        return (known or list(self.region.vocabularies.values()))[0]

    def documents(self) -> Iterator[DocumentEntry]:
        for source in self.region.sources.values():
            if owner(source.mark.file) == self.region.code:
                rows, parameters = self.rests.get(source.id, ([], []))
                yield DocumentEntry(source, tuple(dict.fromkeys(rows)), tuple(dict.fromkeys(parameters)))

    def own_settings(self, setting: str) -> Iterator[tuple[str, dict[str, str | list[str]]]]:
        """Return the entries of a setting that the region's own pack writes."""
        for (domain, name), written in self.region.settings.items():
            inherited = self.above[-1].settings.get((domain, name), {}) if self.above else {}
            if name == setting:
                yield from ((key, entry) for key, entry in written.items() if entry != inherited.get(key))  # type: ignore[misc]

    def notes(self) -> Iterator[Said]:
        for about, entry in self.own_settings(NOTES):
            places = (str(each).partition("#") for each in entry.get("source", ()))
            cited = _places(Citation(self.region.source(source), article) for source, _, article in places)
            yield Said("" if about == ALWAYS else about, "", self.pick(str(entry["zh"]), str(entry["en"])), cited)

    def conflicts(self) -> Iterator[Said]:
        """Return where a rule of the region and one of the nation contradict one another, and which stands."""
        rows = (row for stack in self.region.stacks.values() for row in stack.rows)
        found = {one.mark: one for row in rows for one in row.conflicts if owner(one.mark.file) == self.region.code}
        for one in found.values():
            about = "、".join(dict.fromkeys(row for row, _ in one.rows))
            yield Said(about, "", one.sentence(self.language), _places(one.citations))

    def readings(self) -> Iterator[Said]:
        for code, entry in self.own_settings(READINGS):
            question = self.pick(str(entry["question"]), str(entry.get("question_en", "")))
            yield Said(code, question, self.pick(str(entry["taken"]), str(entry.get("en", ""))))

    def meanings(self) -> Iterator[Said]:
        """Return what the conditions mean that the region's own pack names and its rows use."""
        for (domain, name), stack in self.region.stacks.items():
            words = self.words(domain, name)
            parts = (part for row in stack.rows for tree in _trees(row) for part in walk(tree))
            used = {part.name for part in parts if isinstance(part, Named)}
            for node, mark in self.region.named.get(domain, {}).values():
                if owner(mark.file) == self.region.code and node.name in used:
                    yield Said(node.name, words.label(node), words.told.expression(node.body))


def _trees(row: Row) -> list[Expression]:
    trees = [cell.condition for cell in row.cells] + [cell.subject for cell in row.cells]
    trees += [tree for _, tree in row.outputs]
    return [*trees, *([] if row.value is None else [row.value])]
