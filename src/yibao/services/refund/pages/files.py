"""Materials of an application: shown as a list, taken one file at a time, taken back again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from yibao.casework.entry import AGENT, CITIZEN, open_to
from yibao.casework.limits import UPLOAD, limited
from yibao.kernel.errors import Refused
from yibao.services.refund import actions, forms
from yibao.services.refund.pages import apply, promises, views
from yibao.services.refund.pages.sides import CLERK, side_of
from yibao.services.refund.rulebook import region
from yibao.store.models import Case


@limited(UPLOAD)
@open_to(CITIZEN, AGENT, CLERK, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def materials(request: HttpRequest, number: str) -> HttpResponse:
    """Show what to bring, take files one at a time, show each afterwards."""
    case, say = apply.editable(request, number), request.say
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        material, file = request.POST.get("material", ""), request.FILES.get("file")
        if file is None:
            errors, status = {f"file-{material}": say("refund.error.no_file")}, 400
        else:
            try:
                actions.attach(
                    number=number,
                    material=material,
                    name=file.name,
                    content=file.read(),
                    by=request.actor,
                    on=request.on,
                    at=request.at,
                )
                return redirect(side_of(request).at("materials", number))
            except Refused as refused:
                errors = {f"file-{material}": views.refusal_words(refused, say)}
                status = refused.refusal.status
    words = side_of(request).words
    told = {"heading": words(say, "ask.materials"), "lead": words(say, "ask.materials_lead")}
    context = {**apply.frame(request, case, "materials"), **_materials(case, request), **told, "errors": errors}
    for item in context["materials"]:
        item["wrong"] = f"file-{item['code']}" in errors
    return render(request, "refund/materials.html", context, status=status)


def _materials(case: Case, request: HttpRequest) -> dict[str, Any]:
    decision = apply.told(case, actions.preview(number=case.number, on=request.on).json())
    held = [document for document in case.documents.all() if document.removed_at is None]
    asked = views.materials(decision, request.say)
    for item in asked:
        item["files"] = [document for document in held if document.material == item["code"]]
        item["field"] = {
            "component": "file_upload",
            "name": "file",
            "id": f"file-{item['code']}",
            "label": {"text": f"{request.say('refund.ask.file')}：{item['label']}", "classes": "govuk-visually-hidden"},
            "attributes": {"accept": ".pdf,.jpg,.jpeg,.png"},
        }
    promises.beside(case, asked, request)
    return {"materials": asked, "missing": len(views.missing(asked))}


@open_to(CLERK, own="case")
@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: HttpRequest, number: str) -> HttpResponse:
    """Ask a clerk which papers were shown at the counter; none is an answer too."""
    case = apply.editable(request, number)
    form = forms.Form(typed={"seen_at_window": case.refund.seen_at_window})
    listed = _to_see(case, request)
    if request.method == "POST":
        form = forms.seen(post=request.POST, listed=listed)
        if kept := apply.keep(request, case, form, "seen"):
            return kept
    part = {
        "component": "checkboxes",
        "name": "seen_at_window",
        "fieldset": {"legend": apply.heading(request, "seen")},
        "hint": {"text": request.say("refund.counter.ask.seen_hint")},
        "items": [
            {"value": code, "text": label, "hint": {"text": how} if how else None}
            for code, (label, how) in listed.items()
        ],
        "values": form.typed["seen_at_window"],
    }
    return apply.question(request, case, "seen", form, [part])


def _to_see(case: Case, request: HttpRequest) -> dict[str, tuple[str, str]]:
    """Return the papers to look at: those the rules ask for, those every refund needs, those seen before."""
    say = request.say
    asked = [item["code"] for item in actions.preview(number=case.number, on=request.on).json()["materials"] or []]
    known = region(case.region).setting("refund", "materials")
    always = [code for code, each in known.items() if "always" in each]
    codes = dict.fromkeys([*asked, *always, *case.refund.seen_at_window])
    return {code: (views.material_words(code, say), say.find(f"refund.how.{code}") or "") for code in codes}


@open_to(CITIZEN, AGENT, CLERK, own="case")
@require_POST
def detach(request: HttpRequest, number: str, document_id: int) -> HttpResponse:
    """Take a file back."""
    apply.editable(request, number)
    actions.detach(number=number, document_id=document_id, by=request.actor, on=request.on, at=request.at)
    return redirect(side_of(request).at("materials", number))
