"""A transfer as its person sees it: the draft with what both places find, then two tracks, each with its own end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.services.relocation import actions
from yibao.services.relocation import forms_transfer as forms
from yibao.services.relocation.actions import closing
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages import drafts, employer_case, halves, owed, papers
from yibao.services.relocation.pages.sides import NAME, own_case
from yibao.services.relocation.pages.transfer import way_words
from yibao.services.relocation.workflow import IN, Stage
from yibao.store import ratings
from yibao.store.models import Case

# Who retired or died moves no more.
_APPLY_AGAIN = (closing.NOT_ACCEPTED, closing.REFUSED, closing.WITHDRAWN)


@open_to(CITIZEN, AGENT, own="case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show where a transfer stands; a draft is checked at once."""
    own = own_case(request, number)
    if request.actor.unit_id:
        return employer_case.shown(request, own)
    return drafts.show(request, own, drafts.PORTAL) if own.state == "draft" else _under_way(request, own)


@open_to(CITIZEN, own="case")
@require_POST
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to have the relation at the old place stopped: the step before the transfer."""
    return drafts.stop(request, own_case(request, number), drafts.PORTAL)


@open_to(CITIZEN, AGENT, own="case")
@require_POST
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the application in; sent twice it is one application."""
    own = own_case(request, number)
    return employer_case.submit(request, own) if request.actor.unit_id else drafts.submit(request, own, drafts.PORTAL)


def _under_way(request: HttpRequest, own: Case) -> HttpResponse:
    row, say = own.transfer, request.say
    both = halves.of(row)
    progress = actions.progress(number=own.number, on=request.on)
    money = actions.money_of(both.into or row, on=request.on)
    context = {
        "section": "cases",
        "case": own,
        "way": way_words(row, say),
        "stage": progress["label_en" if say.language == "en" else "label"],
        "money_follows": progress["money_follows"],
        "may_apply_again": closing.way(row) in _APPLY_AGAIN,
        "reasons": halves.reasons(row, say) if row.stage != Stage.LOADED else [],
        "owed": owed.told(row, request) if row.ended_because == owed.CODE else None,
        "checked": halves.checked(row, say),
        "years": halves.years_track(both, say),
        "money": halves.money_track(both, say),
        "clocks": list(halves.clocks(both, on=request.on, say=say)),
        "account": {**money, "words": say(f"relocation.move.account.{halves.account_state(both)}")},
        "periods": halves.periods(both, say),
        "asked_back": bool(row.ended_because) and row.stage not in (Stage.CANCELLED, Stage.NOT_ACCEPTED),
        "other": _other(both, row),
        "papers": papers.shown([each for each in (both.out, both.into) if each], request, space=NAME),
        "steps_done": ratings.steps(own) if own.unit_id is None else [],
        "unit": own.unit,
        "may_withdraw": "withdraw" in actions.available(case=own, actor=request.actor),
    }
    return render(request, "relocation/transfer_case.html", context)


def _other(both: halves.Halves, row: Transfer) -> dict[str, str] | None:
    """Return the case of the same transfer at the other place, where it is kept here."""
    other = both.out if row.side == IN else both.into
    if other is None:
        return None
    return {"number": other.case.number, "href": reverse("relocation:case", args=[other.case.number])}


@open_to(CITIZEN, AGENT, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask why, then take the application back."""
    own, sent = own_case(request, number), forms.Sent()
    if request.method != "POST" and "withdraw" not in actions.available(case=own, actor=request.actor):
        return redirect("relocation:case", number)
    if request.method == "POST":
        sent = forms.text(post=request.POST, name="reason")
        if not sent.error:
            actions.withdraw(number=number, reason=sent.value, by=request.actor, on=request.on, at=request.at)
            messages.success(request, request.say("relocation.move.withdraw.done", number=number))
            home = "portal:unit" if request.actor.unit_id else "portal:cases"
            return redirect(home) if own.state == "draft" else redirect("relocation:case", number)
    errors = {"reason": request.say("relocation.move.error.reason")} if sent.error else {}
    field = {"component": "textarea", "name": "reason", "rows": 3, "value": sent.typed.get("reason", ""),
             "label": {"text": request.say("relocation.move.withdraw.reason")}}  # fmt: skip
    objects = own.unit_id is not None and request.actor.unit_id is None
    context = {"section": "unit" if request.actor.unit_id else "cases", "case": own, "errors": errors,
               "reason_field": field, "objects": objects, "unit": own.unit}  # fmt: skip
    return render(request, "relocation/transfer_withdraw.html", context, status=400 if errors else 200)
