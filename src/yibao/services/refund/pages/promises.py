"""A promise in place of a paper: read, signed by ticking, taken back; the person's own, or before a clerk."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from yibao.casework.entry import CITIZEN, open_to
from yibao.kernel.errors import Refused
from yibao.services.refund import actions
from yibao.services.refund.actions import promising
from yibao.services.refund.pages import apply, views
from yibao.services.refund.pages.sides import CLERK, side_of
from yibao.services.refund.rulebook import region
from yibao.store import promises
from yibao.store.models import Case


def beside(case: Case, items: Iterable[dict[str, Any]], request: HttpRequest) -> None:
    """Put beside each material the promise that stands in for it, or that one may.

    Args:
        case: The case.
        items: Materials as the page lists them; `promise` and `may_promise` are added.
        request: The request.
    """
    signed = {letter.material: letter for letter in promises.live(case)}
    offered = promising.offered(region=region(case.region), on=request.on)
    for item in items:
        item["promise"] = signed.get(item["code"])
        # A letter is signed by the person it binds, never by a unit.
        item["may_promise"] = case.unit_id is None and item["code"] in offered and not item["satisfied"]


@open_to(CITIZEN, CLERK, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def promise(request: HttpRequest, number: str, material: str) -> HttpResponse:
    """Show what is told, promised and warned of; sign it by ticking."""
    case, say, side = apply.editable(request, number), request.say, side_of(request)
    words = promising.offered(region=region(case.region), on=request.on).get(material)
    if words is None:
        raise Http404
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            actions.promise(
                number=number, material=material, agreed=request.POST.get("agreed") == "1", by=request.actor,
                on=request.on, at=request.at,
            )  # fmt: skip
            return redirect(side.at("materials", number))
        except Refused as no:
            if no.refusal.status not in (409, 422):
                raise
            errors, status = {"agreed": views.refusal_words(no, say)}, no.refusal.status
    parts = [{"title": say(f"refund.pledge.{name}"), "text": words[name][say.language]} for name in promises.WORDS]
    agreed = {
        "component": "checkboxes",
        "name": "agreed",
        "items": [{"value": "1", "text": side.words(say, "pledge.agree")}],
    }
    context = {
        **apply.frame(request, case, "materials"),
        "back": side.at("materials", number),
        "material": views.material_words(material, say),
        "parts": parts,
        "fields": [agreed],
        "errors": errors,
        "lead": side.words(say, "pledge.lead"),
        "kept": promises.keep_until(request.on),
        "until": promises.closed_until(person_id=case.person_id, on=request.on),
    }
    return render(request, "refund/promise.html", context, status=status)


@open_to(CITIZEN, CLERK, own="case")
@require_POST
def take_back(request: HttpRequest, number: str, material: str) -> HttpResponse:
    """Take a letter back; the paper is asked for again."""
    apply.editable(request, number)
    actions.take_back_promise(number=number, material=material, by=request.actor, on=request.on, at=request.at)
    return redirect(side_of(request).at("materials", number))
