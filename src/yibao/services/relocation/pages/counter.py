"""The window: a clerk finds the person who stands there, and applies for them with the portal's own checks."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import open_to
from yibao.services.relocation import actions
from yibao.services.relocation import forms_transfer as forms
from yibao.services.relocation.pages import drafts
from yibao.services.relocation.pages.sides import CLERK, NAME
from yibao.services.relocation.pages.transfer import place_choices
from yibao.store import audit_log, persons
from yibao.store.models import Case, Enrolment, Person

KEY = "relocation.counter"
WINDOW, PURPOSE = "window", "counter"
SPACE, SECTION = "workbench_relocation", "moving"
LAYOUT = "layouts/workbench.html"
DRAFTS_SHOWN_MAX = 20


@open_to(CLERK, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the identity number, which never stands in an address, and go on to what is asked for its person."""
    sent = forms.Sent()
    request.session.pop(KEY, None)
    if request.method == "POST":
        sent = forms.identity(post=request.POST)
        person = None if sent.error else _known(request, sent.value)
        if person is not None:
            request.session[KEY] = str(person.pk)
            _look(request, person)
            return redirect(f"{SPACE}:wish")
        sent.error = sent.error or "unknown"
    errors = {"identity": request.say(f"{NAME}.counter.error.{sent.error}")} if sent.error else {}
    context = {
        "section": SECTION,
        "errors": errors,
        "identity_field": _identity(request, sent.typed.get("identity", "")),
        "drafts": _begun(request).select_related("person", "transfer")[:DRAFTS_SHOWN_MAX],
    }
    status = 404 if sent.error == "unknown" else 400 if errors else 200
    return render(request, "relocation/counter.html", context, status=status)


def _known(request: HttpRequest, identity: str) -> Person | None:
    """Return whom a number belongs to, where this office keeps a relation of theirs."""
    found = persons.find(identity=identity)
    if found is None:
        return None
    here = [found.region, *Enrolment.objects.filter(person=found).values_list("region", flat=True)]
    return found if any(request.actor.works_in(each) for each in here) else None


def _look(request: HttpRequest, person: Person, number: str = "") -> None:
    audit_log.record_read(
        reader=request.actor, person_id=person.pk, purpose=PURPOSE, at=request.at, case_number=number, role=CLERK
    )


def _identity(request: HttpRequest, typed: str) -> dict[str, Any]:
    say = request.say
    return {
        "component": "input", "name": "identity", "value": typed, "spellcheck": False, "autocomplete": "off",
        "autocapitalize": "characters", "classes": "app-mono", "label": {"text": say(f"{NAME}.counter.identity")},
        "hint": {"text": say(f"{NAME}.counter.identity_hint")},
    }  # fmt: skip


