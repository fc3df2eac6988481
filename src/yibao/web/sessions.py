"""Sessions: a new key at each sign-in, an end when nobody is there any more, and a list of those that are open."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from yibao.web.models import OpenSession

BEGAN, SEEN = "began", "seen"
SEEN_STEP_SECONDS = 60
BROWSERS = {
    "MicroMessenger": "微信 WeChat",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "Windows": "Windows", "Mac OS": "Mac", "Linux": "Linux"}


def at_sign_in(*, sender: object, request: HttpRequest, user: User, **_: object) -> None:
    """Begin a session; connected to Django's signal, which is sent after the key was changed."""
    at = _at(request)
    # Django keeps the key when the same person signs in over an open session, and has none yet after another one's.
    key = request.session.session_key
    if key is None or OpenSession.objects.filter(session_key=key).exists():
        renew(request)
    request.session[BEGAN] = request.session[SEEN] = int(at.timestamp())
    OpenSession.over(at=at).filter(user=user).delete()
    browser = browser_words(request.META.get("HTTP_USER_AGENT", ""))
    OpenSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "began_at": at, "seen_at": at, "browser": browser},
    )


def at_sign_out(*, sender: object, request: HttpRequest, **_: object) -> None:
    """Take a session off the list; connected to Django's signal, which is sent before the session is emptied."""
    OpenSession.objects.filter(session_key=request.session.session_key).delete()


def _at(request: HttpRequest) -> datetime:
    """Return the moment of the request; a sign-in without a page, as from a test, has none of its own."""
    return getattr(request, "at", None) or datetime.now(UTC)


def browser_words(agent: str) -> str:
    """Return a browser and its system in words, enough for its owner to know it again.

    Examples:
        >>> browser_words("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")
        'Chrome · Windows'
    """
    found = [next((words for mark, words in known.items() if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(words for words in found if words)


def changed_key(request: HttpRequest, before: str | None) -> None:
    """Keep the list right after the key of a session was changed."""
    OpenSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def renew(request: HttpRequest) -> None:
    """Change the key of a session, so that one known before opens nothing more."""
    before = request.session.session_key
    request.session.cycle_key()
    changed_key(request, before)


def end_when_over(request: HttpRequest) -> None:
    """End a session that was idle, or open, for too long; otherwise note, once a minute, that somebody is there."""
    began = request.session.get(BEGAN)
    actor = request.actor if began is not None else None  # type: ignore[attr-defined]
    if not actor:
        return
    now = int(request.at.timestamp())  # type: ignore[attr-defined]
    idle, whole = settings.YIBAO_SESSION_SECONDS[actor.kind]
    if now - request.session.get(SEEN, now) > idle or now - began > whole:
        say = request.say  # type: ignore[attr-defined]
        logout(request)
        request.actor = None  # type: ignore[attr-defined]
        messages.info(request, say("common.session.over"))
    elif now - request.session[SEEN] >= SEEN_STEP_SECONDS:
        request.session[SEEN] = now
        key = request.session.session_key
        OpenSession.objects.filter(session_key=key).update(seen_at=request.at)  # type: ignore[attr-defined]


def open_of(user: User, *, at: datetime) -> list[OpenSession]:
    """Return the sessions of a login that are open, the latest first."""
    rows = list(OpenSession.objects.filter(user=user).order_by("-seen_at"))
    alive = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=at)
    keys = set(alive.values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in keys]


def end_all(user: User) -> None:
    """End every session of a login, on every device."""
    keys = list(OpenSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(user=user).delete()
