"""Can I get a refund? The questions that settle it, and what their answers come to, before anybody signs in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from yibao.policy import Region, Row, Source, Table
from yibao.policy.interview import UNKNOWN_VALUE, Interview, Standing
from yibao.policy.lexicon import CHINESE, Lexicon
from yibao.policy.types import Value
from yibao.services.refund.rules import notes
from yibao.services.refund.rules.texts import refusal_text, words

OPEN = "open"
APPLIED = "applied_on"
_TOLD = ("due", "deadline", "event_by", "window_from", "latest", "receiver", "afterwards", "keep")
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Possible:
    """A rule that holds, or may still hold.

    Attributes:
        rule: id of its row; empty where a needed value is not known.
        label: what it is about, in Chinese and English.
        outcome: the decision's word.
        why: the reason of a refusal, in Chinese and English; empty where there is none.
        next: what to do then, in Chinese and English.
        terms: when, by whom and what after, each with name and value, in Chinese and English.
    """

    rule: str
    label: tuple[str, str]
    outcome: str
    why: tuple[str, str] = ("", "")
    next: tuple[str, str] = ("", "")
    terms: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an interview comes to.

    Attributes:
        outcome: the word all possible rules agree on, else `open`.
        possible: the rules, one where it is settled.
        materials: what to bring for a refund: code, and its name in Chinese and English.
        sources: the documents, each once.
        low_confidence: whether a rule rests on hints only; a person must confirm before money moves.
        remarks: what the rules contradict and which stands, and what the place says of its rules, in both languages.
    """

    outcome: str
    possible: tuple[Possible, ...]
    materials: tuple[tuple[str, tuple[str, str]], ...]
    sources: tuple[Source, ...]
    low_confidence: bool
    remarks: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=_KEPT)
def interview(*, region: Region, on: date) -> Interview:
    """Return the interview about a refund somewhere on a day; made once, kept.

    Args:
        region: whose rules.
        on: the day of application.

    Raises:
        NoRuleInForce: the place has no refund rule on that day.
    """
    return Interview(region.table("refund", "situation", on=on), {APPLIED: on})


def answer(*, region: Region, asked: Interview, standing: Standing) -> Answer:
    """Return what can be said after the questions.

    Args:
        region: whose rules.
        asked: the interview.
        standing: where it stands.
    """
    table = asked.table
    rows = [table.row(name) for name in standing.rows if name != UNKNOWN_VALUE]
    possible = [_possible(row, table) for row in rows]
    if UNKNOWN_VALUE in standing.rows:
        possible.append(Possible("", _pair(words()["steps"]["tariff"]), "manual"))
    outcomes = {each.outcome for each in possible}
    refunds = [row for row, each in zip(rows, possible, strict=False) if each.outcome == "refund"]
    cited = {citation.source.id: citation.source for row in rows for citation in row.sources}
    return Answer(
        outcome=outcomes.pop() if len(outcomes) == 1 else OPEN,
        possible=tuple(possible),
        materials=tuple(_materials(region, refunds)),
        sources=tuple(cited.values()),
        low_confidence=any(row.low_confidence for row in rows),
        remarks=tuple(_remarks(region, rows, asked.given[APPLIED])),
    )


def _remarks(region: Region, rows: list[Row], on: Value) -> list[tuple[str, str]]:
    if not isinstance(on, date):
        return []
    differing = [each for row in rows for each in row.conflicts if each.holds(on)]
    written = notes.of_rows(region=region, rows=[row.id for row in rows], on=on)
    told = [(each.sentence(CHINESE), each.sentence("en")) for each in differing]
    return list(dict.fromkeys([*told, *((each.zh, each.en) for each in written)]))


def _pair(words: Mapping[str, str]) -> tuple[str, str]:
    return words["zh"], words["en"]


def _possible(row: Row, table: Table) -> Possible:
    members = row.members
    why = next_ = ("", "")
    if members.get("refusal"):
        told = refusal_text(code=str(members["refusal"]), detail=_Blank())
        why, next_ = (told["zh"], told["en"]), (told["next_zh"], told["next_en"])
    return Possible(
        rule=row.id,
        label=(row.label, row.en or row.label),
        outcome=str(members["outcome"]),
        why=why,
        next=next_,
        terms=tuple(_terms(row, table)),
    )


class _Blank(dict[str, str]):
    """Fills the places of a sentence that only a record could fill."""

    def __missing__(self, name: str) -> str:
        return "…"


def _terms(row: Row, table: Table) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    decision, found = table.decision, []
    shown = [
        Lexicon(vocabulary=table.vocabulary, language=language, outputs=decision.labels, parameters={})
        for language in (CHINESE, "en")
    ]
    for name in _TOLD:
        value = row.members.get(name)
        if value is not None:
            labels = tuple(each.output_label(name) for each in shown)
            values = tuple(each.value(decision.outputs[name], value) for each in shown)
            found.append(((labels[0], labels[1]), (values[0], values[1])))
    return found


def _materials(region: Region, rows: list[Row]) -> list[tuple[str, tuple[str, str]]]:
    if not rows:
        return []
    known: Mapping[str, object] = region.setting("refund", "materials")
    wanted = [code for code, each in known.items() if isinstance(each, dict) and "always" in each]
    for row in rows:
        evidence = row.members.get("evidence")
        wanted += [str(code) for code in evidence] if isinstance(evidence, tuple) else []
    named = {code: each for code, each in known.items() if isinstance(each, dict)}
    return [(code, (str(named[code]["label"]), str(named[code]["en"]))) for code in dict.fromkeys(wanted)]
