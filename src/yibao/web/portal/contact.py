"""Where a person wants to be told besides the inbox: one channel a page, proved with a code."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import CITIZEN, open_to
from yibao.kernel.errors import Refused
from yibao.store.messages import contacts
from yibao.web.templatetags.words import masked
from yibao.web.words import Say

page = require_http_methods(["GET", "HEAD", "POST"])


@open_to(CITIZEN, own="self")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show each channel: where to, on or off."""
    held = contacts.of(request.actor.person_id)
    rows = [_row(name, held.get(name), request) for name in contacts.CHANNELS]
    return render(request, "portal/contact.html", {"section": "messages", "channels": rows})


@open_to(CITIZEN, own="self")
@page
def address(request: HttpRequest, channel: str) -> HttpResponse:
    """Ask for a number or an address, and have a code sent there."""
    _known(channel)
    typed, errors, status = "", {}, 200
    if request.method == "POST":
        typed = request.POST.get("address", "").strip()
        try:
            contacts.propose(person_id=request.actor.person_id, channel=channel, text=typed, at=request.at)
            return redirect("portal:contact_code", channel)
        except Refused as no:
            errors, status = {"address": _words(no, request.say)}, no.refusal.status
    field = {
        "component": "input",
        "name": "address",
        "value": typed,
        "spellcheck": False,
        "type": "tel" if channel == "sms" else "email",
        "autocomplete": "tel" if channel == "sms" else "email",
        "label": _heading(request.say(f"portal.contact.ask.{channel}")),
        "hint": {"text": request.say(f"portal.contact.ask.{channel}_hint")},
    }
    return _question(request, [field], errors, status, button="send", back="portal:contact", channel=channel)


@open_to(CITIZEN, own="self")
@page
def code(request: HttpRequest, channel: str) -> HttpResponse:
    """Ask for the code."""
    row = contacts.of(request.actor.person_id).get(_known(channel))
    if row is None or not row.proposed:
        return redirect("portal:contact")
    errors, status = {}, 200
    if request.method == "POST":
        try:
            typed = request.POST.get("code", "")
            contacts.confirm(person_id=row.person_id, channel=channel, typed=typed, at=request.at)
            messages.success(request, request.say("portal.contact.done"))
            return redirect("portal:contact")
        except Refused as no:
            errors, status = {"code": _words(no, request.say)}, no.refusal.status
    field = {
        "component": "input",
        "name": "code",
        "value": request.POST.get("code", ""),
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "classes": "govuk-input--width-10 app-mono",
        "label": _heading(request.say("portal.contact.code")),
        "hint": {"text": request.say("portal.contact.code_hint", to=masked(row.proposed, channel))},
    }
    return _question(request, [field], errors, status, button="confirm", back="portal:contact", channel=channel)


@open_to(CITIZEN, own="self")
@require_POST
def switch(request: HttpRequest, channel: str) -> HttpResponse:
    """Switch a channel on or off."""
    wanted = request.POST.get("wanted") == "1"
    contacts.want(person_id=request.actor.person_id, channel=_known(channel), wanted=wanted)
    messages.success(request, request.say("portal.contact.switched"))
    return redirect("portal:contact")


def _known(channel: str) -> str:
    if channel not in contacts.CHANNELS:
        raise Http404
    return channel


def _row(channel: str, held: Any, request: HttpRequest) -> dict[str, Any]:
    say = request.say
    confirmed = held is not None and held.confirmed_at is not None
    waiting = held is not None and contacts.waits(held, at=request.at)
    on = confirmed and held.wanted
    word = "waits" if waiting else "on" if on else "off" if confirmed else "none"
    told = {"channel": say(f"portal.contact.channel.{channel}")}
    return {
        "channel": channel,
        "label": say(f"portal.contact.label.{channel}"),
        "shown": masked(held.address, channel) if confirmed else "",
        "tag": {
            "text": say(f"portal.contact.{word}"),
            "classes": {"on": "app-tag--done", "waits": "app-tag--turn"}.get(word, "app-tag--quiet"),
        },
        "waiting": waiting,
        "confirmed": confirmed,
        "wanted": "0" if on else "1",
        "switch": say("portal.contact.switch_off" if on else "portal.contact.switch_on", **told),
    }


def _heading(text: str) -> dict[str, Any]:
    return {"text": text, "classes": "govuk-label--l", "is_page_heading": True}


def _words(no: Refused, say: Say) -> str:
    refusal = no.refusal
    if say.language == "en":
        return f"{refusal.en[:1].upper()}{refusal.en[1:]}. {refusal.next_en}"
    return f"{refusal.zh}。{refusal.next_zh}"


def _question(
    request: HttpRequest,
    fields: list[dict[str, Any]],
    errors: dict[str, str],
    status: int,
    *,
    button: str,
    back: str,
    channel: str,
) -> HttpResponse:
    context = {
        "section": "messages",
        "fields": fields,
        "errors": errors,
        "back_to": back,
        "channel": channel,
        "button": request.say(f"portal.contact.{button}"),
        "title": fields[0]["label"]["text"],
        "asks_code": button == "confirm",
    }
    return render(request, "portal/contact_question.html", context, status=status)
