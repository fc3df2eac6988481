"""From which day somebody is covered: one row of the pack, its waiting, and the calendar that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.kernel.money import Money
from yibao.policy import NoRuleInForce, Packs, Region, UnknownValue
from yibao.policy.answers import Step
from yibao.policy.explain import sentences
from yibao.policy.parameters import ParameterValue
from yibao.policy.table import Trace
from yibao.services.relocation.rules import calendar, readings, telling
from yibao.services.relocation.rules.decision import MANUAL, NAME, Decision, Refusal
from yibao.services.relocation.rules.facts import Facts, groups_of
from yibao.services.relocation.rules.history import History
from yibao.services.relocation.rules.shape import RelocationCase
from yibao.services.relocation.rules.stopping import Stopped, stopped
from yibao.services.relocation.rules.waiting import Waiting, begins, day_of, waiting

TABLE = "cover"
_FEES = ("resident_fee_tier_{tier}", "resident_fee")
_WAITING, _INCOMPLETE, _COVERED = "waiting", "incomplete", "covered"


@dataclass(frozen=True, slots=True)
class Found:
    """What a row comes to for one person.

    Attributes:
        history: The record.
        outcome: covered, waiting, incomplete or manual.
        members: Outputs of the row, empty where there is none.
        waiting: How long and from when.
        first: First day of cover, None where no source fixes it.
        last: Last day of cover, None where it is open.
        fee: The price of repairing one year, where it is published.
        refusals: Why there is no plain answer.
        trace: How the row was found.
        stopped: What arrears do to cover, None where there are none.
    """

    history: History
    outcome: str
    members: Mapping[str, Any]
    waiting: Waiting
    first: date | None
    last: date | None
    fee: ParameterValue | None
    refusals: tuple[Refusal, ...]
    trace: Trace | None
    stopped: Stopped | None = None


def decide(*, case: RelocationCase, region: Region, places: Packs) -> Decision:
    """Return whether and from when a relation gives cover.

    Args:
        case: The question; all relations but the one asked about are history.
        region: The rules of the place of that relation.
        places: The rules of the other places.

    Raises:
        InputInvalid: The person belongs to a group the region does not know.
    """
    history = History(case=case, region=region, places=places)
    _check_groups(history)
    ways = region.under_readings_of((NAME,)) if history.missed_years else ()
    made = [(taken, _decision(_found(history.under(read), read), region)) for taken, read in ways]
    return readings.settled(made=made, region=region) if made else _decision(_found(history, region), region)


def _check_groups(history: History) -> None:
    known = groups_of(history)
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


def _found(history: History, region: Region) -> Found:
    on = history.case.on
    facts = Facts(history)
    try:
        table = region.table(NAME, TABLE, on=on)
        trace = table.trace(facts)
    except NoRuleInForce:
        return _open(history, Refusal("no_rule_in_force", (("on", on.isoformat()),)))
    except UnknownValue as error:
        return _open(history, telling.unknown(region=region, name=error.name, on=error.on))
    members = trace.members
    named = members["refusal"]
    waited, arrears = waiting(members=members, history=history), stopped(history=history, region=region)
    refusals = [] if named is None else [telling.refusal(code=str(named), history=history)]
    refusals += [] if arrears is None else [arrears.refusal]
    stop = None if arrears is None else arrears.last
    first = _begins(members, waited, history, stop)
    until = members["until"]
    died = history.case.person.died
    last = _earlier(until if isinstance(until, date) else None, history.joined.end, died, stop)
    if died is not None and first is not None and died < first:
        return _open(history, Refusal("died_before_cover", (("on", died.isoformat()),)), trace)
    fee = _fee(history) if waited.repaired else None
    return Found(history, str(members["outcome"]), members, waited, first, last, fee, tuple(refusals), trace, arrears)


def _begins(members: Mapping[str, Any], waited: Waiting, history: History, stop: date | None) -> date | None:
    """Return the first day of cover; None where no source fixes it, or arrears stop cover before it begins."""
    explicit = members["begins"]
    first = explicit if isinstance(explicit, date) else begins(found=waited, history=history)
    return None if first is not None and stop is not None and stop < first else first


def _open(history: History, refusal: Refusal, trace: Trace | None = None) -> Found:
    last = _earlier(history.joined.end, history.case.person.died)
    return Found(history, MANUAL, {}, Waiting(), None, last, None, (refusal,), trace)


def _earlier(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _fee(history: History) -> ParameterValue | None:
    """Return the current personal fee of residents here: the price of one repaired year, where it is published."""
    for name in _FEES:
        try:
            return history.region.parameter(name.format(tier=history.joined.tier), on=history.case.on)
        except UnknownValue:
            continue
    return None


def _decision(found: Found, region: Region) -> Decision:
    certain = found.outcome in (_WAITING, _COVERED)
    citations = telling.citations(trace=found.trace) + (() if found.fee is None else found.fee.sources)
    if found.stopped is not None:
        citations += telling.citations(trace=found.stopped.trace)
    return Decision(
        decision=found.outcome,
        body=_body(found, certain),
        refusals=found.refusals,
        low_confidence=telling.weak(trace=found.trace) or (found.fee is not None and found.fee.low_confidence),
        citations=tuple(citations),
        region=region.code,
        version=region.version,
        explain=lambda: _steps(found),
        tell=lambda language: [] if found.trace is None else sentences(found.trace, language=language),
    )


def _body(found: Found, certain: bool) -> dict[str, Any]:
    members = found.members
    late_until = members.get("back_until")
    return {
        "benefits_from": _iso(found.first) if certain else None,
        "cover_until": _iso(found.last),
        "waiting": found.waiting.json(),
        "cover_while_waiting": sorted(members.get("while_waiting") or ()),
        "retroactive": members.get("retroactive"),
        "back_payment": {"rule": members.get("back_payment"), "until": _iso(late_until)},
        "price": {"amount": _price(found), "plus_subsidy": bool(members.get("plus_subsidy"))},
        "calendar": _calendar(found) if certain else [],
    }


def _price(found: Found) -> str | None:
    if found.fee is None or not isinstance(found.fee.value, int):
        return None
    return str(Money(found.fee.value * found.history.case.request.repair_years))


def _calendar(found: Found) -> list[dict[str, Any]]:
    if found.first is None:
        return []
    members = found.members
    kinds = tuple(members["while_waiting"] or ())
    since = members["while_from"]
    meanwhile_from = None if since is None else day_of(anchor=since, history=found.history)
    cover = calendar.Cover(found.first, found.last, members["retroactive"], kinds, meanwhile_from)
    return calendar.runs(cover=cover, history=found.history)


def _iso(day: object) -> str | None:
    return day.isoformat() if isinstance(day, date) else None


def _steps(found: Found) -> list[Step]:
    if found.trace is None:
        return []
    told = telling.steps(trace=found.trace, waited=found.waiting, first=found.first, fee=found.fee)
    if found.stopped is not None and found.stopped.trace is not None:
        told.append(telling.stop(trace=found.stopped.trace, on=found.stopped.on))
    return told
