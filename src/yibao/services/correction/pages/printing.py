"""Making, opening and printing the papers of a correction: by the person, and by the staff of their office."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from yibao.casework.entry import CITIZEN, STAFF, open_to
from yibao.services.correction import issuing
from yibao.services.correction.pages.desk import desk_case
from yibao.services.correction.pages.own import own_case
from yibao.services.correction.pages.papers import copy_of
from yibao.services.papers.reprinting import reprint
from yibao.services.papers.sending import send_paper
from yibao.store import keys
from yibao.store.models import Case

PORTAL, DESK = "correction", "workbench_correction"
PURPOSE = "paper"


@open_to(CITIZEN, own="case")
@require_POST
def make(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Make a paper of an own correction, or find the one made before, and open it."""
    return _made(request, own_case(request, number), kind, space=PORTAL)


@open_to(STAFF, own="case")
@require_POST
def make_at_desk(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Make a paper at the desk, or find the one made before, and open it."""
    return _made(request, desk_case(request, number), kind, space=DESK)


def _made(request: HttpRequest, held: Case, kind: str, *, space: str) -> HttpResponse:
    if kind not in issuing.PREFIXES:
        raise Http404
    paper = issuing.make_paper(number=held.number, kind=kind, by=request.actor, on=request.on, at=request.at)
    return redirect(f"{space}:paper", held.number, paper.number)


@open_to(CITIZEN, own="case")
@require_safe
def paper(request: HttpRequest, number: str, paper_number: str) -> FileResponse:
    """Send an issued paper of an own correction."""
    return send_paper(own_case(request, number).papers.filter(number=paper_number).first())


@open_to(STAFF, own="case")
@require_safe
def paper_at_desk(request: HttpRequest, number: str, paper_number: str) -> FileResponse:
    """Send an issued paper; the look is logged."""
    return send_paper(desk_case(request, number, PURPOSE).papers.filter(number=paper_number).first())


@open_to(CITIZEN, own="case")
@require_POST
def again(request: HttpRequest, number: str, paper_number: str) -> HttpResponse:
    """Count one more print of an own paper and open the copy."""
    return _again(request, own_case(request, number), paper_number, space=PORTAL)


@open_to(STAFF, own="case")
@require_POST
def again_at_desk(request: HttpRequest, number: str, paper_number: str) -> HttpResponse:
    """Count one more print of a paper and open the copy."""
    return _again(request, desk_case(request, number), paper_number, space=DESK)


def _again(request: HttpRequest, held: Case, paper_number: str, *, space: str) -> HttpResponse:
    key = keys.pressed(request.POST)
    times = reprint(number=held.number, paper=paper_number, key=key, by=request.actor, on=request.on, at=request.at)
    return redirect(f"{space}:copy", held.number, paper_number, times)


@open_to(CITIZEN, own="case")
@require_safe
def copy(request: HttpRequest, number: str, paper_number: str, times: int) -> FileResponse:
    """Send the copy of a reprint of an own paper."""
    return copy_of(own_case(request, number), paper=paper_number, times=times)


@open_to(STAFF, own="case")
@require_safe
def copy_at_desk(request: HttpRequest, number: str, paper_number: str, times: int) -> FileResponse:
    """Send the copy of a reprint; the look is logged."""
    return copy_of(desk_case(request, number, PURPOSE), paper=paper_number, times=times)
