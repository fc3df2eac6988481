"""Asking to act for somebody, read into answers; everything wrong is said at once and what was typed stays."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest

import yibao.services
from yibao.casework.representation import KINDS, PROXY, birthday
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import IdentifierError, check_resident_id
from yibao.store import persons, uploads
from yibao.store.models import Person
from yibao.web.family.kinds import kinds

_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Asked:
    """What was typed, what is wrong with it, and what it means."""

    typed: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    person: Person | None = None
    start: date | None = None
    end: date | None = None
    paper: tuple[str, bytes] | None = None

    def wrong(self, name: str, key: str) -> None:
        """Note what is wrong with a field, the first thing found."""
        self.errors.setdefault(name, f"family.error.{key}")


def read(request: HttpRequest, *, own: Any, bytes_max: int, photo_bytes_max: int) -> Asked:
    """Read the form.

    Args:
        request: The request with the form and the paper.
        own: Number of the person who asks.
        bytes_max: Largest paper that is kept.
        photo_bytes_max: Largest photo of one that is taken and made smaller.
    """
    post = request.POST
    texts = {name: post.get(name, "").strip() for name in ("kind", "identity", "name", "start", "end")}
    offered = yibao.services.offered()
    asked = Asked({**texts, "services": [one for one in post.getlist("services") if one in offered]})
    if texts["kind"] not in KINDS:
        asked.wrong("kind", "kind")
    asked.person = _person(asked, own)
    asked.start = _day(asked, "start", default=request.on)
    asked.end = _last(asked)
    if texts["kind"] == PROXY and not asked.typed["services"]:
        asked.wrong("services", "services")
    _paper(asked, request.FILES.get("paper"), bytes_max, photo_bytes_max)
    return asked


def _person(asked: Asked, own: Any) -> Person | None:
    if not asked.typed["name"]:
        asked.wrong("name", "name")
    try:
        found = persons.find(identity=check_resident_id(asked.typed["identity"]))
    except IdentifierError:
        asked.wrong("identity", "identity")
        return None
    # One sentence for an unknown number and for another name: nobody learns here who is insured.
    if found is None or found.name != asked.typed["name"]:
        if asked.typed["name"]:
            asked.wrong("identity", "not_found")
        return None
    if found.pk == own:
        asked.wrong("identity", "self")
        return None
    return found


def _day(asked: Asked, name: str, *, default: date | None) -> date | None:
    if not asked.typed[name]:
        return default
    try:
        return date.fromisoformat(asked.typed[name])
    except ValueError:
        asked.wrong(name, "day")
        return default


def _last(asked: Asked) -> date | None:
    """Return the day after the last: the one typed, or the birthday that ends a guardian's right if it is first."""
    typed = _day(asked, "end", default=None)
    ends = [typed + _ONE_DAY] if typed else []
    limit = kinds().get(asked.typed["kind"], {}).get("until_age")
    if limit and asked.person:
        ends.append(birthday(born=asked.person.born, age=int(limit)))
    elif asked.typed["kind"] == PROXY and not typed:
        asked.wrong("end", "end_missing")
    end = min(ends, default=None)
    if end and asked.start and end <= asked.start:
        asked.wrong("identity" if limit and end == ends[-1] else "end", "of_age" if limit else "period")
    return end


def _paper(asked: Asked, file: Any, bytes_max: int, photo_bytes_max: int) -> None:
    if file is None:
        asked.wrong("paper", "paper_missing")
        return
    try:
        held = uploads.checked(
            name=file.name, content=file.read(), bytes_max=bytes_max, photo_bytes_max=photo_bytes_max
        )
        asked.paper = (held.content_type, held.content)
    except Refused:
        asked.wrong("paper", "paper")
