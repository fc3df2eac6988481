"""The counter: a clerk finds the person who stands there, and fills the application in for them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import open_to
from yibao.services.refund import actions, forms
from yibao.services.refund.pages import payout, sides
from yibao.store import persons
from yibao.store.models import Case, Person

DRAFTS_SHOWN_MAX = 20
NOT_FOUND = "refund.error.identity_unknown"


@open_to(sides.CLERK, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the identity number, which never stands in an address, and open the application of its person."""
    sides.only_clerks(request)
    form = forms.Form(typed={"identity": ""})
    if request.method == "POST":
        form = forms.identity(post=request.POST)
        person = None if form.errors else persons.find(identity=form.answers["identity"])
        if person is not None:
            return redirect("workbench_refund:payments", _opened(request, person).number)
        form.errors.setdefault("identity", NOT_FOUND)
    errors = {name: request.say(key) for name, key in form.errors.items()}
    context = {
        "section": sides.COUNTER.section,
        "errors": errors,
        "identity_field": _identity(request, form.typed["identity"]),
        "drafts": drafts(request).select_related("person")[:DRAFTS_SHOWN_MAX],
    }
    return render(request, "refund/counter.html", context, status=_status(form))


def _status(form: forms.Form) -> int:
    if not form.errors:
        return 200
    return 404 if NOT_FOUND in form.errors.values() else 400


def _identity(request: HttpRequest, typed: str) -> dict[str, Any]:
    return {
        "component": "input",
        "name": "identity",
        "value": typed,
        "spellcheck": False,
        "autocomplete": "off",
        "autocapitalize": "characters",
        "classes": "app-mono",
        "label": {"text": request.say("refund.counter.identity")},
        "hint": {"text": request.say("refund.counter.identity_hint")},
    }


def _opened(request: HttpRequest, person: Person) -> Case:
    """Return the draft for a person: the one this clerk began before, or a new one. The look is logged."""
    if not request.actor.works_in(person.region):
        raise PermissionDenied
    begun = drafts(request).filter(person=person).first()
    case = begun or actions.open_draft(
        person_id=person.pk,
        region=person.region,
        by=request.actor,
        on=request.on,
        at=request.at,
        channel=sides.WINDOW,
    )
    sides.record_look(request, case, purpose=sides.PURPOSE)
    return case


def drafts(request: HttpRequest) -> Any:
    """Return the applications this clerk began and has not sent, the latest first."""
    mine = Case.objects.filter(service="refund", state="draft", entered_by_id=request.actor.user_id)
    return mine.filter(refund__channel=sides.WINDOW).order_by("-pk")


def workbench_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Return this service's items of the staff's navigation: the counter for clerks, the pay-out desk for payers."""
    if sides.CLERK not in request.actor.roles:
        return payout.workbench_nav(request)
    counter = {
        "code": "counter",
        "text": request.say("refund.counter.nav"),
        "href": reverse("workbench_refund:counter"),
    }
    return [counter, *payout.workbench_nav(request)]
