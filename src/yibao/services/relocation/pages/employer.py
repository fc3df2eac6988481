"""A unit's agent names an employee and applies for their transfer, one question a page; then follows its own case."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import AGENT, open_to
from yibao.casework.limits import APPLICATION, EMPLOYEE, limited
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import mask_name
from yibao.services.relocation import actions
from yibao.services.relocation import forms_transfer as forms
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages.places import place_words
from yibao.services.relocation.pages.sides import NAME, record_look
from yibao.store import persons
from yibao.store.models import ExchangePartner, Person

KEY = "relocation.unit"
STEPS = ("way", "other", "paper")
STEPS_BESIDE = 2
"""Besides the questions: the employee before them, the check after them."""
SECTION = "unit"


def unit_service(request: HttpRequest) -> dict[str, str] | None:
    """Return this service's card on a unit's first page; nothing where the agent's right does not reach it."""
    if not request.actor.acting.covers(NAME):
        return None
    say = request.say
    words = {name: say(f"relocation.unit.card.{name}") for name in ("title", "text")}
    return {"href": reverse("relocation:unit"), **words}


@limited(EMPLOYEE)
@open_to(AGENT, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def employee(request: HttpRequest) -> HttpResponse:
    """Ask for the employee, whose number never stands in an address; nobody learns here who is insured."""
    request.session.pop(KEY, None)
    typed, errors, status = {"name": "", "identity": ""}, {}, 200
    if request.method == "POST":
        sent = {"name": forms.text(post=request.POST, name="name"), "identity": forms.identity(post=request.POST)}
        typed = {name: one.typed.get(name, "") for name, one in sent.items()}
        errors = {name: request.say(f"relocation.unit.error.{name}") for name, one in sent.items() if one.error}
        status = 400
        if not errors:
            try:
                return _named(request, identity=sent["identity"].value, name=sent["name"].value)
            except Refused as no:
                errors, status = {"identity": _words(no, request.say)}, no.refusal.status
    context = {
        "section": SECTION,
        "title": request.say("relocation.unit.ask.employee"),
        "lead": request.say("relocation.unit.lead"),
        "back": reverse("portal:unit"),
        "errors": errors,
        "fields": [_box(request, name, typed[name]) for name in ("name", "identity")],
        "count": 1,
        "total": len(STEPS) + STEPS_BESIDE,
    }
    return render(request, "relocation/unit_step.html", context, status=status)


def _named(request: HttpRequest, *, identity: str, name: str) -> HttpResponse:
    """Keep for whom the unit applies; the look is logged.

    Raises:
        Refused: `no_employment` also for a number and a name that do not fit.
    """
    found = persons.find(identity=identity)
    if found is None or found.name != name:
        raise refused("no_employment")
    actions.check_employee(person_id=found.pk, by=request.actor, on=request.on)
    record_look(request, found.pk)
    request.session[KEY] = {"person": str(found.pk)}
    return redirect("relocation:unit_step", STEPS[0])


@limited(APPLICATION)
@open_to(AGENT, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """Ask one question about an employee's transfer; after the last the draft is opened."""
    if step not in STEPS:
        raise Http404
    kept: dict[str, str] = dict(request.session.get(KEY, {}))
    person = Person.objects.filter(pk=kept.get("person")).first()
    if person is None:
        return redirect("relocation:unit")
    missing = next((each for each in STEPS[: STEPS.index(step)] if each not in kept), "")
    if missing:
        return redirect("relocation:unit_step", missing)
    items = ITEMS[step](request, person, kept)
    sent = forms.Sent(kept.get(step, ""))
    if request.method == "POST":
        sent = forms.chosen(post=request.POST, name=step, offered=[each["value"] for each in items])
        if not sent.error:
            request.session[KEY] = {**kept, step: sent.value}
            return _go_on(request, person, step)
    errors = {step: request.say(f"relocation.unit.error.{step}")} if sent.error else {}
    return render(request, "relocation/unit_step.html", {
        "section": SECTION,
        "title": request.say(f"relocation.unit.ask.{step}", name=mask_name(person.name)),
        "fields": [_radios(request, step, items, sent.value, name=mask_name(person.name))],
        "errors": errors,
        "count": STEPS.index(step) + STEPS_BESIDE,
        "total": len(STEPS) + STEPS_BESIDE,
        "back": _back(step),
    }, status=400 if errors else 200)  # fmt: skip


def _ways(request: HttpRequest, person: Person, kept: dict[str, str]) -> list[dict[str, Any]]:
    """Return which way the unit may move somebody.

    Raises:
        Refused: no_employment: the relation ended, or another unit is acted for, since the employee was named.
    """
    found = actions.check_employee(person_id=person.pk, by=request.actor, on=request.on)
    return [
        {"value": f"{way}-{area}",
         "text": request.say(f"relocation.unit.way.{way}", place=place_words(area, request.say))}
        for way, area in found
    ]  # fmt: skip


def _others(request: HttpRequest, person: Person, kept: dict[str, str]) -> list[dict[str, Any]]:
    """Return every other place that can be asked, the same for everybody: not where the person's relations are."""
    _, _, own = kept["way"].partition("-")
    areas = ExchangePartner.objects.exclude(area=own).order_by("area").values_list("area", flat=True)
    return [{"value": area, "text": place_words(area, request.say)} for area in areas]


def _papers(request: HttpRequest, person: Person, kept: dict[str, str]) -> list[dict[str, Any]]:
    return [{"value": code, "text": request.say(f"relocation.move.paper.{code}")} for code in forms.PAPERS]


ITEMS = {"way": _ways, "other": _others, "paper": _papers}


def _radios(request: HttpRequest, step: str, items: list[dict[str, Any]], value: str, *, name: str) -> dict[str, Any]:
    legend = {"text": request.say(f"relocation.unit.ask.{step}", name=name), "is_page_heading": True,
              "classes": "govuk-fieldset__legend--l"}  # fmt: skip
    hint = {"text": request.say(f"relocation.unit.hint.{step}")}
    return {"component": "radios", "name": step, "id_prefix": step, "fieldset": {"legend": legend}, "hint": hint,
            "items": items, "value": value}  # fmt: skip


def _box(request: HttpRequest, name: str, typed: str) -> dict[str, Any]:
    return {
        "component": "input", "name": name, "value": typed, "spellcheck": False, "autocomplete": "off",
        "label": {"text": request.say(f"relocation.unit.field.{name}")},
        "classes": "app-mono" if name == "identity" else "",
    }  # fmt: skip


def _back(step: str) -> str:
    place = STEPS.index(step)
    return reverse("relocation:unit_step", args=[STEPS[place - 1]]) if place else reverse("relocation:unit")


def _go_on(request: HttpRequest, person: Person, step: str) -> HttpResponse:
    later = STEPS[STEPS.index(step) + 1 :]
    return redirect("relocation:unit_step", later[0]) if later else redirect("relocation:case", _draft(request, person))


def _draft(request: HttpRequest, person: Person) -> str:
    """Return the number of the unit's draft for what was answered; pressed twice, it is one draft."""
    kept = request.session[KEY]
    way, _, own = kept["way"].partition("-")
    source, target = (kept["other"], own) if way == "to" else (own, kept["other"])
    same = Transfer.objects.filter(
        person=person, source=source, target=target, stage="draft", case__unit_id=request.actor.unit_id,
        case__state="draft",
    )  # fmt: skip
    for row in same.select_related("case"):
        if row.materials == [kept["paper"]]:
            return row.case.number
    wish = actions.Wish(place=own, source=source, target=target, materials=(kept["paper"],))
    case = actions.open_draft(person_id=person.pk, wish=wish, by=request.actor, on=request.on, at=request.at)
    return case.number


def _words(no: Refused, say: Any) -> str:
    refusal = no.refusal
    return f"{refusal.en}. {refusal.next_en}" if say.language == "en" else f"{refusal.zh}。{refusal.next_zh}"
