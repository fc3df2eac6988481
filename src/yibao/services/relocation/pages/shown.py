"""Which place is shown: every relation on record, which one is shown and why, and why the places differ."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yibao.casework.entry import CITIZEN, open_to
from yibao.services.relocation import forms_display as forms
from yibao.services.relocation import showing
from yibao.services.relocation.pages.places import guide_address, place_words
from yibao.services.relocation.pages.sources import documents
from yibao.services.relocation.rules.texts import words
from yibao.store import situations
from yibao.store.models import Enrolment

ONE_DAY = timedelta(days=1)
TAGS = {"running": "app-tag--done", "suspended": "app-tag--turn"}
DOORS = {"look_at_payment": "refund:index", "ask_unit": "correction:index", "ask_agent": "refund:index"}


@open_to(CITIZEN, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest) -> HttpResponse:
    """Show which relation is shown and why, and take another choice."""
    found = showing.told(person_id=request.actor.person_id, on=request.on)
    told = found.decision
    records = _records(request, told)
    errors: dict[str, str] = {}
    if request.method == "POST":
        wanted = forms.choice(post=request.POST, offered={each["code"]: each["pk"] for each in records})
        if wanted.enrolment is not None:
            return _switched(request, wanted, records)
        errors = {"shown": request.say("relocation.shown.no_choice")}
    context = {
        "section": "home",
        "told": told,
        "records": records,
        "now": next((each for each in records if each["shown"]), None),
        "why": _pick(request, words()["shown_why"][told["shown"]["why"]]) if told["shown"] else "",
        "differs": _differs(request, told),
        "kept": _kept(request, told, records),
        "contradicts": found.contradicts,
        "no_transfer": _refusal(request, told),
        "guide": guide_address(request.region),
        "question": _question(request, records) if len(records) > 1 else None,
        "key": request.POST.get("key") or uuid4().hex,
        "errors": errors,
    }
    return render(request, "relocation/shown.html", context, status=400 if errors else 200)


def _switched(request: HttpRequest, wanted: forms.Choice, records: list[dict[str, Any]]) -> HttpResponse:
    person = request.actor.person_id
    showing.switch(
        person_id=person, enrolment_id=wanted.enrolment or 0, key=wanted.key, by=request.actor, at=request.at
    )
    place = next(each["place"] for each in records if each["pk"] == wanted.enrolment)
    messages.success(request, request.say("relocation.shown.done", place=place))
    return redirect("relocation:shown")


def _records(request: HttpRequest, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every relation of the record, the newest first, with its words."""
    person = request.actor.person_id
    own = Enrolment.objects.filter(Q(person_id=person) | Q(person__merged_into_id=person)).select_related("unit")
    states = {each["enrolment"]: each["state"] for each in told["records"]}
    now = (told["shown"] or {}).get("enrolment")
    rows = [_record(request, row, states.get(situations.enrolment_key(row), ""), now) for row in own]
    return sorted(rows, key=lambda each: (each["state"] == "running", each["start"]), reverse=True)


def _record(request: HttpRequest, row: Enrolment, state: str, now: str | None) -> dict[str, Any]:
    say, code = request.say, situations.enrolment_key(row)
    by_unit = row.category == "unit" and not row.person.merged_into_id
    return {
        "pk": row.pk,
        "code": code,
        "place": place_words(row.region, say),
        "scheme": say(f"relocation.enums.scheme.{row.scheme}"),
        "category": say(f"common.category.{row.category}"),
        "unit": row.unit.name if row.unit else "",
        "state": state,
        "state_words": _pick(request, words()["record_states"][state]),
        "state_class": TAGS.get(state, "app-tag--quiet"),
        "start": row.start,
        "last": row.end - ONE_DAY if row.end else None,
        "shown": code == now,
        "correct": reverse("correction:new", args=["enrolment", row.pk, "unit"]) if by_unit else "",
    }


def _question(request: HttpRequest, records: list[dict[str, Any]]) -> dict[str, Any]:
    say = request.say
    joint = "，" if say.language == "zh" else ", "
    items = [
        {
            "value": each["code"],
            "text": f"{each['place']} · {each['scheme']}",
            "hint": {
                "text": joint.join(part for part in (each["category"], each["unit"], each["state_words"]) if part)
            },
        }
        for each in records
    ]
    legend = {"text": say("relocation.shown.which"), "classes": "govuk-fieldset__legend--m"}
    current = next((each["code"] for each in records if each["shown"]), "")
    return {"component": "radios", "name": "shown", "fieldset": {"legend": legend}, "items": items, "value": current}


def _differs(request: HttpRequest, told: dict[str, Any]) -> dict[str, Any] | None:
    """Return why the places of insurance and payment differ, with the one thing to do; None where they agree."""
    found = told["diagnosis"]
    if found["code"] == "agree":
        return None
    language, say = request.say.language, request.say
    door = DOORS.get(found["remedy"], "")
    return {
        "text": found[language],
        "next": found[f"next_{language}"],
        "insured": place_words(found["insured_place"], say) if found["insured_place"] else "",
        "paid": place_words(found["payment_place"], say) if found["payment_place"] else "",
        "href": reverse(door) if door else "",
        "link": say(f"relocation.shown.door.{found['remedy']}") if door else "",
    }


def _kept(request: HttpRequest, told: dict[str, Any], records: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return which of several records in force stays; None where there is one."""
    found = told["kept"]
    if found is None:
        return None
    return {
        "text": _pick(request, found),
        "place": next((each["place"] for each in records if each["code"] == found["enrolment"]), ""),
        "sources": documents(told, region=showing.ALL),
    }


def _refusal(request: HttpRequest, told: dict[str, Any]) -> str:
    refusal, language = told["refusals"][0], request.say.language
    return str(refusal[language])


def _pick(request: HttpRequest, both: Any) -> str:
    return str(both[request.say.language])
