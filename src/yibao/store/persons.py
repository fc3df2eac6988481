"""Finding persons by what is sealed."""

from yibao.store import crypto
from yibao.store.fields import BlindIndex, spelled
from yibao.store.models import Person


def identity_index(identity: str) -> str:
    """Return the blind index of an identity number, to filter `Person.identity_index` by."""
    return _index("identity_index", identity)


def phone_index(phone: str) -> str:
    """Return the blind index of a telephone number, to filter `Person.phone_index` by."""
    return _index("phone_index", phone)


def find(*, identity: str, kind: str = "resident_id") -> Person | None:
    """Return the person with an identity number; the one kept, where two were merged.

    Args:
        identity: The whole number; parts of it find nobody.
        kind: Kind of the identity.
    """
    return Person.objects.filter(
        identity_kind=kind, identity_index=identity_index(identity), merged_into__isnull=True
    ).first()


def _index(name: str, value: str) -> str:
    field = Person._meta.get_field(name)
    assert isinstance(field, BlindIndex)
    return crypto.blind_index(value=spelled(value), place=field.place())
