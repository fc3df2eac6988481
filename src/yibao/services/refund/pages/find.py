"""What looks paid twice: found in the record and tried against the rules, before anybody applies."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yibao.casework.entry import CITIZEN, open_to
from yibao.kernel.errors import InputInvalid
from yibao.kernel.months import Month
from yibao.services.refund.models import RefundRequest
from yibao.services.refund.pages import views
from yibao.services.refund.rulebook import decide
from yibao.store import situations
from yibao.store.models import Person

PERSONAL = ("person", "relative")
CLOSED = ("completed", "refused", "not_accepted", "withdrawn")
TELLING = ("refund", "incomplete", "too_early", "late", "accounts_merged")
ON_HOME = 2
ORDER = ("can", "merged", "early", "manual", "cannot")
# What a unit paid is told only where something comes of it; its duplicate is told at the person's own payment.
TELLING_OF_UNITS = ("can", "merged", "early")


@open_to(CITIZEN, own="self")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every payment that may be given back, and why, or why not."""
    found = findings(request)
    context = {"section": "payments", "findings": found, "ready": [one for one in found if one["verdict"] == "can"]}
    return render(request, "refund/index.html", context)


def portal_section(request: HttpRequest) -> dict[str, Any] | None:
    """Return what the citizen's first page shows of this service, or None where nothing was found."""
    found = [one for one in findings(request) if not one["case"]]
    if not found:
        return None
    return {"template": "refund/home.html", "context": {"findings": found[:ON_HOME], "more": len(found) > ON_HOME}}


def portal_service(request: HttpRequest) -> dict[str, str]:
    """Return this service's card on the citizen's first page."""
    say = request.say
    return {"href": reverse("refund:index"), "title": say("refund.card.title"), "text": say("refund.card.text")}


def findings(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every own payment that the rules may give back or that overlaps another, those that can be first."""
    case_file = record(request, request.actor.person_id)
    payments = case_file["payments"]
    busy = open_cases(request.actor.person_id)
    shown = [
        finding(request, case_file, payment)
        for payment in payments
        if payment["payer"] in PERSONAL or any(part["payer"] in PERSONAL for part in payment.get("parts", ()))
    ]
    told = [one for one in shown if one]
    for one in told:
        one["case"] = busy.get(one["id"], "")
    return sorted(_each_once(told), key=lambda one: ORDER.index(one["verdict"]))


def _each_once(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the second of two payments whose accounts are merged: it tells the same."""
    kept: list[dict[str, Any]] = []
    for one in told:
        seen = {other for before in kept if before["verdict"] == "merged" for other in before["others"]}
        if one["verdict"] != "merged" or one["id"] not in seen:
            kept.append(one)
    return kept


def record(request: HttpRequest, person_id: Any) -> dict[str, Any]:
    """Return a person's record as a case file without a request."""
    person = Person.objects.get(pk=person_id)
    return situations.case_file(person_id=person.pk, region=person.region, on=request.on, request={})


def open_cases(person_id: Any) -> dict[str, str]:
    """Return the payments that a case is already about: payment to case number."""
    requests = (
        RefundRequest.objects.filter(case__person_id=person_id)
        .exclude(case__state="draft", case__unit__isnull=False)
        .exclude(case__state__in=CLOSED)
        .exclude(case__state="draft", case__entered_by__isnull=False)
        .prefetch_related("payments")
        .select_related("case")
    )
    return {f"p{payment.pk}": one.case.number for one in requests for payment in one.payments.all()}


def finding(request: HttpRequest, case_file: Mapping[str, Any], payment: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the rules say of one payment, or None where there is nothing to tell."""
    others = overlapping(case_file["payments"], payment)
    try:
        decision = decide({**case_file, "request": {"payments": [payment["id"]]}}).json()
    except InputInvalid:
        return None
    verdict = views.verdict(decision)
    if not (decision["decision"] in TELLING or others or views.awaits_a_person(decision)):
        return None
    if payment["payer"] not in PERSONAL and verdict not in TELLING_OF_UNITS:
        return None
    say = request.say
    return {
        "id": payment["id"],
        "title": title(payment, case_file, say),
        "strips": [strip(one, case_file, say) for one in (payment, *others)],
        "verdict": verdict,
        "others": [other["id"] for other in others],
        "amount": decision["amount"],
        "earliest": decision.get("earliest"),
        "reasons": views.refusals(decision, say),
        "materials": [one for one in views.materials(decision, say) if not one["satisfied"]],
        "sources": views.sources(decision),
        "weak": decision.get("low_confidence", False),
    }


def overlapping(payments: Sequence[Mapping[str, Any]], payment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the other payments of a record for the same months."""
    return [
        other
        for other in payments
        if other["id"] != payment["id"]
        and other["enrolment"] != payment["enrolment"]
        and other["from"] <= payment["to"]
        and payment["from"] <= other["to"]
    ]


def title(payment: Mapping[str, Any], case_file: Mapping[str, Any], say: Any) -> str:
    """Return how a payment is called: the years it covers, as what, and how it was paid."""
    years = sorted({payment["from"][:4], payment["to"][:4]})
    return say(
        "refund.payment_title",
        years="–".join(years),
        who=category(payment, case_file, say),
        kind=say(f"common.kind.{payment['kind']}"),
    )


def strip(payment: Mapping[str, Any], case_file: Mapping[str, Any], say: Any) -> dict[str, Any]:
    """Return a payment as a row of months."""
    payer = say.find(f"common.payer.{payment['payer']}") or ""
    return {
        "label": f"{category(payment, case_file, say)} {payer}".strip(),
        "first": Month.parse(payment["from"]).index,
        "end": Month.parse(payment["to"]).index + 1,
    }


def category(payment: Mapping[str, Any], case_file: Mapping[str, Any], say: Any) -> str:
    """Return as what a payment's person was insured."""
    enrolment = next(one for one in case_file["enrolments"] if one["id"] == payment["enrolment"])
    tier = say.find(f"common.tier.{enrolment.get('tier')}") or ""
    return f"{say('common.category.' + enrolment['as'])} {tier}".strip()
