"""Who receives the money and where: asked of the person, of somebody who acts for them, or of a unit's agent."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.services import assurance
from yibao.services.refund import forms
from yibao.services.refund.pages import apply
from yibao.services.refund.pages.sides import CLERK, by_right, side_of
from yibao.store.models import Case


@open_to(CITIZEN, AGENT, CLERK, own="case")
@apply.page
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Ask who receives the money and where."""
    assurance.require(service="refund", step="change_account", by=request.actor)
    case, say = apply.editable(request, number, step="account"), request.say
    held = case.refund.bank_account
    words = side_of(request).words
    original = apply.original_account(case)
    form = forms.Form(
        typed={
            "applicant": case.refund.applicant,
            "bank_name": held.bank_name if held else "",
            "bank_holder": held.holder if held else "",
            "bank_number": held.number if held else "",
        }
    )
    if request.method == "POST":
        may_be_empty = original is not None and case.state in apply.EDITABLE
        form = forms.account(
            post=request.POST,
            original=may_be_empty,
            applicant=by_right(request),
            unit=case.unit.name if case.unit else "",
        )
        if case.state not in apply.EDITABLE:
            form.answers.pop("applicant", None)
        if kept := apply.keep(request, case, form, "account"):
            return kept
    heading = words(say, "ask.account")
    fields = _fields(request, case, form.typed)
    return apply.question(request, case, "account", form, fields, title=heading, original=original)


def _fields(request: HttpRequest, case: Case, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    say, words = request.say, side_of(request).words
    who = {
        "component": "radios",
        "name": "applicant",
        "value": typed["applicant"],
        "fieldset": {"legend": {"text": words(say, "ask.applicant"), "classes": "govuk-fieldset__legend--s"}},
        "items": [{"value": code, "text": words(say, f"receiver.{code}")} for code in forms.RECEIVERS],
    }
    boxes = [
        {
            "component": "input",
            "name": name,
            "label": {"text": say(f"refund.ask.{name}")},
            "spellcheck": False,
            "value": typed[name],
            "hint": {"text": say(f"refund.ask.{name}_hint")},
            **extra,
        }
        for name, extra in (
            ("bank_name", {}),
            ("bank_holder", {"autocomplete": "name"}),
            ("bank_number", {"inputmode": "numeric", "classes": "app-mono"}),
        )
    ]
    if case.unit_id:
        # It is in the unit's name, and nobody asks in whose.
        return [{**box, **_of_a_unit(box["name"], say)} for box in boxes if box["name"] != "bank_holder"]
    return boxes if by_right(request) else [who, *boxes]


def _of_a_unit(name: str, say: Any) -> dict[str, Any]:
    words = {"label": say.find(f"refund.unit.{name}"), "hint": say.find(f"refund.unit.{name}_hint")}
    return {part: {"text": text} for part, text in words.items() if text}
