"""Acting for somebody of one's family: rights held and given, asking, confirming, revoking, and for whom one acts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import yibao.services
from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.casework.representation import PROXY, hindrance
from yibao.kernel.errors import Refused
from yibao.store import audit_log, representations
from yibao.store.models import Case, Representation
from yibao.web import levels
from yibao.web.family import forms, session
from yibao.web.family.kinds import kinds
from yibao.web.numbers import number_of
from yibao.web.states import tag
from yibao.web.units import session as units
from yibao.web.units.pages import held_by

CLERK = "clerk"
LISTED = 50
PURPOSE = "acting"
TAGS = {"held": "app-tag--done", "right_not_confirmed": "app-tag--turn"}
EMPTY = {"kind": "", "identity": "", "name": "", "start": "", "end": "", "services": []}


@open_to(CITIZEN, own="self")
@require_safe
def family(request: HttpRequest) -> HttpResponse:
    """Show for whom the person may act, with their cases, and who may act for them."""
    own = session.own_person(request.actor)
    held = [_row(request, one) for one in representations.held_by(own)]
    for one in held:
        one["cases"] = _cases(request, one["row"]) if one["holds"] else []
    given = [_row(request, one) for one in representations.given_by(own)]
    context = {"section": "family", "held": held, "given": given, "units": held_by(request)}
    return render(request, "family/family.html", context)


@open_to(CITIZEN, AGENT, own="self")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Act for somebody from here on, or with no right named for oneself again.

    Raises:
        Refused: `no_such_right`, or why the right does not hold today.
    """
    number = request.POST.get("right", "")
    session.stop(request)
    units.stop(request)
    if not number:
        messages.success(request, request.say("family.did.self"))
        return redirect("portal:family")
    own = session.own_person(request.actor)
    levels.require("act_for_another", request.actor)
    _, person = representations.acting(number=number_of(number), representative=own, on=request.on)
    session.begin(request, number_of(number))
    audit_log.record_read(reader=request.actor, person_id=person.pk, purpose=PURPOSE, at=request.at)
    return redirect("portal:home")


