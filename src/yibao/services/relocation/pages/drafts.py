"""The last page of an application, at the portal and at the window: what both places find, the stop, and the button."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yibao.kernel.errors import Refused
from yibao.services import assurance
from yibao.services.relocation import actions
from yibao.services.relocation import forms_transfer as forms
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages import halves, owed
from yibao.services.relocation.pages.places import day_text, place_words
from yibao.services.relocation.pages.sides import NAME
from yibao.store.models import Case


@dataclass(frozen=True, slots=True)
class Where:
    """From where a draft is filled in.

    Attributes:
        space: Name space of the addresses.
        section: Item of the navigation.
        layout: Frame of the page.
        back: Name of the address the page leads back to.
        back_words: What that is called.
    """

    space: str
    section: str
    layout: str
    back: str
    back_words: str


PORTAL = Where(NAME, "cases", "layouts/portal.html", "portal:cases", "portal.cases.title")


def show(request: HttpRequest, own: Case, where: Where, *, error: str = "", status: int = 200) -> HttpResponse:
    """Return the last page of an application: what was answered, what both places find, and the button."""
    row, say = own.transfer, request.say
    found = halves.looked(row, on=request.on, say=say)
    context = {
        "section": where.section,
        "layout": where.layout,
        "space": where.space,
        "back": reverse(where.back),
        "back_word": say(where.back_words),
        "person": own.person if where is not PORTAL else None,
        "case": own,
        "rows": answers(row, say),
        "found": found,
        "hindered": any(each["refusals"] for each in found),
        "stop": _stop(request, found, row),
        "owed": owed.shown(row, found, request),
        "count": len(forms.STEPS) + 1,
        "errors": {"send": error} if error else {},
    }
    return render(request, "relocation/transfer_check.html", context, status=status)


def answers(row: Transfer, say: Any) -> list[dict[str, Any]]:
    """Return what was answered, as rows of a summary."""
    paper = row.materials[0] if row.materials else ""
    rows = (
        ("from", place_words(row.source, say)),
        ("to", place_words(row.target, say)),
        ("paper", say(f"relocation.move.paper.{paper}") if paper else say("relocation.move.no_paper")),
    )
    return [{"key": {"text": say(f"relocation.move.check.{name}")}, "value": {"text": value}} for name, value in rows]


def _stop(request: HttpRequest, found: list[dict[str, Any]], row: Transfer) -> str:
    """Return the words of the stop request, where the reader may stop what runs at the old place; else nothing."""
    asked = any("stop_request" in each["details"] for half in found for each in half["refusals"])
    theirs = request.actor.kind != "staff" or request.actor.works_in(row.source)
    words = request.say("relocation.move.stop.button", place=place_words(row.source, request.say))
    return words if asked and theirs else ""


def stop(request: HttpRequest, own: Case, where: Where) -> HttpResponse:
    """Have the relation at the old place stopped: the step before the transfer."""
    assurance.require(service=NAME, step="submit", by=request.actor)
    row, say = own.transfer, request.say
    try:
        stopped = actions.ask_stop(
            person_id=row.person_id, place=row.source, by=request.actor, on=request.on, at=request.at
        )
    except Refused as no:
        return show(request, own, where, error=_one(no, say), status=no.refusal.status)
    day = day_text(stopped.end, say)
    messages.success(request, say("relocation.move.stop.done", place=place_words(row.source, say), day=day))
    return redirect(f"{where.space}:{'check' if where is not PORTAL else 'case'}", own.number)


def submit(request: HttpRequest, own: Case, where: Where) -> HttpResponse:
    """Hand the application in; sent twice it is one application."""
    assurance.require(service=NAME, step="submit", by=request.actor)
    try:
        actions.submit(number=own.number, by=request.actor, on=request.on, at=request.at)
    except Refused as no:
        if own.state != "draft":
            raise
        return show(request, own, where, error=_one(no, request.say), status=no.refusal.status)
    messages.success(request, request.say("relocation.move.sent", number=own.number))
    return redirect(f"{where.space}:case", own.number)


def _one(no: Refused, say: Any) -> str:
    told = halves.refusal_words(no.refusal, say)
    return f"{told['why']} {told['next']}".strip()
