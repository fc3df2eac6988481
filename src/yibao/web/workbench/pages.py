"""The staff's pages that belong to no single service: the work queue and the ledger."""

import sys
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yibao.casework.entry import STAFF, open_to, public
from yibao.kernel.workdays import add_working_days, working_days_between
from yibao.store import queues
from yibao.store.models import Case
from yibao.web.portal.session import enter
from yibao.web.states import tag
from yibao.web.workbench import books

SIZE = 25
SOON_DAYS = 3


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the staff's door, or let a member of staff in."""
    return enter(request, door="staff", home=reverse("workbench:queue"))


@open_to(STAFF, own="region")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for the roles of the signed-in member of staff, by due date, with counts."""
    number = request.GET.get("number", "").strip().upper()
    if number and (found := Case.objects.filter(number=number).exclude(state="draft").first()):
        return redirect(f"workbench_{found.service}:case", found.number)
    actor, due, role = request.actor, request.GET.get("due", ""), request.GET.get("role", "")
    soon = add_working_days(day=request.on, n=SOON_DAYS).day
    counts = queues.counts(roles=actor.roles, region=actor.region, on=request.on, soon=soon, user_id=actor.user_id)
    after = queues.Cursor.parse(request.GET.get("after", ""))
    page = queues.queue(
        roles=frozenset({role}) & actor.roles or actor.roles,
        region=actor.region,
        size=SIZE,
        **within(due, on=request.on, soon=soon, after=after),
    )
    errors = {"number": request.say("desk.queue.unknown")} if number else {}
    context = {
        "section": "queue",
        "rows": [row(case, request) for case in page.rows],
        "counts": {name: counted(getattr(counts, name)) for name in ("total", "due_soon", "overdue")},
        "due": due,
        "caption": caption(request, counts, due=due, role=role),
        "soon_days": SOON_DAYS,
        "next": _address(request, after=page.next.text()) if page.next else "",
        "errors": errors,
        "roles": role_items(request, role, counts.by_role),
        "due_items": due_items(request, due),
        "number_field": number_field(request, number),
    }
    template = "workbench/queue_table.html" if request.htmx else "workbench/queue.html"
    return render(request, template, context, status=404 if errors else 200)


def counted(number: int) -> str:
    """Return a number of cases as it is shown: `999+` where nobody counted on.

    Examples:
        >>> counted(12), counted(queues.COUNTED_MAX)
        ('12', '999+')
    """
    return str(number) if number < queues.COUNTED_MAX else f"{queues.COUNTED_MAX - 1}+"


def caption(request: HttpRequest, counts: queues.Counts, *, due: str, role: str) -> str:
    """Return the words over the list, with the number of cases in it where that was counted."""
    narrowed = {"late": counts.overdue, "soon": counts.due_soon}
    chosen = role in counts.by_role
    if chosen and due in narrowed:
        return request.say("desk.queue.by_due")
    number = counts.by_role[role] if chosen else narrowed.get(due, counts.total)
    return request.say("desk.queue.caption", count=counted(number))


def within(due: str, *, on: date, soon: date, after: queues.Cursor | None) -> dict[str, Any]:
    """Return which deadlines to show: all, those past, or those within the next working days."""
    if due == "late":
        return {"overdue_on": on, "after": after}
    if due == "soon":
        return {"due_by": soon, "after": after or queues.Cursor(on - timedelta(days=1), sys.maxsize)}
    return {"after": after}


def _address(request: HttpRequest, **changed: str) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name != "number"}
    return "?" + urlencode({**kept, **changed})


def role_items(request: HttpRequest, chosen: str, by_role: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the roles to filter by."""
    items = [{"value": "", "text": request.say("desk.queue.any_role"), "selected": not chosen}]
    return items + [
        {
            "value": role,
            "text": f"{role_words(request, role)} ({counted(by_role.get(role, 0))})",
            "selected": role == chosen,
        }
        for role in sorted(request.actor.roles)
    ]


def due_items(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    """Return the due dates to filter by."""
    words = {"": "desk.queue.any_time", "soon": "desk.queue.soon_words", "late": "desk.queue.late"}
    return [{"value": code, "text": request.say(key), "selected": code == chosen} for code, key in words.items()]


def number_field(request: HttpRequest, typed: str) -> dict[str, Any]:
    """Return the field to open a case by its number."""
    return {
        "component": "input",
        "name": "number",
        "value": typed,
        "spellcheck": False,
        "autocapitalize": "characters",
        "label": {"text": request.say("desk.queue.search")},
        "hint": {"text": request.say("desk.queue.search_hint")},
    }


def role_words(request: HttpRequest, role: str) -> str:
    """Return a role in the reader's words."""
    return request.say.find(f"common.role.{role}") or role


def row(case: Case, request: HttpRequest) -> dict[str, Any]:
    """Return one row of the queue; the name is masked by the template."""
    return {
        "number": case.number,
        "href": reverse(f"workbench_{case.service}:case", args=[case.number]),
        "service": request.say(f"{case.service}.name"),
        "person": case.person.name,
        "tag": tag(case.state, request.say),
        "level": case.level,
        "levels": len(case.process),
        "amount": case.amount_fen,
        "due": left(case.due_on, request),
        "submitted_on": case.submitted_on,
    }


def left(due_on: date | None, request: HttpRequest) -> dict[str, Any] | None:
    """Return a due date with its working days left, and how pressing it is."""
    if due_on is None:
        return None
    first, last = sorted((due_on, request.on))
    days = working_days_between(start=first, end=last)
    if due_on < request.on:
        words, urgency = request.say("common.due.late", days=days), "late"
    elif due_on == request.on:
        words, urgency = request.say("common.due.today"), "soon"
    else:
        words = request.say("common.due.one") if days == 1 else request.say("common.due.left", days=days)
        urgency = "soon" if days <= SOON_DAYS else ""
    return {"on": due_on, "words": words, "urgency": urgency}


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
