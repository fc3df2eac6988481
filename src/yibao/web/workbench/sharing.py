"""The page on which a head gives out the cases of a queue: choose rows, and a colleague or an even share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import open_to
from yibao.casework.refusals import refuse
from yibao.casework.standing import INTAKE_ROLE, PAYOUT_ROLE
from yibao.kernel.errors import Refused
from yibao.services import handing
from yibao.services.bulk import SIGNERS
from yibao.services.handing import Gift, Outcome
from yibao.store import holding, keys, queues, seats
from yibao.store.models import Case
from yibao.store.narrowing import Narrow
from yibao.web.workbench.handing import KEY_LENGTH, errors_of, is_login, note_field, words
from yibao.web.workbench.lists import row

SIZE = 50
EVEN = "even"
NOBODY = "nobody"
ROW_MAX = 60


@open_to(*SIGNERS, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest) -> HttpResponse:
    """Show what waits for a role and who may have it; give out the chosen rows, one transaction each."""
    head = bool(request.actor.roles & handing.head_roles(request.actor.region))
    asked = request.POST if request.method == "POST" else request.GET
    typed = {name: asked.get(name, "").strip() for name in ("role", "holder", "to", "note", "key")}
    roles = _roles(request)
    typed["role"] = typed["role"] if typed["role"] in roles else next(iter(roles))
    chosen = [one for one in request.POST.getlist("rows") if len(one) <= ROW_MAX][:SIZE]
    errors: dict[str, str] = {}
    outcomes: list[Outcome] = []
    if request.method == "POST":
        if not head:
            raise refuse("not_your_role", *sorted(handing.head_roles(request.actor.region)))
        errors = _errors(typed, chosen, request)
        if not errors:
            try:
                gifts = _gifts(typed, chosen)
            except Refused as no:
                errors = {"rows": words(no.refusal, request)}
            else:
                outcomes = handing.give_out(gifts, by=request.actor, on=request.on, at=request.at)
    if outcomes:
        chosen, typed = [], {**typed, "note": "", "key": ""}
    context = {
        "section": "assign",
        "head": head,
        "errors": errors,
        "typed": typed,
        "outcomes": [_told(one, request) for one in outcomes],
        "given": sum(one.refusal is None for one in outcomes),
        "key": typed["key"] or get_random_string(KEY_LENGTH),
        **(_list(request, typed, chosen, roles) if head else {}),
    }
    return render(request, "workbench/assign.html", context, status=400 if errors else 200)


def _roles(request: HttpRequest) -> dict[str, str]:
    """Return the roles whose queues may be given out, in words: the reader's own first."""
    own = sorted(request.actor.roles & SIGNERS)
    known = [*own, INTAKE_ROLE, *sorted(SIGNERS - set(own)), PAYOUT_ROLE]
    return {role: request.say.find(f"common.role.{role}") or role for role in known}


def _errors(typed: dict[str, str], chosen: list[str], request: HttpRequest) -> dict[str, str]:
    checked = {**typed, "to": "0"} if typed["to"] == EVEN else typed
    errors = errors_of(checked, request, asked=False)
    return errors if chosen else {"rows": request.say("desk.handing.error.rows"), **errors}


def _gifts(typed: dict[str, str], chosen: list[str]) -> list[Gift]:
    to = None if typed["to"] == EVEN else int(typed["to"])
    key = keys.pressed(typed)
    split = [one.partition("~") for one in chosen]
    return [
        Gift(number, to, typed["note"], key, int(holder) if is_login(holder) else None) for number, _, holder in split
    ]


def _told(outcome: Outcome, request: HttpRequest) -> dict[str, Any]:
    found = Case.objects.filter(number=outcome.number).only("service", "region").first()
    open_to_reader = found is not None and request.actor.works_in(found.region)
    done = outcome.refusal is None
    word = request.say("desk.handing.outcome.done" if done else "desk.handing.outcome.not_done")
    return {
        "number": outcome.number,
        "href": reverse(f"workbench_{found.service}:case", args=[outcome.number]) if found and open_to_reader else "",
        "tag": {"text": word, "classes": "app-tag--done" if done else "app-tag--turn"},
        "why": outcome.name if outcome.refusal is None else words(outcome.refusal, request),
    }


def _list(request: HttpRequest, typed: dict[str, str], chosen: list[str], roles: dict[str, str]) -> dict[str, Any]:
    narrow = Narrow(holder=NOBODY) if typed["holder"] == NOBODY else None
    after = queues.Cursor.parse(request.GET.get("after", ""))
    page = queues.queue(roles=[typed["role"]], region=request.actor.region, narrow=narrow, after=after, size=SIZE)
    rows = [row(case, request) | {"value": f"{case.number}~{case.holder_id or ''}"} for case in page.rows]
    for one in rows:
        one["checked"] = one["value"] in chosen
    where = f"role={typed['role']}&holder={typed['holder']}" if typed["holder"] == NOBODY else f"role={typed['role']}"
    return {
        "rows": rows,
        "next": f"?{where}&after={page.next.text()}" if page.next else "",
        "began": after is not None,
        "first": f"?{where}",
        "filters": _filters(request, typed, roles),
        "to_field": _to_field(request, typed),
        "note_field": note_field(typed["note"], request, asked=False),
    }


def _filters(request: HttpRequest, typed: dict[str, str], roles: dict[str, str]) -> list[dict[str, Any]]:
    say = request.say
    holders = {"": say("desk.handing.all"), NOBODY: say("desk.queue.held.nobody")}
    return [
        _select("role", say("desk.handing.queue_of"), roles, typed["role"]),
        _select("holder", say("desk.queue.holder"), holders, typed["holder"]),
    ]


def _to_field(request: HttpRequest, typed: dict[str, str]) -> dict[str, Any]:
    say = request.say
    found = seats.staff_of(region=request.actor.region, role=typed["role"])
    held = holding.counts([user.pk for user in found])
    items = {"": say("desk.handing.choose"), EVEN: say("desk.handing.even")}
    items |= {str(user.pk): say("desk.handing.one", name=user.get_full_name(), count=held[user.pk]) for user in found}
    return _select("to", say("desk.handing.to"), items, typed["to"]) | {"hint": {"text": say("desk.handing.even_hint")}}


def _select(name: str, label: str, items: dict[str, str], chosen: str) -> dict[str, Any]:
    shown = [{"value": value, "text": text, "selected": value == chosen} for value, text in items.items()]
    return {"component": "select", "name": name, "id": name, "label": {"text": label}, "items": shown}
