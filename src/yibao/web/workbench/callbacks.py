"""Call-backs of bad ratings on the desk, and the figures of all ratings."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

import yibao.services
from yibao.casework.entry import open_to
from yibao.kernel.errors import Refused
from yibao.policy import UnknownRegion
from yibao.store import audit_log, ratings
from yibao.store.models import CallBack
from yibao.web.templatetags.words import day_words
from yibao.web.workbench.lists import left

PURPOSE = "call_back"
YEAR_DAYS = 365
SHOWN_MAX = 100


@open_to(*ratings.CALLERS, own="region")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show the call-backs the reader may make, the earliest due first, and the figures of the last year."""
    since, say = request.on - timedelta(days=YEAR_DAYS), request.say
    found = ratings.figures(office=request.actor.region, since=since, until=request.on)
    days = {"since": day_words(since, say), "until": day_words(request.on, say)}
    context = {
        "section": "call_backs",
        "rows": [row(one, request) for one in ratings.waiting(by=request.actor)[:SHOWN_MAX]],
        "figures": [_figures(one, request) for one in found],
        "grades": [say(f"care.rating.grade.{code}") for code in ratings.GRADES.values()],
        "figures_title": say("care.call.figures", **days),
    }
    return render(request, "workbench/call_backs.html", context)


def row(one: CallBack, request: HttpRequest) -> dict[str, Any]:
    """Return what a page shows of a call-back."""
    say, rating = request.say, one.rating
    return {
        "call": one,
        "case": rating.case,
        "step": say(f"care.rating.step.{rating.step}"),
        "grade": say(f"care.rating.grade.{ratings.GRADES[rating.grade]}"),
        "due": left(one.due_on, request),
        "holder": one.holder.get_full_name() if one.holder else "",
    }


def _figures(one: ratings.Figures, request: HttpRequest) -> dict[str, Any]:
    say = request.say
    words = say("care.call.all")
    if one.region:
        parts = (_place(one.region, say), say(f"care.rating.step.{one.step}"), say(f"care.call.channel.{one.channel}"))
        words = " · ".join(parts)
    return {"title": words, "counts": list(one.counts.values()), "total": one.total, "percent": one.content_percent}


def _place(code: str, say: Any) -> str:
    try:
        return say.pick(yibao.services.packs().region_for(code))
    except UnknownRegion:
        return code


@open_to(*ratings.CALLERS, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, call: int) -> HttpResponse:
    """Show one call-back to a colleague who did not handle the case; take it, or write down what came of it."""
    held = ratings.call_backs(by=request.actor).filter(pk=call).first()
    if held is None:
        raise Http404
    typed = {name: request.POST.get(name, "").strip() for name in ("outcome", "found", "done")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _do(request, held, typed)
        except Refused as no:
            if no.refusal.code != ratings.CALL_BACK_EMPTY.code:
                raise
            errors = {"found": no.refusal.zh if request.say.language == "zh" else no.refusal.en}
    audit_log.record_read(
        reader=request.actor, person_id=held.rating.person_id, purpose=PURPOSE, at=request.at,
        case_number=held.rating.case.number, role=min(request.actor.roles),
    )  # fmt: skip
    context = {"section": "call_backs", "row": row(held, request), **_shown(held, request, typed), "errors": errors}
    return render(request, "workbench/call_back.html", context, status=422 if errors else 200)


def _do(request: HttpRequest, held: CallBack, typed: dict[str, str]) -> HttpResponse:
    if request.POST.get("do") == "take":
        ratings.take(number=held.pk, by=request.actor)
        messages.success(request, request.say("care.call.taken"))
        return redirect("workbench:call_back", held.pk)
    ratings.answer(number=held.pk, **typed, by=request.actor, at=request.at)
    messages.success(request, request.say("care.call.saved"))
    return redirect("workbench:call_backs")


def _shown(held: CallBack, request: HttpRequest, typed: dict[str, str]) -> dict[str, Any]:
    say = request.say
    outcomes = [{"value": code, "text": say(f"care.call.outcomes.{code}")} for code in ratings.OUTCOMES]
    legend = {"text": say("care.call.outcome"), "classes": "govuk-fieldset__legend--s"}
    radios = {"component": "radios", "name": "outcome", "value": typed["outcome"], "items": outcomes,
              "fieldset": {"legend": legend}}  # fmt: skip
    texts = [
        {"component": "textarea", "name": name, "rows": 3, "value": typed[name],
         "label": {"text": say(f"care.call.{name}")}, "hint": {"text": say("care.call.hint")}}
        for name in ("found", "done")
    ]  # fmt: skip
    return {
        "fields": [radios, *texts],
        "reasons": [say(f"care.rating.reason.{code}") for code in held.rating.reasons],
        "outcome": say(f"care.call.outcomes.{held.outcome}") if held.outcome else "",
        "open_to_all": held.holder_id is None,
        "mine": not held.outcome and held.holder_id in (None, request.actor.user_id),
    }
