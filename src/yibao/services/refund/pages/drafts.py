"""A draft as a list of what is filled in and what is still missing; the person may leave it and come back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yibao.services.refund import actions, forms
from yibao.services.refund.pages import apply, views
from yibao.services.refund.pages.sides import PORTAL
from yibao.store import cases
from yibao.store.models import Case


def overview(request: HttpRequest, own: Case) -> HttpResponse:
    """Show each question of a draft with what was answered, what is missing, and the way on."""
    say = request.say
    answered = {row["key"]["text"]: row["value"]["text"] for row in apply.answers(own, request)}
    done = _done(own)
    decision = actions.preview(number=own.number, on=request.on).json()
    missing = views.missing(views.materials(decision, say)) if own.refund.payments.exists() else []
    done["materials"] = own.refund.payments.exists() and not missing
    tasks, first = [], ""
    for step in PORTAL.steps[:-1]:
        shown = answered[say(f"refund.check.{step}")] if done[step] and step != "materials" else ""
        hint = "；".join(item["label"] for item in missing) if step == "materials" else shown
        tasks.append(_task(step, own, request, done=done[step], hint=hint, missing=len(missing)))
        first = first or ("" if done[step] else step)
    tasks.append(_last(own, request, ready=done["payments"]))
    context = {
        "section": "cases",
        "case": own,
        "tasks": tasks,
        "done": sum(done.values()),
        "total": len(done),
        "next": PORTAL.at(first or "check", own.number),
        "finished": not first,
    }
    return render(request, "refund/draft.html", context)


def _done(own: Case) -> dict[str, bool]:
    """Return which questions were answered; leaving the reason or the account open is an answer too."""
    told = {name for action in cases.timeline(own.number) for name in action.data.get("answers", ())}
    account = own.refund.bank_account is not None or (bool(told & {*forms.ACCOUNT, "applicant"}) and _known(own))
    return {"payments": own.refund.payments.exists(), "reason": "reason" in told, "account": account}


def _known(own: Case) -> bool:
    return apply.original_account(own) is not None


def _task(step: str, own: Case, request: HttpRequest, *, done: bool, hint: str, missing: int) -> dict[str, Any]:
    say = request.say
    waiting = say("refund.ask.still", count=missing) if step == "materials" and missing else say("refund.draft.to_do")
    status = {"text": say("refund.draft.done")} if done else {"tag": {"text": waiting, "classes": "app-tag--turn"}}
    return {
        "title": {"text": say(f"refund.check.{step}")},
        "hint": {"text": hint} if hint else None,
        "href": PORTAL.at(step, own.number),
        "status": status,
    }


def _last(own: Case, request: HttpRequest, *, ready: bool) -> dict[str, Any]:
    """Return the last task: to look at everything once more and send it, which needs a payment to be about."""
    say = request.say
    word = {"text": say("refund.draft.ready")} if ready else {"text": say("refund.draft.not_yet")}
    return {
        "title": {"text": say("refund.draft.check")},
        "href": PORTAL.at("check", own.number) if ready else None,
        "status": word if ready else {**word, "classes": "govuk-task-list__status--cannot-start-yet"},
    }
