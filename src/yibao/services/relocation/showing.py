"""Showing another place: a step of the citizen that moves nothing, and what the record says beside it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yibao import services
from yibao.casework.actors import Actor
from yibao.kernel.errors import InputInvalid
from yibao.services.assurance import require
from yibao.store import shown, situations

NAME = "relocation"
ALL = "000000"
"""The national rules: whose they are does not matter to a display, and every place has them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told about a display.

    Attributes:
        decision: As it is published.
        contradicts: Whether payments and relations on record contradict one another; then only relations count.
    """

    decision: dict[str, Any]
    contradicts: bool


def told(*, person_id: UUID, on: date) -> Told:
    """Return the decision about the display, from the person's record and choice.

    Args:
        person_id: Whose display.
        on: The day.
    """
    request: dict[str, Any] = {"ask": "display"}
    case_file = situations.case_file(person_id=person_id, region=ALL, on=on, service=NAME, request=request)
    chosen = shown.chosen(person_id=person_id)
    key = None if chosen is None else situations.enrolment_key(chosen)
    if key in [each["id"] for each in case_file["enrolments"]]:
        case_file["request"] = {**request, "enrolment": key}
    try:
        return Told(services.decide(case_file).json(), contradicts=False)
    except InputInvalid:
        relations = {**case_file, "payments": [], "benefits": [], "events": []}
        return Told(services.decide(relations).json(), contradicts=True)


def switch(*, person_id: UUID, enrolment_id: int, key: str, by: Actor, at: datetime) -> bool:
    """Show another relation first; see `yibao.store.shown.switch`.

    Args:
        person_id: Whose display.
        enrolment_id: The relation wanted.
        key: The request's own key.
        by: The citizen.
        at: Now.

    Raises:
        Refused: `level_too_low`, `out_of_scope`, `not_on_record`, `key_reused`.
    """
    require(service=NAME, step="show", by=by)
    return shown.switch(person_id=person_id, enrolment_id=enrolment_id, key=key, by=by, at=at)
