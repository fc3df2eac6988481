"""Will my years be enough? Place, person and periods are asked without signing in; the answers stay in the session."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yibao.casework.entry import public
from yibao.kernel.errors import InputInvalid
from yibao.services.relocation import forms_years as forms
from yibao.services.relocation import known
from yibao.services.relocation.pages import years_answer, years_fields
from yibao.services.relocation.pages.begun import begun, blank
from yibao.services.relocation.pages.places import with_rules

KEY = "relocation.years"


def _places() -> list[str]:
    return [each.code for each in with_rules("years", "requirement")]


def _kept(request: HttpRequest) -> dict[str, str]:
    return dict(request.session.get(KEY, {}))


@public
@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """Begin with the first question the record does not answer, whatever was answered before."""
    begun(request, key=KEY, record=known.years, places=_places())
    return _go_on(request)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """Ask one page, keep its answers, and go on to the next one without good answers."""
    if step not in forms.STEPS:
        raise Http404
    kept, errors = _kept(request), dict[str, str]()
    names = forms.names(step=step, rows=forms.rows_of(kept))
    typed = {name: kept.get(name, "") for name in names}
    if request.method == "POST" and "more" in request.POST:
        sent = {name: request.POST.get(name, "").strip() for name in names}
        rows = min(forms.rows_of(kept) + 1, forms.ROWS_MAX)
        request.session[KEY] = {**kept, **sent, forms.ROWS: str(rows)}
        return redirect(reverse("relocation:years_step", args=[step]) + f"#r{rows - 1}-where")
    if request.method == "POST":
        page = forms.read(step=step, sent=request.POST, kept=kept, places=_places(), on=request.on)
        if not page.errors:
            request.session[KEY] = {**kept, **page.typed}
            return _go_on(request)
        typed, errors = page.typed, years_fields.errors(page.errors, request.say)
    elif forms.open_step(kept=kept, places=_places(), on=request.on) in forms.STEPS[: forms.STEPS.index(step)]:
        return _go_on(request)
    count = forms.STEPS.index(step)
    context = {
        "title": request.say(f"relocation.years.ask.{step}"),
        "several": step != "place",
        "groups": years_fields.groups(step=step, typed=typed, rows=forms.rows_of(kept), say=request.say),
        "errors": errors,
        "count": count + 1,
        "total": len(forms.STEPS),
        "more": step == "periods" and forms.rows_of(kept) < forms.ROWS_MAX,
        "back": reverse("relocation:years_step", args=[forms.STEPS[count - 1]])
        if count
        else reverse("relocation:index"),
        "blank": blank(kept, page="relocation:years"),
    }
    return render(request, "relocation/years_step.html", context, status=400 if errors else 200)


def _go_on(request: HttpRequest) -> HttpResponse:
    left = forms.open_step(kept=_kept(request), places=_places(), on=request.on)
    return redirect("relocation:years_step", left) if left else redirect("relocation:years_answer")


@public
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Tell whether the years are enough, what is short, and what can be done."""
    kept = _kept(request)
    left = forms.open_step(kept=kept, places=_places(), on=request.on)
    if left:
        return redirect("relocation:years_step", left)
    more: dict[str, Any] = {"again": reverse("relocation:years"), "answers": _summary(request, kept)}
    more["blank"] = blank(kept, page="relocation:years")
    try:
        told = years_answer.told(kept=kept, request=request)
    except InputInvalid as wrong:
        problems = [each.en if request.say.language == "en" else each.zh for each in wrong.problems]
        return render(request, "relocation/cover_wrong.html", {"problems": problems, **more}, status=400)
    return render(request, "relocation/years_answer.html", {**told, **more})


def _summary(request: HttpRequest, kept: dict[str, str]) -> list[dict[str, Any]]:
    say, rows = request.say, []
    for step in forms.STEPS:
        question = say(f"relocation.years.ask.{step}")
        href = reverse("relocation:years_step", args=[step])
        change = {"href": href, "text": say("common.change"), "visually_hidden_text": question}
        value = {"text": years_fields.told(step=step, kept=kept, say=say)}
        rows.append({"key": {"text": question}, "value": value, "actions": {"items": [change]}})
    return rows