@open_to(CLERK, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def wish(request: HttpRequest) -> HttpResponse:
    """Ask where from, where to and which document was seen; then open the draft."""
    person = Person.objects.filter(pk=request.session.get(KEY)).first()
    if person is None:
        return redirect(f"{SPACE}:counter")
    choices = place_choices(request, person.pk)
    papers = [{"value": code, "text": request.say(f"{NAME}.move.paper.{code}")} for code in forms.PAPERS]
    offered = {"from": choices.sources, "to": choices.targets, "paper": papers}
    read = {name: forms.Sent() for name in offered}
    errors: dict[str, str] = {}
    if request.method == "POST":
        read = {name: forms.chosen(post=request.POST, name=name, offered=[each["value"] for each in items])
                for name, items in offered.items()}  # fmt: skip
        errors = _wrong(request, read)
        if not errors:
            return redirect(f"{SPACE}:check", _opened(request, person, read).number)
    context = {
        "section": SECTION, "layout": LAYOUT, "errors": errors, "person": person,
        "fields": [_radios(request, name, items, read[name].value) for name, items in offered.items()],
        "back": reverse(f"{SPACE}:counter"),
    }  # fmt: skip
    return render(request, "relocation/counter_wish.html", context, status=400 if errors else 200)


def _wrong(request: HttpRequest, read: dict[str, forms.Sent]) -> dict[str, str]:
    say, errors = request.say, {}
    for name, sent in read.items():
        if sent.error:
            errors[name] = say(f"{NAME}.counter.error.{name}")
    if not errors and read["from"].value == read["to"].value:
        errors["to"] = say(f"{NAME}.counter.error.same")
    ours = [name for name in ("from", "to") if request.actor.works_in(read[name].value or "000000")]
    if not errors and not ours:
        errors["to"] = say(f"{NAME}.counter.error.elsewhere")
    return errors


def _radios(request: HttpRequest, name: str, items: list[dict[str, Any]], value: str) -> dict[str, Any]:
    legend = {"text": request.say(f"{NAME}.counter.{name}"), "classes": "govuk-fieldset__legend--m"}
    return {"component": "radios", "name": name, "id_prefix": name, "fieldset": {"legend": legend}, "items": items,
            "value": value or next((each["value"] for each in items if each.get("likely")), "")}  # fmt: skip


def _opened(request: HttpRequest, person: Person, read: dict[str, forms.Sent]) -> Case:
    """Return the draft for what was answered: the one this clerk began before, or a new one."""
    source, target, paper = (read[name].value for name in ("from", "to", "paper"))
    same = _begun(request).filter(person=person, transfer__source=source, transfer__target=target)
    for case in same.select_related("transfer"):
        if case.transfer.materials == [paper]:
            return case
    place = target if request.actor.works_in(target) else source
    asked = actions.Wish(place, source, target, channel=WINDOW, materials=(paper,))
    return actions.open_draft(person_id=person.pk, wish=asked, by=request.actor, on=request.on, at=request.at)


def _begun(request: HttpRequest) -> Any:
    """Return the transfers this clerk began and has not sent, the latest first."""
    mine = Case.objects.filter(service=NAME, state="draft", entered_by_id=request.actor.user_id)
    return mine.filter(transfer__channel=WINDOW).order_by("-pk")


def begun_case(request: HttpRequest, number: str) -> Case:
    """Return a draft the reader began at the window.

    Raises:
        Http404: There is none, or a colleague began it.
        PermissionDenied: It belongs to another region, or the reader takes in no applications.
    """
    found = Case.objects.select_related("transfer__money", "transfer__person", "person").filter(
        number=number, service=NAME
    )
    case = found.first()
    if case is None:
        raise Http404
    if not request.actor.works_in(case.region) or CLERK not in request.actor.roles:
        raise PermissionDenied
    if case.state == "draft" and case.entered_by_id != request.actor.user_id:
        raise Http404
    return case


@open_to(CLERK, own="case")
@require_safe
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Show a draft with what both places find; one that was sent is on the desk."""
    begun = begun_case(request, number)
    if begun.state != "draft":
        return redirect(f"{SPACE}:case", number)
    _look(request, begun.person, number)
    return drafts.show(request, begun, AT_WINDOW)


@open_to(CLERK, own="case")
@require_POST
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Stop the person's relation here, where this is the old place."""
    return drafts.stop(request, begun_case(request, number), AT_WINDOW)


@open_to(CLERK, own="case")
@require_POST
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the application in, and lead to the desk, where its form is printed."""
    return drafts.submit(request, begun_case(request, number), AT_WINDOW)


@open_to(CLERK, own="case")
@require_POST
def drop(request: HttpRequest, number: str) -> HttpResponse:
    """Give a draft up."""
    begun = begun_case(request, number)
    if begun.state != "draft":
        return redirect(f"{SPACE}:case", number)
    why = request.say(f"{NAME}.counter.dropped")
    actions.withdraw(number=number, reason=why, by=request.actor, on=request.on, at=request.at)
    messages.success(request, request.say(f"{NAME}.move.withdraw.done", number=number))
    return redirect(f"{SPACE}:counter")


AT_WINDOW = drafts.Where(SPACE, SECTION, LAYOUT, f"{SPACE}:counter", f"{NAME}.counter.title")
