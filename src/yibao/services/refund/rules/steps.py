"""The reasoning of a decision as steps and sentences, made only when somebody reads it."""

from collections.abc import Iterable
from datetime import date

from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.policy import Row
from yibao.policy.answers import Step
from yibao.policy.documents import Citation
from yibao.policy.explain import sentences
from yibao.policy.terms import Vocabulary
from yibao.policy.tree import Named, facts_of
from yibao.services.refund.rules import conflicts, notes
from yibao.services.refund.rules.results import Result, in_force
from yibao.services.refund.rules.texts import step_label, words

_PLAIN = ("reason", "scheme", "paid_as", "payment_kind")
_NO = ("否", "false", "no")
_BEHIND: dict[tuple[str, str], tuple[str, ...]] = {}


def steps(*, results: list[Result]) -> list[Step]:
    """Return what changed the result, in that order, each with its source.

    Args:
        results: Lines that are shown.

    Returns:
        Steps whose source cites a document, or the record and the rule that asked for it.
    """
    return [step for result in results for step in _of_line(result)]


def trace_lines(*, results: list[Result], language: str) -> list[str]:
    """Return every row looked at, and why it failed or held, as sentences.

    Args:
        results: All lines of the decision.
        language: `zh` or `en`.
    """
    lines: list[str] = []
    for result in results:
        lines.append(f"[{result.line.payment.id}]")
        for trace in result.traces:
            lines += sentences(trace, language=language)
    return lines


def _of_line(result: Result) -> list[Step]:
    outcome = words()["outcomes"][result.outcome]
    if result.row is None:
        code = result.refusals[0].code
        record = _from_record(result, code)
        return [_step("outcome", (outcome["zh"], outcome["en"]), record, code)]
    row = result.row.table.row(result.row.row)
    found = [_step("rule", (f"{row.id} {row.label}", f"{row.id} {row.en}"), _document(result, row), row.id)]
    found += _conflicts(result, row) + _notes(result, row)
    found += _conditions(result, row)
    found += _event_by(result, row)
    if result.outcome in ("refund", "too_early", "late"):
        found += _months(result, row)
    if result.amounts is not None:
        found += _money(result, row)
    found.append(_step("outcome", (outcome["zh"], outcome["en"]), _document(result, row), row.id))
    return found


def _step(code: str, value: tuple[str, str], source: tuple[str, str], rule: str) -> Step:
    return Step(step_label(code), value, source, rule)


def _conflicts(result: Result, row: Row) -> list[Step]:
    """Return one step for every rule the row contradicts: what both say, and which stands."""
    return [
        _step(
            "conflict",
            (each.sentence("zh"), each.sentence("en")),
            cite(citations=each.citations, readings=(), rule=row.id),
            row.id,
        )
        for each in conflicts.of_line(result)
    ]


def _notes(result: Result, row: Row) -> list[Step]:
    """Return one step for every remark of the place on the row, or on the place as a whole."""
    return [
        _step("note", (note.zh, note.en), cite(citations=note.citations, readings=(), rule=row.id), row.id)
        for note in notes.of_line(result)
    ]


def _event_by(result: Result, row: Row) -> list[Step]:
    day = result.asks("event_by")
    if not isinstance(day, date):
        return []
    return [_step("event_by", (day.isoformat(), day.isoformat()), _document(result, row), row.id)]


def _document(result: Result, row: Row) -> tuple[str, str]:
    if not row.sources:
        return _from_record(result, row.id, row.readings)
    citations = in_force(citations=row.sources, on=result.line.case.on)
    return cite(citations=citations, readings=row.readings, rule=row.id)


def cite(*, citations: Iterable[Citation], readings: Iterable[str], rule: str) -> tuple[str, str]:
    """Return a citation as it is read in Chinese and English.

    Args:
        citations: Places in documents.
        readings: Codes of the readings taken.
        rule: Id of the row that cites them.
    """
    places = list(citations)
    taken = "、".join(readings)
    zh = "；".join(place.shown() for place in places)
    en = "; ".join(f"{place.source.number or place.source.en or place.shown()} {place.article}" for place in places)
    return (
        f"{zh}（规则 {rule}{'，解读 ' + taken if taken else ''}）",
        f"{en} (rule {rule}{', readings ' + taken if taken else ''})",
    )


def _from_record(result: Result, rule: str, readings: Iterable[str] = ()) -> tuple[str, str]:
    name, taken = result.line.payment.id, "、".join(readings)
    return (
        f"档案：缴费记录 {name}（{rule} 要求{'，解读 ' + taken if taken else ''}）",
        f"record: payment {name} (asked for by {rule}{', readings ' + taken if taken else ''})",
    )


