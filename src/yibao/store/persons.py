"""Finding persons by what is sealed."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from yibao.store import ready
from yibao.store.fields import BlindIndex
from yibao.store.models import Person

_PERSONS = ready.Reader(Person)
_LOCKED = f"SELECT {_PERSONS.columns} FROM store_person WHERE id {{among}} {{lock}}"


def locked(person_id: UUID) -> Person:
    """Return a person, locked until the caller's transaction ends.

    Args:
        person_id: The person.

    Raises:
        Person.DoesNotExist: There is no such person; that is a bug in the caller.
    """
    found = ready.rows(_LOCKED, [person_id])
    if not found:
        raise Person.DoesNotExist("there is no such person")
    return _PERSONS.made(found[0])


def with_identity(identity: str) -> Q:
    """Return the condition for the persons with an identity number, also while keys are changed.

    Args:
        identity: The whole number, in any spelling.
    """
    return _with("identity_index", identity)


def with_phone(phone: str) -> Q:
    """Return the condition for the persons with a telephone number, also while keys are changed.

    Args:
        phone: The whole number, with or without spaces.
    """
    return _with("phone_index", phone)


def find(*, identity: str, kind: str = "resident_id") -> Person | None:
    """Return the person with an identity number; the one kept, where two were merged.

    Args:
        identity: The whole number; parts of it find nobody.
        kind: Kind of the identity.
    """
    kept = Person.objects.filter(identity_kind=kind, merged_into__isnull=True)
    return kept.filter(with_identity(identity)).first()


def find_all(*, identities: Collection[str], kind: str) -> dict[str, Person]:
    """Return the persons with identity numbers as `find` does, by the number as it was asked, locked in their order.

    Args:
        identities: Whole numbers.
        kind: Kind of the identity.
    """
    field = Person._meta.get_field("identity_index")
    assert isinstance(field, BlindIndex)
    asked = {index: one for one in identities for index in field.hashes(one)}
    kept = Person.objects.select_for_update().filter(identity_kind=kind, merged_into__isnull=True)
    return {asked[str(row.identity_index)]: row for row in kept.filter(identity_index__in=asked).order_by("pk")}


def _with(name: str, value: str) -> Q:
    field = Person._meta.get_field(name)
    assert isinstance(field, BlindIndex)
    return Q(**{f"{name}__in": field.hashes(value)})
