"""Materials of an application: shown as a list, taken one file at a time, taken back again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from yibao.kernel.errors import Refused
from yibao.services.refund import actions
from yibao.services.refund.pages import apply, views
from yibao.store.models import Case


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
                return redirect("refund:materials", number)
            except Refused as refused:
                errors = {f"file-{material}": views.refusal_words(refused, say)}
                status = refused.refusal.status
    context = {**apply.frame(case, "materials"), **_materials(case, request), "errors": errors}
    for item in context["materials"]:
        item["wrong"] = f"file-{item['code']}" in errors
    return render(request, "refund/materials.html", context, status=status)


def _materials(case: Case, request: HttpRequest) -> dict[str, Any]:
    decision = actions.preview(number=case.number, on=request.on).json()
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
    return {"materials": asked, "missing": len(views.missing(asked))}


@require_POST
def detach(request: HttpRequest, number: str, document_id: int) -> HttpResponse:
    """Take a file back."""
    apply.editable(request, number)
    actions.detach(number=number, document_id=document_id, by=request.actor, on=request.on, at=request.at)
    return redirect("refund:materials", number)
