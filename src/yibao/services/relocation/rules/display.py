"""Which record is shown, what another choice changes, and why the places of insurance and payment differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yibao.policy import Packs, Region
from yibao.policy.answers import Step
from yibao.policy.casefile import Enrolment
from yibao.services.relocation.rules.decision import Decision, Refusal, cite, from_record
from yibao.services.relocation.rules.kept import Kept, kept
from yibao.services.relocation.rules.places import pool_of
from yibao.services.relocation.rules.shape import RelocationCase
from yibao.services.relocation.rules.texts import refusal_text, step_label, words

AGREE, OTHER_UNIT, AGENT, NOT_ENDED = "agree", "other_unit", "agent", "not_ended"
HALF_MOVED, NOT_BEGUN, NOT_LOADED, ELSEWHERE = "half_moved", "not_begun", "not_loaded", "elsewhere"
REMEDIES = {
    AGREE: "none",
    OTHER_UNIT: "ask_unit",
    AGENT: "ask_agent",
    NOT_ENDED: "stop",
    HALF_MOVED: "follow",
    NOT_BEGUN: "wait",
    NOT_LOADED: "wait",
    ELSEWHERE: "look_at_payment",
}
"""What is done about each cause, by its code; the words stand in text.yaml."""
CHOSEN, RUNNING, LAST = "chosen", "running", "last"
NORMAL, UNIT, INDIVIDUAL = "normal", "unit", "individual"


@dataclass(frozen=True, slots=True)
class _Record:
    """What the record says of the places.

    Attributes:
        case: The case file.
        running: Relations in force on the day.
        insured: The newest of them, else the newest of all; None where there is none.
        paying: The relation the latest payment was made for, else the insured one.
        shown: The relation on the display.
        why: Why that one: chosen, running or last.
    """

    case: RelocationCase
    running: tuple[Enrolment, ...]
    insured: Enrolment | None
    paying: Enrolment | None
    shown: Enrolment | None
    why: str


def decide(*, case: RelocationCase, region: Region, places: Packs) -> Decision:
    """Return what switching the place on the display does, and what the records say of both places.

    Args:
        case: The record; `region` of the file is the place wanted on the display, `enrolment` of the request the
            relation chosen for it.
        region: The rules of that place.
        places: The rules of all places.
    """
    record = _read(case)
    stays = kept(running=record.running, case=case, region=region)
    cause = _cause(record, places)
    told = words()["diagnosis"][cause]
    insured, paying = record.insured, record.paying
    body: dict[str, Any] = {
        "shown": _shown(record),
        "records": [{**_named(each), "state": _state(each, case)} for each in case.enrolments],
        "diagnosis": {
            "code": cause,
            "remedy": REMEDIES[cause],
            "insured_place": None if insured is None else insured.region,
            "payment_place": None if paying is None else paying.region,
            **told,
        },
        "kept": None if stays is None else stays.json(),
    }
    only = Refusal("display_is_no_transfer")
    return Decision(
        decision="display_only",
        body=body,
        refusals=(only,),
        low_confidence=stays is not None and stays.low_confidence,
        citations=() if stays is None else stays.citations,
        region=region.code,
        version=region.version,
        explain=lambda: list(_steps(cause, record, stays)),
        tell=lambda language: [refusal_text(code=only.code, detail={})[language]],
    )


def _read(case: RelocationCase) -> _Record:
    running = tuple(each for each in case.enrolments if _runs(each, case))
    insured = max(running or case.enrolments, key=lambda each: each.start, default=None)
    latest = max(case.payments, key=lambda each: (each.end, each.start), default=None)
    paying = insured if latest is None else next(each for each in case.enrolments if each.id == latest.enrolment)
    chosen = next((each for each in case.enrolments if each.id == case.request.enrolment), None)
    why = CHOSEN if chosen is not None else RUNNING if running else LAST
    return _Record(case, running, insured, paying, chosen or insured, why)


def _named(relation: Enrolment) -> dict[str, Any]:
    return {"enrolment": relation.id, "region": relation.region, "scheme": relation.scheme}


def _shown(record: _Record) -> dict[str, Any] | None:
    return None if record.shown is None else {**_named(record.shown), "why": record.why}


def _state(relation: Enrolment, case: RelocationCase) -> str:
    """Return running, not_begun, suspended or ended."""
    if _runs(relation, case):
        return RUNNING
    if relation.status != NORMAL:
        return relation.status
    return NOT_BEGUN if relation.start > case.on else "ended"


def _runs(relation: Enrolment, case: RelocationCase) -> bool:
    normal = relation.status == NORMAL
    return normal and relation.start <= case.on and (relation.end is None or relation.end >= case.on)


def _cause(record: _Record, places: Packs) -> str:
    """Return why the places of insurance and payment differ; what a person can do most about comes first."""
    case, insured, paying = record.case, record.insured, record.paying
    pools = {each.id: pool_of(code=each.region, places=places, on=case.on) for each in case.enrolments}
    steps = {each.kind for each in case.events}
    if "transfer_accepted" in steps and not {"table_loaded", "money_credited"} <= steps:
        return HALF_MOVED
    if len({pools[each.id] for each in record.running}) > 1:
        return NOT_ENDED
    if insured is None or paying is None or pools[insured.id] == pools[paying.id]:
        return AGREE
    return _of_payment(record, insured, paying)


def _of_payment(record: _Record, insured: Enrolment, paying: Enrolment) -> str:
    """Return why the latest payment was made elsewhere than where the person is insured."""
    case = record.case
    if paying.start > case.on:
        return NOT_BEGUN
    unpaid = all(each.enrolment != insured.id for each in case.payments)
    if unpaid and insured in record.running and paying not in record.running:
        return NOT_LOADED
    payers = {each.payer for each in case.payments if each.enrolment == paying.id}
    if paying.relation == INDIVIDUAL and UNIT in payers:
        return AGENT
    return OTHER_UNIT if paying.relation == UNIT else ELSEWHERE


def _steps(cause: str, record: _Record, stays: Kept | None) -> Iterator[Step]:
    shown = record.shown
    if shown is not None:
        why = words()["shown_why"][record.why]
        value = (f"{shown.region}：{why['zh']}", f"{shown.region}: {why['en']}")
        yield Step(step_label("shown"), value, from_record(shown.id), "display")
    told = words()["diagnosis"][cause]
    yield Step(step_label("diagnosis"), (told["zh"], told["en"]), from_record(""), cause)
    if stays is not None:
        found = words()["kept"][stays.which]
        document = cite(stays.citations) if stays.citations else from_record("")
        yield Step(step_label("kept"), (found["zh"], found["en"]), document, stays.rule)
