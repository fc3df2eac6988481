"""The staff's pages: a correction on the desk, and the counter where a clerk takes one in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import STAFF, open_to
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import mask_name
from yibao.services.correction import actions, forms, workflow
from yibao.services.correction.pages import papers
from yibao.services.correction.pages.own import NAME, entries, facts, sent, wish_fields, words
from yibao.store import audit_log, persons
from yibao.store.models import Case, Person

CLERK, PURPOSE = "clerk", "correction"
VERBS = ("accept", "approve", "ask_correction", "not_accept", "refuse")


def workbench_nav(request: HttpRequest) -> list[dict[str, str]]:
    """Return this service's item of the staff's navigation: its counter, for clerks."""
    href = reverse("workbench_correction:counter")
    nav = {"code": NAME, "text": request.say(f"{NAME}.desk.nav"), "href": href}
    return [nav] if CLERK in request.actor.roles else []


def desk_case(request: HttpRequest, number: str, purpose: str = PURPOSE) -> Case:
    """Return a correction the reader's office answers for; the look is logged.

    Raises:
        Http404: There is none, or it is a draft of somebody else.
        PermissionDenied: It belongs to another region.
    """
    found = Case.objects.select_related("correction", "person").filter(number=number, service=NAME).first()
    if found is None or found.state == "draft":
        raise Http404
    if not request.actor.works_in(found.region):
        raise PermissionDenied
    audit_log.record_read(
        reader=request.actor, person_id=found.person_id, purpose=purpose, at=request.at, case_number=number,
        role=min(request.actor.roles),
    )  # fmt: skip
    return found


@open_to(STAFF, own="case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show a correction on the desk: what stands there, what should, the evidence, and the steps to take."""
    return show_desk(request, desk_case(request, number))


