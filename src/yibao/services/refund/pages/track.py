"""Following a case: where it stands, what to correct, withdrawing it, its papers."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.kernel.workdays import working_days_between
from yibao.services.papers.sending import send_paper, sent
from yibao.services.refund import actions, forms
from yibao.services.refund.pages import apply, drafts, sides, views
from yibao.services.refund.pages.papers import DECIDED, by_then, issued
from yibao.services.refund.rulebook import decide
from yibao.services.refund.rules import Decision
from yibao.store import cases, documents, ratings
from yibao.store.models import Case, CaseAction, Document

TOLD = (
    "submit",
    "resubmit",
    "ask_correction",
    "accept",
    "not_accept",
    "approve",
    "refuse",
    "evidence_changed",
    "pay",
    "bounce",
    "confirm_paid",
    "withdraw",
    "complete",
)
COMING = {
    "submitted": ("accept", "review", "pay"),
    "correction_due": ("correct", "accept", "review", "pay"),
    "accepted": ("review", "pay"),
    "in_review": ("review", "pay"),
    "approved": ("pay",),
    "executing": ("paid",),
}
AMOUNT_TITLES = {"approved": "approved_amount", "executing": "approved_amount", "completed": "paid_amount"}
UNPAID = ("not_accepted", "refused", "withdrawn")
GREEN = ("confirm_paid", "complete")
PAPERS = {
    "draft": (),
    "withdrawn": (),
    "not_accepted": ("application_form", "not_accepted_notice"),
    "submitted": ("application_form",),
    "correction_due": ("application_form", "correction_notice"),
}
FROM_ACCEPTED = ("application_form", "acceptance_receipt")
BY_THEN = (*DECIDED, "withdrawn", "not_accepted")
"""States in which nothing is decided any more: what is shown rests on the rules of then."""


@open_to(CITIZEN, AGENT, own="case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show where the case stands: the one thing to do first, what happened, newest first, and the amount."""
    own = sides.own_case(request, number)
    if own.state == "draft":
        own_side = sides.side_of(request) is sides.PORTAL
        return drafts.overview(request, own) if own_side else redirect("refund:check", number)
    decision, wrong_account = apply.told(own, decision_of(own, request).json()), account_is_awaited(own, request)
    context = {
        "section": sides.side_of(request).section,
        "home": reverse(sides.side_of(request).home),
        "employee": own.person if own.unit_id else None,
        "case": own,
        **views_of(decision, request.say),
        "events": _with_the_way(events(own, request.say), own, request.say, wrong_account=wrong_account),
        "coming": [request.say(f"refund.coming.{step}") for step in COMING.get(own.state, ())],
        "due": due(own, request),
        "notice": notice(own, request.say),
        "wrong_account": wrong_account,
        "may_fix_account": apply.account_is_wrong(own, request) and not wrong_account,
        **amount_words(own, request.say),
        "papers": papers_of(own, request.say),
        "issued": issued(own, request, space="refund"),
        "steps_done": ratings.steps(own) if own.unit_id is None else [],
        "may_withdraw": "withdraw" in actions.available(case=own, actor=request.actor),
    }
    return render(request, "refund/case.html", context)


def amount_words(own: Case, say: Any) -> dict[str, str]:
    """Return the heading over the amount, and for a case that ended without payment the sentence that says so."""
    if own.state in UNPAID:
        return {"amount_title": say("refund.case.unpaid"), "amount_note": say("refund.case.unpaid_why")}
    return {"amount_title": say(f"refund.case.{AMOUNT_TITLES.get(own.state, 'amount')}")}


def decision_of(own: Case, request: HttpRequest) -> Decision:
    """Return the decision to show: the one that was made, or one by today's rules while nothing is decided."""
    stored = cases.decision(own.number)
    if stored is not None:
        return actions.as_stored(stored) if own.state in BY_THEN else decide(json.loads(stored.case_file))
    return actions.preview(number=own.number, on=request.on)


def views_of(decision: Mapping[str, Any], say: Any) -> dict[str, Any]:
    """Return everything a page shows of a decision."""
    return {
        "decision": decision,
        "verdict": views.verdict(decision),
        "amount": views.amount(decision),
        "steps": views.steps(decision, say),
        "sums": views.sums(decision, say),
        "reasons": views.refusals(decision, say),
        "materials": views.materials(decision, say),
        "sources": views.sources(decision),
    }


