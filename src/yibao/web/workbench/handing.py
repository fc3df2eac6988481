"""The pages of who has which case in hand: take it, put it back, hand it over, give out a list, see who has what."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.actors import Actor
from yibao.casework.entry import STAFF, open_to
from yibao.kernel.errors import Refusal, Refused
from yibao.kernel.identifiers import holds_a_number
from yibao.services import handing
from yibao.services.handing import NOTE_MAX, Gift
from yibao.store import holding, keys
from yibao.store.models import Case
from yibao.web.workbench.lists import left

KEY_LENGTH = 16
LOGIN_DIGITS = 9
OVERDUE_SHOWN = 10


def own_case(request: HttpRequest, number: str) -> Case:
    """Return a case of the reader's office.

    Raises:
        Http404: there is no such case, or it is a draft.
        PermissionDenied: it is of another region.
    """
    found = Case.objects.select_related("person", "holder").filter(number=number).exclude(state="draft").first()
    if found is None:
        raise Http404
    if not request.actor.works_in(found.region):
        raise PermissionDenied
    return found


@open_to(STAFF, own="case")
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a case in hand, so that colleagues leave it alone."""
    found = own_case(request, number)
    handing.take(number=number, by=request.actor, on=request.on, at=request.at)
    messages.success(request, request.say("desk.handing.did.take", number=number))
    return redirect(f"workbench_{found.service}:case", number)


@open_to(STAFF, own="case")
@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    """Put a case back for everybody."""
    found = own_case(request, number)
    handing.release(number=number, by=request.actor, on=request.on, at=request.at)
    messages.success(request, request.say("desk.handing.did.release", number=number))
    return redirect(f"workbench_{found.service}:case", number)


@open_to(STAFF, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to whom and why, then give the case to that colleague."""
    found, say = own_case(request, number), request.say
    typed = {name: request.POST.get(name, "").strip() for name in ("to", "note", "key")}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        errors, status = errors_of(typed, request), 400
        if not errors:
            try:
                gift = Gift(number, int(typed["to"]), typed["note"], keys.pressed(typed))
                held = handing.hand_over(gift=gift, by=request.actor, on=request.on, at=request.at)
            except Refused as no:
                errors, status = {"to": words(no.refusal, request)}, no.refusal.status
                found.refresh_from_db()
            else:
                name = held.holder.get_full_name() if held.holder else ""
                messages.success(request, say("desk.handing.did.hand_over", number=number, name=name))
                return redirect(f"workbench_{held.service}:case", number)
    mine = found.holder_id == request.actor.user_id
    colleagues = handing.may_receive(found) if mine else []
    context = {
        "section": "queue",
        "case": found,
        "mine": mine,
        "colleagues": colleagues,
        "to_field": to_field(colleagues, typed["to"], request),
        "note_field": note_field(typed["note"], request),
        "key": typed["key"] or get_random_string(KEY_LENGTH),
        "errors": errors,
    }
    return render(request, "workbench/hand_over.html", context, status=status if errors else 200)


def errors_of(typed: dict[str, str], request: HttpRequest, *, asked: bool = True) -> dict[str, str]:
    """Return what is wrong with a chosen colleague and a note; a note is a must where it is `asked`."""
    say, errors = request.say, {}
    if not is_login(typed["to"]):
        errors["to"] = say("desk.handing.error.to")
    if asked and not typed["note"]:
        errors["note"] = say("desk.handing.error.note")
    elif len(typed["note"]) > NOTE_MAX:
        errors["note"] = say("desk.handing.error.note_long", most=NOTE_MAX)
    elif holds_a_number(typed["note"]):
        errors["note"] = say("desk.handing.error.note_number")
    return errors


def is_login(text: str) -> bool:
    """Return whether a text may be the number of a login.

    Examples:
        >>> is_login("17"), is_login("x"), is_login("9" * 20)
        (True, False, False)
    """
    return text.isascii() and text.isdecimal() and len(text) <= LOGIN_DIGITS


def words(refusal: Refusal, request: HttpRequest) -> str:
    """Return why and what to do next, as one text."""
    if request.say.language == "en":
        return f"{refusal.en[:1].upper()}{refusal.en[1:]}. {refusal.next_en}"
    return f"{refusal.zh}。{refusal.next_zh}"


def roles_words(actor: Actor, request: HttpRequest) -> str:
    """Return a colleague's roles in words."""
    return "、".join(request.say.find(f"common.role.{role}") or role for role in sorted(actor.roles))


def to_field(colleagues: list[Actor], chosen: str, request: HttpRequest) -> dict[str, Any]:
    """Return the colleagues to choose from, each with how many cases they have in hand."""
    say = request.say
    held = holding.counts([one.user_id for one in colleagues if one.user_id is not None])
    items = [
        {
            "value": one.id,
            "text": one.name,
            "hint": {
                "text": say("desk.handing.choice", roles=roles_words(one, request), count=held.get(one.user_id or 0, 0))
            },
        }
        for one in colleagues
    ]
    legend = {"text": say("desk.handing.to"), "classes": "govuk-fieldset__legend--s"}
    return {"component": "radios", "name": "to", "id_prefix": "to", "id": "to", "value": chosen, "items": items,
            "fieldset": {"legend": legend}}  # fmt: skip


def note_field(typed: str, request: HttpRequest, *, asked: bool = True) -> dict[str, Any]:
    """Return the field of the note that the receiver reads."""
    say = request.say
    label = "desk.handing.note" if asked else "desk.handing.note_free"
    return {"component": "textarea", "name": "note", "id": "note", "rows": 3, "value": typed,
            "label": {"text": say(label)}, "hint": {"text": say("desk.handing.note_hint")}}  # fmt: skip


@open_to(STAFF, own="region")
@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """Show who has how many cases in hand, and which of them are past their deadline."""
    rows = [
        {
            "load": load,
            "overdue": [{"case": case, "due": left(case.due_on, request)} for case in load.overdue[:OVERDUE_SHOWN]],
            "more": max(0, len(load.overdue) - OVERDUE_SHOWN),
        }
        for load in holding.loads(office=request.actor.region, on=request.on)
    ]
    return render(request, "workbench/held.html", {"section": "held", "rows": rows})
