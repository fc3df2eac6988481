"""For which unit a session acts: kept by the number of the right, and asked of the record at every request."""

from dataclasses import replace

from django.http import HttpRequest

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.store import agencies

KEY = "acting_for_unit"


def begin(request: HttpRequest, number: int) -> None:
    """Act for a unit from the next request on."""
    request.session[KEY] = number


def stop(request: HttpRequest) -> None:
    """Act for no unit from the next request on."""
    request.session.pop(KEY, None)


def acting_of(request: HttpRequest, actor: Actor) -> Actor:
    """Return a citizen as the agent of the unit they act for, by a right that holds today.

    An agent is nobody's person: what is open to persons opens for them only once they act for themselves again.
    A right that holds no more is dropped, and `request.acting_refused` says why.
    """
    number = request.session.get(KEY)
    if number is None or actor.person_id is None:
        return actor
    try:
        right, unit = agencies.acting(number=number, agent=actor.person_id, on=request.on)  # type: ignore[attr-defined]
    except Refused as refused:
        stop(request)
        request.acting_refused = refused  # type: ignore[attr-defined]
        return actor
    request.acted_for = unit  # type: ignore[attr-defined]
    return replace(actor, person_id=None, acting=right)
