"""Promise letters on the desk: found again, drawn by chance, checked, the finding written down."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

import yibao.services
from yibao.casework.entry import open_to
from yibao.kernel.errors import Refused
from yibao.store import audit_log, persons, promises
from yibao.store.models import PromiseLetter
from yibao.web.portal.promises import row

PURPOSE = "promise"
NUMBER_MAX = 40
DAYS = ("since", "until")


@dataclass(slots=True)
class Wanted:
    """What a reader looks for, as typed and as understood, and what is wrong with it."""

    typed: dict[str, str]
    filters: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@open_to(*promises.READERS, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Find letters by person, number, service and day; posted, so that no identity number stands in an address."""
    return _list(request, _wanted(request))


def _list(request: HttpRequest, wanted: Wanted, status: int = 200) -> HttpResponse:
    letters = [] if wanted.errors else promises.search(office=request.actor.region, **wanted.filters)
    if letters and "person_id" in wanted.filters:
        _looked(request, letters[0])
    context = {
        "section": "promises",
        "rows": [row(letter, request) for letter in letters],
        "fields": _fields(request, wanted.typed),
        "errors": wanted.errors,
        "may_draw": bool(promises.CHECKERS & request.actor.roles),
        "count_field": _count_field(request, wanted.typed.get("count", "5")),
    }
    return render(request, "workbench/promises.html", context, status=400 if wanted.errors else status)


def _wanted(request: HttpRequest) -> Wanted:
    post, say = request.POST, request.say
    names = ("identity", "number", "service", *DAYS, "to_check")
    typed = {name: post.get(name, "").strip()[:NUMBER_MAX] for name in names}
    wanted = Wanted(typed, {"number": typed["number"].upper(), "service": typed["service"]})
    wanted.filters["to_check"] = typed["to_check"] == "1"
    if typed["identity"]:
        person = persons.find(identity=typed["identity"])
        if person is None or not request.actor.works_in(person.region):
            wanted.errors["identity"] = say("care.promise.nobody")
        else:
            wanted.filters["person_id"] = person.pk
    for name in DAYS:
        try:
            wanted.filters[name] = date.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            wanted.errors[name] = say("care.promise.no_day")
    return wanted


def _fields(request: HttpRequest, typed: dict[str, str]) -> list[dict[str, Any]]:
    say = request.say

    def box(name: str, hint: str = "", **more: Any) -> dict[str, Any]:
        shape = {"component": "input", "name": name, "value": typed.get(name, ""), "spellcheck": False, **more}
        return {**shape, "label": {"text": say(f"care.promise.{name}")}, "hint": {"text": say(hint)} if hint else None}

    services = [{"value": "", "text": say("care.promise.any")}]
    services += [{"value": name, "text": say.pick(each)} for name, each in yibao.services.offered().items()]
    for item in services:
        item["selected"] = item["value"] == typed.get("service", "")
    return [
        box("identity", "care.promise.identity_hint", autocomplete="off", classes="app-mono"),
        box("number", autocapitalize="characters"),
        {"component": "select", "name": "service", "label": {"text": say("care.promise.service")}, "items": services},
        *(box(name, "care.promise.day_hint") for name in DAYS),
        {
            "component": "checkboxes",
            "name": "to_check",
            "classes": "govuk-checkboxes--small",
            "values": ["1"] if typed.get("to_check") == "1" else [],
            "items": [{"value": "1", "text": say("care.promise.to_check")}],
        },
    ]


def _count_field(request: HttpRequest, typed: str) -> dict[str, Any]:
    return {
        "component": "input",
        "name": "count",
        "value": typed,
        "inputmode": "numeric",
        "classes": "govuk-input--width-3",
        "label": {"text": request.say("care.promise.draw_count")},
    }


@open_to(*promises.CHECKERS, own="region")
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw letters by chance, then show what is to be checked."""
    typed = request.POST.get("count", "").strip()[:NUMBER_MAX]
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= promises.DRAWN_MAX):
        wanted = Wanted({"count": typed}, {}, {"count": request.say("care.promise.no_count")})
        return _list(request, wanted)
    drawn = promises.draw(office=request.actor.region, count=int(typed), by=request.actor, on=request.on)
    messages.success(request, request.say("care.promise.drawn", count=len(drawn)))
    return redirect("workbench:promises")


@open_to(*promises.READERS, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, letter: str) -> HttpResponse:
    """Show a letter and its checks; write down what a check found. The look is logged."""
    held = promises.of_office(request.actor.region).filter(number=letter).first()
    if held is None:
        raise Http404
    typed = {name: request.POST.get(name, "").strip() for name in ("outcome", "found")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            promises.record(
                number=letter, outcome=typed["outcome"], found=typed["found"], closed=_closed(request, held),
                by=request.actor, on=request.on, at=request.at,
            )  # fmt: skip
        except Refused as no:
            if no.refusal.code != promises.NO_FINDING.code:
                raise
            refusal = no.refusal
            errors = {"found": refusal.zh if request.say.language == "zh" else refusal.en}
        else:
            messages.success(request, request.say("care.promise.saved", number=letter))
            return redirect("workbench:promise", letter)
    _looked(request, held)
    return render(
        request, "workbench/promise.html", _shown(request, held, typed, errors), status=400 if errors else 200
    )


def _closed(request: HttpRequest, held: PromiseLetter) -> date | None:
    region = yibao.services.packs().region_for(held.region)
    return promises.closed_by_broken(region=region, service=held.service, on=request.on)


def _shown(request: HttpRequest, held: PromiseLetter, typed: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    say, shown = request.say, row(held, request)
    names = {str(user.pk): user.get_full_name() for user in _people(held)}
    outcomes = [{"value": code, "text": say(f"care.promise.outcome.{code}")} for code in promises.OUTCOMES]
    legend = {"text": say("care.promise.outcome_legend"), "classes": "govuk-fieldset__legend--s"}
    return {
        "section": "promises",
        "row": shown,
        "file": reverse(f"workbench_{held.service}:paper", args=[held.case.number, held.number]),
        "case_href": reverse(f"workbench_{held.service}:case", args=[held.case.number]),
        "words": [
            {"title": say(f"care.promise.{label}"), "text": held.words[name][say.language]}
            for name, label in (("told", "told"), ("promise", "promised"), ("consequence", "consequence"))
        ],
        "checks": [{"check": check, "by": names.get(check.checked_by, "")} for check in held.checks.all()],
        "may_check": shown["waiting"] is not None and promises.may_check(letter=held, by=request.actor),
        "errors": errors,
        "fields": [
            {"component": "radios", "name": "outcome", "value": typed["outcome"], "items": outcomes,
             "fieldset": {"legend": legend}},
            {"component": "textarea", "name": "found", "rows": 3, "value": typed["found"],
             "label": {"text": say("care.promise.found")}, "hint": {"text": say("care.promise.found_hint")}},
        ],
    }  # fmt: skip


def _people(held: PromiseLetter) -> Any:
    numbers = [check.checked_by for check in held.checks.all() if check.checked_by]
    return get_user_model().objects.filter(pk__in=numbers)


def _looked(request: HttpRequest, letter: PromiseLetter) -> None:
    audit_log.record_read(
        reader=request.actor, person_id=letter.person_id, purpose=PURPOSE, at=request.at,
        case_number=letter.case.number, role=min(request.actor.roles),
    )  # fmt: skip
