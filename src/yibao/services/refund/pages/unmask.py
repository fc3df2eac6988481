"""Showing a number in full: for a purpose, which the person can read, and only on the answer to that one request."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import STAFF, open_to
from yibao.services.refund import forms
from yibao.services.refund.pages.sides import desk_case
from yibao.store import audit_log
from yibao.store.models import Case

PURPOSES = ("show_call", "show_compare", "show_bank", "show_law", "show_other")
WITH_NOTE = ("show_law", "show_other")


@open_to(STAFF, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask what for, write it down, and show what was asked for; the page cannot be opened a second time unasked."""
    held = desk_case(request, number)
    form = forms.Form(typed={"purpose": "", "note": ""})
    if request.method == "POST":
        form = forms.purpose(post=request.POST, purposes=PURPOSES, with_note=WITH_NOTE)
        if not form.errors:
            audit_log.record_unmasking(
                reader=request.actor,
                person_id=held.person_id,
                at=request.at,
                case_number=number,
                role=min(request.actor.roles),
                **form.answers,
            )
            return render(request, "refund/unmasked.html", {"section": "queue", "case": held, "rows": _full(held)})
    context = {
        "section": "queue",
        "case": held,
        "errors": {name: request.say(key) for name, key in form.errors.items()},
        "purpose_field": _purposes(request, form.typed["purpose"]),
        "note_field": {
            "component": "textarea",
            "name": "note",
            "rows": 2,
            "value": form.typed["note"],
            "label": {"text": request.say("refund.unmask.note")},
            "hint": {"text": request.say("refund.unmask.note_hint")},
        },
    }
    return render(request, "refund/unmask.html", context, status=400 if form.errors else 200)


def _purposes(request: HttpRequest, chosen: str) -> dict[str, Any]:
    say = request.say
    return {
        "component": "radios",
        "name": "purpose",
        "id_prefix": "purpose",
        "fieldset": {"legend": {"text": say("refund.unmask.purpose")}},
        "items": [
            {"value": code, "text": say(f"portal.reads.purposes.{code}"), "checked": code == chosen}
            for code in PURPOSES
        ],
    }


def _full(held: Case) -> list[dict[str, str]]:
    person, account = held.person, held.refund.bank_account
    rows = [("name", person.name), ("identity", person.identity), ("phone", person.phone)]
    if account is not None:
        rows += [("bank", account.bank_name), ("holder", account.holder), ("account", account.number)]
    return [{"key": f"refund.unmask.{name}", "value": value or ""} for name, value in rows]
