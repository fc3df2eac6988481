"""What does not get on between areas: messages, batches that were not let in, areas that do not answer; and again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

import yibao.services
from yibao.casework.entry import open_to
from yibao.casework.officers import SYSTEM_OFFICER
from yibao.kernel.errors import Refused
from yibao.store.exchange import partners, troubles, turned_away
from yibao.store.exchange.troubles import GAP, Trouble
from yibao.web.places import place_words
from yibao.web.workbench.officers import told


@open_to(SYSTEM_OFFICER, own="installation")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what stands still, each with why in words and what to do; nothing here is of insured persons."""
    return _shown(request)


def _shown(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    at = request.at
    context = {
        "section": "exchange",
        "stuck": [_row(one, request) for one in troubles.troubles(at=at)],
        "refused": [_row(one, request) for one in troubles.refused(at=at)],
        "turned_away": [
            {"row": one, "who": place_words(request, one.sender) if one.sender else request.say("desk.exchange.nobody"),
             **_why(one.code, request)}
            for one in turned_away.lately(at=at)
        ],
        "silent": [
            {"row": one, "place": place_words(request, one.area), **_why(one.last_error, request)}
            for one in partners.all_of() if one.failures
        ],
        "errors": {"again": error} if error else {},
    }  # fmt: skip
    return render(request, "workbench/exchange.html", context, status=status)


def _row(one: Trouble, request: HttpRequest) -> dict[str, Any]:
    say = request.say
    said = (say.find(f"{name}.said.{one.kind}") for name in yibao.services.find())
    return {
        "one": one,
        "what": next(filter(None, said), one.kind),
        "way": say(f"desk.exchange.way.{one.side}", place=place_words(request, one.other)),
        **(_told(one, say) if one.told else _why(one.why, request)),
    }


def _told(one: Trouble, say: Any) -> dict[str, str]:
    """Return the words of the agency that refused a message."""
    language = "en" if say.language == "en" else "zh"
    return {"why": str(one.told.get(language, one.why)), "next": str(one.told.get(f"next_{language}", ""))}


def _why(code: str, request: HttpRequest) -> dict[str, str]:
    """Return why something stands still and what to do, from the code of a refusal or the kind of an error."""
    say = request.say
    no = troubles.reason(code)
    if no is not None:
        if say.language == "en":
            return {"why": f"{no.en[:1].upper()}{no.en[1:]}", "next": no.next_en}
        return {"why": no.zh, "next": no.next_zh}
    if code not in OWN:
        return {"why": say("desk.exchange.why.failed", kind=code), "next": say("desk.exchange.next.failed")}
    return {"why": say(f"desk.exchange.why.{code}"), "next": say(f"desk.exchange.next.{code}")}


OWN = (GAP, turned_away.SENDER_UNKNOWN, "refused_over_there", "stuck")
"""Reasons that are no refusal of this installation."""


@open_to(SYSTEM_OFFICER, own="installation")
@require_POST
def again(request: HttpRequest, said: UUID) -> HttpResponse:
    """Have one message carried or handled once more; nothing happens twice by it."""
    try:
        side = troubles.resend(message_id=said, at=request.at)
    except Refused as no:
        return _shown(request, error=told(no, request), status=no.refusal.status)
    messages.success(request, request.say(f"desk.exchange.again_done.{side}"))
    return redirect("workbench:exchange")


@open_to(SYSTEM_OFFICER, own="installation")
@require_POST
def hurry(request: HttpRequest, partner: str) -> HttpResponse:
    """Try an area again at once that did not answer."""
    if partner not in {one.area for one in partners.all_of()}:
        raise Http404
    troubles.hurry(area=partner)
    messages.success(request, request.say("desk.exchange.hurried", place=place_words(request, partner)))
    return redirect("workbench:exchange")
