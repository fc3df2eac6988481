"""Who asks, with everything the session knows of it."""

from dataclasses import replace

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from yibao.casework.actors import Actor
from yibao.casework.assurance import Assurance
from yibao.store import tokens
from yibao.web.access import actor_of
from yibao.web.family.session import acting_of
from yibao.web.identity.session import assurance_of
from yibao.web.units import session as units

ISSUED = Assurance("L3", "token")
"""What the office has made sure of before it issues a token: the least at which an application can be handed in."""


def who(request: HttpRequest, actor: Actor | None) -> Actor | None:
    """Return the one a session acts as, a citizen with their level and for whom they act; None for a visitor."""
    if actor is None or actor.kind != "citizen":
        return actor
    sure = replace(actor, assurance=assurance_of(request))
    return units.acting_of(request, acting_of(request, sure))


def by_token(request: HttpRequest) -> Actor | None:
    """Return the one for whom a program acts, a citizen at the level of tokens; None without a token that holds."""
    header = request.headers.get("Authorization", "")
    actor = actor_of(tokens.holder(header=header, at=request.at) or AnonymousUser())
    return replace(actor, assurance=ISSUED) if actor and actor.kind == "citizen" else actor
