"""What people send, read into the words the actions take."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from yibao.store.changes import Place

SELF = "self"
TYPED_MAX = 600
_SALT = "correction.person"
NOTE_MAX = 500
PURPOSES = ("show_compare", "show_call", "show_law", "show_other")
WITH_NOTE = ("show_law", "show_other")


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish as typed: what should stand there, and why."""

    wanted: str = ""
    why: str = ""


def wish(post: Mapping[str, str]) -> Wish:
    """Read a wish; nothing is judged here."""
    return Wish(post.get("wanted", "")[:TYPED_MAX].strip(), post.get("why", "")[:TYPED_MAX].strip())


@dataclass(frozen=True, slots=True)
class Look:
    """What name and number are to be shown in full for, and what was said of it."""

    purpose: str = ""
    note: str = ""


def look(post: Mapping[str, str]) -> Look:
    """Read what a full look is for; nothing is judged here."""
    return Look(post.get("purpose", ""), post.get("note", "").strip())


def problem_of(wanted: Look) -> tuple[str, str] | None:
    """Return the field that is wrong with the word for it, or None."""
    if wanted.purpose not in PURPOSES:
        return "purpose", "no_purpose"
    if wanted.purpose in WITH_NOTE and not wanted.note:
        return "note", "no_note"
    return ("note", "note_long") if len(wanted.note) > NOTE_MAX else None


def place(*, person_id: UUID, target: str, key: str, field: str) -> Place:
    """Return the place an address names; the person's own row is called `self` there."""
    return Place(target, str(person_id) if key == SELF else key, field)


def code_of(found: Place) -> str:
    """Return a place as one value of a form; the person's own row is called `self` there too."""
    return f"{found.target}.{SELF if found.target == 'person' else found.key}.{found.field}"


def chosen(*, person_id: UUID, code: str) -> Place:
    """Return the place a form's value names; one that names none belongs to nobody."""
    target, key, field = (*code.split("."), "", "", "")[:3]
    return place(person_id=person_id, target=target, key=key, field=field)


def sealed(person_id: UUID) -> str:
    """Return a person's key as a signed text, to be carried by the second page of the counter."""
    return signing.dumps(str(person_id), salt=_SALT)


def opened(text: str) -> UUID | None:
    """Return the key in a signed text; None when it was made up or is older than an hour."""
    try:
        return UUID(signing.loads(text, salt=_SALT, max_age=60 * 60))
    except signing.BadSignature:
        return None
