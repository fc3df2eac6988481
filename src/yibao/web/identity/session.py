"""What a session remembers of how its citizen proved who they are."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yibao.casework.assurance import LEVELS, Assurance
from yibao.web.identity.providers import Provider

KEY = "assurance"
DEMO = "demo"
LASTING = "L2"
"""Levels up to here last as long as the session; higher ones are proved anew after a while."""


def remember(request: HttpRequest, *, level: str, method: str, at: datetime) -> None:
    """Keep level, time and method of a sign-in or a step-up."""
    request.session[KEY] = {"level": level, "method": method, "at": at.timestamp()}


def assurance_of(request: HttpRequest) -> Assurance:
    """Return how sure it is who is signed in; a proof above L2 wears off.

    A session that no provider opened was opened by a password, which counts only where there is no provider.
    """
    held: dict[str, Any] = request.session.get(KEY) or {}
    if not held:
        return Assurance(LEVELS[0] if settings.YIBAO_PROVIDERS else settings.YIBAO_DEMO_LEVEL, DEMO)
    since = datetime.fromtimestamp(held["at"], tz=request.at.tzinfo)
    proved = Assurance(held["level"], held["method"], since)
    fresh = request.at - since <= timedelta(minutes=settings.YIBAO_STEP_UP_MINUTES)
    if fresh or LEVELS.index(proved.level) <= LEVELS.index(LASTING):
        return proved
    return Assurance(LASTING, proved.method, since)


def provider_named(name: str) -> Provider | None:
    """Return a provider of this installation by its name."""
    return next((one for one in settings.YIBAO_PROVIDERS if one.name == name), None)
