"""Files on disk, sealed, under the hash of their content.

They lie in `settings.YIBAO_DOCUMENTS_DIR` and not in the database: a copy of either alone shows nothing,
and a database of a million cases stays small enough to copy every night. A file is written and synced
before its row is; what a crash leaves behind is a file nobody refers to.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from yibao.casework.actors import Actor
from yibao.store import crypto
from yibao.store.models import Case, Document


class FileDamaged(RuntimeError):
    """A stored file is missing or was changed; restore the documents folder from its copy."""


def add(
    *, case: Case, material: str, name: str, content_type: str, content: bytes, by: Actor, at: datetime
) -> Document:
    """Keep a file that was handed in.

    Args:
        case: The case it belongs to.
        material: Code of the material it proves.
        name: The file's name as the person gave it; sealed.
        content_type: The real type, already checked by content.
        content: The bytes.
        by: Who hands it in.
        at: Now.
    """
    digest = put(content)
    return Document.objects.create(
        case=case,
        material=material,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=digest,
        added_at=at,
        added_by=by.id,
    )


def content(document: Document) -> bytes:
    """Return a document's bytes, checked against their hash.

    Raises:
        FileDamaged: The file is gone or was changed.
    """
    return get(document.sha256)


def remove(*, document_id: int, at: datetime) -> None:
    """Take a document back; its file stays, because what was seen must remain provable."""
    Document.objects.filter(pk=document_id, removed_at__isnull=True).update(removed_at=at)


def put(content: bytes) -> str:
    """Write bytes to the folder and return their SHA-256, 64 hexadecimal digits."""
    digest = hashlib.sha256(content).hexdigest()
    file = path_of(digest)
    with suppress(FileNotFoundError):
        # Younger again: what is used now is not taken for left behind.
        os.utime(file)
        return digest
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{digest}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(crypto.seal(plain=content, place=f"document/{digest}"))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    return digest


def get(digest: str) -> bytes:
    """Return the bytes stored under a hash.

    Raises:
        FileDamaged: The file is gone or was changed.
    """
    try:
        plain = crypto.unseal(sealed=path_of(digest).read_bytes(), place=f"document/{digest}")
    except (FileNotFoundError, crypto.SealBroken) as error:
        raise FileDamaged(f"file {digest} is missing or was changed") from error
    if hashlib.sha256(plain).hexdigest() != digest:
        raise FileDamaged(f"file {digest} holds something else")
    return plain


def path_of(digest: str) -> Path:
    """Return where a file lies."""
    return folder() / digest[:2] / digest


def folder() -> Path:
    """Return the folder the files lie in."""
    return Path(settings.YIBAO_DOCUMENTS_DIR)
