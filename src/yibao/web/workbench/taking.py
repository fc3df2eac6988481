"""The one main action of the work list: take the most urgent case the reader may do, and open it."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from yibao.casework import rights
from yibao.casework.entry import STAFF, open_to
from yibao.kernel.errors import Refused
from yibao.store import cases, queues
from yibao.store.models import Case
from yibao.web.models import FILTERS_MAX, SavedFilter
from yibao.web.workbench.filters import Filters
from yibao.web.workbench.lists import SIZE

PAGES_MAX = 4
WORK = frozenset({"accept", "not_accept", "ask_correction", "approve", "refuse", "pay"})
"""Steps that somebody must take; what only the bank's answer ends is none of them."""


@open_to(STAFF, own="region")
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent case of the list that the reader may do, and open it."""
    filters = Filters.read(request, QueryDict(request.POST.get("query", "")))
    start = queues.Cursor.parse(request.POST.get("after", ""))
    for case in _offered(filters, start):
        if _taken(case, request):
            return redirect(f"workbench_{case.service}:case", case.number)
    messages.success(request, request.say("desk.queue.nothing_next"))
    return redirect(_list(filters))


def _list(filters: Filters) -> str:
    return f"{reverse('workbench:queue')}?{filters.query()}".rstrip("?")


def _offered(filters: Filters, start: queues.Cursor | None) -> Iterator[Case]:
    """Give the cases of the list after a place in it, then, where it is not the beginning, those before."""
    seen: set[int] = set()
    for after in (start, None) if start else (None,):
        cursor = after
        for _ in range(PAGES_MAX):
            page = filters.page(after=cursor, size=SIZE)
            yield from (case for case in page.rows if case.pk not in seen)
            seen |= {case.pk for case in page.rows}
            cursor = page.next
            if cursor is None:
                break


def _taken(case: Case, request: HttpRequest) -> bool:
    """Take a case that the reader may work on; one that a colleague was quicker to take is passed over."""
    actor = request.actor
    if case.holder_id not in (None, actor.user_id):
        return False
    if not WORK & set(rights.available(standing=cases.standing(case), actor=actor)):
        return False
    if case.holder_id == actor.user_id:
        return True
    try:
        cases.act(number=case.number, kind="take", by=actor, at=request.at, on=request.on)
    except Refused:
        return False
    return True


@open_to(STAFF, own="self")
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list under a name of the reader's own; the same name again replaces them."""
    filters = Filters.read(request, QueryDict(request.POST.get("query", "")))
    name = request.POST.get("name", "").strip()
    own = SavedFilter.objects.filter(user_id=request.actor.user_id)
    if not name or len(name) > SavedFilter.NAME_MAX or not filters.chosen:
        messages.error(request, request.say("desk.queue.save_wrong", most=SavedFilter.NAME_MAX))
    elif own.exclude(name=name).count() >= FILTERS_MAX:
        messages.error(request, request.say("desk.queue.save_full", most=FILTERS_MAX))
    else:
        own.update_or_create(user_id=request.actor.user_id, name=name, defaults={"query": filters.query()})
        messages.success(request, request.say("desk.queue.save_done", name=name))
    return redirect(_list(filters))


@open_to(STAFF, own="self")
@require_POST
def forget(request: HttpRequest, saved: int) -> HttpResponse:
    """Throw one of the reader's own filters away."""
    SavedFilter.objects.filter(pk=saved, user_id=request.actor.user_id).delete()
    return redirect(reverse("workbench:queue"))
