"""From which day am I covered? A few questions without signing in; the answers stay in the session alone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yibao.casework.entry import public
from yibao.kernel.errors import InputInvalid
from yibao.services.relocation import forms_cover as forms
from yibao.services.relocation import known
from yibao.services.relocation.pages import cover_answer, cover_fields
from yibao.services.relocation.pages.begun import begun, blank
from yibao.services.relocation.pages.places import place_words, with_rules

KEY = "relocation.cover"


def _places() -> list[str]:
    return [each.code for each in with_rules("relocation", "cover")]


@public
@require_safe
def cover(request: HttpRequest) -> HttpResponse:
    """Begin with the first question the record does not answer, whatever was answered before."""
    places = _places()
    begun(request, key=KEY, record=known.cover, places=places)
    return _go_on(request, places)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """Ask one question, keep its answer, and go on to the next one without a good answer."""
    kept: dict[str, str] = dict(request.session.get(KEY, {}))
    if step not in forms.STEPS:
        raise Http404
    asked = forms.steps(kept)
    places, errors = _places(), dict[str, str]()
    typed = {name: kept.get(name, "") for name in forms.FIELDS[step]}
    if request.method == "POST":
        page = forms.read(step=step, sent=request.POST, kept=kept, places=places, on=request.on)
        if not page.errors:
            request.session[KEY] = {**kept, **page.typed}
            return _go_on(request, places)
        typed = page.typed
        errors = {name: request.say(f"relocation.cover.error.{name}.{code}") for name, code in page.errors.items()}
    elif step not in asked or (
        asked.index(step) and forms.open_step(kept=kept, places=places, on=request.on) in _before(asked, step)
    ):
        return _go_on(request, places)
    context = {
        "title": request.say(f"relocation.cover.ask.{step}"),
        "several": step in ("last", "paid"),
        "fields": cover_fields.fields(step=step, typed=typed, kept=kept, request=request),
        "errors": errors,
        "count": asked.index(step) + 1 if step in asked else 1,
        "total": len(asked),
        "back": _back(asked, step),
        "blank": blank(kept, page="relocation:cover"),
    }
    return render(request, "relocation/cover_step.html", context, status=400 if errors else 200)


def _before(asked: tuple[str, ...], step: str) -> tuple[str, ...]:
    return asked[: asked.index(step)]


def _back(asked: tuple[str, ...], step: str) -> str:
    earlier = _before(asked, step) if step in asked else ()
    return reverse("relocation:cover_step", args=[earlier[-1]]) if earlier else reverse("relocation:index")


def _go_on(request: HttpRequest, places: list[str]) -> HttpResponse:
    left = forms.open_step(kept=request.session.get(KEY, {}), places=places, on=request.on)
    return redirect("relocation:cover_step", left) if left else redirect("relocation:cover_answer")


@public
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Tell from which day there is cover, as the rules are, and what paying back would change."""
    kept: dict[str, str] = dict(request.session.get(KEY, {}))
    left = forms.open_step(kept=kept, places=_places(), on=request.on)
    if left:
        return redirect("relocation:cover_step", left)
    try:
        told = cover_answer.told(kept=kept, request=request)
    except InputInvalid as wrong:
        sentences = [each.en if request.say.language == "en" else each.zh for each in wrong.problems]
        context = {"problems": sentences, "answers": _summary(request, kept), "again": reverse("relocation:cover")}
        return render(request, "relocation/cover_wrong.html", context, status=400)
    context = {**told, "answers": _summary(request, kept), "again": reverse("relocation:cover")}
    context["blank"] = blank(kept, page="relocation:cover")
    return render(request, "relocation/cover_answer.html", context)


def _summary(request: HttpRequest, kept: dict[str, str]) -> list[dict[str, Any]]:
    say = request.say
    rows = []
    for step in forms.steps(kept):
        question = say(f"relocation.cover.ask.{step}")
        href = reverse("relocation:cover_step", args=[step])
        change = {"href": href, "text": say("common.change"), "visually_hidden_text": question}
        value = {"text": cover_fields.told(step=step, kept=kept, say=say, place=place_words)}
        rows.append({"key": {"text": question}, "value": value, "actions": {"items": [change]}})
    return rows
