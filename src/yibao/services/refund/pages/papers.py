"""The papers a case was given: opened as they were issued, or printed again, which is counted and said on the copy."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yibao.casework.entry import AGENT, CITIZEN, STAFF, open_to, public
from yibao.casework.limits import CHECK, limited
from yibao.services.papers.sending import sent
from yibao.services.refund import actions
from yibao.services.refund.pages import sides
from yibao.store import keys
from yibao.store.models import Case

AT_WINDOW = ("refund_slip",)
"""Kinds that are printed again by staff only: money is paid against them."""


DECIDED = ("approved", "refused", "executing", "completed")
LIVE = {"sent", "paid"}


def by_then(held: Case) -> list[str]:
    """Return the kinds of papers a case has come to have: of its decision, its money, and its end.

    Args:
        held: The case.
    """
    money = {payment.status for payment in held.payments.all()}
    kinds = ["decision_letter"] if held.state in DECIDED else []
    kinds += ["payment_notice"] if money & LIVE else []
    kinds += ["bounced_notice"] if "bounced" in money else []
    kinds += ["withdrawal_confirmation"] if held.state == "withdrawn" and held.submitted_on else []
    return kinds


def issued(held: Case, request: HttpRequest, *, space: str) -> list[dict[str, Any]]:
    """Return the valid papers of a case with the addresses to open and to print them again.

    Args:
        held: The case.
        request: The reader's.
        space: Name space of the addresses: the portal's or the workbench's.
    """
    rows = held.papers.filter(voided_at=None, purged_at=None).order_by("pk")
    if request.actor.kind == "citizen":
        rows = rows.exclude(kind__in=AT_WINDOW)
    return [
        {
            "paper": row,
            "label": request.say(f"refund.paper.{row.kind}"),
            "open": reverse(f"{space}:paper", args=[held.number, row.number]),
            "again": reverse(f"{space}:reprint", args=[held.number, row.number]),
            "key": held.action_count,
        }
        for row in rows
    ]


@open_to(CITIZEN, AGENT, own="case")
@require_POST
def reprint(request: HttpRequest, number: str, paper_number: str) -> HttpResponse:
    """Count one more print of an own paper and open the copy."""
    return _print(request, sides.own_case(request, number), paper_number, space="refund")


@open_to(STAFF, own="case")
@require_POST
def reprint_at_desk(request: HttpRequest, number: str, paper_number: str) -> HttpResponse:
    """Count one more print of a paper and open the copy."""
    return _print(request, sides.desk_case(request, number), paper_number, space="workbench_refund")


def _print(request: HttpRequest, held: Case, paper_number: str, *, space: str) -> HttpResponse:
    times = actions.reprint(
        number=held.number,
        paper=paper_number,
        key=keys.pressed(request.POST),
        by=request.actor,
        on=request.on,
        at=request.at,
    )
    return redirect(f"{space}:copy", held.number, paper_number, times)


@open_to(CITIZEN, AGENT, own="case")
@require_safe
def copy(request: HttpRequest, number: str, paper_number: str, times: int) -> FileResponse:
    """Send the copy of a reprint of an own paper."""
    return _copy(sides.own_case(request, number), paper_number, times)


@open_to(STAFF, own="case")
@require_safe
def copy_at_desk(request: HttpRequest, number: str, paper_number: str, times: int) -> FileResponse:
    """Send the copy of a reprint; the look is logged."""
    held = sides.desk_case(request, number)
    sides.record_look(request, held, purpose="paper")
    return _copy(held, paper_number, times)


def _copy(held: Case, paper_number: str, times: int) -> FileResponse:
    content = actions.reprinted(case=held, paper=paper_number, times=times)
    return sent(content=content, content_type="application/pdf", name=f"{paper_number}-{times}.pdf")


@limited(CHECK)
@public
@require_safe
def blank(request: HttpRequest, form: str) -> FileResponse:
    """Send a form to be filled in by hand."""
    if form not in actions.BLANKS:
        raise Http404
    return sent(content=actions.blank(form), content_type="application/pdf", name=f"{actions.BLANKS[form].number}.pdf")


def portal_blank(request: HttpRequest) -> dict[str, Any] | None:
    """Return the blank form whose number and code stand in the address, or None."""
    asked = request.resolver_match.kwargs
    form = actions.known_blank(number=asked["number"], code=asked["code"])
    if form is None:
        return None
    return {"number": form.number, "issued_on": form.since, "label": request.say(f"refund.paper.{form.label}")}