def _conditions(result: Result, row: Row) -> list[Step]:
    """Return one step for every condition of the row that the record had to show."""
    if result.row is None:
        return []
    source, vocabulary = _from_record(result, row.id), result.row.table.vocabulary
    found = []
    for cell in row.cells:
        subject = cell.subject
        name = getattr(subject, "name", "")
        if name in _PLAIN:
            continue
        if isinstance(subject, Named):
            grounds = [_fact(result, vocabulary, fact) for fact in _behind(result, subject)]
            shown = [ground for ground in grounds if ground is not None]
            zh, en = "，".join(each[0] for each in shown), ", ".join(each[1] for each in shown)
            answer = ("否", "no") if cell.text in _NO else ("是", "yes")
            value = (f"{answer[0]}（{zh}）" if zh else answer[0], f"{answer[1]} ({en})" if en else answer[1])
            found.append(Step((subject.label, subject.en), value, source, row.id))
        elif name in vocabulary.facts:
            fact = vocabulary.facts[name]
            value = _value(result, vocabulary, name)
            found.append(Step((fact.label, fact.en), value, source, row.id))
    return found


def _behind(result: Result, condition: Named) -> tuple[str, ...]:
    """Return the facts a named condition looks at, found once per version of the rules."""
    key = (result.line.history.region.version, condition.name)
    if key not in _BEHIND:
        _BEHIND[key] = tuple(fact for fact in sorted(facts_of(condition)) if fact not in _PLAIN)
    return _BEHIND[key]


def _fact(result: Result, vocabulary: Vocabulary, name: str) -> tuple[str, str] | None:
    value = result.facts[name]
    if value is None or isinstance(value, bool):
        return None
    fact, (zh, en) = vocabulary.facts[name], _value(result, vocabulary, name)
    return f"{fact.label} {zh}", f"{fact.en} {en}"


def _value(result: Result, vocabulary: Vocabulary, name: str) -> tuple[str, str]:
    value, type_ = result.facts[name], vocabulary.facts[name].type
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if type_.name in vocabulary.enums:
        return vocabulary.enums[type_.name].labels.get(str(value), (str(value), str(value)))
    if isinstance(value, date):
        return value.isoformat(), value.isoformat()
    if type_.kind.value == "money":
        return _yuan(value)
    return f"{value} {type_.unit}".strip(), str(value)


def _span(indexes: list[int]) -> str:
    runs: list[list[int]] = []
    for index in indexes:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return "、".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    first, last = str(Month.from_index(run[0])), str(Month.from_index(run[-1]))
    return first if first == last else f"{first}—{last}"


def _months(result: Result, row: Row) -> list[Step]:
    found = []
    for code, months in (("months", result.months), ("not_due", result.waiting)):
        if months:
            span, count = _span(months), len(months)
            value = (f"{count} 个月（{span}）", f"{count} months ({span})")
            found.append(_step(code, value, _from_record(result, row.id), row.id))
    for entry in result.entries:
        for code, day in (("due", entry.earliest), ("deadline", entry.latest)):
            if day is not None:
                found.append(_step(code, (day.isoformat(), day.isoformat()), _document(result, row), row.id))
    return found


def _money(result: Result, row: Row) -> list[Step]:
    trace = result.amounts
    if trace is None:
        return []
    found = [
        Step((use.label, use.en), _parameter(use.type.kind.value, use.value), _of_value(use.sources, row.id), row.id)
        for use in result.uses
    ]
    for name, case in trace.cases.items():
        if name == "offset":
            if result.asks("offset") in (None, "none"):
                continue
            found += _credits(result, row)
        (zh, en), amount = step_label(name), _yuan(trace.amounts[name])
        label = (zh, en) if name == "refund" else (f"{zh}：{case.label}", f"{en}: {case.en}")
        found.append(Step(label, amount, _document(result, case), row.id))
    return list(dict.fromkeys(found))


def _of_value(citations: Iterable[Citation], rule: str) -> tuple[str, str]:
    return cite(citations=citations, readings=(), rule=rule)


def _credits(result: Result, row: Row) -> list[Step]:
    return [
        _step(name, _yuan(result.facts[name]), _from_record(result, row.id), row.id)
        for name in ("credited", "retiree_credited")
        if name == "credited" or result.facts[name]
    ]


def _yuan(fen: object) -> tuple[str, str]:
    shown = Money(int(str(fen))).display()
    return f"{shown} 元", f"{shown} yuan"


def _parameter(kind: str, value: object) -> tuple[str, str]:
    if kind == "money":
        return _yuan(value)
    if kind == "rate" and isinstance(value, int):
        percent = str(Money(value)).rstrip("0").rstrip(".")
        return f"{percent}%", f"{percent}%"
    return str(value), str(value)
