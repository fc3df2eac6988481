"""Transfers for other programs: apply, look at both halves beforehand, follow the two tracks, withdraw.

A token acts for one login and may what that login may. The table, its signatures and the money are not here: they ask
for a person with a second factor, at a page. What a place would decide about cover and years is asked of `/decisions`.
"""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import BaseModel, ConfigDict, Field

from yibao.casework.actors import Actor
from yibao.casework.entry import CITIZEN
from yibao.casework.refusals import refuse as refuse_step
from yibao.kernel.errors import Refusal
from yibao.services.interface import (
    CURSOR,
    PURPOSE,
    REFUSED,
    Bearer,
    Key,
    Reason,
    now,
    only_after,
    person_asked,
)
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.workflow import label
from yibao.store import audit_log, cases, keys, queues
from yibao.store.models import Case
from yibao.store.narrowing import Narrow

NAME = "relocation"
NUMBER = r"^ZY-[0-9]{6}-[0-9]{4}-[0-9]{6}$"
Number = Annotated[
    str, Path(pattern=NUMBER, description="受理编号 number of the case", examples=["ZY-140100-2026-000001"])
]
Place = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Material = Literal["id_document", "social_security_card", "e_voucher"]


class NewTransfer(BaseModel):
    """A transfer asked for; staff say whose it is by `identity`, a person applies for themselves."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={"examples": [{"from": "500000", "to": "140100", "at": "to", "materials": ["id_document"]}]},
    )
    source: Place = Field(alias="from")
    target: Place = Field(alias="to")
    at: Literal["from", "to"] = "to"
    materials: list[Material] = Field(default_factory=list, max_length=3)
    in_hospital: bool | None = None
    stopped_on: date | None = None
    identity: str | None = Field(None, max_length=30)

    def wish(self, *, channel: str) -> actions.Wish:
        """Return what is asked, as the actions take it."""
        place = self.source if self.at == "from" else self.target
        told = {"in_hospital": self.in_hospital, "stopped_on": self.stopped_on and self.stopped_on.isoformat()}
        records = {name: value for name, value in told.items() if value is not None}
        return actions.Wish(
            place, self.source, self.target, channel=channel, materials=tuple(self.materials), records=records
        )


class Clock(BaseModel):
    """One limit: how many working days, until when, whether it has passed, and when it ended."""

    working_days: int | None
    due: date | None
    provisional: bool = False
    late: bool | None
    done: date | None


class Check(BaseModel):
    """What a place found with one check; `refusal` names why it is not met."""

    code: str
    passed: bool
    refusal: str = ""


class Remedy(BaseModel):
    """Why a place does not accept a transfer, and what to do; `then` names a step of this interface that helps."""

    code: str
    zh: str
    en: str
    next_zh: str
    next_en: str
    then: str | None = None


class HalfFound(BaseModel):
    """What one place finds with a draft now."""

    place: str
    side: str
    checks: list[Check]
    refusals: list[Remedy]


class Found(BaseModel):
    """What each place finds; a place another installation keeps answers by message, and is not here before."""

    ready: bool
    halves: list[HalfFound]


class Years(BaseModel):
    """The track of the relation and its years: the days it came so far, and its limits by leg."""

    ended: bool
    submitted_on: date | None
    accepted_on: date | None
    sent_on: date | None
    received_on: date | None
    loaded_on: date | None
    clocks: dict[str, Clock]


class Account(BaseModel):
    """The track of the account's money, with a clock and an end of its own."""

    mode: str | None
    state: str
    label: str
    label_en: str
    amount: str
    interest: str
    interest_known: bool
    working_days: int | None
    due: date | None
    late: bool | None
    ended: bool
    ended_on: date | None


class TransferState(BaseModel):
    """Where a transfer stands at one place; `other` is the number of its other half, where that is kept here."""

    model_config = ConfigDict(populate_by_name=True)
    number: str
    thread: str
    other: str | None
    side: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    type: str
    state: str
    stage: str
    label: str
    label_en: str
    money_follows: bool
    checks: dict[str, list[Check]]
    reasons: list[Remedy]
    years: Years
    money: Account
    ended_on: date | None
    ended_because: str
    may: list[str]


class TransferLine(BaseModel):
    """A transfer in a list; `label` is true of both tracks, whatever the state of the case."""

    model_config = ConfigDict(populate_by_name=True)
    number: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    side: str
    state: str
    stage: str
    label: str
    label_en: str
    money_follows: bool
    due_on: date | None


class TransferList(BaseModel):
    """Transfers, and where the next page begins."""

    cases: list[TransferLine]
    next: str | None


class Stopped(BaseModel):
    """The relation that was stopped; `until` is the first day it no longer runs."""

    region: str
    status: str
    until: date | None


router = Router(auth=Bearer(), tags=[NAME], by_alias=True)


@router.get("/cases", response={200: TransferList, **REFUSED}, summary="List one's own transfers, or the office's work")
def transfer_list(request: HttpRequest, after: Annotated[str, Query(pattern=CURSOR)] = "") -> Any:
    """List a person's own transfers; to staff, those whose turn it is for their roles, by deadline."""
    by: Actor = now(request)["by"]
    only_after(request)
    if by.kind == CITIZEN:
        own = [each for each in queues.of_person(by.person_id) if each.service == NAME and actions.theirs(each, by=by)]
        return {"cases": _lines(own), "next": None}
    page = queues.queue(
        roles=by.roles, region=by.region or "", narrow=Narrow(service=NAME), after=queues.Cursor.parse(after)
    )
    return {"cases": _lines(page.rows), "next": page.next.text() if page.next else None}


