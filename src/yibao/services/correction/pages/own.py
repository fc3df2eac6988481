"""The person's own pages: their record entry by entry, a wish to correct one, and how it goes on."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import CITIZEN, open_to
from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.services.correction import actions, forms, issuing
from yibao.services.correction.models import CorrectionRequest
from yibao.services.correction.pages import papers
from yibao.store import cases, changes, documents, ratings
from yibao.store.changes import Place
from yibao.store.models import Case, Contribution, Document, Enrolment, Person

NAME = "correction"
TOLD = (
    "submit", "resubmit", "ask_correction", "accept", "not_accept", "approve", "refuse", "complete", "withdraw",
    "evidence_changed",
)  # fmt: skip
EDITABLE = ("draft", "correction_due")
EACH = {"enrolment": Enrolment, "contribution": Contribution}


def portal_service(request: HttpRequest) -> dict[str, str]:
    """Return this service's card on the citizen's first page."""
    say = request.say
    return {"href": reverse("correction:index"), "title": say(f"{NAME}.card.title"), "text": say(f"{NAME}.card.text")}


def entries(person: Person, say: Any) -> Iterator[dict[str, Any]]:
    """Yield every entry of a record that may be corrected here, with what it says now."""
    rows: list[tuple[str, Any, str]] = [("person", person, say(f"{NAME}.of.person"))]
    for row in Enrolment.objects.filter(person=person).select_related("unit"):
        scheme = say(f"{NAME}.scheme.{row.scheme}")
        rows.append(("enrolment", row, say(f"{NAME}.of.enrolment", scheme=scheme, start=row.start.isoformat())))
    for row in Contribution.objects.filter(enrolment__person=person):
        months = f"{Month.from_index(row.first_month)} – {Month.from_index(row.end_month - 1)}"
        rows.append(("contribution", row, say(f"{NAME}.of.contribution", months=months)))
    busy = set(CorrectionRequest.objects.filter(live=True).values_list("target", "target_key", "field"))
    for target, row, title in rows:
        for field in changes.FIELDS[target]:
            if field == "unit" and row.category != "unit":
                continue
            found = Place(target, str(row.pk), field)
            yield {
                "title": title,
                "field": say(f"{NAME}.field.{field}"),
                "kind": field,
                "value": changes.text(row=row, field=field),
                "place": found,
                "code": forms.code_of(found),
                "open": (target, str(row.pk), field) in busy,
                "href": reverse("correction:new", args=forms.code_of(found).split(".")),
            }


@open_to(CITIZEN, own="self")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the person's record, entry by entry, and what was corrected before."""
    person = Person.objects.get(pk=request.actor.person_id)
    context = {
        "section": "cases",
        "entries": list(entries(person, request.say)),
        "history": [_change(one, request.say) for one in changes.history(person_id=person.pk)],
    }
    return render(request, "correction/index.html", context)


def _change(one: Any, say: Any) -> dict[str, Any]:
    return {"change": one, "field": say(f"{NAME}.field.{one.field}"), "kind": one.field}


@open_to(CITIZEN, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, target: str, key: str, field: str) -> HttpResponse:
    """Ask what an entry should say, and why."""
    person_id = request.actor.person_id
    place = forms.place(person_id=person_id, target=target, key=key, field=field)
    if not changes.owned(person_id=person_id, place=place):
        raise Http404
    wish, say = forms.wish(request.POST), request.say
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            made = actions.open_request(
                person_id=person_id, place=place, wanted=wish.wanted, why=wish.why, by=request.actor, on=request.on,
                at=request.at,
            )  # fmt: skip
            return redirect("correction:case", made.number)
        except Refused as no:
            where = "why" if no.refusal.code == actions.NO_REASON.code else "wanted"
            errors, status = {where: words(no, say)}, no.refusal.status
    title = say(f"{NAME}.new.title", field=say(f"{NAME}.field.{field}"))
    shown = {"title": title, "now": changes.value(place), "kind": field, "fields": wish_fields(say, field, wish)}
    context = {"section": "cases", **shown, "errors": errors}
    return render(request, "correction/new.html", context, status=status)


def wish_fields(say: Any, field: str, wish: forms.Wish) -> list[dict[str, Any]]:
    """Return the two questions of a wish."""
    hint = {"text": say(f"{NAME}.new.hint.{field}")} if field else None
    return [
        {"component": "input", "name": "wanted", "value": wish.wanted, "spellcheck": False,
         "label": {"text": say(f"{NAME}.new.wanted")}, "hint": hint},
        {"component": "textarea", "name": "why", "rows": 3, "value": wish.why,
         "label": {"text": say(f"{NAME}.new.why")}},
    ]  # fmt: skip


def words(no: Refused, say: Any) -> str:
    """Return why and what to do next, as one text."""
    refusal = no.refusal
    if say.language == "en":
        return f"{refusal.en[:1].upper()}{refusal.en[1:]}. {refusal.next_en}"
    return f"{refusal.zh}。{refusal.next_zh}"


