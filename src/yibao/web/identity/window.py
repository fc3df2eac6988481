"""The window raises a session online: a clerk gives a code, and the person types it where they are signed in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.casework.limits import WINDOW_CODE, limited
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import IdentifierError, check_resident_id
from yibao.store import persons, window_codes
from yibao.web import levels, sessions
from yibao.web.family.session import own_person
from yibao.web.identity import session
from yibao.web.signin import inside

CLERK = window_codes.CLERK
METHOD = "window"


@sensitive_post_parameters("code")
@limited(WINDOW_CODE)
@open_to(CITIZEN, AGENT, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def type_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code from the window; a right one raises the session and leads on to where its owner was going."""
    levels.require("window_code", request.actor)
    target = inside(request.POST.get("next") or request.GET.get("next", ""), reverse("portal:identity"))
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            level = window_codes.use(
                person_id=own_person(request.actor), code=request.POST.get("code", ""), by=request.actor, at=request.at
            )
        except Refused as no:
            errors, status = {"code": _told(request, no)}, no.refusal.status
        else:
            sessions.renew(request)
            session.remember(request, level=level, method=METHOD, at=request.at)
            return redirect(target)
    context = {"errors": errors, "field": field(request), "target": target}
    return render(request, "identity/code.html", context, status=status)


def field(request: HttpRequest) -> dict[str, Any]:
    """Return the box for the code; what was typed before is never shown again."""
    return {
        "component": "input",
        "name": "code",
        "label": {"text": request.say("identity.code.label")},
        "hint": {"text": request.say("identity.code.hint")},
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "classes": "app-mono govuk-input--width-10",
        "spellcheck": False,
    }


def _told(request: HttpRequest, no: Refused) -> str:
    refusal = no.refusal
    english = request.say.language == "en"
    told = (
        f"{refusal.en[:1].upper()}{refusal.en[1:]}. {refusal.next_en}"
        if english
        else f"{refusal.zh}。{refusal.next_zh}"
    )
    left = int(str(refusal.details[0])) if refusal.code == "window_code_wrong" and refusal.details else 0
    return told + (request.say("identity.code.left", left=left) if left else "")


@sensitive_post_parameters("identity")
@open_to(CLERK, own="region", fresh=("post",))
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Ask a clerk whom they have before them, and show the code for that person, this once."""
    typed = {"identity": "", "seen": ""}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in typed}
        person = None
        try:
            person = persons.find(identity=check_resident_id(typed["identity"]))
        except IdentifierError:
            errors["identity"] = request.say("identity.give.wrong")
        if person is None:
            errors.setdefault("identity", request.say("identity.give.unknown"))
        if not typed["seen"]:
            errors["seen"] = request.say("identity.give.not_seen")
        if person is not None and not errors:
            code = window_codes.give(person=person, by=request.actor, at=request.at)
            context = {"section": "window_code", "code": _grouped(code), "name": person.name}
            return render(request, "identity/given.html", {**context, "minutes": window_codes.CODE_MINUTES})
    context = {
        "section": "window_code",
        "layout": "layouts/workbench.html",
        "errors": errors,
        "fields": _boxes(request, typed),
    }
    return render(request, "identity/give.html", context, status=400 if errors else 200)


def _grouped(code: str) -> str:
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def _boxes(request: HttpRequest, typed: dict[str, str]) -> list[dict[str, Any]]:
    say = request.say
    return [
        {
            "component": "input",
            "name": "identity",
            "value": typed["identity"],
            "label": {"text": say("identity.give.identity")},
            "hint": {"text": say("identity.give.identity_hint")},
            "classes": "app-mono",
            "autocomplete": "off",
            "spellcheck": False,
        },
        {
            "component": "checkboxes",
            "name": "seen",
            "items": [{"value": "1", "text": say("identity.give.seen")}],
            "values": [typed["seen"]] if typed["seen"] else [],
        },
    ]
