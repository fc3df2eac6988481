"""The pages about place, cover and years, under /relocation/."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from yibao.casework.entry import public
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages import (
    counter,
    cover,
    desk,
    employer,
    own,
    papers,
    several,
    shown,
    transfer,
    years,
)
from yibao.services.relocation.pages.desk import workbench_nav
from yibao.services.relocation.pages.employer import unit_service
from yibao.services.relocation.pages.places import guide_address
from yibao.services.relocation.workflow import Stage

__all__ = [
    "portal_open",
    "portal_service",
    "portal_under_way",
    "unit_service",
    "urlpatterns",
    "workbench_nav",
    "workbench_urlpatterns",
]

CASE = "cases/<str:number>"
QUESTIONS = ("shown", "cover", "years", "transfer")


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the questions people mix up, each with its own page."""
    say = request.say  # type: ignore[attr-defined]
    cards = [
        {
            "href": reverse(f"relocation:{code}"),
            "title": say(f"relocation.{code}.title"),
            "text": say(f"relocation.{code}.card"),
        }
        for code in QUESTIONS
    ]
    guide = {"title": say("relocation.guide.title"), "text": say("relocation.guide.card")}
    cards.append({"href": guide_address(getattr(request, "region", None)), **guide})
    return render(request, "relocation/index.html", {"section": "home", "cards": cards})


def portal_service(request: HttpRequest) -> dict[str, Any]:
    """Return this service's card on the citizen's first page."""
    say = request.say  # type: ignore[attr-defined]
    return {
        "href": reverse("relocation:index"),
        "title": say("relocation.card.title"),
        "text": say("relocation.card.text"),
    }


def portal_under_way(request: HttpRequest) -> dict[str, str]:
    """Return what of the reader's is still under way although its case is closed: number to words."""
    own = Transfer.objects.filter(person_id=request.actor.person_id, stage=Stage.LOADED)  # type: ignore[attr-defined]
    words = request.say("relocation.move.money_follows")  # type: ignore[attr-defined]
    return {row.case.number: words for row in own.select_related("case", "money") if actions.money_follows(row)}


def portal_open(request: HttpRequest) -> dict[str, str]:
    """Return the link that visitors find beside the sign-in."""
    say = request.say  # type: ignore[attr-defined]
    return {"href": reverse("relocation:index"), "text": say("relocation.card.link")}


urlpatterns = [
    path("", index, name="index"),
    path("shown", shown.shown, name="shown"),
    path("cover", cover.cover, name="cover"),
    path("cover/answer", cover.answer, name="cover_answer"),
    path("cover/<slug:step>", cover.step, name="cover_step"),
    path("years", years.years, name="years"),
    path("years/answer", years.answer, name="years_answer"),
    path("years/<slug:step>", years.step, name="years_step"),
    path("transfer", transfer.transfer, name="transfer"),
    path("transfer/<slug:step>", transfer.step, name="transfer_step"),
    path("unit", employer.employee, name="unit"),
    path("unit/<slug:step>", employer.step, name="unit_step"),
    path(CASE, own.case, name="case"),
    path(f"{CASE}/stop", own.stop, name="stop"),
    path(f"{CASE}/submit", own.submit, name="submit"),
    path(f"{CASE}/withdraw", own.withdraw, name="withdraw"),
    path(f"{CASE}/papers/make/<slug:kind>", papers.make, name="make_paper"),
    path(f"{CASE}/papers/<str:paper_number>", papers.paper, name="paper"),
    path(f"{CASE}/papers/<str:paper_number>/again", papers.again, name="reprint"),
    path(f"{CASE}/papers/<str:paper_number>/again/<int:times>", papers.copy, name="copy"),
]
workbench_urlpatterns = [
    path("money", desk.money, name="money"),
    *several.ADDRESSES,
    path("counter", counter.find, name="counter"),
    path("counter/wish", counter.wish, name="wish"),
    path(f"{CASE}/check", counter.check, name="check"),
    path(f"{CASE}/stop", counter.stop, name="stop"),
    path(f"{CASE}/submit", counter.submit, name="submit"),
    path(f"{CASE}/drop", counter.drop, name="drop"),
    path(CASE, desk.case, name="case"),
    path(f"{CASE}/do/<slug:verb>", desk.decide, name="decide"),
    path(f"{CASE}/papers/make/<slug:kind>", papers.make_at_desk, name="make_paper"),
    path(f"{CASE}/papers/<str:paper_number>", papers.paper_at_desk, name="paper"),
    path(f"{CASE}/papers/<str:paper_number>/again", papers.again_at_desk, name="reprint"),
    path(f"{CASE}/papers/<str:paper_number>/again/<int:times>", papers.copy_at_desk, name="copy"),
]
