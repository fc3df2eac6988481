"""Where a reader is, and where they can go from every page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

import yibao.services
from yibao.casework.officers import AUDIT_OFFICER, OFFICERS, SECURITY_OFFICER, SYSTEM_OFFICER
from yibao.casework.standing import INTAKE_ROLE, PAYOUT_ROLE
from yibao.policy import Region, UnknownRegion
from yibao.services.bulk import SIGNERS
from yibao.store import promises, seats
from yibao.store.messages import telling
from yibao.store.models import Person
from yibao.web.addresses import address
from yibao.web.family.kinds import kinds
from yibao.web.sections import contributions

FIGURE_READERS = frozenset(
    {"reviewer", "county_agency", "county_hrss", "county_finance", "city_agency", "city_hrss", "city_finance"}
    | {PAYOUT_ROLE, "auditor"}
)
"""Roles that answer for more than their own cases."""


def region_of(request: HttpRequest) -> Region | None:
    """Return the pooling area of the reader, or None for visitors and where no rules are known."""
    actor = request.actor
    if not actor:
        return None
    # An agent stands where the unit is, not where they are insured themselves.
    code = request.acted_for.region if actor.unit_id else actor.region
    code = code or Person.objects.only("region").get(pk=actor.person_id).region
    try:
        return yibao.services.packs().region_for(code)
    except UnknownRegion:
        return None


def unread_of(request: HttpRequest) -> int:
    """Return how many messages the signed-in person has not opened; staff have none."""
    actor = request.actor
    return telling.unread(actor.person_id) if actor and actor.kind == "citizen" and actor.person_id else 0


def desk_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the staff's navigation: the queue, what the services add, the ledger; for officers their own pages."""
    if getattr(request.actor, "kind", "") != "staff":
        return []
    roles = request.actor.roles
    if roles & OFFICERS:
        return [_item(request, code) for code, officers in OFFICERS_NAV.items() if officers & roles]
    added = [item for items in contributions("workbench_nav", request) for item in items]
    shown = [_item(request, code) for code, readers in ROLES_NAV.items() if readers & roles]
    return [_item(request, "queue"), *added, *shown, _item(request, "held"), _item(request, "ledger")]


def first_page(request: HttpRequest) -> str:
    """Return where the work of whoever asks begins: the first page of their navigation, else that of the site."""
    nav = request.desk_nav  # type: ignore[attr-defined]
    if nav:
        return str(nav[0]["href"])
    return reverse("workbench:queue") if request.at_desk else reverse("portal:home")  # type: ignore[attr-defined]


ROLES_NAV = {
    "bulk": SIGNERS,
    "assign": SIGNERS,
    "rights": {INTAKE_ROLE},
    "units": {INTAKE_ROLE},
    "window_code": {INTAKE_ROLE},
    "batches": {PAYOUT_ROLE},
    "reconcile": {PAYOUT_ROLE, "auditor"},
    "undelivered": {INTAKE_ROLE},
    "figures": FIGURE_READERS,
    "promises": promises.READERS,
    "call_backs": promises.READERS,
}
OFFICERS_NAV = {
    "accounts": {SYSTEM_OFFICER, SECURITY_OFFICER},
    "sign_ins": {SECURITY_OFFICER, AUDIT_OFFICER},
    "exchange": {SYSTEM_OFFICER},
    "account_events": {AUDIT_OFFICER},
}


OWN_WORDS = {"promises": "care.promise.nav", "call_backs": "care.call.nav"}


def _item(request: HttpRequest, code: str) -> dict[str, Any]:
    words = OWN_WORDS.get(code, f"desk.nav.{code}")
    return {"code": code, "text": request.say(words), "href": address(f"workbench:{code}")}


def other_offices(request: HttpRequest) -> list[dict[str, str]]:
    """Return the other offices a member of staff may work for, to change to."""
    if getattr(request.actor, "kind", "") != "staff":
        return []
    others = [code for code in seats.offices(request.user) if code != request.actor.region]
    return [{"code": code, "name": place_words(request, code)} for code in others]


def place_words(request: HttpRequest, code: str) -> str:
    """Return the name of a region where its rules are known, else its code."""
    try:
        region = yibao.services.packs().region_for(code)
    except UnknownRegion:
        return code
    return request.say.pick(region) if region.code == code else f"{request.say.pick(region)} {code}"


def acting_words(request: HttpRequest) -> str:
    """Return by what right the reader acts for another, in words."""
    if request.actor.unit_id:
        return str(request.say("units.agent"))
    words: str = request.say.pick(kinds()[request.actor.acting.kind])
    return words


def roles_words(request: HttpRequest) -> str:
    """Return the roles of the signed-in member of staff in words."""
    return "、".join(request.say.find(f"common.role.{role}") or role for role in sorted(request.actor.roles))
