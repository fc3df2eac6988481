"""Where a reader is, and where they can go from every page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

import yibao.services
from yibao.casework.standing import INTAKE_ROLE, PAYOUT_ROLE
from yibao.policy import Region, UnknownRegion
from yibao.store import promises
from yibao.store.messages import telling
from yibao.store.models import Person
from yibao.web.sections import contributions


def region_of(request: HttpRequest) -> Region | None:
    """Return the pooling area of the reader, or None for visitors and where no rules are known."""
    actor = request.actor
    if not actor:
        return None
    code = actor.region or Person.objects.only("region").get(pk=actor.person_id).region
    try:
        return yibao.services.packs().region_for(code)
    except UnknownRegion:
        return None


def unread_of(request: HttpRequest) -> int:
    """Return how many messages the signed-in person has not opened; staff have none."""
    actor = request.actor
    return telling.unread(actor.person_id) if actor and actor.kind == "citizen" else 0


def desk_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the staff's navigation: the queue, what the services add, the ledger."""
    say = request.say
    queue = {"code": "queue", "text": say("desk.nav.queue"), "href": reverse("workbench:queue")}
    ledger = {"code": "ledger", "text": say("desk.nav.ledger"), "href": reverse("workbench:ledger")}
    batches = {"code": "batches", "text": say("desk.nav.batches"), "href": reverse("workbench:batches")}
    reconcile = {"code": "reconcile", "text": say("desk.nav.reconcile"), "href": reverse("workbench:reconcile")}
    undelivered = {"code": "undelivered", "text": say("desk.nav.undelivered"), "href": reverse("workbench:undelivered")}
    roles = request.actor.roles
    letters = {"code": "promises", "text": say("care.promise.nav"), "href": reverse("workbench:promises")}
    calls = {"code": "call_backs", "text": say("care.call.nav"), "href": reverse("workbench:call_backs")}
    kept = [letters, calls] if promises.READERS & roles else []
    paying = [batches, reconcile] if PAYOUT_ROLE in roles else [reconcile] if "auditor" in roles else []
    telling_them = [undelivered] if INTAKE_ROLE in roles else []
    return [
        queue,
        *(item for items in contributions("workbench_nav", request) for item in items),
        *paying,
        *telling_them,
        *kept,
        ledger,
    ]


def roles_words(request: HttpRequest) -> str:
    """Return the roles of the signed-in member of staff in words."""
    return "、".join(request.say.find(f"common.role.{role}") or role for role in sorted(request.actor.roles))
