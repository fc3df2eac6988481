"""The staff's pages that belong to no single service: the door and the ledger."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yibao.casework.entry import STAFF, open_to, public
from yibao.casework.limits import SIGN_IN, limited
from yibao.web.portal.session import enter
from yibao.web.workbench import books


@limited(SIGN_IN)
@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the staff's door, or let a member of staff in."""
    return enter(request, door="staff", home=reverse("workbench:queue"))


@open_to(STAFF, own="region")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the journal of one case, or the books of the office, and that every fen accounts."""
    number = request.GET.get("case", "").strip().upper()
    scope = {"region": request.actor.region, "case_number": number, "say": request.say}
    accounts = books.balances(**scope)
    context = {
        "section": "ledger",
        "number": number,
        "proof": books.proof(region=request.actor.region),
        "transactions": books.journal(**scope),
        "accounts": accounts,
        "totals": {name: sum(account[name] for account in accounts) for name in ("debit", "credit", "balance")},
    }
    return render(request, "workbench/ledger.html", context)
