"""The pay-out desk: what is approved and waits for money, and what is on its way."""

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yibao.casework.actors import prefix_of
from yibao.casework.entry import open_to
from yibao.store.models import Case

ROLES = ("finance",)
STATES = ("approved", "executing")
SHOWN_MAX = 100


@open_to(*ROLES, own="region")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show every case of the office that waits for its money, by due date, with the sums."""
    waiting = _waiting(request.actor.region)
    sums = dict(waiting.order_by().values_list("state").annotate(total=Sum("amount_fen")))
    rows = waiting.select_related("person", "refund__bank_account").prefetch_related("payments")
    groups = [
        {
            "state": state,
            "sum": sums.get(state) or 0,
            "cases": [case for case in rows[:SHOWN_MAX] if case.state == state],
        }
        for state in STATES
    ]
    return render(request, "refund/payout.html", {"section": "pay", "groups": groups})


def _waiting(region: str) -> Any:
    under = Case.objects.filter(service="refund", region__startswith=prefix_of(region), state__in=STATES)
    return under.order_by("due_on", "id")


def workbench_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Return this service's items of the staff's navigation: the pay-out desk for those who pay."""
    if not set(ROLES) & request.actor.roles:
        return []
    return [{"code": "pay", "text": request.say("desk.nav.pay"), "href": reverse("workbench_refund:payout")}]