def due(own: Case, request: HttpRequest) -> dict[str, Any] | None:
    """Return the due date with its working days left, or None when no clock runs."""
    if own.due_on is None:
        return None
    late = own.due_on < request.on
    first, last = sorted((own.due_on, request.on))
    return {
        "on": own.due_on,
        "late": late,
        "days": working_days_between(start=first, end=last),
        "provisional": own.due_provisional,
    }


def events(own: Case, say: Any, *, reader: str = "citizen") -> list[dict[str, Any]]:
    """Return what happened, newest first: a sentence, who, when and why, as told to a citizen or to staff."""
    told = [action for action in cases.timeline(own.number) if action.kind in TOLD]
    return [event(action, say, reader) for action in reversed(told)]


def _with_the_way(told: list[dict[str, Any]], own: Case, say: Any, *, wrong_account: bool) -> list[dict[str, Any]]:
    """Add to what happened last the one thing its reader must do now, where the case waits for them."""
    ways = {
        "refund:correct": own.state == "correction_due" and say("refund.case.do_correct"),
        "refund:account": wrong_account and say("refund.case.fix_account"),
    }
    waiting = [{"text": words, "href": reverse(page, args=[own.number])} for page, words in ways.items() if words]
    return [{**told[0], "do": waiting[0]}, *told[1:]] if told and waiting else told


def event(action: CaseAction, say: Any, reader: str) -> dict[str, Any]:
    """Return one thing that happened, in the reader's words."""
    own = action.actor_kind == "citizen" and reader == "citizen"
    who = say("refund.who.you") if own else say.find(f"refund.role.{action.role}")
    told = say.find(f"refund.log.{action.kind}") if reader == "staff" else None
    return {
        "kind": action.kind,
        "title": told or say(f"refund.event.{action.kind}", level=action.data.get("level", "")),
        "at": action.at,
        "why": action.reason,
        "who": who or say(f"refund.who.{action.actor_kind}"),
        "turn": action.kind in ("ask_correction", "bounce"),
        "done": action.kind in GREEN,
    }


def notice(own: Case, say: Any) -> list[dict[str, str]]:
    """Return everything the one notice asks for while the case waits for its citizen."""
    if own.state != "correction_due":
        return []
    asked = [action for action in cases.timeline(own.number) if action.kind == "ask_correction"]
    items = asked[-1].data.get("items", []) if asked else []
    return [
        {
            "label": views.material_words(item["material"], say)
            if item.get("material")
            else say("refund.correct.other"),
            "note": item.get("note", ""),
            "material": item.get("material", ""),
        }
        for item in items
    ]


def account_is_awaited(own: Case, request: HttpRequest) -> bool:
    """Return whether a payment came back and the account was not answered since; it may be, until paid again."""
    if not apply.account_is_wrong(own, request):
        return False
    told = cases.timeline(own.number)
    back = max(action.seq for action in told if action.kind == "bounce")
    return not any("bank_number" in action.data.get("answers", ()) for action in told if action.seq > back)


def portal_tasks(request: HttpRequest) -> dict[str, str]:
    """Return the cases that wait for the person although their state does not say so: number to what is to do."""
    approved = Case.objects.filter(service="refund", person_id=request.actor.person_id, unit=None, state="approved")
    words = request.say("refund.turn.account")
    return {own.number: words for own in approved if account_is_awaited(own, request)}


