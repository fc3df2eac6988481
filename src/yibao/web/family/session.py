"""For whom a session acts: kept by the number of the right, and asked of the record at every request."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.store import representations

KEY = "acting_by_right"


def begin(request: HttpRequest, number: int) -> None:
    """Act by a right from the next request on."""
    request.session[KEY] = number


def stop(request: HttpRequest) -> None:
    """Act for oneself from the next request on."""
    request.session.pop(KEY, None)


def acting_of(request: HttpRequest, actor: Actor) -> Actor:
    """Return a citizen as the one they act for, by a right that holds today.

    A right that holds no more is dropped, and `request.acting_refused` says why: the person is told before
    anything happens, and goes on as themselves.
    """
    number = request.session.get(KEY)
    if number is None or actor.person_id is None:
        return actor
    try:
        right, person = representations.acting(number=number, representative=actor.person_id, on=request.on)
    except Refused as refused:
        stop(request)
        request.acting_refused = refused  # type: ignore[attr-defined]
        return actor
    request.acted_for = person  # type: ignore[attr-defined]
    return replace(actor, person_id=person.pk, acting=right)


def own_person(actor: Actor) -> UUID:
    """Return the person who really sits there."""
    own = actor.acting.person_id if actor.acting else actor.person_id
    if own is None:
        raise ValueError("a citizen is a person")
    return own
