"""The work list: what waits, the most urgent first, in groups, narrowed by filters that stand in the address."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yibao.casework.entry import STAFF, open_to
from yibao.casework.standing import OTHER_PLACE
from yibao.kernel.workdays import working_days_between
from yibao.store import holding, queues
from yibao.store.models import Case
from yibao.web.models import SavedFilter
from yibao.web.states import tag
from yibao.web.workbench.filters import APPLICANT, GROUPS, Filters, is_number

SIZE = 25
SOON_DAYS = 3
ADDRESSES_MAX = 4096
KEPT = "queue"
"""Where the session keeps the list a reader came from."""


@open_to(STAFF, own="region")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader's roles, or for whom they ask, by due date, with counts."""
    filters = Filters.read(request)
    text = filters.chosen.get("q", "")
    if is_number(text) and (found := _case(request, text)):
        return redirect(f"workbench_{found.service}:case", found.number)
    page = filters.page(after=queues.Cursor.parse(request.GET.get("after", "")), size=SIZE)
    if request.session.get(KEPT) != filters.query():
        request.session[KEPT] = filters.query()
    context = {
        "groups": list(groups(page.rows, filters)),
        "next": f"?{filters.query(after=page.next.text())}" if page.next else "",
        "looked": page.looked,
        "filtered": bool(filters.chosen),
        "began": "after" in request.GET,
        "query_first": filters.query(),
    }
    if request.htmx:
        return render(request, "workbench/queue_table.html", context)
    actor = request.actor
    counts = queues.counts(roles=actor.roles, region=actor.region, on=request.on)
    context |= {
        "section": "queue",
        "tabs": list(tabs(counts, filters)),
        "fields": filters.fields(),
        "chips": list(filters.chips()),
        "query": filters.query(),
        "errors": filters.errors,
        "name_limits": {"maxlength": SavedFilter.NAME_MAX},
        "next_key": {"accesskey": "n"},
        "saved": SavedFilter.of(actor.user_id),
        "main_action": not filters.waits_for_applicant and bool(filters.roles() & actor.roles),
    }
    return render(request, "workbench/queue.html", context, status=400 if filters.errors else 200)


def _case(request: HttpRequest, text: str) -> Case | None:
    found = Case.objects.filter(number=text.upper()).exclude(state="draft").first()
    return found if found and request.actor.works_in(found.region) else None


def groups(cases: Iterable[Case], filters: Filters) -> Iterable[dict[str, Any]]:
    """Return the rows of the list in their groups of urgency, in the list's order."""
    request, cases = filters.request, list(cases)
    got = holding.received(case for case in cases if case.holder_id == request.actor.user_id)

    def group_of(case: Case) -> str:
        if filters.waits_elsewhere:
            return "elsewhere"
        return "stopped" if filters.waits_for_applicant else queues.urgency(due_on=case.due_on, on=request.on)

    for code, members in groupby(cases, key=group_of):
        yield {
            "code": code,
            "title": request.say(f"desk.queue.group.{code}"),
            "rows": [row(case, request) | {"got": received_words(got.get(case.pk), request.say)} for case in members],
        }


def tabs(counts: queues.Counts, filters: Filters) -> Iterable[dict[str, Any]]:
    """Return the groups with how many cases of the reader's roles are in each; an empty one is left out.

    Those that are late or due today are always told.
    """
    chosen = APPLICANT if filters.waits_for_applicant else filters.chosen.get("due", "")
    say = filters.request.say
    yield {"text": say("desk.queue.all"), "count": counted(counts.total), "href": "?", "here": not filters.chosen}
    for group in GROUPS:
        number = getattr(counts, group)
        if number or group in GROUPS[:2] or group == chosen:
            yield {
                "text": say(f"desk.queue.group.{group}"),
                "count": counted(number),
                "href": f"?due={group}",
                "here": chosen == group,
                "urgent": bool(number) and group in GROUPS[:2],
            }
    yield {
        "text": say("desk.queue.group.stopped"),
        "count": counted(counts.stopped),
        "href": f"?waiting={APPLICANT}",
        "here": chosen == APPLICANT,
    }
    if counts.elsewhere or filters.waits_elsewhere:
        yield {
            "text": say("desk.queue.group.elsewhere"),
            "count": counted(counts.elsewhere),
            "href": f"?waiting={OTHER_PLACE}",
            "here": filters.waits_elsewhere,
        }


def counted(number: int) -> str:
    """Return a number of cases as it is shown: `999+` where nobody counted on.

    Examples:
        >>> counted(12), counted(queues.COUNTED_MAX)
        ('12', '999+')
    """
    return str(number) if number < queues.COUNTED_MAX else f"{queues.COUNTED_MAX - 1}+"


def row(case: Case, request: HttpRequest) -> dict[str, Any]:
    """Return one row of the queue; the name is masked where it is drawn."""
    return {
        "number": case.number,
        "href": address_of(case.service, case.number),
        "service": request.say(f"{case.service}.name"),
        "person": case.person.name,
        "tag": tag(case.state, request.say),
        "level": case.level,
        "levels": len(case.process),
        "amount": case.amount_fen,
        "due": left(case.due_on, request),
        "submitted_on": case.submitted_on,
        "waited": waited(case, request),
        "holder": holder_words(case, request),
    }


@lru_cache(maxsize=ADDRESSES_MAX)
def address_of(service: str, number: str) -> str:
    """Return the address of a case's page."""
    return reverse(f"workbench_{service}:case", args=[number])


def holder_words(case: Case, request: HttpRequest) -> str:
    """Return who has taken a case, in words; empty while nobody has."""
    if case.holder is None:
        return ""
    if case.holder_id == request.actor.user_id:
        return request.say("desk.queue.held.me")
    return request.say("desk.queue.with", name=case.holder.get_full_name())


def received_words(received: holding.Received | None, say: Any) -> str:
    """Return who gave the reader a case and why, in words; empty where nobody did."""
    if received is None:
        return ""
    how = say(f"desk.handing.got.{received.kind}", name=received.name)
    return say("desk.handing.got_why", how=how, note=received.note) if received.note else how


def waited(case: Case, request: HttpRequest) -> int | None:
    """Return how many working days a case has waited since it was submitted."""
    if case.submitted_on is None or case.submitted_on > request.on:
        return None
    return working_days_between(start=case.submitted_on, end=request.on)


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