@open_to(CITIZEN, AGENT, sides.CLERK, own="case")
@require_safe
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Show everything that is missing at once, each with the place to put it right."""
    own, side = sides.own_case(request, number), sides.side_of(request)
    if own.state != "correction_due":
        return redirect(side.at("case", number))
    items = notice(own, request.say)
    asked_at = max(action.at for action in cases.timeline(own.number) if action.kind == "ask_correction")
    held = {one.material for one in own.documents.all() if one.removed_at is None and one.added_at > asked_at}
    held |= _seen_since(own, asked_at)
    for item in items:
        item["there"] = bool(item["material"]) and item["material"] in held
    tasks = [task(item, number, request.say, side) for item in items]
    context = {**side.around(), "case": own, "tasks": tasks, "rows": apply.answers(own, request)}
    return render(request, "refund/correct.html", context)


def _seen_since(own: Case, asked_at: datetime) -> set[str]:
    """Return the papers seen at the counter, where a clerk looked at them after the notice."""
    later = [one for one in cases.timeline(own.number) if one.kind == "save_answers" and one.at > asked_at]
    looked = any("seen_at_window" in one.data.get("answers", ()) for one in later)
    return set(own.refund.seen_at_window) if looked else set()


def task(item: Mapping[str, Any], number: str, say: Any, side: sides.Side) -> dict[str, Any]:
    """Return one missing thing as a task with its state and the place to put it right."""
    done = {"text": say("refund.correct.there")}
    waiting = "refund.correct.missing" if item["material"] else "refund.correct.change"
    status = done if item["there"] else {"tag": {"text": say(waiting), "classes": "app-tag--turn"}}
    papers_at = "seen" if side is sides.COUNTER else "materials"
    step = papers_at if item["material"] else "reason"
    hint = {"text": item["note"]} if item["note"] else None
    return {
        "title": {"text": item["label"]},
        "hint": hint,
        "href": side.at(step, number),
        "status": status,
    }


@open_to(CITIZEN, AGENT, sides.CLERK, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask why, then take the application back."""
    own, side = sides.own_case(request, number), sides.side_of(request)
    form = forms.Form(typed={"reason": ""})
    if request.method != "POST" and "withdraw" not in actions.available(case=own, actor=request.actor):
        return redirect(side.at("case", number))
    if request.method == "POST":
        form = forms.note(post=request.POST, name="reason", missing="refund.error.no_withdraw_reason")
        if not form.errors:
            actions.withdraw(
                number=number, reason=form.answers["reason"], by=request.actor, on=request.on, at=request.at
            )
            messages.success(request, request.say("refund.withdraw.done", number=number))
            return redirect(side.home if own.state == "draft" else side.at("case", number))
    errors = {name: request.say(key) for name, key in form.errors.items()}
    context = {
        **side.around(),
        "case": own,
        "errors": errors,
        "reason_field": {
            "component": "textarea",
            "name": "reason",
            "rows": 3,
            "value": form.typed["reason"],
            "label": {"text": request.say("refund.withdraw.reason")},
            "hint": {"text": request.say("refund.withdraw.hint")},
        },
    }
    return render(request, "refund/withdraw.html", context, status=400 if errors else 200)


def papers_of(own: Case, say: Any) -> list[dict[str, Any]]:
    """Return the papers a citizen may print in the case's state."""
    kinds = (*PAPERS.get(own.state, FROM_ACCEPTED), *by_then(own))
    return [{"kind": kind, "label": say("common.print_paper", name=say(f"refund.paper.{kind}"))} for kind in kinds]


@open_to(CITIZEN, AGENT, own="case")
@require_POST
def make_paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Make a paper, or find the one made before, and open it."""
    own = sides.own_case(request, number)
    if kind not in {paper["kind"] for paper in papers_of(own, request.say)}:
        raise Http404
    made = actions.make_paper(number=number, kind=kind, by=request.actor, on=request.on, at=request.at)
    return redirect("refund:paper", number, made.number)


@open_to(CITIZEN, AGENT, own="case")
@require_safe
def paper(request: HttpRequest, number: str, paper_number: str) -> FileResponse:
    """Send an issued paper of an own case."""
    own = sides.own_case(request, number)
    return send_paper(own.papers.filter(number=paper_number).first())


@open_to(CITIZEN, AGENT, own="case")
@require_safe
def document(request: HttpRequest, number: str, document_id: int) -> FileResponse:
    """Send a file of an own case."""
    own = sides.own_case(request, number)
    return send_document(own.documents.filter(pk=document_id, removed_at=None).first())


def send_document(held: Document | None) -> FileResponse:
    """Return a handed-in file under a name that tells nothing, or 404."""
    if held is None:
        raise Http404
    endings = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
    return sent(
        content=documents.content(held),
        content_type=held.content_type,
        name=f"{held.material}-{held.pk}.{endings[held.content_type]}",
    )
