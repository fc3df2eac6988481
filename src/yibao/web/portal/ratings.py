"""Rating the steps of one's own case: never asked for as a duty, once for each step, and the answer to a bad one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yibao.casework.entry import CITIZEN, open_to
from yibao.kernel.errors import Refused
from yibao.store import ratings
from yibao.store.models import Case
from yibao.web.templatetags.words import day_words

TYPED_MAX = 600


@open_to(CITIZEN, own="case")
@require_safe
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """Show the completed steps of an own case, what the person thought of each, and what came of it."""
    own = _own(request, number)
    rows = [_row(step, request) for step in reversed(ratings.steps(own))]
    context = {"section": "cases", "case": own, "rows": rows, "case_href": _case_href(own)}
    return render(request, "portal/ratings.html", context)


def _own(request: HttpRequest, number: str) -> Case:
    own = (
        Case.objects.filter(number=number, person_id=request.actor.person_id, unit=None).exclude(state="draft").first()
    )
    if own is None:
        raise Http404
    return own


def _case_href(own: Case) -> str:
    return reverse(f"{own.service}:case", args=[own.number])


def _row(step: ratings.Step, request: HttpRequest) -> dict[str, Any]:
    say, rating = request.say, step.rating
    call = getattr(rating, "call_back", None) if rating else None
    return {
        "step": step,
        "title": say(f"care.rating.step.{step.step}"),
        "grade": say(f"care.rating.grade.{ratings.GRADES[rating.grade]}") if rating else "",
        "call": call,
        "outcome": say(f"care.call.outcomes.{call.outcome}") if call and call.outcome else "",
    }


@open_to(CITIZEN, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    """Ask how satisfied the person is with one step, and why."""
    own, say = _own(request, number), request.say
    step = next((one for one in ratings.steps(own) if one.seq == seq), None)
    if step is None:
        raise Http404
    if step.rating is not None:
        return redirect("portal:ratings", number)
    typed = {"grade": "", "reasons": [], "remark": ""}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {
            "grade": request.POST.get("grade", ""),
            "reasons": request.POST.getlist("reasons"),
            "remark": request.POST.get("remark", "")[:TYPED_MAX],
        }
        try:
            _keep(request, number, seq, typed)
            return redirect("portal:ratings", number)
        except Refused as no:
            if no.refusal.code != ratings.RATING_NO_GRADE.code:
                raise
            errors = {"grade": no.refusal.zh if say.language == "zh" else no.refusal.en}
    title = say("care.rating.question", step=say(f"care.rating.step.{step.step}"))
    fields = _fields(request, title, ratings.REASONS[ratings.channel_of(own)], typed)
    context = {"section": "cases", "title": title, "fields": fields, "errors": errors, "number": number}
    return render(request, "portal/rate.html", context, status=422 if errors else 200)


def _keep(request: HttpRequest, number: str, seq: int, typed: dict[str, Any]) -> None:
    grade = int(typed["grade"]) if typed["grade"] in {str(one) for one in ratings.GRADES} else 0
    kept = ratings.rate(
        number=number, seq=seq, grade=grade, reasons=typed["reasons"], remark=typed["remark"], by=request.actor,
        on=request.on,
    )  # fmt: skip
    call, say = getattr(kept, "call_back", None), request.say
    told = say("care.rating.sent_bad", day=day_words(call.due_on, say)) if call else say("care.rating.sent")
    messages.success(request, told)


def _fields(request: HttpRequest, title: str, reasons: tuple[str, ...], typed: dict[str, Any]) -> list[dict[str, Any]]:
    say = request.say
    grades = [{"value": str(grade), "text": say(f"care.rating.grade.{code}")} for grade, code in ratings.GRADES.items()]
    legend = {"text": title, "classes": "govuk-fieldset__legend--l", "is_page_heading": True}
    why = {"text": say("care.rating.reasons"), "classes": "govuk-fieldset__legend--s"}
    return [
        {"component": "radios", "name": "grade", "value": typed["grade"], "items": grades,
         "fieldset": {"legend": legend}, "hint": {"text": say("care.rating.lead")}},
        {"component": "checkboxes", "name": "reasons", "values": typed["reasons"], "fieldset": {"legend": why},
         "items": [{"value": code, "text": say(f"care.rating.reason.{code}")} for code in reasons]},
        {"component": "textarea", "name": "remark", "rows": 3, "value": typed["remark"],
         "label": {"text": say("care.rating.remark")}, "hint": {"text": say("care.rating.remark_hint")}},
    ]  # fmt: skip
