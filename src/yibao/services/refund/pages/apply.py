"""Applying, one question a page; every answer is kept at once. The person answers, or a clerk at the counter."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.casework.limits import APPLICATION, limited
from yibao.kernel.errors import InputInvalid, Refusal, Refused
from yibao.kernel.identifiers import mask_account, mask_name
from yibao.kernel.names import same_name
from yibao.kernel.workdays import add_working_days
from yibao.services import assurance
from yibao.services.refund import actions, forms
from yibao.services.refund.pages import find, sides, views
from yibao.services.refund.pages.sides import (
    CLERK,
    COUNTER,
    EMPLOYER,
    Side,
    account_is_wrong,
    own_case,
    side_of,
)
from yibao.services.refund.rulebook import region
from yibao.store.models import BankAccount, Case, Person

ACCOUNT_SHOWN = 4
EDITABLE = ("draft", "correction_due")
NOT_EDITABLE = Refusal(
    "not_editable",
    "这件申请已经提交，不能再改",
    "the application has been sent and can no longer be changed",
    "请在“我的申请”查看进度；需要更正时，经办人员会一次列明。",
    "Follow it under My cases; staff will list anything that must be corrected.",
)
page = require_http_methods(["GET", "HEAD", "POST"])


def editable(request: HttpRequest, number: str, *, step: str = "") -> Case:
    """Return an own case that still takes answers; another one is shown instead of changed.

    After a payment came back, the account may be answered again, and nothing else.

    Raises:
        Refused: `not_editable`, the answers can no longer be changed.
    """
    case = own_case(request, number)
    if case.state in EDITABLE or (step == "account" and account_is_wrong(case, request)):
        return case
    raise Refused(NOT_EDITABLE)


@limited(APPLICATION)
@open_to(CITIZEN, own="self")
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open a draft for a payment that was found, or for one still to be chosen; pressed twice, it is one draft."""
    person = Person.objects.get(pk=request.actor.person_id)
    chosen = [key for key in request.POST.getlist("payments") if key in offered(request)]
    busy = find.open_cases(person.pk)
    if begun := [busy[key] for key in chosen if key in busy]:
        return redirect("refund:case", begun[0])
    case = actions.open_draft(person_id=person.pk, region=person.region, by=request.actor, on=request.on, at=request.at)
    if chosen:
        _save(request, case, {"payments": chosen})
    return redirect("refund:reason" if chosen else "refund:payments", case.number)


def offered(request: HttpRequest) -> dict[str, Mapping[str, Any]]:
    """Return the payments a person may ask back, by id."""
    return {
        payment["id"]: payment
        for payment in find.record(request, request.actor.person_id)["payments"]
        if payment["payer"] in find.PERSONAL
    }


@open_to(CITIZEN, AGENT, CLERK, own="case")
@page
def payments(request: HttpRequest, number: str) -> HttpResponse:
    """Ask which payments are to be given back."""
    case = editable(request, number)
    case_file = find.record(request, case.person_id)
    choices = {one["id"]: one for one in case_file["payments"] if one["id"] in asked_back(case, case_file)}
    form = forms.Form(typed={"payments": [f"p{one.pk}" for one in case.refund.payments.all()]})
    if request.method == "POST":
        form = forms.payments(post=request.POST, offered=choices)
        if kept := keep(request, case, form, "payments"):
            return kept
    items = [
        {
            "value": key,
            "text": find.title(one, case_file, request.say),
            "hint": {"text": _payment_hint(one, request.say)},
        }
        for key, one in choices.items()
    ]
    fieldset = {"legend": heading(request, "payments")}
    part = {
        "component": "checkboxes",
        "name": "payments",
        "fieldset": fieldset,
        "items": items,
        "values": form.typed["payments"],
        "hint": {"text": request.say("refund.ask.payments_hint")},
    }
    strips = [find.strip(one, case_file, request.say) for one in case_file["payments"]]
    return question(request, case, "payments", form, [part], strips=strips if side_of(request) is COUNTER else [])


def asked_back(case: Case, case_file: Mapping[str, Any]) -> set[str]:
    """Return the payments that may be asked back in a case, by id: the unit's in its own, else the person's."""
    if case.unit_id is not None:
        return {f"p{row.pk}" for row in actions.payments_of_unit(person_id=case.person_id, unit_id=case.unit_id)}
    return {one["id"] for one in case_file["payments"] if one["payer"] in find.PERSONAL}


def _payment_hint(payment: Mapping[str, Any], say: Any) -> str:
    paid = views.amount_words(payment["amount"]) if payment["amount"] else say("common.unknown")
    return say("refund.payment_hint", first=payment["from"], last=payment["to"], amount=paid)


