"""The whole refund decision: one line after the other, then together."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy import Region
from yibao.policy.answers import documents
from yibao.policy.casefile import CaseFile
from yibao.services.refund.rules import conflicts, filing, notes, readings, steps
from yibao.services.refund.rules.decision import Decision, Refusal
from yibao.services.refund.rules.lines import History
from yibao.services.refund.rules.results import Result, decide_line
from yibao.services.refund.rules.texts import refusal_order

DOMAINS = ("refund", "contribution")
"""Where what a refund rests on is written: open readings of other services do not touch it."""
_ORDER = ("refund", "too_early", "late", "accounts_merged", "manual", "no_refund")
_NEED_PAPERS = ("refund", "incomplete", "too_early")


def decide(*, case: CaseFile, region: Region) -> Decision:
    """Return the refund decision of a case file.

    Args:
        case: The case file; `on` is the day of application and picks the rules.
        region: The rules of the place asked.

    Returns:
        A decision whose amount is None where a person must decide; unknown values never raise.

    Raises:
        InputInvalid: The person belongs to a group the region does not know.

    Source:
        The refund rows of the region's pack; the contract in docs/reference/decision.md.
    """
    ways = region.under_readings_of(DOMAINS)
    if ways:
        made = [(taken, _decided(case, read)) for taken, read in ways]
        return replace(readings.settled(made=made, region=region), given=None)
    return _decided(case, region)


def _decided(case: CaseFile, region: Region) -> Decision:
    history = History(case=case, region=region)
    _check_groups(history)
    results = [decide_line(line) for line in history.lines()]
    outcome = _outcome(results)
    telling = _telling(outcome, results)
    papers = filing.papers(history=history, results=telling) if outcome in _NEED_PAPERS else []
    refusals = _refusals(outcome, telling)
    if outcome == "refund":
        absent = filing.missing(history=history, asked=papers)
        outcome = "incomplete" if absent else outcome
        refusals = [*refusals, *filing.told(results=telling, absent=absent)]
    pays = outcome in ("refund", "incomplete")
    shown = telling if outcome == "manual" else [each for each in results if each.line.explicit or each in telling]
    entries = tuple(entry for result in shown for entry in result.entries)
    earliest, latest = _days(telling, pays)
    return Decision(
        decision=outcome,
        amount=_amount(outcome, [entry.refund for entry in entries]),
        entries=entries,
        refusals=tuple(refusals),
        papers=tuple(papers),
        approval=tuple(_approval(history, outcome, telling)),
        payout=filing.payout(history=history, results=telling)[0] if pays else None,
        extra=_extra(history, outcome, telling),
        low_confidence=any(result.low_confidence for result in telling),
        earliest=earliest,
        latest=latest,
        cited=tuple(documents(citation.source for result in shown for citation in result.citations)),
        version=region.version,
        region=region.code,
        explain=lambda: steps.steps(results=shown),
        tell=lambda language: steps.trace_lines(results=results, language=language),
        given=given(results),
    )


def given(results: Iterable[Result]) -> tuple[tuple[str, tuple[int, ...], str], ...]:
    """Return payment, months and rule of the amount of each line that is refunded."""
    return tuple(
        (each.line.payment.id, tuple(each.months), str(each.asks("amount")))
        for each in results
        if each.outcome == "refund"
    )


def _days(telling: list[Result], pays: bool) -> tuple[date | None, date | None]:
    """Return the first and the last day of application."""
    entries = [entry for result in telling for entry in result.entries]
    first = [entry.earliest for entry in entries if entry.earliest and (entry.parts or not pays)]
    last = [entry.latest for entry in entries if entry.latest]
    return (max(first) if pays else min(first)) if first else None, min(last) if last else None


def _check_groups(history: History) -> None:
    known = history.region.setting("refund", "groups")
    wrong = [
        InputProblem(
            f"person.groups[{position}]",
            f"本地区没有人员类别“{code}”；可用的有：{'、'.join(known)}。",
            f"This region has no group {code!r}; known: {', '.join(known)}.",
        )
        for position, code in enumerate(history.case.person.groups)
        if code not in known
    ]
    if wrong:
        raise InputInvalid(wrong)


def _outcome(results: list[Result]) -> str:
    found = {result.outcome for result in results}
    if not found:
        return "no_refund"
    if any(result.outcome == "manual" and result.line.explicit for result in results):
        return "manual"
    return next(outcome for outcome in _ORDER if outcome in found)


def _telling(outcome: str, results: list[Result]) -> list[Result]:
    """Return the lines that carry the decision."""
    return [result for result in results if result.outcome == outcome]


def _refusals(outcome: str, telling: list[Result]) -> list[Refusal]:
    if outcome == "refund":
        return []
    if not telling:
        return [Refusal("no_payment")]
    found = {refusal: None for result in telling for refusal in result.refusals}
    return sorted(found, key=lambda refusal: refusal_order()[refusal.code])


def _amount(outcome: str, refunds: list[int]) -> int | None:
    return None if outcome == "manual" else sum(refunds)


def _approval(history: History, outcome: str, telling: list[Result]) -> list[dict[str, Any]]:
    if outcome in ("refund", "incomplete", "too_early"):
        return filing.approval(history=history, results=telling)
    return []


def _extra(history: History, outcome: str, telling: list[Result]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    keep = filing.kept(history=history, results=telling)
    if keep is not None:
        extra["keep"] = keep
    afterwards = next((result.asks("afterwards") for result in telling if result.asks("afterwards")), None)
    if afterwards is not None:
        extra["then"] = afterwards
    by = [day for result in telling if isinstance(day := result.asks("event_by"), date)]
    if by:
        extra["event_by"] = min(by).isoformat()
    if outcome in ("refund", "incomplete"):
        intake = filing.payout(history=history, results=telling)[1]
        if intake is not None:
            extra["intake"] = intake
    return extra | {name: told for name, told in _remarks(telling).items() if told}


def _remarks(telling: list[Result]) -> dict[str, list[Any]]:
    """Return what is told beside the decision: rules that contradict, what the place says, other rules that hold."""
    differing = {(result.row.row, each): None for result in telling if result.row for each in conflicts.of_line(result)}
    written = {note: None for result in telling for note in notes.of_line(result)}
    return {
        "conflicts": [conflicts.told(rule=rule, conflict=each) for rule, each in differing],
        "notes": [note.json() for note in written],
        "others": _others(telling),
    }


def _others(telling: list[Result]) -> list[dict[str, str]]:
    named: dict[str, dict[str, str]] = {}
    for result in telling:
        if result.row is not None:
            for rule in result.others:
                row = result.row.table.row(rule)
                if not row.cells:
                    continue
                named.setdefault(rule, {"rule": rule, "label": row.label, "label_en": row.en})
    return list(named.values())