@router.post("/cases", response={201: TransferState, **REFUSED}, summary="Begin a transfer")
def transfer_new(request: HttpRequest, key: Key, body: NewTransfer) -> Any:
    """Begin a transfer as a draft at one of its two places; the same key with the same body is the same draft."""
    asked = now(request)
    by: Actor = asked["by"]
    content = body.model_dump(mode="json")
    with keys.once(key=f"api/{NAME}/{by.id}/{key}", content=content, at=asked["at"], passing=True) as slot:
        if not slot.repeated:
            wish = body.wish(channel="app" if by.kind == CITIZEN else "window")
            person = person_asked(by=by, identity=body.identity)
            if person is None:
                # A unit has no insured person of its own, and its employees' records are not shown to it here.
                raise refuse_step("not_your_case")
            slot.answer = actions.open_draft(person_id=person, wish=wish, **asked).number
        number = slot.answer
    return Status(201, _state(request, held(request, number)))


@router.get("/cases/{number}", response={200: TransferState, **REFUSED}, summary="Tell where a transfer stands")
def transfer_one(request: HttpRequest, number: Number) -> Any:
    """Tell the stage, what both places found, and the two tracks, each with its clocks and its end."""
    return _state(request, held(request, number))


@router.get("/cases/{number}/checks", response={200: Found, **REFUSED}, summary="Look at both places beforehand")
def transfer_checks(request: HttpRequest, number: Number) -> Any:
    """Tell what each place would find if a draft were handed in now: its checks, and each no with its remedy."""
    found = held(request, number)
    halves = actions.both(number=found.number, on=now(request)["on"])
    return {
        "ready": not any(half.refusals for half in halves),
        "halves": [
            {
                "place": half.side.place,
                "side": half.side.side,
                "checks": [each.plain() for each in half.found],
                "refusals": [_remedy(each) for each in half.refusals],
            }
            for half in halves
        ],
    }


@router.post("/cases/{number}/stop", response={200: Stopped, **REFUSED}, summary="Have the old relation stopped")
def transfer_stop(request: HttpRequest, number: Number) -> Any:
    """Stop the relation at the old place, where it is paid for in one's own name: the remedy of `not_stopped`."""
    row = held(request, number).transfer
    stopped = actions.ask_stop(person_id=row.person_id, place=row.source, **now(request))
    return {"region": stopped.region, "status": stopped.status, "until": stopped.end}


@router.post("/cases/{number}/submit", response={200: TransferState, **REFUSED}, summary="Hand in")
def transfer_submit(request: HttpRequest, number: Number) -> Any:
    """Hand a transfer in: checked here at once, then the other place is asked; sent again it changes nothing."""
    held(request, number)
    actions.submit(number=number, **now(request))
    return _state(request, held(request, number))


@router.post("/cases/{number}/withdraw", response={200: TransferState, **REFUSED}, summary="Withdraw")
def transfer_withdraw(request: HttpRequest, number: Number, body: Reason) -> Any:
    """Withdraw until the table is sent; at the new place the old one is asked, once it was accepted."""
    held(request, number)
    actions.withdraw(number=number, reason=body.reason, **now(request))
    return _state(request, held(request, number))


def held(request: HttpRequest, number: str) -> Case:
    """Return a transfer of the person, or of the office; another's and none look alike on purpose.

    Raises:
        Http404: There is none for whoever asks.
    """
    by: Actor = now(request)["by"]
    found = Case.objects.select_related("transfer__person").filter(number=number, service=NAME).first()
    if found is None:
        raise Http404
    if by.kind == CITIZEN:
        if not actions.theirs(found, by=by):
            raise Http404
        return found
    if not by.works_in(found.region) or (found.state == "draft" and found.entered_by_id != by.user_id):
        raise Http404
    audit_log.record_read(
        reader=by, person_id=found.person_id, purpose=PURPOSE, at=now(request)["at"], case_number=number,
        role=min(by.roles),
    )  # fmt: skip
    return found


def _remedy(no: Refusal) -> dict[str, Any]:
    names = ("code", "zh", "en", "next_zh", "next_en")
    return {**{name: getattr(no, name) for name in names}, "then": "stop" if "stop_request" in no.details else None}


def _lines(found: Any) -> list[dict[str, Any]]:
    rows = Transfer.objects.select_related("money").in_bulk([case.pk for case in found])
    return [
        {
            "number": case.number, "from": rows[case.pk].source, "to": rows[case.pk].target, "state": case.state,
            "side": rows[case.pk].side, "stage": rows[case.pk].stage, "due_on": case.due_on,
            **_label(rows[case.pk]),
        }
        for case in found
    ]  # fmt: skip


def _label(row: Transfer) -> dict[str, Any]:
    zh, en = label(side=row.side, stage=row.stage, money=row.money.state)
    return {"label": zh, "label_en": en, "money_follows": actions.money_follows(row)}


def _state(request: HttpRequest, held: Case) -> dict[str, Any]:
    by: Actor = now(request)["by"]
    told = actions.progress(number=held.number, on=now(request)["on"])
    other = Transfer.objects.filter(thread=told["thread"]).exclude(case=held).select_related("case").first()
    names = ("accepted_on", "sent_on", "received_on", "loaded_on", "clocks")
    checks = {name: found for name, found in told["checks"].items() if name != "reasons"}
    return {
        **told,
        "other": other.case.number if other and by.kind == CITIZEN else None,
        "checks": checks,
        "reasons": told["checks"].get("reasons", []),
        "years": {**{name: told[name] for name in names}, "ended": told["years_ended"],
                  "submitted_on": cases.get(held.number).submitted_on},
        "may": actions.available(case=held, actor=by),
    }  # fmt: skip
