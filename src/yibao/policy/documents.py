"""The documents rules rest on: number, issuer, dates and how sure we are of their text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.shape import day, entries, needed, texts, word
from yibao.policy.source import Node, Scalar

GRADES = ("A", "B", "C", "recalled")
WEAK_GRADES = ("C", "recalled")
SOURCE_KEYS = (
    "number", "title", "en", "issuer", "issued_on", "in_force_from", "attested_from", "until", "address", "grade",
    "note", "checked_on", "copies", "text", "articles",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A document.

    Attributes:
        id: how rows cite it, `id#article`.
        number: official number; empty where unknown.
        title: in Chinese.
        en: title in English, may be empty.
        issuer: who issued it.
        issued_on: day of issue, None where unknown.
        in_force_from: first day in force, None where unknown.
        attested_from: first day on which it is known to have been applied, where `in_force_from` is not known.
        until: first day no longer in force, None while it is.
        address: where its text was found.
        grade: A official text, B copy or press quoting it, C hint, recalled.
        mark: where it is declared.
        note: remark of the pack.
    """

    id: str
    number: str
    title: str
    en: str
    issuer: str
    issued_on: date | None
    in_force_from: date | None
    attested_from: date | None
    until: date | None
    address: str
    grade: str
    mark: Mark
    note: str = ""

    @property
    def low_confidence(self) -> bool:
        """Return whether the text is only a hint."""
        return self.grade in WEAK_GRADES

    @property
    def starts(self) -> date:
        """Return the first day a rule may rest on it."""
        return self.in_force_from or self.attested_from or self.issued_on or date.max

    def shown(self) -> str:
        """Return what a reader is told: the number, or the title in book marks."""
        return self.number or f"《{self.title}》"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document.

    Attributes:
        source: the document.
        article: the part of it, as the pack names it; empty for the whole.
    """

    source: Source
    article: str

    def shown(self) -> str:
        """Return the citation as it is read, in Chinese."""
        return f"{self.source.shown()} {self.article}".strip()


def read_documents(*, node: Node, findings: Findings) -> dict[str, Source]:
    """Return the documents of a `sources.yaml` by id."""
    top = entries(node=node, keys=None, findings=findings)
    if "sources" in top.entries:
        top = entries(node=node, keys=("sources",), findings=findings)
        top = entries(node=top.get("sources"), keys=None, findings=findings)
    return {key.text: _source(key, value, findings) for key, value in top}


def _source(key: Scalar, node: Node, findings: Findings) -> Source:
    words = entries(node=node, keys=SOURCE_KEYS, findings=findings)
    grade = needed(node=words, key="grade", findings=findings)
    if grade and grade not in GRADES:
        mark = words.entries["grade"][1].mark
        findings.error("bad_choice", mark, text=grade, choices=", ".join(GRADES))
    number = word(node=words, key="number")
    starts = day(node=words, key="in_force_from", findings=findings)
    attested = day(node=words, key="attested_from", findings=findings)
    if starts is None and attested is None:
        hint = "in_force_from: 施行日期；不知道就写 attested_from: 已知最早按此办理的日期"
        findings.error("missing_key", key.mark, key="in_force_from / attested_from", hint=hint)
    until = day(node=words, key="until", findings=findings)
    if until is not None and until <= (starts or attested or until):
        findings.error("dates_reversed", words.entries["until"][1].mark, until=until, start=starts or attested)
    source = Source(
        id=key.text,
        number="" if number == "unknown" else number,
        title=needed(node=words, key="title", findings=findings),
        en=word(node=words, key="en"),
        issuer=word(node=words, key="issuer"),
        issued_on=day(node=words, key="issued_on", findings=findings),
        in_force_from=starts,
        attested_from=attested,
        until=until,
        address=word(node=words, key="address"),
        grade=grade,
        mark=key.mark,
        note=word(node=words, key="note"),
    )
    if starts is None and attested is not None:
        findings.warning("source_attested", key.mark, name=source.shown(), day=attested)
    return source


def read_citations(*, node: Node | None, sources: dict[str, Source], findings: Findings) -> tuple[Citation, ...]:
    """Return the documents a `source:` cites; unknown ones are reported and left out."""
    cited = []
    for item in texts(node=node, findings=findings):
        name, _, article = item.text.partition("#")
        if name in sources:
            cited.append(Citation(sources[name], article))
        else:
            findings.error("unknown_source", item.mark, name=name, hint=suggest(name=name, choices=sources))
    return tuple(cited)


def check_in_force(
    *, cited: tuple[Citation, ...], start: date, until: date | None, mark: Mark, findings: Findings
) -> None:
    """Report the first day of a dated line on which none of the documents it cites is in force.

    A line or a document whose first day is not known is told of by itself.
    """
    if start == date.min or any(citation.source.starts == date.max for citation in cited):
        return
    day_needed = start
    for citation in sorted(cited, key=lambda item: item.source.starts):
        source = citation.source
        if source.starts <= day_needed:
            if source.until is None:
                return
            day_needed = max(day_needed, source.until)
    if until is None or day_needed < until:
        names = "、".join(dict.fromkeys(item.source.id for item in cited))
        findings.error("source_not_in_force", mark, day=day_needed, name=names)


def weak(cited: tuple[Citation, ...]) -> bool:
    """Return whether a line rests on hints only."""
    return all(item.source.low_confidence for item in cited)
