"""Which record is shown, what another choice changes, and why the places of insurance and payment differ."""

from collections.abc import Iterator
from typing import Any

from yibao.policy import Packs, Region
from yibao.policy.answers import Step
from yibao.policy.casefile import Enrolment
from yibao.services.relocation.rules.decision import Decision, Refusal, from_record
from yibao.services.relocation.rules.places import pool_of
from yibao.services.relocation.rules.shape import RelocationCase
from yibao.services.relocation.rules.texts import refusal_text, step_label, words

AGREE, OTHER_UNIT, NOT_ENDED, HALF_MOVED, ELSEWHERE = "agree", "other_unit", "not_ended", "half_moved", "elsewhere"


def decide(*, case: RelocationCase, region: Region, places: Packs) -> Decision:
    """Return what switching the place on the display does, and what the records say of both places.

    Args:
        case: The record; `region` of the file is the place wanted on the display.
        region: The rules of that place.
        places: The rules of all places.
    """
    running = [each for each in case.enrolments if _runs(each, case)]
    shown = max(running or case.enrolments, key=lambda each: each.start, default=None)
    paying = _paying(case) or shown
    cause = _cause(case, shown, paying, running, places)
    told = words()["diagnosis"][cause]
    body: dict[str, Any] = {
        "shown": None if shown is None else {"enrolment": shown.id, "region": shown.region, "scheme": shown.scheme},
        "records": [{"enrolment": each.id, "region": each.region, "scheme": each.scheme} for each in case.enrolments],
        "diagnosis": {
            "code": cause,
            "insured_place": None if shown is None else shown.region,
            "payment_place": None if paying is None else paying.region,
            **told,
        },
    }
    only = Refusal("display_is_no_transfer")
    return Decision(
        decision="display_only",
        body=body,
        refusals=(only,),
        low_confidence=False,
        citations=(),
        region=region.code,
        version=region.version,
        explain=lambda: list(_steps(cause, shown)),
        tell=lambda language: [refusal_text(code=only.code, detail={})[language]],
    )


def _runs(relation: Enrolment, case: RelocationCase) -> bool:
    normal = relation.status == "normal"
    return normal and relation.start <= case.on and (relation.end is None or relation.end >= case.on)


def _paying(case: RelocationCase) -> Enrolment | None:
    """Return the relation the latest payment was made for."""
    latest = max(case.payments, key=lambda each: (each.end, each.start), default=None)
    return None if latest is None else next(each for each in case.enrolments if each.id == latest.enrolment)


def _cause(
    case: RelocationCase, shown: Enrolment | None, paying: Enrolment | None, running: list[Enrolment], places: Packs
) -> str:
    pools = {each.id: pool_of(code=each.region, places=places, on=case.on) for each in case.enrolments}
    steps = {each.kind for each in case.events}
    if "transfer_accepted" in steps and not {"table_loaded", "money_credited"} <= steps:
        return HALF_MOVED
    if len({pools[each.id] for each in running}) > 1:
        return NOT_ENDED
    if shown is None or paying is None or pools[shown.id] == pools[paying.id]:
        return AGREE
    return OTHER_UNIT if paying.relation == "unit" else ELSEWHERE


def _steps(cause: str, shown: Enrolment | None) -> Iterator[Step]:
    if shown is not None:
        yield Step(step_label("shown"), (shown.region, shown.region), from_record(shown.id), "display")
    told = words()["diagnosis"][cause]
    yield Step(step_label("diagnosis"), (told["zh"], told["en"]), from_record(""), cause)