@open_to(CITIZEN, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to act for somebody; it opens nothing before it is confirmed."""
    levels.require("ask_to_act", request.actor)
    own = session.own_person(request.actor)
    asked = forms.Asked(dict(EMPTY))
    if request.method == "POST":
        asked = forms.read(
            request,
            own=own,
            bytes_max=settings.YIBAO_UPLOAD_BYTES_MAX,
            photo_bytes_max=settings.YIBAO_PHOTO_BYTES_MAX,
        )
        if _kept(request, asked, own):
            messages.success(request, request.say("family.did.ask"))
            return redirect("portal:family")
    errors = {name: request.say.find(key) or key for name, key in asked.errors.items()}
    context = {"section": "family", "errors": errors, "back": reverse("portal:family"), "upload": True}
    context["fields"] = _fields(request, asked.typed)
    return render(request, "family/ask.html", context, status=400 if errors else 200)


def _kept(request: HttpRequest, asked: forms.Asked, own: Any) -> bool:
    """Keep what was asked; what the record contradicts is said at the kind of right, and nothing typed is lost."""
    if asked.errors or asked.person is None or asked.start is None:
        return False
    try:
        representations.ask(
            kind=asked.typed["kind"], representative=own, represented=asked.person,
            services=asked.typed["services"], start=asked.start, end=asked.end, paper=asked.paper, at=request.at,
        )  # fmt: skip
    except Refused as no:
        english, refusal = request.say.language == "en", no.refusal
        told = f"{refusal.en}. {refusal.next_en}" if english else f"{refusal.zh}。{refusal.next_zh}"
        asked.errors["kind"] = told
        return False
    return True


@open_to(CITIZEN, own="self")
@require_POST
def confirm(request: HttpRequest, right: int) -> HttpResponse:
    """Confirm that somebody may act for oneself."""
    levels.require("confirm_proxy", request.actor)
    representations.confirm(number=right, by=request.actor, at=request.at)
    messages.success(request, request.say("family.did.confirm"))
    return redirect("portal:family")


@open_to(CITIZEN, own="self")
@require_POST
def revoke(request: HttpRequest, right: int) -> HttpResponse:
    """End a right, as the one who gave it or the one who holds it."""
    levels.require("revoke_right", request.actor)
    representations.revoke(number=right, by=request.actor, on=request.on, at=request.at)
    messages.success(request, request.say("family.did.revoke"))
    return redirect("portal:family")


@open_to(CLERK, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Show a clerk the rights of the office's people, those that wait first; confirm or revoke one."""
    _only_clerks(request)
    if request.method == "POST":
        number, verb = number_of(request.POST.get("right", "")), request.POST.get("verb", "")
        if verb == "confirm":
            representations.confirm(number=number, by=request.actor, at=request.at)
        elif verb == "revoke":
            representations.revoke(number=number, by=request.actor, on=request.on, at=request.at)
        else:
            raise Http404
        messages.success(request, request.say(f"family.did.{verb}"))
        return redirect("workbench:rights")
    rows = representations.of_office(region=request.actor.region, limit=LISTED)
    context = {"section": "rights", "rights": [_row(request, one) for one in rows]}
    return render(request, "family/desk.html", context)


@open_to(CLERK, own="region")
@require_safe
def paper(request: HttpRequest, right: int) -> HttpResponse:
    """Send a clerk the paper handed in with a right; the look is recorded."""
    _only_clerks(request)
    row = Representation.objects.select_related("represented").filter(pk=right).exclude(paper_sha256="").first()
    if row is None or not request.actor.works_in(row.represented.region):
        raise Http404
    audit_log.record_read(
        reader=request.actor, person_id=row.represented_id, purpose="document", at=request.at, role=CLERK
    )
    ending = row.paper_type.rpartition("/")[2]
    response = HttpResponse(representations.paper(row), content_type=row.paper_type)
    response["Content-Disposition"] = f'inline; filename="right-{row.pk}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _only_clerks(request: HttpRequest) -> None:
    if CLERK not in request.actor.roles:
        raise PermissionDenied


def _row(request: HttpRequest, row: Representation) -> dict[str, Any]:
    say = request.say
    code = hindrance(right=representations.right_of(row), on=request.on)
    known = yibao.services.find()
    offered = [say.pick(known[name]) for name in row.services if name in known]
    waits = code == "right_not_confirmed"
    return {
        "row": row,
        "kind": say.pick(kinds()[row.kind]),
        "scope": "、".join(offered) or say("family.all_services"),
        "holds": code is None,
        "ended": row.revoked_on is not None,
        "confirmable": waits and (row.kind == PROXY or request.actor.kind == "staff"),
        "tag": {"text": say(f"family.state.{code or 'held'}"), "classes": TAGS.get(code or "held", "app-tag--quiet")},
    }


def _cases(request: HttpRequest, row: Representation) -> list[dict[str, Any]]:
    cases = (
        Case.objects.filter(person=row.represented, unit=None)
        .exclude(state="draft", entered_by__isnull=False)
        .order_by("-id")
    )
    allowed = [one for one in cases if not row.services or one.service in row.services]
    return [
        {"number": one.number, "service": request.say(f"{one.service}.name"), "tag": tag(one.state, request.say)}
        for one in allowed
    ]


def _fields(request: HttpRequest, typed: dict[str, Any]) -> list[dict[str, Any]]:
    say = request.say

    def text(name: str, **more: Any) -> dict[str, Any]:
        label, hint = {"text": say(f"family.ask.{name}")}, say.find(f"family.ask.{name}_hint")
        shape = {"component": "input", "name": name, "label": label, "value": typed[name], "spellcheck": False}
        return {**shape, "hint": {"text": hint} if hint else None, **more}

    def legend(name: str) -> dict[str, Any]:
        return {"legend": {"text": say(f"family.ask.{name}"), "classes": "govuk-fieldset__legend--s"}}

    rights = [{"value": code, "text": say.pick(words)} for code, words in kinds().items()]
    offered = [{"value": name, "text": say.pick(one)} for name, one in yibao.services.offered().items()]
    return [
        {"component": "radios", "name": "kind", "fieldset": legend("kind"), "items": rights, "value": typed["kind"]},
        text("name", autocomplete="off"),
        text("identity", autocomplete="off"),
        {
            "component": "checkboxes",
            "name": "services",
            "fieldset": legend("services"),
            "hint": {"text": say("family.ask.services_hint")},
            "items": offered,
            "values": typed["services"],
        },
        text("start", classes="govuk-input--width-10"),
        text("end", classes="govuk-input--width-10"),
        {
            "component": "file_upload",
            "name": "paper",
            "id": "paper",
            "label": {"text": say("family.ask.paper")},
            "hint": {"text": say("family.ask.paper_hint")},
            "attributes": {"accept": ".pdf,.jpg,.jpeg,.png"},
        },
    ]
