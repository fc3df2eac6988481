"""Refunds for other programs: the same actions as the pages, asked for with a token.

A token acts for one login and may what that login may. Signatures and money are not here: they ask for a person with
a second factor, at a page. Corrections of the record are not here either: their one decision is that two people look at
the original evidence.
"""

from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Body, File, Form, Header, Path, Query, Router, Status, UploadedFile
from pydantic import BaseModel, ConfigDict, Field

from yibao.casework.actors import Actor
from yibao.casework.entry import CITIZEN, STAFF
from yibao.kernel.errors import Refused
from yibao.kernel.money import Money
from yibao.services.interface import (
    CURSOR,
    PURPOSE,
    REFUSED,
    TEXT_MAX,
    Bearer,
    Key,
    Reason,
    now,
    only_after,
    person_asked,
)
from yibao.services.refund import actions
from yibao.store import audit_log, cases, keys, queues, uploads
from yibao.store.models import Case
from yibao.store.narrowing import Narrow

WHO = (CITIZEN, STAFF)
NUMBER = r"^[A-Z]{2}-[0-9]{4}-[0-9]{6}$"
HASH = r'^"[0-9a-f]{64}"$'

Number = Annotated[str, Path(pattern=NUMBER, description="受理编号 number of the case", examples=["CQ-2023-000127"])]
Seen = Annotated[str, Header(alias="If-Match", pattern=HASH, description="the ETag of the evidence that was seen")]


class Answers(BaseModel):
    """Answers of an application; what is left out stays as it was."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "unemployment_overlap", "payments": ["p12"], "bank_name": "演示银行",
                                         "bank_holder": "陈建国", "bank_number": "6222020000000000000"}]},
    )  # fmt: skip
    reason: str | None = Field(None, max_length=TEXT_MAX)
    payments: list[Annotated[str, Field(max_length=20)]] | None = Field(None, max_length=100)
    applicant: str | None = Field(None, max_length=TEXT_MAX)
    bank_name: str | None = Field(None, max_length=80)
    bank_holder: str | None = Field(None, max_length=80)
    bank_number: str | None = Field(None, max_length=40)

    def given(self) -> dict[str, Any]:
        """Return what was answered."""
        return self.model_dump(exclude_none=True)


class NewCase(Answers):
    """A new application; staff say whose it is by `identity`, a person applies for themselves."""

    region: str = Field(pattern=r"^[0-9]{6}$", examples=["500000"])
    identity: str | None = Field(None, max_length=30)


class CaseState(BaseModel):
    """Where a case stands."""

    number: str
    service: str
    region: str
    state: str
    level: int
    opened_on: str
    due_on: str | None
    amount: str | None
    evidence: str
    may: list[str]


class CaseList(BaseModel):
    """Cases, and where the next page begins."""

    cases: list[CaseState]
    next: str | None


class Decided(BaseModel):
    """The decision as it stands; its members are those of `POST /v1/decisions`."""

    model_config = ConfigDict(extra="allow")
    service: str
    decision: str


class Kept(BaseModel):
    """A paper that was kept."""

    id: int
    material: str
    content_type: str
    size: int


class Item(BaseModel):
    """One thing to be corrected: a material or a field, and what is wrong with it."""

    model_config = ConfigDict(extra="forbid")
    material: str | None = Field(None, max_length=80)
    field: str | None = Field(None, max_length=80)
    note: str = Field(max_length=TEXT_MAX)


class Correction(BaseModel):
    """Everything that is to be corrected, at once."""

    model_config = ConfigDict(extra="forbid")
    items: list[Item] = Field(min_length=1, max_length=50)


router = Router(auth=Bearer(), tags=["refund"])


@router.get("/cases", response={200: CaseList, **REFUSED}, summary="List one's own cases, or the office's work")
def case_list(request: HttpRequest, after: Annotated[str, Query(pattern=CURSOR)] = "") -> Any:
    """List a person's own cases; to staff, the cases whose turn it is for their roles, by deadline."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    only_after(request)
    if by.kind == CITIZEN:
        own = [row for row in queues.of_person(by.person_id) if row.service == "refund"]
        return {"cases": [_state(row, by) for row in own], "next": None}
    narrow = Narrow(service="refund")
    page = queues.queue(roles=by.roles, region=by.region or "", narrow=narrow, after=queues.Cursor.parse(after))
    return {"cases": [_state(row, by) for row in page.rows], "next": page.next.text() if page.next else None}


@router.post("/cases", response={201: CaseState, **REFUSED}, summary="Begin an application")
def case_new(request: HttpRequest, key: Key, body: NewCase) -> Any:
    """Begin an application as a draft; the same key with the same body returns the same case."""
    asked = now(request)
    by: Actor = asked["by"]
    wanted = body.model_dump(mode="json")
    answers = {name: value for name, value in body.given().items() if name not in ("region", "identity")}
    with keys.once(key=f"api/{by.kind}/{by.id}/{key}", content=wanted, at=asked["at"], passing=True) as slot:
        if not slot.repeated:
            made = actions.open_draft(
                person_id=person_asked(by=by, identity=body.identity), region=body.region,
                channel="app" if by.kind == CITIZEN else "window", **asked,
            )  # fmt: skip
            if answers:
                actions.save_answers(number=made.number, answers=answers, **asked)
            slot.answer = made.number
        number = slot.answer
    return Status(201, _state(cases.get(number), by))


