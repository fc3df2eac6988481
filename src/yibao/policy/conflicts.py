"""Where a rule of a place and one of the nation contradict one another: what each says, and which stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yibao.policy.diagnostics import Findings, Mark
from yibao.policy.documents import Citation, Source, read_citations
from yibao.policy.lexicon import CHINESE
from yibao.policy.shape import entries, listed, needed, texts, word
from yibao.policy.source import Mapping, Node, Scalar

LOCAL = "local"
NATIONAL = "national"
SIDES = (LOCAL, NATIONAL)
CONFLICT_KEYS = ("rows", "local", "national", "stands", "reason", "en", "source", "note")
SIDE_KEYS = ("source", "says", "en")
_NAMES = {LOCAL: ("本地规定", "the rule of the place"), NATIONAL: ("国家规定", "the national rule")}


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two says.

    Attributes:
        citation: the place in its document.
        zh: what it says, in Chinese.
        en: the same in English.
    """

    citation: Citation
    zh: str
    en: str

    @property
    def source(self) -> Source:
        """Return the document."""
        return self.citation.source


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule of a place and one of the nation that contradict one another.

    Attributes:
        rows: ids of the rows that decide where the two differ; all on the side that stands.
        local: the side of the place.
        national: the side of the nation.
        stands: `local` or `national`.
        reason: why it stands, in Chinese; empty where it is the later one and nothing else is to be said.
        en: the reason in English.
        grounds: documents the reason rests on.
        mark: where it is written.
    """

    rows: tuple[tuple[str, Mark], ...]
    local: Side
    national: Side
    stands: str
    reason: str
    en: str
    grounds: tuple[Citation, ...]
    mark: Mark

    @property
    def standing(self) -> Side:
        """Return the side that stands."""
        return self.local if self.stands == LOCAL else self.national

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Return every document it names: the nation's, the place's, those of the reason."""
        return self.national.citation, self.local.citation, *self.grounds

    @property
    def later(self) -> bool:
        """Return whether the side that stands is known to be later than the other."""
        held, other = self.standing.source, (self.national if self.stands == LOCAL else self.local).source
        dated = held.issued_on or held.in_force_from
        return dated is not None and dated > (other.issued_on or other.starts)

    def holds(self, on: date) -> bool:
        """Return whether both documents were there on a day, so that they could contradict one another."""
        return self.local.source.starts <= on and self.national.source.starts <= on

    def sentence(self, language: str) -> str:
        """Return what each side says, which one stands, and why.

        Args:
            language: `zh` or `en`.
        """
        at = int(language != CHINESE)
        name = _NAMES[self.stands][at]
        if language == CHINESE:
            because = "".join(f"{each}，" for each in (f"{name}在后" if self.later else "", self.reason) if each)
            return f"{_told(NATIONAL, self.national)}；{_told(LOCAL, self.local)}。{because}以{name}为准。"
        because = "; ".join(each for each in ("it is the later one" if self.later else "", self.en) if each)
        told = f"{_told_en(NATIONAL, self.national)}; {_told_en(LOCAL, self.local)}"
        return f"{_capital(told)}. {_capital(name)} stands: {because}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _told(name: str, side: Side) -> str:
    known = side.source.issued_on or side.source.in_force_from
    day = known or f"最早见于{side.source.starts}"
    return f"{_NAMES[name][0]}（{side.citation.shown()}，{day}）：{side.zh}"


def _told_en(name: str, side: Side) -> str:
    source = side.source
    known = source.issued_on or source.in_force_from
    day = f"of {known}" if known else f"known since {source.starts}"
    return f"{_NAMES[name][1]} ({source.number or source.en or source.shown()}, {day}): {side.en}"


def read_conflicts(
    *, node: Node | None, sources: dict[str, Source], national: frozenset[str], findings: Findings
) -> tuple[Conflict, ...]:
    """Return the contradictions a table of a pack declares; every fault is reported.

    Args:
        node: the list under `conflicts`.
        sources: documents by id, own and inherited.
        national: ids of the documents the nation's pack declares.
        findings: gets every fault.
    """
    found = (_read(item, sources, national, findings) for item in listed(node=node, findings=findings))
    return tuple(each for each in found if each is not None)


def _read(node: Node, sources: dict[str, Source], national: frozenset[str], findings: Findings) -> Conflict | None:
    words = entries(node=node, keys=CONFLICT_KEYS, findings=findings)
    rows = tuple((item.text, item.mark) for item in texts(node=words.get("rows"), findings=findings))
    if not rows:
        findings.error("missing_key", words.mark, key="rows")
    sides = {name: _side(words, name, sources, national, findings) for name in SIDES}
    stands = needed(node=words, key="stands", findings=findings)
    if stands and stands not in SIDES:
        findings.error("bad_choice", words.entries["stands"][1].mark, text=stands, choices=", ".join(SIDES))
    local, nation = sides[LOCAL], sides[NATIONAL]
    if local is None or nation is None or stands not in SIDES:
        return None
    conflict = Conflict(
        rows=rows,
        local=local,
        national=nation,
        stands=stands,
        reason=word(node=words, key="reason"),
        en=word(node=words, key="en"),
        grounds=read_citations(node=words.get("source"), sources=sources, findings=findings),
        mark=words.mark,
    )
    if not conflict.later and not conflict.reason:
        findings.error("conflict_reason", words.mark, name=conflict.standing.source.shown())
    if bool(conflict.reason) is not bool(conflict.en):
        findings.error("missing_key", words.mark, key="en" if conflict.reason else "reason")
    return conflict


def _side(
    words: Mapping, name: str, sources: dict[str, Source], national: frozenset[str], findings: Findings
) -> Side | None:
    node = words.get(name)
    if node is None:
        findings.error("missing_key", words.mark, key=name)
        return None
    parts = entries(node=node, keys=SIDE_KEYS, findings=findings)
    zh, en = (needed(node=parts, key=key, findings=findings) for key in ("says", "en"))
    place = parts.get("source")
    cited = read_citations(node=place, sources=sources, findings=findings)
    if not isinstance(place, Scalar):
        findings.error("missing_source", parts.mark)
        return None
    if not cited:
        return None
    if (cited[0].source.id in national) is not (name == NATIONAL):
        findings.error("conflict_side", place.inner, name=cited[0].source.id, side=_NAMES[name][0], other=name)
    return Side(cited[0], zh, en)
