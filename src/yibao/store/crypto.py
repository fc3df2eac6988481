"""Encryption at rest, blind indexes for exact search, and the key that signs daily heads.

Keys are files of 32 random bytes in `settings.YIBAO_KEYS_DIR`, mode 0600, made on first use:
`record.key` (AES-256-GCM), `index.key` (HMAC-SHA256), `audit.key` (Ed25519).
Losing `record.key` loses every name and number; keep a copy apart from the database.
"""

import hmac
import os
import secrets
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12
_FORMAT = b"\x01"


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
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _FORMAT + nonce + _cipher(_keys_dir()).encrypt(nonce, plain, place.encode())


def unseal(*, sealed: bytes, place: str) -> bytes:
    """Return what `seal` was given.

    Raises:
        SealBroken: The bytes were changed or belong elsewhere; the record must be restored from a backup.
    """
    body = bytes(sealed)
    if body[:1] != _FORMAT:
        raise SealBroken(f"{place} holds a value of an unknown format")
    try:
        return _cipher(_keys_dir()).decrypt(body[1 : 1 + NONCE_BYTES], body[1 + NONCE_BYTES :], place.encode())
    except InvalidTag as error:
        raise SealBroken(f"{place} holds a value that was changed, or that another key sealed") from error


def blind_index(*, value: str, place: str) -> str:
    """Return the keyed hash under which a sealed value is found again, 64 hexadecimal digits.

    Args:
        value: The value in its one spelling (identity numbers with a capital X).
        place: Table and column, so that equal values in two columns do not show as equal.

    Examples:
        >>> blind_index(value="500101", place="a") == blind_index(value="500101", place="b")
        False
    """
    key = _key(_keys_dir() / "index.key")
    return hmac.new(key, f"{place}\x00{value}".encode(), sha256).hexdigest()


def audit_key() -> Ed25519PrivateKey:
    """Return the key that signs daily heads; give its public half to those who check."""
    return Ed25519PrivateKey.from_private_bytes(_key(_keys_dir() / "audit.key"))


def _keys_dir() -> Path:
    return Path(settings.YIBAO_KEYS_DIR)


@cache
def _cipher(folder: Path) -> AESGCM:
    return AESGCM(_key(folder / "record.key"))


@cache
def _key(file: Path) -> bytes:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        # Linking is atomic: of several starting processes one wins, the others read its key.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_bytes()