def show_desk(
    request: HttpRequest, held: Case, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """Return the desk's page of a correction."""
    say = request.say
    verbs = [verb for verb in VERBS if verb in actions.available(case=held, actor=request.actor)]
    buttons = [
        {
            "verb": verb,
            "text": say(f"{NAME}.desk.{verb}"),
            "fields": [*_reasons(verb, request), *_note(verb, request)],
        }
        for verb in verbs
    ]
    told = facts(held, request)
    events = [{**event, "why": _without_names(event["why"], held)} for event in told["events"]]
    context = {"section": "queue", "case": held, **told, "why": _without_names(told["why"], held), "events": events,
               "buttons": buttons, "errors": errors or {}, "seen": held.evidence_hash,
               "papers": papers.shown(held, request, space=f"workbench_{NAME}")}  # fmt: skip
    return render(request, "correction/desk.html", context, status=status)


def _without_names(text: str, held: Case) -> str:
    """Mask the names of the case in what somebody wrote; in full they are shown for a purpose (see `unmask`)."""
    wish = held.correction
    names = {held.person.name, *((wish.before, wish.wanted) if wish.field == "name" else ())}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return text


def _note(verb: str, request: HttpRequest) -> list[dict[str, Any]]:
    if verb in ("accept", "approve"):
        return []
    typed = request.POST.get("note", "") if request.POST.get("verb") == verb else ""
    return [{"component": "textarea", "id": f"{verb}-note", "name": "note", "rows": 2, "value": typed,
             "label": {"text": request.say(f"{NAME}.desk.note")}}]  # fmt: skip


def _reasons(verb: str, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the choice among the named reasons; the letter to the person repeats the one that is chosen."""
    if verb != "refuse":
        return []
    chosen, zh = request.POST.get("reason_code", ""), request.say.language == "zh"
    items = [
        {"value": code, "text": words_zh if zh else f"{words_en[:1].upper()}{words_en[1:]}", "checked": code == chosen}
        for code, (words_zh, words_en) in workflow.REFUSE_REASONS.items()
    ]
    legend = {"text": request.say(f"{NAME}.desk.reason"), "classes": "govuk-fieldset__legend--s"}
    return [{"component": "radios", "id_prefix": "refuse-reason", "id": "refuse-reason", "name": "reason_code",
             "items": items, "classes": "govuk-radios--small", "fieldset": {"legend": legend}}]  # fmt: skip


@open_to(STAFF, own="case")
@require_POST
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take one step; what it refuses for want of a reason is said beside the field."""
    held = desk_case(request, number)
    if verb not in VERBS:
        raise Http404
    given = {
        "number": number,
        "seen": request.POST.get("seen", ""),
        "by": request.actor,
        "on": request.on,
        "at": request.at,
    }
    note = request.POST.get("note", "")
    more: dict[str, Any] = {
        "approve": {"level": held.level},
        "ask_correction": {"note": note},
        "not_accept": {"reason": note},
        "refuse": {"reason_code": request.POST.get("reason_code", ""), "note": note},
    }.get(verb, {})
    if verb == "refuse" and more["reason_code"] not in workflow.REFUSE_REASONS:
        missing = {"refuse-reason": request.say(f"{NAME}.desk.no_reason")}
        missing |= {} if note.strip() else {"refuse-note": words(Refused(actions.NO_REASON), request.say)}
        return show_desk(request, held, missing, 422)
    try:
        getattr(actions, verb)(**given, **more)
    except Refused as no:
        if no.refusal.code != actions.NO_REASON.code:
            raise
        return show_desk(request, held, {f"{verb}-note": words(no, request.say)}, no.refusal.status)
    messages.success(request, request.say(f"{NAME}.desk.done"))
    return redirect("workbench_correction:case", number)


@open_to(STAFF, own="case")
@require_safe
def document(request: HttpRequest, number: str, document_id: int) -> FileResponse:
    """Send a file to the desk; the look is logged."""
    held = desk_case(request, number, "document")
    return sent(held.documents.filter(pk=document_id, removed_at=None).first())


@open_to(CLERK, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """Find the person by the posted number, then take the wish in and send it."""
    say, errors, status = request.say, {}, 200
    person = _person(request)
    if request.method == "POST" and person is None:
        errors, status = {"identity": say(f"{NAME}.counter.unknown")}, 404
    if person is not None and "wanted" in request.POST:
        try:
            return redirect("workbench_correction:case", _taken_in(request, person).number)
        except Refused as no:
            errors, status = {"wanted": words(no, say)}, no.refusal.status
    context = {"section": NAME, "errors": errors, "fields": _counter_fields(request, person),
               "who": forms.sealed(person.pk) if person else "", "person": person}  # fmt: skip
    return render(request, "correction/counter.html", context, status=status)


def _person(request: HttpRequest) -> Person | None:
    key = forms.opened(request.POST.get("who", "")) if request.POST.get("who") else None
    typed = request.POST.get("identity", "").strip()
    found = Person.objects.filter(pk=key).first() if key else persons.find(identity=typed) if typed else None
    return found if found is not None and request.actor.works_in(found.region) else None


def _taken_in(request: HttpRequest, person: Person) -> Case:
    wish, now = forms.wish(request.POST), {"by": request.actor, "on": request.on, "at": request.at}
    made = actions.open_request(
        person_id=person.pk, place=forms.chosen(person_id=person.pk, code=request.POST.get("place", "")),
        wanted=wish.wanted, why=wish.why, seen_at_window=request.POST.get("seen") == "1", **now,
    )  # fmt: skip
    return actions.submit(number=made.number, **now)


def _counter_fields(request: HttpRequest, person: Person | None) -> list[dict[str, Any]]:
    say = request.say
    if person is None:
        return [{"component": "input", "name": "identity", "value": request.POST.get("identity", ""),
                 "spellcheck": False, "autocomplete": "off", "classes": "app-mono",
                 "label": {"text": say(f"{NAME}.counter.identity")}}]  # fmt: skip
    places = [{"value": one["code"], "text": f"{one['title']} · {one['field']}"} for one in entries(person, say)]
    seen = {"component": "checkboxes", "name": "seen", "items": [{"value": "1", "text": say(f"{NAME}.counter.seen")}]}
    return [
        {"component": "select", "name": "place", "items": places, "label": {"text": say(f"{NAME}.counter.place")}},
        *wish_fields(say, "", forms.wish(request.POST)),
        seen,
    ]
