"""Where a reader is, and where they can go from every page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

import yibao.services
from yibao.policy import UnknownRegion
from yibao.store.models import Person
from yibao.web.sections import contributions


def place_of(request: HttpRequest) -> str:
    """Return the name of the pooling area of the reader, or nothing where no rules are known there."""
    actor = request.actor
    code = actor.region or Person.objects.only("region").get(pk=actor.person_id).region
    try:
        return str(yibao.services.packs().region_for(code).name)
    except UnknownRegion:
        return ""


def desk_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the staff's navigation: the queue, what the services add, the ledger."""
    say = request.say
    queue = {"code": "queue", "text": say("desk.nav.queue"), "href": reverse("workbench:queue")}
    ledger = {"code": "ledger", "text": say("desk.nav.ledger"), "href": reverse("workbench:ledger")}
    return [queue, *(item for items in contributions("workbench_nav", request) for item in items), ledger]


def roles_words(request: HttpRequest) -> str:
    """Return the roles of the signed-in member of staff in words."""
    return "、".join(request.say.find(f"common.role.{role}") or role for role in sorted(request.actor.roles))
