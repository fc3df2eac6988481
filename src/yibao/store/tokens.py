"""Tokens by which a program acts for one login: shown once, kept as a hash, ended on a day."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from yibao.store.models import ApiToken

BYTES = 32
SCHEME = "Bearer "


def make(*, user: User, label: str, at: datetime, days: int) -> tuple[ApiToken, str]:
    """Make a token; its text is returned here and never again.

    Args:
        user: Whose rights it has.
        label: Which program it is for.
        at: Now.
        days: How long it is good for, from 1.
    """
    text = secrets.token_urlsafe(BYTES)
    row = ApiToken.objects.create(
        user=user, label=label, sha256=_hash(text), made_at=at, ends_at=at + timedelta(days=days)
    )
    return row, text


def revoke(*, number: int, at: datetime) -> bool:
    """End a token now; return whether there was one that still held."""
    return bool(ApiToken.objects.filter(pk=number, ends_at__gt=at).update(ends_at=at))


def holder(*, header: str, at: datetime) -> User | None:
    """Return whose token an Authorization header carries; None where it carries none that holds.

    Args:
        header: The whole header.
        at: Now.
    """
    if not header.startswith(SCHEME):
        return None
    found = ApiToken.objects.select_related("user").filter(sha256=_hash(header.removeprefix(SCHEME)), ends_at__gt=at)
    row = found.first()
    return row.user if row and row.user.is_active else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