@open_to(CITIZEN, AGENT, CLERK, own="case")
@page
def reason(request: HttpRequest, number: str) -> HttpResponse:
    """Ask why, in plain words."""
    case, say, words = editable(request, number), request.say, side_of(request).words
    form = forms.Form(typed={"reason": case.refund.reason or ("" if case.state == "draft" else forms.UNSURE)})
    if request.method == "POST":
        form = forms.reason(post=request.POST)
        if kept := keep(request, case, form, "reason"):
            return kept
    items: list[dict[str, Any]] = [
        {"value": code, "text": words(say, f"reason.{code}.text"), "hint": {"text": words(say, f"reason.{code}.hint")}}
        for code in (forms.UNIT_REASONS if case.unit_id else forms.REASONS)
    ]
    items += [
        {"divider": say("refund.ask.or")},
        {"value": forms.UNSURE, "text": say("refund.reason.any.text"), "hint": {"text": say("refund.reason.any.hint")}},
    ]
    part = {
        "component": "radios",
        "name": "reason",
        "fieldset": {"legend": heading(request, "reason")},
        "items": items,
        "value": form.typed["reason"],
    }
    return question(request, case, "reason", form, [part])


@open_to(CITIZEN, AGENT, CLERK, own="case")
@require_safe
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Show every answer with a link to change it, and what the rules say."""
    return checked(request, editable(request, number))


def checked(request: HttpRequest, case: Case, *, error: str = "", status: int = 200) -> HttpResponse:
    """Return the page to check everything on, with why it could not be sent, if it could not."""
    say, side = request.say, side_of(request)
    decision = told(case, actions.preview(number=case.number, on=request.on).json())
    context = {
        **frame(request, case, "check"),
        "declare": side.words(say, "check.declare"),
        "send": side.words(say, "check.submit"),
        "rows": answers(case, request),
        "decision": decision,
        "verdict": views.verdict(decision),
        "amount": views.amount(decision),
        "steps": views.steps(decision, say),
        "sums": views.sums(decision, say),
        "reasons": views.refusals(decision, say),
        "missing": views.missing(views.materials(decision, say)),
        "sources": views.sources(decision),
        "key": f"submit/{case.number}/{case.action_count}",
        "holder_differs": holder_differs(case),
        "errors": {"answers": error} if error else {},
    }
    return render(request, "refund/check.html", context, status=status)


def told(case: Case, decision: dict[str, Any]) -> dict[str, Any]:
    """Return what the applicant is told of a decision: the whole of it, or what is a unit's to know."""
    return decision if case.unit_id is None else actions.told_to_unit(decision)


def holder_differs(case: Case) -> bool:
    """Return whether the payer is to be paid on an account in another name, which a bank may send back."""
    held = case.refund.bank_account
    return bool(held) and case.refund.applicant == "payer" and not same_name(one=held.holder, other=case.person.name)


