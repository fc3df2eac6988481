"""The reasoning of a decision as steps and sentences, made only when somebody reads it."""

from collections.abc import Iterable

from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.policy import Citation, Row
from yibao.policy.explain import sentences
from yibao.services.refund.rules.decision import Step
from yibao.services.refund.rules.results import Result
from yibao.services.refund.rules.texts import step_label, words


def steps(*, results: list[Result], outcome: str) -> list[Step]:
    """Return what changed the result, in that order, each with its source.

    Args:
        results: Lines that are shown.
        outcome: The decision they lead to.

    Returns:
        Steps whose source cites a document, or the record and the rule that asked for it.
    """
    found: list[Step] = []
    for result in results:
        found += _of_line(result)
    return found


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
    if result.row is None:
        return []
    row = result.row.table.row(result.row.row)
    found = [_step("rule", f"{row.id} {row.label}", f"{row.id} {row.en}", _document(row), row.id)]
    if result.outcome in ("refund", "too_early", "late"):
        found += _months(result, row)
    if result.amounts is not None:
        found += _money(result, row)
    outcome = words()["outcomes"][result.outcome]
    source = _document(row)
    found.append(_step("outcome", outcome["zh"], outcome["en"], source, row.id))
    return found


def _step(code: str, value: str, value_en: str, source: str, rule: str) -> Step:
    label, label_en = step_label(code)
    return Step(label, label_en, value, value_en, source, rule)


def _document(row: Row) -> str:
    return _cite(row.sources, row.readings, row.id)


def _cite(citations: Iterable[Citation], readings: Iterable[str], rule: str) -> str:
    shown = "；".join(citation.shown() for citation in citations)
    taken = "、".join(readings)
    if not shown:
        return f"本地规则库解读 {taken}（规则 {rule}）"
    return f"{shown}（规则 {rule}{'，解读 ' + taken if taken else ''}）"


def _record(result: Result, rule: str) -> str:
    return f"档案：缴费记录 {result.line.payment.id}（{rule} 要求）"


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
    record = _record(result, row.id)
    if result.months:
        span = _span(result.months)
        count = len(result.months)
        found.append(_step("months", f"{count} 个月（{span}）", f"{count} months ({span})", record, row.id))
    if result.waiting:
        span = _span(result.waiting)
        count = len(result.waiting)
        found.append(_step("not_due", f"{count} 个月（{span}）", f"{count} months ({span})", record, row.id))
    for entry in result.entries:
        if entry.earliest is not None:
            day = entry.earliest.isoformat()
            found.append(_step("due", day, day, _document(row), row.id))
        if entry.latest is not None:
            day = entry.latest.isoformat()
            found.append(_step("deadline", day, day, _document(row), row.id))
    return found


def _money(result: Result, row: Row) -> list[Step]:
    trace = result.amounts
    if trace is None:
        return []
    cases = trace.cases
    found = []
    for each in result.facts.grounds.traces:
        for use in each.parameters_used:
            value, value_en = _parameter(use.type.kind.value, use.value)
            source = _cite(use.sources, (), row.id)
            found.append(Step(use.label, use.en, value, value_en, source, row.id))
    for name in ("gross", "offset", "refund"):
        case = cases[name]
        if name == "offset" and not trace.amounts[name] and result.asks("offset") in (None, "none"):
            continue
        if name == "offset":
            found += _credits(result, row)
        label, label_en = step_label(name)
        shown = f"{label}：{case.label}" if name != "refund" else label
        shown_en = f"{label_en}: {case.en}" if name != "refund" else label_en
        found.append(Step(shown, shown_en, *_yuan(trace.amounts[name]), _document(case), row.id))
    return found


def _credits(result: Result, row: Row) -> list[Step]:
    found = []
    for name in ("credited", "retiree_credited"):
        amount = result.facts[name]
        if name == "credited" or amount:
            found.append(_step(name, *_yuan(amount), _record(result, row.id), row.id))
    return found


def _yuan(fen: object) -> tuple[str, str]:
    if fen is None:
        return "-", "-"
    shown = Money(int(str(fen))).display()
    return f"{shown} 元", f"{shown} yuan"


def _parameter(kind: str, value: object) -> tuple[str, str]:
    if kind == "money":
        return _yuan(value)
    if kind == "rate" and isinstance(value, int):
        percent = str(Money(value)).rstrip("0").rstrip(".")
        return f"{percent}%", f"{percent}%"
    return str(value), str(value)
