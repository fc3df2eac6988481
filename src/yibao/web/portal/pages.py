"""The citizen's pages that belong to no single service."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

import yibao.services
from yibao.casework.entry import CITIZEN, open_to, public
from yibao.casework.limits import CHECK, limited
from yibao.store import audit_log, papers
from yibao.store.models import Case, Contribution, Person
from yibao.web.sections import contributions
from yibao.web.states import CLOSED, DONE, TURN, tag

READS_DAYS = 90
PAPERS_WITH_AMOUNT = ("refund_slip",)
CASES_ON_HOME = 3


@open_to(CITIZEN, own="self")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person first, then what their record shows, then their cases."""
    person = Person.objects.get(pk=request.actor.person_id)
    own = list(own_cases(request))
    cards = case_cards(own, request)
    context = {
        "section": "home",
        "person": person,
        "waiting": [card for card in cards if card["turn"]],
        "cases": [card for card in cards if not card["turn"]][:CASES_ON_HOME],
        "sections": contributions("portal_section", request),
        "services": contributions("portal_service", request),
    }
    return render(request, "portal/home.html", context)


@open_to(CITIZEN, own="self")
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """Show every payment of the record, month by month."""
    found = (
        Contribution.objects.filter(enrolment__person_id=request.actor.person_id)
        .select_related("enrolment", "enrolment__unit")
        .order_by("-first_month", "-id")
    )
    rows = [_payment_row(payment, request) for payment in found]
    return render(
        request,
        "portal/payments.html",
        {"section": "payments", "payments": rows, "services": contributions("portal_service", request)},
    )


@open_to(CITIZEN, own="self")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Show all cases of the person: what they must do first, then what is under way, then what is closed."""
    cards = case_cards(own_cases(request), request)
    groups = [
        {"code": "turn", "cards": [card for card in cards if card["turn"]]},
        {"code": "running", "cards": [card for card in cards if not card["turn"] and not card["closed"]]},
        {"code": "closed", "cards": [card for card in cards if card["closed"]]},
    ]
    for group in groups:
        group["title"] = request.say(f"portal.cases.{group['code']}")
    context = {"section": "cases", "groups": [group for group in groups if group["cards"]]}
    return render(request, "portal/cases.html", context)


def tasks_of(request: HttpRequest) -> dict[str, str]:
    """Return the cases that wait for the person although their state does not say so: number to what is to do."""
    return {number: words for found in contributions("portal_tasks", request) for number, words in found.items()}


def case_cards(own: Iterable[Case], request: HttpRequest) -> list[dict[str, Any]]:
    """Return the cards of the reader's cases: each with what waits for them, or is under way, beside its state."""
    tasks = tasks_of(request)
    moving = {number: words for found in contributions("portal_under_way", request) for number, words in found.items()}
    return [
        case_card(case, request, task=tasks.get(case.number, ""), moving=moving.get(case.number, "")) for case in own
    ]


def own_cases(request: HttpRequest) -> QuerySet[Case]:
    """Return the person's cases, newest first; what a clerk began at the counter is theirs once it is sent.

    So is what their unit applied for, in a service where they may object to it.
    """
    told = [name for name, service in yibao.services.find().items() if service.manifest.get("objection")]
    about = Q(service__in=told, submitted_on__isnull=False)
    own = Case.objects.filter(Q(unit=None) | about, person_id=request.actor.person_id)
    return own.exclude(state="draft", entered_by__isnull=False).order_by("-id")


@open_to(CITIZEN, own="self")
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Show who looked at the person's record."""
    since = request.at - timedelta(days=READS_DAYS)
    looked = [read for read in audit_log.who_looked(person_id=request.actor.person_id) if read.at >= since]
    return render(request, "portal/reads.html", {"section": "cases", "reads": looked})


@limited(CHECK)
@public
@require_safe
def paper_check(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Tell a reader of a paper whether the office issued it; nothing personal is shown.

    Raises:
        Refused: `no_such_paper`, the same for a wrong number and a wrong code.
    """
    if blank := next(iter(contributions("portal_blank", request)), None):
        return render(request, "portal/paper.html", {"paper": blank, "kind": blank["label"]})
    paper = papers.find(number=number, check_code=code)
    say = request.say
    context = {
        "paper": paper,
        "kind": say.find(f"{paper.case.service}.paper.{paper.kind}") or paper.kind,
        "amount": paper.case.amount_fen if paper.kind in PAPERS_WITH_AMOUNT else None,
    }
    return render(request, "portal/paper.html", context)


def case_card(case: Case, request: HttpRequest, *, task: str = "", moving: str = "") -> dict[str, Any]:
    """Return what a card shows of one case.

    Args:
        case: The case.
        request: The reader's.
        task: What the person is to do although the state does not say it.
        moving: What is still under way although the case is closed: said in place of its state.
    """
    todo = request.say(f"{case.service}.turn.{case.state}") if case.state in TURN else task
    return {
        "number": case.number,
        "href": reverse(f"{case.service}:case", args=[case.number]),
        "service": request.say(f"{case.service}.name"),
        "tag": {"text": moving} if moving else tag(case.state, request.say),
        "turn": bool(todo),
        "todo": todo,
        "amount": case.amount_fen,
        "due_on": case.due_on if case.state not in (*CLOSED, *DONE, *TURN) else None,
        "on": case.closed_on or case.submitted_on or case.opened_on,
        "kept": request.say("portal.cases.kept") if case.state == "draft" else "",
        "closed": case.state in (*CLOSED, *DONE) and not moving,
    }


def _payment_row(payment: Contribution, request: HttpRequest) -> dict[str, Any]:
    say, enrolment = request.say, payment.enrolment
    parts = [
        say(f"common.category.{enrolment.category}"),
        say(f"common.tier.{enrolment.tier}") if enrolment.tier else "",
    ]
    return {
        "label": " ".join(part for part in parts if part),
        "payer": say.find(f"common.payer.{payment.payer}") or payment.payer,
        "kind": say(f"common.kind.{payment.kind}"),
        "unit": enrolment.unit.name if enrolment.unit else "",
        "paid_on": payment.paid_on,
        "amount": payment.amount_fen,
        "first": payment.first_month,
        "end": payment.end_month,
    }
