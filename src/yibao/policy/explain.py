"""Sentences about decisions and rules, in Chinese and English, made when somebody reads them."""

from __future__ import annotations

from datetime import date

from yibao.policy.diagnostics import UnknownName, UnknownValue, suggest
from yibao.policy.lexicon import Lexicon
from yibao.policy.region import Region
from yibao.policy.row_words import citation_text
from yibao.policy.sentences import Words
from yibao.policy.table import Trace
from yibao.policy.telling import Told
from yibao.policy.terms import normal, spellings
from yibao.policy.types import show_value


def sentences(trace: Trace, *, language: str = "zh") -> list[str]:
    """Return why a decision came out as it did: rows tried, the row that holds, parameters, amounts.

    Args:
        trace: of the decision.
        language: `zh` or `en`.
    """
    table = trace.table
    words = table.words.get(language)
    if not isinstance(words, Words):
        words = table.words[language] = Words(table, language)
    return words.sentences(trace)


def explain_key(*, region: Region, key: str, on: date, language: str) -> list[str]:
    """Return what is in force for a parameter, a table or a row of a table on a day, or what a condition means.

    Raises:
        UnknownName: there is nothing of this name.
        UnknownValue: the parameter has no value on that day.
        NoRuleInForce: the table has no row on that day.
    """
    names = spellings((name, series.term.label) for name, series in region.series.items())
    if normal(key) in names:
        return _parameter(region, names[normal(key)], on, language)
    table, _, row_id = key.rpartition(".") if "." in key else (key, "", "")
    for domain, vocabulary in region.vocabularies.items():
        for name, decision in vocabulary.decisions.items():
            if table in (name, decision.label, f"{domain}.{name}"):
                return _rows(region, domain, name, row_id, on, language)
    for domain, named in region.named.items():
        for name, (condition, mark) in named.items():
            if key in (name, condition.label):
                words = Lexicon(
                    vocabulary=region.vocabularies[domain],
                    language=language,
                    outputs={},
                    parameters=region.parameter_labels,
                )
                return [Told(words).meaning(condition, mark)]
    choices = [*names, *(name for vocabulary in region.vocabularies.values() for name in vocabulary.decisions)]
    choices += [name for named in region.named.values() for name in named]
    raise UnknownName(key, suggest(name=key, choices=choices))


def _parameter(region: Region, name: str, on: date, language: str) -> list[str]:
    series = region.series[name]
    term = series.term
    lines = []
    for key in series.values:
        line = series.find(on, key)
        if line is None:
            continue
        what = (term.label if language == "zh" else term.en or term.name) + (f"[{key}]" if key else "")
        read = "；".join(f"{name} {show_value(kind=term.type.kind, value=each)}" for name, each in line.readings)
        value = read or "?" if line.value is None else show_value(kind=term.type.kind, value=line.value)
        unit = term.type.unit if language == "zh" else ""
        cited = citation_text(cited=line.sources, language=language)
        if language == "zh":
            until = f"至 {line.until} 前" if line.until else "起"
            lines.append(f"{what}：{value}{unit}，{line.from_} {until}（{cited}） {line.file}:{line.line}")
        else:
            until = f" until before {line.until}" if line.until else ""
            lines.append(f"{what}: {value} from {line.from_}{until} ({cited}) {line.file}:{line.line}")
    if not lines:
        raise UnknownValue(name, on)
    return lines


def _rows(region: Region, domain: str, name: str, row_id: str, on: date, language: str) -> list[str]:
    table = region.table(domain, name, on=on)
    rows = [row for row in table.rows if not row_id or row.id == row_id]
    if not rows:
        hint = suggest(name=row_id, choices=[row.id for row in table.rows])
        raise UnknownName(f"{name}.{row_id}", f"{name}.{hint}" if hint else "")
    words = Words(table, language)
    told: list[str] = []
    for row in rows:
        told += [words.rule(row), *(each.sentence(language) for each in row.conflicts if each.holds(on))]
    return told
