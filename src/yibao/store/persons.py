"""Finding persons by what is sealed."""

from django.db.models import Q

from yibao.store.fields import BlindIndex
from yibao.store.models import Person


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


def _with(name: str, value: str) -> Q:
    field = Person._meta.get_field(name)
    assert isinstance(field, BlindIndex)
    return Q(**{f"{name}__in": field.hashes(value)})
