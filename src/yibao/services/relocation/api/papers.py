"""The papers of a transfer for other programs: made, listed, as data, as PDF, and printed again, which is counted."""

from datetime import date
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Router, Status
from pydantic import BaseModel, ConfigDict, Field

from yibao.services.interface import REFUSED, Bearer, Key, now
from yibao.services.papers.check import check_address, qr_svg
from yibao.services.papers.reprinting import issued_paper, reprint, reprinted
from yibao.services.relocation import actions
from yibao.services.relocation.api.cases import Number, held
from yibao.services.relocation.documents import KINDS, Said
from yibao.services.relocation.models import Transfer
from yibao.store import papers
from yibao.store.models import Case, IssuedPaper

PDF = {"responses": {200: {"description": "the file", "content": {"application/pdf": {
    "schema": {"type": "string", "format": "binary"}}}}}}  # fmt: skip
PaperNumber = Annotated[
    str,
    Path(
        pattern=r"^[A-Z]{2}-[A-Z0-9]{2}-[0-9]{4}-[0-9]{6}$", description="文书编号 number of the paper",
        examples=["HZ-SX-2026-000001"],
    ),
]  # fmt: skip
Times = Annotated[int, Path(ge=1, le=10**6, description="which reprint it is, 1 for the first")]


class WantedPaper(BaseModel):
    """Which paper is wanted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "acceptance_receipt"}]})
    kind: str = Field(pattern=f"^({'|'.join(KINDS)})$")


class PaperLine(BaseModel):
    """A paper a case has come to have; without a number it is still to be made."""

    kind: str
    title: str
    title_en: str
    number: str | None
    issued_on: date | None
    reprints: int


class PaperTold(PaperLine):
    """An issued paper: how anybody verifies it, and what it states as long as it states the record."""

    check_code: str
    check_address: str
    qr: str = Field(description="the QR code of check_address, as SVG")
    sha256: str
    void: bool
    stated: dict[str, Any] | None


class Printed(BaseModel):
    """Which reprint was counted."""

    times: int


router = Router(auth=Bearer(), tags=["relocation"])


@router.get("/cases/{number}/papers", response={200: list[PaperLine], **REFUSED}, summary="List the papers")
def paper_list(request: HttpRequest, number: Number) -> Any:
    """List the papers this side of a transfer has come to have, those still to be made too."""
    row = _side(held(request, number))
    offered = actions.offered(row, on=now(request)["on"])
    return [_line(each.kind, each.title, each.issued) for each in offered]


@router.post("/cases/{number}/papers", response={201: PaperTold, **REFUSED}, summary="Make a paper")
def paper_make(request: HttpRequest, number: Number, body: WantedPaper) -> Any:
    """Make a paper, or find the one made before: it is the same one as long as it states the record."""
    case = held(request, number)
    return Status(201, _told(request, case, actions.make_paper(number=number, kind=body.kind, **now(request))))


@router.get("/cases/{number}/papers/{paper}", response={200: PaperTold, **REFUSED}, summary="Tell a paper as data")
def paper_one(request: HttpRequest, number: Number, paper: PaperNumber) -> Any:
    """Tell number, check code, QR code, reprints and what the paper states."""
    case = held(request, number)
    return _told(request, case, issued_paper(case=case, paper=paper))


@router.get("/cases/{number}/papers/{paper}/file", response=REFUSED, summary="Give a paper as PDF", openapi_extra=PDF)
def paper_file(request: HttpRequest, number: Number, paper: PaperNumber) -> HttpResponse:
    """Give the file as it was issued."""
    return _file(papers.content(issued_paper(case=held(request, number), paper=paper)), paper)


@router.post("/cases/{number}/papers/{paper}/prints", response={201: Printed, **REFUSED}, summary="Print a paper again")
def paper_print(request: HttpRequest, number: Number, paper: PaperNumber, key: Key) -> Any:
    """Count one more print; the same key again is the same print."""
    held(request, number)
    return Status(201, {"times": reprint(number=number, paper=paper, key=f"api/{key}", **now(request))})


@router.get(
    "/cases/{number}/papers/{paper}/prints/{times}", response=REFUSED, summary="Give a reprint", openapi_extra=PDF
)
def paper_copy(request: HttpRequest, number: Number, paper: PaperNumber, times: Times) -> HttpResponse:
    """Give the copy of a print that was counted; every page says which it is."""
    return _file(reprinted(case=held(request, number), paper=paper, times=times), f"{paper}-{times}")


def _side(case: Case) -> Transfer:
    row: Transfer = case.transfer
    # What a draft would state is not yet anybody's paper.
    if case.state == "draft":
        raise Http404
    return row


def _line(kind: str, title: Said, issued: IssuedPaper | None) -> dict[str, Any]:
    return {
        "kind": kind, "title": title[0], "title_en": title[1], "number": issued.number if issued else None,
        "issued_on": issued.issued_on if issued else None, "reprints": issued.reprints if issued else 0,
    }  # fmt: skip


def _told(request: HttpRequest, case: Case, issued: IssuedPaper) -> dict[str, Any]:
    on = now(request)["on"]
    valid = {each.issued.pk for each in actions.offered(case.transfer, on=on) if each.issued}
    paper = actions.paper(number=case.number, kind=issued.kind, on=issued.issued_on)
    address = check_address(base=settings.YIBAO_PUBLIC_URL, number=issued.number, code=issued.check_code)
    return {
        **_line(issued.kind, paper.title, issued), "check_code": issued.check_code, "check_address": address,
        "qr": qr_svg(address), "sha256": issued.sha256, "void": issued.voided_at is not None,
        "stated": paper.json() if issued.pk in valid else None,
    }  # fmt: skip


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
