"""The page of the daily reconciliation: cases, books and bank, and each fen on which they differ."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yibao.casework.entry import open_to
from yibao.casework.standing import PAYOUT_ROLE
from yibao.store import reconciliation
from yibao.store.models import Case
from yibao.store.reconciliation import Leg

READERS = (PAYOUT_ROLE, "auditor")
SHOWN_MAX = 200


@open_to(*READERS, own="region")
@require_safe
def reconcile(request: HttpRequest) -> HttpResponse:
    """Show whether cases, books and bank agree up to a day, by way out, and name what does not."""
    typed = request.GET.get("on", "")
    on, errors = request.on, {}
    if typed:
        try:
            on = date.fromisoformat(typed)
        except ValueError:
            errors = {"on": request.say("desk.reconcile.no_day")}
    found = reconciliation.reconcile(region=request.actor.region, on=on)
    context = {
        "section": "reconcile",
        "found": found,
        "flows": [{"flow": flow, "title": request.say(f"desk.batch.flow.{flow.route}")} for flow in found.flows],
        "differences": [_row(leg, request) for leg in found.differences[:SHOWN_MAX]],
        "on_way": [_row(leg, request) for leg in found.on_way[:SHOWN_MAX]],
        "errors": errors,
        "on_field": _field(request, typed or on.isoformat()),
    }
    return render(request, "workbench/reconcile.html", context, status=400 if errors else 200)


def _field(request: HttpRequest, typed: str) -> dict[str, Any]:
    return {
        "component": "input",
        "id": "on",
        "name": "on",
        "value": typed,
        "classes": "govuk-input--width-10",
        "label": {"text": request.say("desk.reconcile.on")},
        "hint": {"text": request.say("desk.reconcile.on_hint")},
    }


def _row(leg: Leg, request: HttpRequest) -> dict[str, Any]:
    known = leg.case_number and Case.objects.filter(number=leg.case_number).exists()
    what = request.say(f"desk.reconcile.what.{leg.what}") if leg.what else ""
    return {"leg": leg, "what": what, "known": known}
