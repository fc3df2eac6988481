"""A unit's authorisation of its agent, read from what a clerk typed; everything wrong is said at once."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

import yibao.services
from yibao.kernel.errors import Bilingual, Refused
from yibao.kernel.identifiers import IdentifierError, check_credit_code, check_resident_id
from yibao.store import persons, uploads
from yibao.store.models import Person

NAME_MAX = 120
TEXTS = ("credit_code", "unit_name", "identity", "name", "start", "end")
_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Letter:
    """What was typed, what is wrong with it, and what it means."""

    typed: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    credit_code: str = ""
    agent: Person | None = None
    start: date | None = None
    end: date | None = None
    paper: tuple[str, bytes] | None = None

    def wrong(self, name: str, key: str) -> None:
        """Note what is wrong with a field, the first thing found."""
        self.errors.setdefault(name, f"units.error.{key}")


def read(request: HttpRequest) -> Letter:
    """Read the form with the unit's letter."""
    post = request.POST
    texts: dict[str, Any] = {name: " ".join(post.get(name, "").split()) for name in TEXTS}
    offered = yibao.services.find()
    letter = Letter({**texts, "services": [one for one in post.getlist("services") if one in offered]})
    try:
        letter.credit_code = check_credit_code(texts["credit_code"])
    except Bilingual:
        letter.wrong("credit_code", "credit_code")
    if not texts["unit_name"] or len(texts["unit_name"]) > NAME_MAX:
        letter.wrong("unit_name", "unit_name")
    _agent(letter)
    if not letter.typed["services"]:
        letter.wrong("services", "services")
    _period(letter, on=request.on)  # type: ignore[attr-defined]
    _paper(letter, request.FILES.get("paper"))
    return letter


def person_named(*, identity: str, name: str) -> Person | None:
    """Return the person with a number and a name, or None: one answer for whatever does not fit.

    Raises:
        IdentifierError: The number is none.
    """
    found = persons.find(identity=check_resident_id(identity))
    return found if found is not None and found.name == name else None


def _agent(letter: Letter) -> None:
    if not letter.typed["name"]:
        letter.wrong("name", "name")
    try:
        letter.agent = person_named(identity=letter.typed["identity"], name=letter.typed["name"])
    except IdentifierError:
        letter.wrong("identity", "identity")
        return
    if letter.agent is None and letter.typed["name"]:
        letter.wrong("identity", "not_found")
    elif letter.agent is not None and letter.agent.died_on is not None:
        letter.wrong("identity", "died")


def _period(letter: Letter, *, on: date) -> None:
    letter.start = _day(letter, "start") if letter.typed["start"] else on
    last = _day(letter, "end")
    letter.end = last + _ONE_DAY if last else None
    if letter.start and letter.end and (letter.end <= letter.start or letter.end <= on):
        letter.wrong("end", "period")


def _day(letter: Letter, name: str) -> date | None:
    try:
        return date.fromisoformat(letter.typed[name])
    except ValueError:
        letter.wrong(name, "day")
        return None


def _paper(letter: Letter, file: Any) -> None:
    if file is None:
        letter.wrong("paper", "paper_missing")
        return
    try:
        held = uploads.checked(
            name=file.name,
            content=file.read(),
            bytes_max=settings.YIBAO_UPLOAD_BYTES_MAX,
            photo_bytes_max=settings.YIBAO_PHOTO_BYTES_MAX,
        )
        letter.paper = (held.content_type, held.content)
    except Refused:
        letter.wrong("paper", "paper")
