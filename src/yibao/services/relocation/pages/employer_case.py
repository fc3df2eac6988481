"""A unit's transfer as its agent sees it: number, stage, limits, what the unit must do, and its receipt."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yibao.kernel.errors import Refused
from yibao.services import assurance
from yibao.services.relocation import actions
from yibao.services.relocation.pages import drafts, halves, papers
from yibao.services.relocation.pages.places import place_words
from yibao.services.relocation.pages.sides import NAME
from yibao.services.relocation.workflow import LABELS, Stage
from yibao.store.models import Case

SECTION = "unit"
OVER = (Stage.CANCELLED, Stage.NOT_ACCEPTED)


def shown(request: HttpRequest, own: Case) -> HttpResponse:
    """Show a unit its transfer: a draft is checked at once, of which the unit is told its own part."""
    return _draft(request, own) if own.state == "draft" else _under_way(request, own)


def submit(request: HttpRequest, own: Case) -> HttpResponse:
    """Hand the unit's application in; sent twice it is one application."""
    assurance.require(service=NAME, step="submit", by=request.actor)
    try:
        actions.submit(number=own.number, by=request.actor, on=request.on, at=request.at)
    except Refused as no:
        if own.state != "draft":
            raise
        told = halves.refusal_words(no.refusal, request.say)
        return _draft(request, own, error=f"{told['why']} {told['next']}", status=no.refusal.status)
    messages.success(request, request.say("relocation.unit.sent", number=own.number))
    return redirect("relocation:case", own.number)


def _draft(request: HttpRequest, own: Case, *, error: str = "", status: int = 200) -> HttpResponse:
    row, say = own.transfer, request.say
    refusals = [no for half in actions.both(number=own.number, on=request.on) for no in half.refusals]
    told = actions.told_to_unit(refusals, row=row, on=request.on)
    context = {
        "section": SECTION,
        "case": own,
        "rows": drafts.answers(row, say),
        "reasons": [halves.refusal_words(each, say) for each in told],
        "errors": {"send": error} if error else {},
    }
    return render(request, "relocation/unit_check.html", context, status=status)


def _under_way(request: HttpRequest, own: Case) -> HttpResponse:
    row, say = own.transfer, request.say
    both = halves.of(row)
    # The stage of the years alone: whether there is money is not the unit's to know.
    stage = LABELS[Stage(row.stage)][1 if say.language == "en" else 0]
    over = row.stage in OVER
    reason = actions.told_of_end(row, on=request.on) if over else None
    context = {
        "section": SECTION,
        "case": own,
        "way": say("relocation.move.way", old=place_words(row.source, say), new=place_words(row.target, say)),
        "stage": stage,
        "reason": halves.refusal_words(reason, say) if reason else None,
        "asked_back": bool(row.ended_because) and not over,
        "years": halves.years_track(both, say),
        "clocks": list(halves.clocks(both, on=request.on, say=say)),
        "papers": papers.shown([row], request, space=NAME),
        "may_withdraw": "withdraw" in actions.available(case=own, actor=request.actor),
    }
    return render(request, "relocation/unit_case.html", context)
