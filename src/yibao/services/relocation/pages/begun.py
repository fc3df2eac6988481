"""How an interview begins: with nothing, or with what the record of whoever is signed in already answers."""

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import reverse

from yibao.kernel.errors import Refused
from yibao.services import assurance
from yibao.services.relocation.known import KNOWN

NAME, CITIZEN, BLANK = "relocation", "citizen", "blank"


def begun(request: HttpRequest, *, key: str, record: Callable[..., dict[str, str]], places: list[str]) -> None:
    """Keep the answers an interview begins with; none for a visitor, and where the reader asked for none.

    Args:
        request: The reader's.
        key: Where the answers stand in the session.
        record: Reads the answers from the record of a person.
        places: Codes of the places that may be chosen.
    """
    request.session.pop(key, None)
    actor = request.actor
    if BLANK in request.GET or not actor or actor.kind != CITIZEN or actor.person_id is None:
        return
    try:
        assurance.require(service=NAME, step=assurance.READ, by=actor)
    except Refused:
        return
    if found := record(person_id=actor.person_id, on=request.on, places=places):
        request.session[key] = found


def blank(kept: dict[str, str], *, page: str) -> str:
    """Return where an interview begins without the record; empty where nothing in it comes from one.

    Args:
        kept: The answers.
        page: Name of its first page.
    """
    return f"{reverse(page)}?{BLANK}=1" if kept.get(KNOWN) else ""