@router.get("/cases/{number}", response={200: CaseState, **REFUSED}, summary="Tell where a case stands")
def case_one(request: HttpRequest, response: HttpResponse, number: Number) -> Any:
    """Tell where a case stands; the ETag names the evidence, for steps that ask for If-Match."""
    held = _held(request, number)
    response["ETag"] = f'"{held.evidence_hash}"'
    return _state(held, request.actor)  # type: ignore[attr-defined]


@router.patch("/cases/{number}", response={200: CaseState, **REFUSED}, summary="Answer questions")
def case_answer(request: HttpRequest, number: Number, body: Answers) -> Any:
    """Keep answers of a draft, of a correction, or the account after a payment came back."""
    _held(request, number)
    actions.save_answers(number=number, answers=body.given(), **now(request))
    return _state(cases.get(number), request.actor)  # type: ignore[attr-defined]


@router.get("/cases/{number}/decision", response={200: Decided, **REFUSED}, summary="Tell what would be decided")
def case_decision(request: HttpRequest, number: Number) -> Any:
    """Tell what is decided upon the case as it stands today, with steps, sources and what is missing."""
    held = _held(request, number)
    return actions.preview(number=held.number, on=now(request)["on"]).json()


@router.post("/cases/{number}/documents", response={201: Kept, **REFUSED}, summary="Add a paper")
def case_paper(
    request: HttpRequest,
    number: Number,
    material: Annotated[str, Form(max_length=80, examples=["payment_proof"])],
    file: Annotated[UploadedFile, File()],
) -> Any:
    """Add a PDF, JPEG or PNG to an application; what it is is found out from its content."""
    _held(request, number)
    if file.size and file.size > settings.YIBAO_UPLOAD_BYTES_MAX:
        raise Refused(uploads.TOO_LARGE)
    row = actions.attach(
        number=number, material=material, name=file.name or "", content=file.read(), **now(request)
    )  # fmt: skip
    return Status(201, {"id": row.pk, "material": row.material, "content_type": row.content_type, "size": row.size})


@router.post("/cases/{number}/submit", response={200: CaseState, **REFUSED}, summary="Hand in")
def case_submit(request: HttpRequest, number: Number, key: Key) -> Any:
    """Hand an application in; the same key again changes nothing."""
    _held(request, number)
    return _after(request, actions.submit(number=number, key=key, **now(request)))


@router.post("/cases/{number}/resubmit", response={200: CaseState, **REFUSED}, summary="Hand in what was corrected")
def case_resubmit(request: HttpRequest, number: Number) -> Any:
    """Hand in again what was to be corrected; the office's time goes on."""
    _held(request, number)
    return _after(request, actions.resubmit(number=number, **now(request)))


@router.post("/cases/{number}/withdraw", response={200: CaseState, **REFUSED}, summary="Withdraw")
def case_withdraw(request: HttpRequest, number: Number, body: Reason) -> Any:
    """Withdraw an application before its money is on the way."""
    _held(request, number)
    return _after(request, actions.withdraw(number=number, reason=body.reason, **now(request)))


@router.post("/cases/{number}/accept", response={200: CaseState, **REFUSED}, summary="Accept (clerk)")
def case_accept(request: HttpRequest, number: Number, seen: Seen) -> Any:
    """Accept a complete application; 409 where the evidence is another one than was seen."""
    _held(request, number)
    return _after(request, actions.accept(number=number, seen=seen.strip('"'), **now(request)))


@router.post("/cases/{number}/correction", response={200: CaseState, **REFUSED}, summary="Ask for correction (clerk)")
def case_correction(request: HttpRequest, number: Number, seen: Seen, body: Annotated[Correction, Body()]) -> Any:
    """Ask for everything that is to be corrected in one notice."""
    _held(request, number)
    items = [one.model_dump(exclude_none=True) for one in body.items]
    case = actions.ask_correction(number=number, items=items, seen=seen.strip('"'), **now(request))
    return _after(request, case)


def _after(request: HttpRequest, case: Case) -> dict[str, Any]:
    return _state(cases.get(case.number), request.actor)  # type: ignore[attr-defined]


def _held(request: HttpRequest, number: str) -> Case:
    """Return a case of the person, or of the office; another's and none look alike on purpose.

    Raises:
        Http404: There is none for whoever asks.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    held = Case.objects.select_related("refund").filter(number=number, service="refund").first()
    begun_at_counter = held is not None and held.state == "draft" and held.entered_by_id is not None
    if held is None:
        raise Http404
    if by.kind == CITIZEN:
        if begun_at_counter or not by.concerns(person_id=held.person_id, unit_id=held.unit_id):
            raise Http404
        return held
    if not by.works_in(held.region) or (held.state == "draft" and held.entered_by_id != by.user_id):
        raise Http404
    audit_log.record_read(
        reader=by, person_id=held.person_id, purpose=PURPOSE, at=request.at, case_number=number,  # type: ignore[attr-defined]
        role=min(by.roles),
    )  # fmt: skip
    return held


def _state(case: Case, by: Actor) -> dict[str, Any]:
    return {
        "number": case.number,
        "service": case.service,
        "region": case.region,
        "state": case.state,
        "level": case.level,
        "opened_on": case.opened_on.isoformat(),
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "amount": None if case.amount_fen is None else str(Money(case.amount_fen)),
        "evidence": case.evidence_hash,
        "may": actions.available(case=case, actor=by),
    }
