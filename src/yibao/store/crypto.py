"""Encryption at rest, blind indexes for exact search, and the key that signs daily heads.

Values are sealed with AES-256-GCM and found by HMAC-SHA256, each with the key of a version (`store.keyring`);
`audit.key` (Ed25519) signs. Losing the record's keys loses every name and number: keep a copy apart from the database.

A sealed value begins with what names its key: a byte 1 for the first version, or a byte 2 and the version in two bytes.
"""

import hmac
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from yibao.store import keyring

NONCE_BYTES = 12
HEAD_BYTES = 3
_FIRST = b"\x01"
_NUMBERED = b"\x02"


class SealBroken(ValueError):
    """A sealed value was changed, moved to another column, or sealed with another key."""


def seal(*, plain: bytes, place: str) -> bytes:
    """Return `plain` encrypted for one place of the record.

    Args:
        plain: What nobody may read in the file of the database.
        place: Table and column; the value opens nowhere else.

    Examples:
        >>> sealed = seal(plain="张三".encode(), place="store_person.name")
        >>> unseal(sealed=sealed, place="store_person.name").decode()
        '张三'
    """
    version = ring().current
    nonce = secrets.token_bytes(NONCE_BYTES)
    return head(version) + nonce + _cipher(keys_dir(), version).encrypt(nonce, plain, place.encode())


def unseal(*, sealed: bytes, place: str) -> bytes:
    """Return what `seal` was given.

    Raises:
        SealBroken: The bytes were changed or belong elsewhere; the record must be restored from a backup.
    """
    body = bytes(sealed)
    version = version_of(body)
    if version is None:
        raise SealBroken(f"{place} holds a value of an unknown format")
    start = len(head(version))
    try:
        cipher = _cipher(keys_dir(), version)
        return cipher.decrypt(body[start : start + NONCE_BYTES], body[start + NONCE_BYTES :], place.encode())
    except FileNotFoundError as error:
        raise SealBroken(f"{place} holds a value of key {version}, which is not in the folder of keys") from error
    except InvalidTag as error:
        raise SealBroken(f"{place} holds a value that was changed, or that another key sealed") from error


def head(version: int) -> bytes:
    """Return how a value sealed with a version begins.

    Examples:
        >>> head(1), head(2)
        (b'\\x01', b'\\x02\\x00\\x02')
    """
    return _FIRST if version == 1 else _NUMBERED + version.to_bytes(HEAD_BYTES - 1, "big")


def version_of(sealed: bytes) -> int | None:
    """Return the version of the key a value was sealed with, or None where it is no sealed value."""
    if sealed[:1] == _FIRST:
        return 1
    if sealed[:1] == _NUMBERED and len(sealed) > HEAD_BYTES:
        return int.from_bytes(sealed[1:HEAD_BYTES], "big")
    return None


def blind_index(*, value: str, place: str) -> str:
    """Return the keyed hash under which a sealed value is stored, 64 hexadecimal digits.

    Args:
        value: The value in its one spelling (identity numbers with a capital X).
        place: Table and column, so that equal values in two columns do not show as equal.

    Examples:
        >>> blind_index(value="500101", place="a") == blind_index(value="500101", place="b")
        False
    """
    return _hash(ring().current, value, place)


def blind_indexes(*, value: str, place: str) -> list[str]:
    """Return every hash a value may be found under now: more than one while keys are changed.

    Args:
        value: The value in its one spelling.
        place: Table and column.

    Examples:
        >>> blind_index(value="500101", place="a") in blind_indexes(value="500101", place="a")
        True
    """
    return [_hash(version, value, place) for version in sorted(ring().live, reverse=True)]


def ring() -> keyring.Ring:
    """Return which versions of the keys there are, as of this moment."""
    return keyring.ring(keys_dir())


def audit_key() -> Ed25519PrivateKey:
    """Return the key that signs daily heads; give its public half to those who check."""
    return Ed25519PrivateKey.from_private_bytes(_key(keys_dir(), "audit", 1))


def keys_dir() -> Path:
    """Return the folder the keys lie in."""
    folder = settings.YIBAO_KEYS_DIR
    # Making a path anew takes longer than unsealing a value.
    return folder if isinstance(folder, Path) else Path(folder)


def _hash(version: int, value: str, place: str) -> str:
    return hmac.new(_key(keys_dir(), "index", version), f"{place}\x00{value}".encode(), sha256).hexdigest()


@cache
def _cipher(folder: Path, version: int) -> AESGCM:
    return AESGCM(_key(folder, "record", version))


@cache
def _key(folder: Path, name: str, version: int) -> bytes:
    # Only a key nothing was sealed with yet is made here: one that is lost or retired must not come back as another.
    if name == "audit" or (version == 1 and keyring.ring(folder) == keyring.Ring()):
        return keyring.key(folder=folder, name=name)
    return keyring.file_of(folder=folder, name=name, version=version).read_bytes()
