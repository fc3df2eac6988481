"""A unit's agent names an employee, and applies about what the unit paid for them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import AGENT, open_to
from yibao.casework.limits import EMPLOYEE, limited
from yibao.casework.refusals import refuse
from yibao.kernel.errors import Refused
from yibao.services.refund import actions, forms
from yibao.services.refund.pages import sides, views
from yibao.store import persons
from yibao.store.models import Case, Person

NOT_FOUND = "not_your_employee"


def unit_service(request: HttpRequest) -> dict[str, str] | None:
    """Return this service's card on a unit's first page; nothing where the agent's right does not reach it."""
    if not request.actor.acting.covers("refund"):
        return None
    say = request.say
    return {
        "href": reverse("refund:unit"),
        "title": say("refund.unit.card.title"),
        "text": say("refund.unit.card.text"),
    }


@limited(EMPLOYEE)
@open_to(AGENT, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def employee(request: HttpRequest) -> HttpResponse:
    """Ask for the employee, whose number never stands in an address, and open the application about them."""
    form, status = forms.Form(typed={"identity": "", "name": ""}), 200
    error = ""
    if request.method == "POST":
        form = forms.employee(post=request.POST)
        status = 400
        if not form.errors:
            try:
                return _begun(request, form.answers)
            except Refused as no:
                error, status = views.refusal_words(no, request.say), no.refusal.status
    errors = {name: request.say(key) for name, key in form.errors.items()} or ({"identity": error} if error else {})
    context = {
        "section": "unit",
        "back": reverse("portal:unit"),
        "errors": errors,
        "fields": [_box(request, name, form.typed[name]) for name in ("name", "identity")],
    }
    return render(request, "refund/unit.html", context, status=status)


def _begun(request: HttpRequest, named: dict[str, Any]) -> HttpResponse:
    """Open the draft about an employee: the one the unit began before, or a new one. The look is logged.

    Raises:
        Refused: `not_your_employee` also for a number and a name that do not fit: nobody learns here who is insured.
    """
    found = persons.find(identity=named["identity"])
    if found is None or found.name != named["name"]:
        raise refuse(NOT_FOUND)
    drafts = Case.objects.filter(service="refund", state="draft", unit_id=request.actor.unit_id, person=found)
    case = drafts.order_by("pk").first() or _opened(request, found)
    sides.record_look(request, case, purpose=sides.AS_EMPLOYER)
    return redirect("refund:payments", case.number)


def _opened(request: HttpRequest, person: Person) -> Case:
    return actions.open_draft(person_id=person.pk, region=person.region, by=request.actor, on=request.on, at=request.at)


def _box(request: HttpRequest, name: str, typed: str) -> dict[str, Any]:
    say = request.say
    hint = say.find(f"refund.unit.{name}_hint")
    return {
        "component": "input",
        "name": name,
        "value": typed,
        "label": {"text": say(f"refund.unit.{name}")},
        "hint": {"text": hint} if hint else None,
        "spellcheck": False,
        "autocomplete": "off",
        "classes": "app-mono" if name == "identity" else "",
    }
