"""Showing name, number and values in full: for a purpose, which the person can read, on the answer to that request."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import STAFF, open_to
from yibao.services.correction import forms
from yibao.services.correction.pages.desk import desk_case
from yibao.services.correction.pages.own import NAME
from yibao.store import audit_log
from yibao.store.models import Case


@open_to(STAFF, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask what for, write it down, and show it once; opened again, the page asks again."""
    held, say = desk_case(request, number), request.say
    look, errors = forms.look(request.POST), {}
    if request.method == "POST":
        problem = forms.problem_of(look)
        if not problem:
            audit_log.record_unmasking(
                reader=request.actor, person_id=held.person_id, purpose=look.purpose, note=look.note, at=request.at,
                case_number=number, role=min(request.actor.roles),
            )  # fmt: skip
            return render(request, "correction/unmasked.html", {"section": "queue", "case": held, "rows": _full(held)})
        errors = {problem[0]: say(f"{NAME}.unmask.{problem[1]}")}
    context = {"section": "queue", "case": held, "errors": errors, "fields": _fields(say, look)}
    return render(request, "correction/unmask.html", context, status=400 if errors else 200)


def _fields(say: Any, look: forms.Look) -> list[dict[str, Any]]:
    purposes = [
        {"value": code, "text": say(f"portal.reads.purposes.{code}"), "checked": code == look.purpose}
        for code in forms.PURPOSES
    ]
    legend = {"legend": {"text": say(f"{NAME}.unmask.purpose")}}
    return [
        {"component": "radios", "name": "purpose", "id_prefix": "purpose", "fieldset": legend, "items": purposes},
        {"component": "textarea", "name": "note", "rows": 2, "value": look.note,
         "label": {"text": say(f"{NAME}.unmask.note")}, "hint": {"text": say(f"{NAME}.unmask.note_hint")}},
    ]  # fmt: skip


def _full(held: Case) -> list[dict[str, str]]:
    person, wish = held.person, held.correction
    rows = [("name", person.name), ("identity", person.identity)]
    if wish.field == "name":
        rows += [("before", wish.before), ("wanted", wish.wanted)]
    return [{"key": f"{NAME}.unmask.{name}", "value": value} for name, value in rows]
