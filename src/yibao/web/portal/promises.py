"""The person's own promise letters: what they signed, what a check found, and the way to object."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yibao.casework.entry import CITIZEN, open_to
from yibao.store import promises
from yibao.store.models import PromiseCheck, PromiseLetter


@open_to(CITIZEN, own="self")
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show the letters the person signed, newest first, with what was found."""
    found = _of(request).select_related("case").prefetch_related("checks")
    letters = [row(letter, request) for letter in found]
    return render(request, "portal/promises.html", {"section": "cases", "letters": letters})


def _of(request: HttpRequest) -> Any:
    return PromiseLetter.objects.filter(person_id=request.actor.person_id)


def row(letter: PromiseLetter, request: HttpRequest) -> dict[str, Any]:
    """Return what a page shows of a letter, on either side of the counter."""
    last = promises.last_check(letter)
    waiting = next((one for one in letter.checks.all() if not one.outcome), None)
    return {
        "letter": letter,
        "material": request.say.find(f"{letter.service}.enums.material.{letter.material}") or letter.material,
        "last": last,
        "waiting": waiting,
        "state": state_words(last, waiting, request),
        "file": reverse(f"{letter.service}:paper", args=[letter.case.number, letter.number]),
        "may_object": last is not None and last.outcome == promises.BROKEN and waiting is None,
    }


def state_words(last: PromiseCheck | None, waiting: PromiseCheck | None, request: HttpRequest) -> str:
    """Return in words whether a letter was checked and what was found."""
    say = request.say
    if waiting is not None:
        return say("care.promise.objected" if waiting.cause == "objection" else "care.promise.waiting")
    return say(f"care.promise.outcome.{last.outcome}") if last else say("care.promise.not_checked")


@open_to(CITIZEN, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, letter: str) -> HttpResponse:
    """Ask what is wrong with a finding, and have somebody else look again."""
    held = _of(request).filter(number=letter).prefetch_related("checks").select_related("case").first()
    if held is None:
        raise Http404
    shown, typed, errors = row(held, request), request.POST.get("text", "").strip(), {}
    if request.method == "POST" and typed:
        promises.object_to(number=letter, text=typed, by=request.actor, on=request.on, at=request.at)
        messages.success(request, request.say("care.promise.object_done", number=letter))
        return redirect("portal:promises")
    if request.method == "POST":
        errors = {"text": request.say("care.promise.object_empty")}
    elif not shown["may_object"]:
        return redirect("portal:promises")
    field = {
        "component": "textarea",
        "name": "text",
        "rows": 4,
        "value": typed,
        "label": {"text": request.say("care.promise.object_text")},
        "hint": {"text": request.say("care.promise.object_hint")},
    }
    context = {"section": "cases", "row": shown, "text_field": field, "errors": errors}
    return render(request, "portal/promise_object.html", context, status=400 if errors else 200)
