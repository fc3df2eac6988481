"""The reasoning about cover as steps, made only when somebody reads it, and the reasons named by rows."""

from datetime import date

from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.policy import Region
from yibao.policy.answers import Step
from yibao.policy.documents import Citation
from yibao.policy.parameters import ParameterValue
from yibao.policy.table import Trace
from yibao.policy.terms import Vocabulary
from yibao.policy.tree import Named, facts_of
from yibao.services.relocation.rules.decision import Refusal, Words, cite, from_record
from yibao.services.relocation.rules.history import History
from yibao.services.relocation.rules.texts import step_label
from yibao.services.relocation.rules.waiting import DAYS, Waiting

_PARTS = ("fixed", "variable", "repaired", "floor", "amount")


def refusal(*, code: str, history: History) -> Refusal:
    """Return a reason a row names, with the months and the day it speaks of."""
    gap = history.gap
    months = f"{Month.from_index(gap[0])}—{Month.from_index(gap[-1])}" if gap else "-"
    return Refusal(code, (("on", history.case.on.isoformat()), ("months", months)))


def unknown(*, region: Region, name: str, on: date | None) -> Refusal:
    """Return that a value the rule needs is not known, under its name."""
    zh, en = region.parameter_labels.get(name, (name, name))
    return Refusal("rule_value_unknown", (("name", zh), ("name_en", en), ("on", "" if on is None else on.isoformat())))


def citations(*, trace: Trace | None) -> tuple[Citation, ...]:
    """Return what the row that holds, and the parameters it read, cite."""
    if trace is None:
        return ()
    row = trace.table.row(trace.row)
    used = [source for use in trace.parameters_used for source in use.sources]
    return tuple(dict.fromkeys([*row.sources, *used]))


def weak(*, trace: Trace | None) -> bool:
    """Return whether the row that holds, or a value it read, rests on hints only."""
    if trace is None:
        return False
    row = trace.table.row(trace.row)
    return (row.low_confidence and bool(row.sources)) or any(use.low_confidence for use in trace.parameters_used)


def steps(*, trace: Trace, waited: Waiting, first: date | None, fee: ParameterValue | None) -> list[Step]:
    """Return what made the answer, in that order: the row, what the record showed, the values, the waiting, the day.

    Args:
        trace: How the row was found.
        waited: The waiting it sets.
        first: First day of cover.
        fee: The price of one repaired year, where it counts.
    """
    row = trace.table.row(trace.row)
    document = cite(row.sources) if row.sources else from_record(f"{row.id} {'、'.join(row.readings)}".strip())
    found = [Step(step_label("rule"), (f"{row.id} {row.label}", f"{row.id} {row.en}"), document, row.id)]
    found += _conditions(trace)
    for use in trace.parameters_used:
        value = str(use.value)
        found.append(Step((use.label, use.en), (value, value), cite(use.sources), use.name))
    for part in _PARTS:
        length = getattr(waited, part)
        if length is not None and (part == "amount" or waited.fixed is not None):
            found.append(Step(step_label(part), _length(length, waited.unit), document, row.id))
    if fee is not None and isinstance(fee.value, int):
        shown = Money(fee.value).display()
        found.append(Step(step_label("fee"), (f"{shown} 元", f"{shown} yuan"), cite(fee.sources), row.id))
    if waited.anchor is not None:
        told = trace.table.vocabulary.enums["anchor"].labels[waited.anchor]
        found.append(Step(step_label("anchor"), told, document, row.id))
    if first is not None:
        found.append(Step(step_label("begins"), (first.isoformat(), first.isoformat()), document, row.id))
    return found


def stop(*, trace: Trace, on: date | None) -> Step:
    """Return the step that tells what arrears do to cover.

    Args:
        trace: How the row was found.
        on: The first day without cover, None where no source fixes it.
    """
    row = trace.table.row(trace.row)
    day = ("", "") if on is None else (f"：{on}", f": {on}")
    document = cite(row.sources) if row.sources else from_record(f"{row.id} {'、'.join(row.readings)}".strip())
    return Step(step_label("stop"), (f"{row.id} {row.label}{day[0]}", f"{row.id} {row.en}{day[1]}"), document, row.id)


def _length(value: int, unit: str | None) -> Words:
    return (f"{value} 天", f"{value} days") if unit == DAYS else (f"{value} 个月", f"{value} months")


def _conditions(trace: Trace) -> list[Step]:
    """Return one step for every fact the row turned on, with the value the record gives it."""
    row, vocabulary = trace.table.row(trace.row), trace.table.vocabulary
    names: dict[str, None] = {}
    for cell in row.cells:
        subject = cell.subject
        behind = sorted(facts_of(subject)) if isinstance(subject, Named) else [getattr(subject, "name", "")]
        names |= dict.fromkeys(name for name in behind if name in vocabulary.facts)
    return [
        Step(
            (vocabulary.facts[name].label, vocabulary.facts[name].en),
            _value(vocabulary, name, trace.facts[name]),
            from_record(""),
            row.id,
        )
        for name in names
    ]


def _value(vocabulary: Vocabulary, name: str, value: object) -> Words:
    type_ = vocabulary.facts[name].type
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if type_.name in vocabulary.enums:
        return vocabulary.enums[type_.name].labels.get(str(value), (str(value), str(value)))
    if isinstance(value, date):
        return value.isoformat(), value.isoformat()
    return f"{value} {type_.unit}".strip(), str(value)
