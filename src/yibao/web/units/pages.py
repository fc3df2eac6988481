"""Agents of units: recorded and ended by clerks, and a unit's own first page for its agent."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import yibao.services
from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.casework.representation import hindrance
from yibao.kernel.errors import Refused
from yibao.store import agencies, audit_log
from yibao.store.agencies import CLERK
from yibao.store.models import Case, UnitAgent
from yibao.web import levels
from yibao.web.family import session as family
from yibao.web.numbers import number_of
from yibao.web.sections import contributions
from yibao.web.states import tag
from yibao.web.units import forms, session

LISTED = 50
CASES_SHOWN = 50
EMPTY = {**dict.fromkeys(forms.TEXTS, ""), "services": []}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@open_to(CITIZEN, own="self")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Act for a unit from here on; with none named, choose one.

    Raises:
        Refused: `no_such_agency`, or why the right does not hold today.
    """
    own = family.own_person(request.actor)
    levels.require("act_for_another", request.actor)
    if not request.POST.get("right"):
        return redirect("portal:family")
    number = number_of(request.POST["right"])
    agencies.acting(number=number, agent=own, on=request.on)
    family.stop(request)
    session.begin(request, number)
    return redirect("portal:unit")


@open_to(CITIZEN, own="self")
@require_POST
def give_up(request: HttpRequest, agency: int) -> HttpResponse:
    """End one's own right to act for a unit."""
    levels.require("revoke_right", request.actor)
    agencies.revoke(number=agency, by=request.actor, on=request.on, at=request.at)
    messages.success(request, request.say("units.did.revoke"))
    return redirect("portal:family")


@open_to(AGENT, own="self")
@require_safe
def unit(request: HttpRequest) -> HttpResponse:
    """Show an agent what the unit can do here, and its cases."""
    cases = Case.objects.filter(unit_id=request.actor.unit_id).select_related("person").order_by("-id")[:CASES_SHOWN]
    context = {
        "section": "unit",
        "unit": request.acted_for,
        "services": contributions("unit_service", request),
        "cases": [_case(one, request) for one in cases if request.actor.acting.covers(one.service)],
    }
    return render(request, "units/unit.html", context)


@open_to(CLERK, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Show a clerk the agents of the office's units; end one where the unit asks for it."""
    if request.method == "POST":
        number = number_of(request.POST.get("right", ""))
        agencies.revoke(number=number, by=request.actor, on=request.on, at=request.at)
        messages.success(request, request.say("units.did.revoke"))
        return redirect("workbench:units")
    rows = agencies.of_office(region=request.actor.region, limit=LISTED)
    context = {"section": "units", "agents": [row(request, one) for one in rows]}
    return render(request, "units/desk.html", context)


@open_to(CLERK, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Record a unit's authorisation from its letter, with the agent at the window."""
    letter, status = forms.Letter(dict(EMPTY)), 200
    errors: dict[str, str] = {}
    if request.method == "POST":
        letter, status = forms.read(request), 400
        errors = {name: request.say(key) for name, key in letter.errors.items()} or _kept(request, letter)
        if not errors:
            messages.success(request, request.say("units.did.record"))
            return redirect("workbench:units")
    context = {
        "section": "units",
        "layout": "layouts/workbench.html",
        "errors": errors,
        "back": reverse("workbench:units"),
        "upload": True,
        "fields": _fields(request, letter.typed),
    }
    return render(request, "units/record.html", context, status=status)


def _kept(request: HttpRequest, letter: forms.Letter) -> dict[str, str]:
    """Record what the letter says; return what is still wrong with it, by field."""
    if letter.agent is None or letter.start is None or letter.end is None or letter.paper is None:
        raise ValueError("a letter without errors is whole")
    found = agencies.unit_of(
        credit_code=letter.credit_code,
        name=letter.typed["unit_name"],
        region=request.actor.region,
        synthetic=letter.agent.synthetic,
    )
    if found is None:
        return {"unit_name": request.say("units.error.other_name")}
    try:
        agencies.record(
            unit=found, agent=letter.agent, services=letter.typed["services"], start=letter.start, end=letter.end,
            paper=letter.paper, by=request.actor, at=request.at,
        )  # fmt: skip
    except Refused as no:
        if no.refusal.code != "agent_already":
            raise
        return {"identity": request.say("units.error.already")}
    return {}


@open_to(CLERK, own="region")
@require_safe
def paper(request: HttpRequest, agency: int) -> HttpResponse:
    """Send a clerk the letter of a unit; the look is recorded."""
    held = agencies.get(number=agency, by=request.actor)
    audit_log.record_read(reader=request.actor, person_id=held.agent_id, purpose="document", at=request.at, role=CLERK)
    response = HttpResponse(agencies.paper(held), content_type=held.paper_type)
    response["Content-Disposition"] = f'inline; filename="unit-{held.pk}.{ENDINGS[held.paper_type]}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def row(request: HttpRequest, held: UnitAgent) -> dict[str, Any]:
    """Return what a page shows of one right to act for a unit."""
    say = request.say
    code = hindrance(right=agencies.right_of(held), on=request.on)
    known = yibao.services.find()
    offered = [say.pick(known[name]) for name in held.services if name in known]
    classes = "app-tag--quiet" if code else "app-tag--done"
    return {
        "row": held,
        "scope": "、".join(offered) or say("family.all_services"),
        "holds": code is None,
        "ended": held.revoked_on is not None,
        "tag": {"text": say(f"units.state.{code or 'held'}"), "classes": classes},
    }


def held_by(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the units a person may act for, as a page shows them."""
    return [row(request, one) for one in agencies.held_by(family.own_person(request.actor))]


def _case(case: Case, request: HttpRequest) -> dict[str, Any]:
    return {
        "number": case.number,
        "href": reverse(f"{case.service}:case", args=[case.number]),
        "service": request.say(f"{case.service}.name"),
        "name": case.person.name,
        "tag": tag(case.state, request.say),
    }


def _fields(request: HttpRequest, typed: dict[str, Any]) -> list[dict[str, Any]]:
    say = request.say

    def text(name: str, **more: Any) -> dict[str, Any]:
        hint = say.find(f"units.ask.{name}_hint")
        shape = {"component": "input", "name": name, "label": {"text": say(f"units.ask.{name}")}, "value": typed[name]}
        return {**shape, "hint": {"text": hint} if hint else None, "spellcheck": False, "autocomplete": "off", **more}

    offered = [{"value": name, "text": say.pick(one)} for name, one in yibao.services.find().items()]
    return [
        text("credit_code", classes="app-mono"),
        text("unit_name"),
        text("name"),
        text("identity", classes="app-mono"),
        {
            "component": "checkboxes",
            "name": "services",
            "fieldset": {"legend": {"text": say("units.ask.services"), "classes": "govuk-fieldset__legend--s"}},
            "items": offered,
            "values": typed["services"],
        },
        text("start", classes="govuk-input--width-10"),
        text("end", classes="govuk-input--width-10"),
        {
            "component": "file_upload",
            "name": "paper",
            "id": "paper",
            "label": {"text": say("units.ask.paper")},
            "hint": {"text": say("units.ask.paper_hint")},
            "attributes": {"accept": ".pdf,.jpg,.jpeg,.png"},
        },
    ]
