"""The pages of approving many cases at once: find, inspect what was drawn, release, watch, take the result."""

import csv
import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import open_to
from yibao.kernel.errors import Refusal, Refused
from yibao.kernel.money import Money, MoneyError
from yibao.kernel.workdays import add_working_days
from yibao.services import bulk as approving
from yibao.services.bulk import SIGNERS
from yibao.store import bulk, keys
from yibao.store.bulk import Query
from yibao.store.models import BulkRow, BulkRun

SHOWN_MAX = 50
KEY_LENGTH = 16
SOON_DAYS = 3
REFRESH_SECONDS = 5
VERBS = ("release", "drop")
TAGS = {"inspecting": "app-tag--turn", "done": "app-tag--done", "dropped": "app-tag--quiet"}
OUTCOME_TAGS = {"approved": "app-tag--done", "waiting": "app-tag--quiet"}
FILTERS = ("role", "service", "due", "most")


@open_to(*SIGNERS, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """Show what a stored query finds and the runs of the office; make a run of what is found."""
    asked = request.POST if request.method == "POST" else request.GET
    typed = {name: asked.get(name, "").strip()[:40] for name in FILTERS}
    errors: dict[str, str] = {}
    query = _query(request, typed, errors)
    if request.method == "POST" and not errors:
        key = f"{request.actor.id}/{keys.pressed(request.POST)}"
        made = approving.make(query=query, key=key, by=request.actor, on=request.on, at=request.at)
        return redirect("workbench:bulk_run", made.number)
    looked = "look" in asked and not errors
    context = {
        "section": "bulk",
        "fields": _fields(request, typed),
        "errors": errors,
        "typed": typed,
        "found": approving.find(query, by=request.actor) if looked else None,
        "key": get_random_string(KEY_LENGTH),
        "runs": [{"run": run, "tag": _tag(run, request)} for run in bulk.of_office(request.actor.region)[:SHOWN_MAX]],
    }
    return render(request, "workbench/bulk.html", context, status=400 if errors else 200)


def _query(request: HttpRequest, typed: dict[str, str], errors: dict[str, str]) -> Query:
    roles = approving.signing_roles(request.actor)
    typed["role"] = typed["role"] or next(iter(roles), "")
    typed["service"] = typed["service"] or next(iter(approving.services_in_bulk()), "")
    most = None
    if typed["most"]:
        try:
            most = Money.parse(typed["most"].replace(",", "")).fen
        except MoneyError as error:
            errors["most"] = request.say.pick(error)
    return Query(typed["role"], request.actor.region, typed["service"], _due_by(request, typed["due"]), most)


def _due_by(request: HttpRequest, due: str) -> date | None:
    return add_working_days(day=request.on, n=SOON_DAYS).day if due == "soon" else None


def _fields(request: HttpRequest, typed: dict[str, str]) -> list[dict[str, Any]]:
    say = request.say
    services = [(name, say(f"{name}.name")) for name in approving.services_in_bulk()]
    roles = [(role, say.find(f"common.role.{role}") or role) for role in approving.signing_roles(request.actor)]
    dues = [("", say("desk.bulk.any_time")), ("soon", say("desk.bulk.soon", days=SOON_DAYS))]
    choices = [("role", "desk.bulk.role", roles), ("service", "desk.bulk.service", services)]
    choices.append(("due", "desk.bulk.within", dues))
    return [
        *(_select(name, say(label), items, typed[name]) for name, label, items in choices),
        {
            "component": "input",
            "name": "most",
            "value": typed["most"],
            "inputmode": "decimal",
            "spellcheck": False,
            "label": {"text": say("desk.bulk.most")},
            "hint": {"text": say("desk.bulk.most_hint")},
        },
    ]


def _select(name: str, label: str, items: list[tuple[str, str]], chosen: str) -> dict[str, Any]:
    shown = [{"value": value, "text": text, "selected": value == chosen} for value, text in items]
    return {"component": "select", "name": name, "label": {"text": label}, "items": shown}


def _tag(run: BulkRun, request: HttpRequest) -> dict[str, str]:
    return {"text": request.say(f"desk.bulk.state.{run.state}"), "classes": TAGS.get(run.state, "")}


def _own_run(request: HttpRequest, run: str) -> BulkRun:
    """Return a run of the reader's office.

    Raises:
        Http404: there is none, or it is another office's; the two look alike on purpose.
    """
    found = bulk.of_office(request.actor.region).filter(number=run).first()
    if found is None:
        raise Http404
    return found


@open_to(*SIGNERS, own="region")
@require_safe
def one(request: HttpRequest, run: str) -> HttpResponse:
    """Show a run: what must be inspected, how far the work is, or what came of each row."""
    return _show(request, _own_run(request, run))


def _show(request: HttpRequest, held: BulkRun, *, error: str = "", status: int = 200) -> HttpResponse:
    progress = bulk.progress(held)
    drawn = list(held.rows.filter(drawn__isnull=False).select_related("case").order_by("drawn"))
    opened = bulk.opened(run=held, cases=[row.case for row in drawn])
    ended = held.rows.exclude(outcome__in=["waiting", "approved"]).select_related("case")
    context = {
        "section": "bulk",
        "run": held,
        "tag": _tag(held, request),
        "mine": held.made_by_id == request.actor.user_id,
        "role": request.say.find(f"common.role.{held.role}") or held.role,
        "count": sum(part["count"] for part in progress.values()),
        "sum": sum(part["sum"] for part in progress.values()),
        "progress": [
            {"text": request.say(f"desk.bulk.outcome.{outcome}"), **progress[outcome]} for outcome in sorted(progress)
        ],
        "drawn": [_drawn(row, opened, request) for row in drawn],
        "left": sum(not row.verdict for row in drawn),
        "ended": [_ended(row, request) for row in ended[:SHOWN_MAX]],
        "more": max(0, ended.count() - SHOWN_MAX),
        "refresh": REFRESH_SECONDS if held.state == "released" else 0,
        "errors": {"drawn": error} if error else {},
    }
    return render(request, "workbench/bulk_run.html", context, status=status)


def _href(row: BulkRow) -> str:
    return reverse(f"workbench_{row.case.service}:case", args=[row.case.number])


def _drawn(row: BulkRow, opened: set[str], request: HttpRequest) -> dict[str, Any]:
    seen = row.case.number in opened
    word = f"verdict_{row.verdict}" if row.verdict else "opened" if seen else "not_opened"
    style = "app-tag--done" if row.verdict == "agreed" else "app-tag--quiet" if row.verdict else "app-tag--turn"
    tag = {"text": request.say(f"desk.bulk.{word}"), "classes": style}
    return {"row": row, "href": _href(row), "opened": seen, "tag": tag}


def _ended(row: BulkRow, request: HttpRequest) -> dict[str, Any]:
    tag = {"text": request.say(f"desk.bulk.outcome.{row.outcome}"), "classes": OUTCOME_TAGS.get(row.outcome, "")}
    return {"row": row, "href": _href(row), "tag": tag, "why": why(row, request)}


def why(row: BulkRow, request: HttpRequest) -> str:
    """Return why a row was not approved, in the words of the refusal."""
    refusal = approving.reasons(row.run.service).get(row.code)
    return _words(refusal, request) if refusal else row.code


def _words(refusal: Refusal, request: HttpRequest) -> str:
    if request.say.language == "zh":
        return f"{refusal.zh}。{refusal.next_zh}"
    return f"{refusal.en[:1].upper()}{refusal.en[1:]}. {refusal.next_en}"


@open_to(*SIGNERS, own="region")
@require_POST
def judge(request: HttpRequest, run: str, row: int) -> HttpResponse:
    """Keep the judgement of one inspected row."""
    held = _own_run(request, run)
    try:
        bulk.mark(number=run, row=row, agreed=request.POST.get("agreed") == "1", by=request.actor, at=request.at)
    except Refused as no:
        return _show(request, held, error=_words(no.refusal, request), status=no.refusal.status)
    return redirect(reverse("workbench:bulk_run", args=[run]) + "#drawn")


@open_to(*SIGNERS, own="region", fresh=("release",))
@require_POST
def step(request: HttpRequest, run: str, verb: str) -> HttpResponse:
    """Release a run to the worker, or give it up."""
    _own_run(request, run)
    if verb not in VERBS:
        raise Http404
    if verb == "release":
        bulk.release(number=run, by=request.actor, at=request.at)
    else:
        bulk.drop(number=run, by=request.actor)
    messages.success(request, request.say(f"desk.bulk.did.{verb}", number=run))
    return redirect("workbench:bulk_run", run)


@open_to(*SIGNERS, own="region")
@require_safe
def result(request: HttpRequest, run: str) -> HttpResponse:
    """Give what came of every row as a table; it names cases, nobody's name and no number of a person."""
    held = _own_run(request, run)
    # The mark at the beginning lets spreadsheets read Chinese.
    response = HttpResponse("\ufeff" + table(held, request), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{held.number}.csv"'
    return response


def table(held: BulkRun, request: HttpRequest) -> str:
    """Return a run's rows as CSV."""
    say, out = request.say, io.StringIO()
    write = csv.writer(out)
    names = ("desk.queue.number", "desk.bulk.level", "desk.queue.amount", "desk.bulk.result_word", "desk.bulk.why")
    write.writerow([say(name) for name in (*names, "desk.bulk.drawn_word")])
    for row in held.rows.select_related("case", "run").order_by("pk").iterator():
        amount = "" if row.amount_fen is None else str(Money(row.amount_fen))
        told = say(f"desk.bulk.outcome.{row.outcome}")
        write.writerow([row.case.number, row.level, amount, told, why(row, request), row.drawn or ""])
    return out.getvalue()
