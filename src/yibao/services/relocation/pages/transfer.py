"""Applying for a transfer, one question a page: where from, where to, which paper; then the draft is checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yibao import services
from yibao.casework.entry import CITIZEN, open_to
from yibao.casework.limits import APPLICATION, limited
from yibao.policy import Citation
from yibao.services.relocation import actions
from yibao.services.relocation import forms_transfer as forms
from yibao.services.relocation.actions import looking
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages.places import day_text, place_words
from yibao.services.relocation.rules.places import NATION
from yibao.store.models import Enrolment, ExchangePartner

KEY = "relocation.transfer"


@open_to(CITIZEN, own="self")
@require_safe
def transfer(request: HttpRequest) -> HttpResponse:
    """Say what a transfer is and what it takes, and show those that are under way."""
    request.session.pop(KEY, None)
    own = Transfer.objects.filter(person_id=request.actor.person_id, live=True).select_related("case")
    context = {
        "section": "home",
        "open": [_open(each, request) for each in own.order_by("thread", "-applied_here")],
        "ready": bool(looking.relations(person_id=request.actor.person_id, on=request.on)),
        "kinds": list(_kinds(request)),
    }
    return render(request, "relocation/transfer.html", context)


def _kinds(request: HttpRequest) -> Iterator[dict[str, str]]:
    """Yield the kinds of transfer, with what the nation says of each: should, may, or only with the next year."""
    say, region = request.say, services.packs().regions[NATION]
    listed: Mapping[str, Mapping[str, str]] = region.setting("relocation", "types") or {}
    for code, written in listed.items():
        source, _, article = written["source"].partition("#")
        yield {
            "name": say(f"relocation.move.type.{code}"),
            "duty": written["en" if say.language == "en" else "zh"],
            "source": Citation(region.source(source), article).shown(),
        }


def _open(row: Transfer, request: HttpRequest) -> dict[str, str]:
    return {
        "number": row.case.number,
        "href": reverse("relocation:case", args=[row.case.number]),
        "text": way_words(row, request.say),
        "state": row.case.state,
    }


def way_words(row: Transfer, say: Any) -> str:
    """Return from where to where a transfer goes."""
    return say("relocation.move.way", old=place_words(row.source, say), new=place_words(row.target, say))


@dataclass(frozen=True, slots=True)
class Choices:
    """Places to choose from, as radios show them.

    Attributes:
        sources: Where a relation of the person is.
        targets: Those, and every other place that can be asked.
    """

    sources: list[dict[str, Any]]
    targets: list[dict[str, Any]]


def place_choices(request: HttpRequest, person_id: UUID, *, without: str = "") -> Choices:
    """Return from where and to where somebody may move, with what their record says of each place.

    Args:
        request: The reader's.
        person_id: Who moves.
        without: A place that is the other end already.
    """
    rows = looking.relations(person_id=person_id, on=request.on)
    stopped = [area for area, row in rows.items() if row.status != "normal"]
    old = stopped[0] if stopped else next(reversed(rows), "")
    sources = [_place(request, area, row, likely=area == old) for area, row in rows.items()]
    left = {area: row for area, row in rows.items() if area != without}
    new = next((area for area, row in left.items() if row.status == "normal"), "")
    others = ExchangePartner.objects.exclude(area__in=[*rows, without]).order_by("area")
    targets = [_place(request, area, row, likely=area == new) for area, row in left.items()]
    return Choices(sources, [*targets, *(_place(request, each.area, None) for each in others)])


@limited(APPLICATION)
@open_to(CITIZEN, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """Ask one question; after the last the draft is opened."""
    if step not in forms.STEPS:
        raise Http404
    kept: dict[str, str] = dict(request.session.get(KEY, {}))
    missing = next((each for each in forms.STEPS[: forms.STEPS.index(step)] if each not in kept), "")
    if missing:
        return redirect("relocation:transfer_step", missing)
    items = ITEMS[step](request, kept)
    sent = forms.Sent(kept.get(step, ""))
    if request.method == "POST":
        sent = forms.chosen(post=request.POST, name=step, offered=[each["value"] for each in items])
        if not sent.error:
            request.session[KEY] = {**kept, step: sent.value}
            return _go_on(request, step)
    errors = {step: request.say(f"relocation.move.error.{step}")} if sent.error else {}
    context = {
        "section": "home",
        "title": request.say(f"relocation.move.ask.{step}"),
        "fields": [_radios(request, step, items, sent.value)],
        "errors": errors,
        "count": forms.STEPS.index(step) + 1,
        "total": len(forms.STEPS) + 1,
        "back": _back(step),
    }
    return render(request, "relocation/transfer_step.html", context, status=400 if errors else 200)


def _radios(request: HttpRequest, step: str, items: list[dict[str, Any]], value: str) -> dict[str, Any]:
    legend = {"text": request.say(f"relocation.move.ask.{step}"), "classes": "govuk-fieldset__legend--l",
              "is_page_heading": True}  # fmt: skip
    value = value or next((each["value"] for each in items if each.get("likely")), "")
    hint = {"text": request.say(f"relocation.move.hint.{step}")}
    return {"component": "radios", "name": step, "id_prefix": step, "fieldset": {"legend": legend}, "hint": hint,
            "items": items, "value": value}  # fmt: skip


def _sources(request: HttpRequest, kept: dict[str, str]) -> list[dict[str, Any]]:
    return place_choices(request, request.actor.person_id).sources


def _targets(request: HttpRequest, kept: dict[str, str]) -> list[dict[str, Any]]:
    return place_choices(request, request.actor.person_id, without=kept["from"]).targets


def _papers(request: HttpRequest, kept: dict[str, str]) -> list[dict[str, Any]]:
    return [{"value": code, "text": request.say(f"relocation.move.paper.{code}")} for code in forms.PAPERS]


ITEMS = {"from": _sources, "to": _targets, "paper": _papers}


def _place(request: HttpRequest, area: str, row: Enrolment | None, *, likely: bool = False) -> dict[str, Any]:
    say = request.say
    if row is None:
        hint = say("relocation.move.no_relation")
    else:
        since = say("common.since", day=day_text(row.start, say))
        parts = (say(f"relocation.enums.scheme.{row.scheme}"), say(f"common.category.{row.category}"), since,
                 say(f"relocation.move.status.{row.status}"))  # fmt: skip
        hint = " · ".join(parts)
    return {"value": area, "text": place_words(area, say), "hint": {"text": hint}, "likely": likely}


def _back(step: str) -> str:
    place = forms.STEPS.index(step)
    if not place:
        return reverse("relocation:transfer")
    return reverse("relocation:transfer_step", args=[forms.STEPS[place - 1]])


def _go_on(request: HttpRequest, step: str) -> HttpResponse:
    later = forms.next_step(step)
    return redirect("relocation:transfer_step", later) if later else redirect("relocation:case", _draft(request))


def _draft(request: HttpRequest) -> str:
    """Return the number of the draft for what was answered; pressed twice, it is one draft."""
    kept = request.session[KEY]
    person, paper = request.actor.person_id, kept["paper"]
    same = Transfer.objects.filter(
        person_id=person, source=kept["from"], target=kept["to"], stage="draft", case__entered_by=None,
        case__state="draft",
    )  # fmt: skip
    for row in same.select_related("case"):
        if row.materials == [paper]:
            return row.case.number
    wish = actions.Wish(place=kept["to"], source=kept["from"], target=kept["to"], materials=(paper,))
    case = actions.open_draft(person_id=person, wish=wish, by=request.actor, on=request.on, at=request.at)
    return case.number
