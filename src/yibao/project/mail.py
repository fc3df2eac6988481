"""The settings of e-mail, from one address."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 10


def settings(*, url: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings of e-mail.

    Args:
        url: smtp://, smtps:// or smtp+tls:// with host, port and login; empty writes files.
        folder: Where the files go.

    Examples:
        >>> settings(url="smtp+tls://office:s%40fe@mail.example:587", folder=Path("x"))["EMAIL_HOST_PASSWORD"]
        's@fe'
    """
    if not url:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(folder)}
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
    }