def answers(case: Case, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the answers as rows of a summary list."""
    say, held, case_file = request.say, case.refund.bank_account, find.record(request, case.person_id)
    side = side_of(request)
    chosen = {f"p{one.pk}" for one in case.refund.payments.all()}
    paid = [find.title(one, case_file, say) for one in case_file["payments"] if one["id"] in chosen]
    account = account_words(held) if held else ""
    words = {
        "payments": "；".join(paid) or say("refund.check.empty"),
        "reason": views.reason_words(case.refund.reason or forms.UNSURE, say),
        "account": account or original_words(case, say),
        "materials": say("refund.check.files", count=case.documents.filter(removed_at=None).count()),
    }
    if side is COUNTER:
        words["account"] = f"{side.words(say, f'receiver.{case.refund.applicant}')} · {words['account']}"
        words["seen"] = seen_words(case, say)
    return [
        {
            "key": {"text": say(f"refund.check.{name}")},
            "value": {"text": text},
            "actions": {
                "items": [
                    {
                        "href": side.at(name, case.number),
                        "text": say("common.change"),
                        "visually_hidden_text": say(f"refund.check.{name}"),
                    }
                ]
            },
        }
        for name in side.steps
        if (text := words.get(name))
    ]


def account_words(held: BankAccount) -> str:
    """Return an account as its owner knows it again: bank, holder and the last digits; units have no name to hide."""
    holder = held.holder if held.unit_id else mask_name(held.holder)
    return f"{held.bank_name} {holder} **** {mask_account(held.number)[-ACCOUNT_SHOWN:]}"


def seen_words(case: Case, say: Any) -> str:
    """Return the papers a clerk saw at the counter, in words."""
    seen = [views.material_words(code, say) for code in case.refund.seen_at_window]
    return "；".join(seen) or say("refund.check.none_seen")


def original_account(case: Case) -> BankAccount | None:
    """Return the account the contributions came from, where the record knows it."""
    return actions.original_account(case=case)


def original_words(case: Case, say: Any) -> str:
    """Return where the money goes when no account was given."""
    return say("refund.check.original") if original_account(case) else say("refund.check.empty_account")


@open_to(CITIZEN, AGENT, CLERK, own="case")
@require_POST
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Send the application; sent twice it is one application."""
    case, side = own_case(request, number), side_of(request)
    if case.state == "correction_due":
        actions.resubmit(number=number, by=request.actor, on=request.on, at=request.at)
        messages.success(request, request.say("refund.correct.sent"))
        return redirect(side.at("case", number))
    # Asked before anything else: the page of a weak proof leads to a stronger one, and back here.
    assurance.require(service="refund", step="submit", by=request.actor)
    try:
        key = request.POST.get("key", number)
        actions.submit(number=number, key=key, by=request.actor, on=request.on, at=request.at)
    except Refused as refused:
        if case.state != "draft":
            raise
        return checked(request, case, error=views.refusal_words(refused, request.say), status=refused.refusal.status)
    return redirect(side.at("done", number))


@open_to(CITIZEN, AGENT, CLERK, own="case")
@require_safe
def done(request: HttpRequest, number: str) -> HttpResponse:
    """Show number, due date and what happens next; may be opened again."""
    case, side = own_case(request, number), side_of(request)
    if case.submitted_on is None:
        return redirect(side.at("check" if case.state == "draft" else "case", number))
    steps = [side.words(request.say, f"done.next_{place}") for place in (1, 2, 3)]
    context = {**side.around(), "case": case, "promise": promise(case, request), "steps": steps}
    return render(request, "refund/done.html", context)


def promise(case: Case, request: HttpRequest) -> dict[str, Any] | None:
    """Return what the office promises from acceptance on: working days, and the date if it accepted today."""
    days = region(case.region).setting("refund", "clocks").get("decision_days")
    if case.due_on is not None or days is None:
        return None
    due = add_working_days(day=request.on, n=int(days["days"]))
    return {"days": days["days"], "on": due.day, "provisional": due.provisional}


def question(
    request: HttpRequest,
    case: Case,
    step: str,
    form: forms.Form,
    fields: list[dict[str, Any]],
    title: str = "",
    original: BankAccount | None = None,
    strips: Sequence[Mapping[str, Any]] = (),
) -> HttpResponse:
    """Return the page of one question."""
    errors = {name: request.say.find(key) or key for name, key in form.errors.items()}
    context = {
        **frame(request, case, step),
        "fields": fields,
        "strips": strips,
        "errors": errors,
        "heading": title,
        "original": original,
        "title": title or side_of(request).words(request.say, f"ask.{step}"),
    }
    return render(request, "refund/question.html", context, status=400 if errors else 200)


def frame(request: HttpRequest, case: Case, step: str) -> dict[str, Any]:
    """Return what every page of the application shows around its question."""
    side = side_of(request)
    place = side.steps.index(step)
    back = side.at(side.steps[place - 1], case.number) if place else reverse(side.door)
    if case.state != "draft":
        back = after_correction(side, case)
    person = case.person if side is COUNTER else None
    employee = case.person if side is EMPLOYER else None
    steps = {"step": place + 1, "steps_total": len(side.steps)}
    return {**side.around(), **steps, "case": case, "person": person, "employee": employee, "back": back}


def after_correction(side: Side, case: Case) -> str:
    """Return where an answer leads that was changed after the application was sent."""
    return side.at("correct" if case.state == "correction_due" else "case", case.number)


def heading(request: HttpRequest, step: str) -> dict[str, Any]:
    """Return a question as the legend that is the heading of its page."""
    return {
        "text": side_of(request).words(request.say, f"ask.{step}"),
        "classes": "govuk-fieldset__legend--l",
        "is_page_heading": True,
    }


def keep(request: HttpRequest, case: Case, form: forms.Form, step: str) -> HttpResponse | None:
    """Save the answers and go on; what cannot be saved stays on the page with the sentence of what to change."""
    later = sides.put_off(request, case)
    if form.errors:
        # Who receives it is chosen already when the page comes.
        return None if any(form.typed[name] for name in form.typed if name != "applicant") else later
    try:
        _save(request, case, form.answers)
    except InputInvalid as wrong:
        english = request.say.language == "en"
        form.errors = {problem.where: problem.en if english else problem.zh for problem in wrong.problems}
        return None
    side = side_of(request)
    if case.state != "draft":
        return redirect(after_correction(side, case))
    return later or redirect(side.at(side.steps[side.steps.index(step) + 1], case.number))


def _save(request: HttpRequest, case: Case, answered: Mapping[str, Any]) -> None:
    actions.save_answers(number=case.number, answers=answered, by=request.actor, on=request.on, at=request.at)
