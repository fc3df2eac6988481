"""The papers of a transfer: made or opened from the case, or printed again, which is counted and said on the copy."""

from collections import Counter
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yibao.casework.entry import AGENT, CITIZEN, STAFF, open_to
from yibao.services.papers.reprinting import reprint, reprinted
from yibao.services.papers.sending import send_paper, sent
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages.places import place_words
from yibao.services.relocation.pages.sides import desk_case, own_case
from yibao.store import audit_log, keys
from yibao.store.models import Case

PORTAL, DESK = "relocation", "workbench_relocation"
PURPOSE = "paper"


def shown(rows: list[Transfer], request: HttpRequest, *, space: str) -> list[dict[str, Any]]:
    """Return the papers of one or both sides: those that are made with their addresses, the others to be made.

    Args:
        rows: The sides whose papers the reader may have.
        request: The reader's.
        space: Name space of the addresses: the portal's or the workbench's.
    """
    found = [(row, each) for row in rows for each in actions.offered(row, on=request.on) if _may(request, each.kind)]
    times = Counter(each.kind for _, each in found)
    return [
        {
            "label": _label(request, row, each.kind, twice=times[each.kind] > 1),
            "paper": each.issued,
            "make": reverse(f"{space}:make_paper", args=[each.number, each.kind]),
            "key": row.case.action_count,
            **(_addresses(space, each.number, each.issued.number) if each.issued else {}),
        }
        for row, each in found
    ]


def _label(request: HttpRequest, row: Transfer, kind: str, *, twice: bool) -> str:
    """Return what a paper is called; of two of one kind, one from each place, also whose it is."""
    name = request.say(f"relocation.paper.{kind}")
    if not twice:
        return name
    return request.say("relocation.papers.of", name=name, place=place_words(row.place, request.say))


def _may(request: HttpRequest, kind: str) -> bool:
    """Return whether a reader gets papers of a kind: a unit gets its receipt and no other."""
    return kind == actions.RECEIPT or not request.actor.unit_id


def _own(request: HttpRequest, number: str, paper_number: str) -> Case:
    """Return an own transfer of which the reader gets a paper.

    Raises:
        Http404: The transfer or the paper is not the reader's, or there is none.
    """
    own = own_case(request, number)
    paper = own.papers.filter(number=paper_number).first()
    if paper is None or not _may(request, paper.kind):
        raise Http404
    return own


def _addresses(space: str, number: str, paper: str) -> dict[str, str]:
    return {
        "open": reverse(f"{space}:paper", args=[number, paper]),
        "again": reverse(f"{space}:reprint", args=[number, paper]),
    }


@open_to(CITIZEN, AGENT, own="case")
@require_POST
def make(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Make a paper of an own transfer, or find the one made before, and open it."""
    own = own_case(request, number)
    if not _may(request, kind):
        raise Http404
    return _made(request, own, kind, space=PORTAL)


@open_to(STAFF, own="case")
@require_POST
def make_at_desk(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Make a paper at the desk, or find the one made before, and open it."""
    return _made(request, desk_case(request, number), kind, space=DESK)


def _made(request: HttpRequest, held: Case, kind: str, *, space: str) -> HttpResponse:
    if kind not in actions.PREFIXES:
        raise Http404
    paper = actions.make_paper(number=held.number, kind=kind, by=request.actor, on=request.on, at=request.at)
    return redirect(f"{space}:paper", held.number, paper.number)


@open_to(CITIZEN, AGENT, own="case")
@require_safe
def paper(request: HttpRequest, number: str, paper_number: str) -> FileResponse:
    """Send an issued paper of an own transfer."""
    return send_paper(_own(request, number, paper_number).papers.filter(number=paper_number).first())


@open_to(STAFF, own="case")
@require_safe
def paper_at_desk(request: HttpRequest, number: str, paper_number: str) -> FileResponse:
    """Send an issued paper; the look is logged."""
    return send_paper(_looked(request, number).papers.filter(number=paper_number).first())


@open_to(CITIZEN, AGENT, own="case")
@require_POST
def again(request: HttpRequest, number: str, paper_number: str) -> HttpResponse:
    """Count one more print of an own paper and open the copy."""
    return _again(request, _own(request, number, paper_number), paper_number, space=PORTAL)


@open_to(STAFF, own="case")
@require_POST
def again_at_desk(request: HttpRequest, number: str, paper_number: str) -> HttpResponse:
    """Count one more print of a paper and open the copy."""
    return _again(request, desk_case(request, number), paper_number, space=DESK)


def _again(request: HttpRequest, held: Case, paper_number: str, *, space: str) -> HttpResponse:
    key = keys.pressed(request.POST)
    times = reprint(number=held.number, paper=paper_number, key=key, by=request.actor, on=request.on, at=request.at)
    return redirect(f"{space}:copy", held.number, paper_number, times)


@open_to(CITIZEN, AGENT, own="case")
@require_safe
def copy(request: HttpRequest, number: str, paper_number: str, times: int) -> FileResponse:
    """Send the copy of a reprint of an own paper."""
    return _copy(_own(request, number, paper_number), paper_number, times)


@open_to(STAFF, own="case")
@require_safe
def copy_at_desk(request: HttpRequest, number: str, paper_number: str, times: int) -> FileResponse:
    """Send the copy of a reprint; the look is logged."""
    return _copy(_looked(request, number), paper_number, times)


def _copy(held: Case, paper_number: str, times: int) -> FileResponse:
    return sent(
        content=reprinted(case=held, paper=paper_number, times=times),
        content_type="application/pdf",
        name=f"{paper_number}-{times}.pdf",
    )


def _looked(request: HttpRequest, number: str) -> Case:
    held = desk_case(request, number)
    audit_log.record_read(
        reader=request.actor, person_id=held.person_id, purpose=PURPOSE, at=request.at, case_number=number,
        role=min(request.actor.roles),
    )  # fmt: skip
    return held