def own_case(request: HttpRequest, number: str) -> Case:
    """Return a correction of the reader's own record.

    Raises:
        Http404: There is none, or it is somebody else's; the two look alike on purpose.
    """
    found = Case.objects.select_related("correction").filter(number=number, service=NAME).first()
    if found is None or found.person_id != request.actor.person_id or (found.state == "draft" and found.entered_by_id):
        raise Http404
    return found


@open_to(CITIZEN, own="case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show where a correction stands, with the one thing to do."""
    return show_own(request, own_case(request, number))


def show_own(request: HttpRequest, own: Case, errors: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    """Return the person's page of a correction, with what is wrong with what was sent."""
    verbs = actions.available(case=own, actor=request.actor)
    context = {
        "section": "cases",
        "case": own,
        **facts(own, request),
        "editable": own.state in EDITABLE,
        "may_withdraw": "withdraw" in verbs,
        "steps_done": ratings.steps(own),
        "papers": papers.shown(own, request, space=NAME),
        "remedies": [zh if request.say.language == "zh" else en for zh, en in _remedies(own)],
        "errors": errors or {},
        "file_field": {
            "component": "file_upload",
            "name": "file",
            "label": {"text": request.say(f"{NAME}.case.choose")},
            "attributes": {"accept": ".pdf,.jpg,.jpeg,.png"},
        },
        "reason_field": {
            "component": "textarea",
            "name": "reason",
            "rows": 2,
            "value": "",
            "label": {"text": request.say(f"{NAME}.case.withdraw_why")},
        },
    }
    return render(request, "correction/case.html", context, status=status)


def _remedies(own: Case) -> tuple[issuing.Said, ...]:
    return issuing.remedies(own) if own.state in ("refused", "not_accepted") else ()


def facts(held: Case, request: HttpRequest) -> dict[str, Any]:
    """Return what both sides see: the place, the values, the files, what happened."""
    say, request_ = request.say, held.correction
    timeline = [action for action in cases.timeline(held.number) if action.kind in TOLD]
    asked = [action for action in timeline if action.kind == "ask_correction"]
    return {
        "wish": request_,
        "why": request_.why,
        "field": say(f"{NAME}.field.{request_.field}"),
        "files": [one for one in held.documents.all() if one.removed_at is None],
        "notice": asked[-1].data["items"] if asked and held.state == "correction_due" else [],
        "events": [
            {
                "title": say(f"{NAME}.event.{action.kind}", level=action.data.get("level", "")),
                "who": say.find(f"common.role.{action.role}") or say(f"{NAME}.who.{action.actor_kind}"),
                "at": action.at,
                "why": "".join(zh if say.language == "zh" else en or zh for zh, en in issuing.reasons(action)),
            }
            for action in reversed(timeline)
        ],
    }


@open_to(CITIZEN, own="case")
@require_POST
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Take one file of evidence."""
    own, file = own_case(request, number), request.FILES.get("file")
    if file is None:
        return show_own(request, own, {"file": request.say(f"{NAME}.case.no_file")}, 400)
    try:
        actions.attach(
            number=number, name=file.name or "", content=file.read(), by=request.actor, on=request.on, at=request.at
        )
    except Refused as no:
        return show_own(request, own, {"file": words(no, request.say)}, no.refusal.status)
    return redirect("correction:case", number)


@open_to(CITIZEN, own="case")
@require_POST
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the request in."""
    own = own_case(request, number)
    try:
        actions.submit(number=number, by=request.actor, on=request.on, at=request.at)
    except Refused as no:
        if no.refusal.code != actions.NO_EVIDENCE.code:
            raise
        return show_own(request, own, {"file": words(no, request.say)}, no.refusal.status)
    messages.success(request, request.say(f"{NAME}.case.sent", number=number))
    return redirect("correction:case", number)


@open_to(CITIZEN, own="case")
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the request back."""
    own = own_case(request, number)
    try:
        reason = request.POST.get("reason", "")
        actions.withdraw(number=number, reason=reason, by=request.actor, on=request.on, at=request.at)
    except Refused as no:
        if no.refusal.code != actions.NO_REASON.code:
            raise
        return show_own(request, own, {"reason": words(no, request.say)}, no.refusal.status)
    messages.success(request, request.say(f"{NAME}.case.withdrawn"))
    return redirect("correction:case", number)


@open_to(CITIZEN, own="case")
@require_POST
def detach(request: HttpRequest, number: str, document_id: int) -> HttpResponse:
    """Take one file of evidence back."""
    own_case(request, number)
    actions.detach(number=number, document_id=document_id, by=request.actor, on=request.on, at=request.at)
    messages.success(request, request.say(f"{NAME}.case.taken_back"))
    return redirect("correction:case", number)


@open_to(CITIZEN, own="case")
@require_safe
def document(request: HttpRequest, number: str, document_id: int) -> FileResponse:
    """Send a file of an own correction."""
    return sent(own_case(request, number).documents.filter(pk=document_id, removed_at=None).first())


def sent(held: Document | None) -> FileResponse:
    """Return a file to be shown in the browser, under a name that tells nothing, or 404."""
    if held is None:
        raise Http404
    response = FileResponse(iter([documents.content(held)]), content_type=held.content_type)
    response["Content-Disposition"] = f'inline; filename="evidence-{held.pk}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
