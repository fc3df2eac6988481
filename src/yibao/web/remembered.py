"""Language and type size: in a cookie for this device, in the store for the person, whatever device they sign in on."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from yibao.store.models import ReaderSettings
from yibao.web import kept
from yibao.web.words import LANGUAGES

LANGUAGE_COOKIE = "yibao_language"
LARGE_COOKIE = "yibao_large"
YEAR_SECONDS = 365 * 24 * 60 * 60


def choose(request: HttpRequest, *, language: str | None, large: bool | None) -> None:
    """Remember a choice: for the device, and for whoever is signed in.

    Args:
        request: The answer to it carries the cookies.
        language: One of the languages; None leaves it.
        large: Large type or not; None leaves it.
    """
    chosen: dict[str, Any] = {"language": language, "large": large}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    request.remembered = chosen  # type: ignore[attr-defined]
    if chosen and isinstance(request.user, User):
        ReaderSettings.objects.update_or_create(
            user=request.user, defaults=chosen, create_defaults={**_on_device(request), **chosen}
        )


def at_sign_in(sender: object, request: HttpRequest, user: User, **_: object) -> None:
    """Take up what is remembered of a person; large type that is on is never switched off by signing in."""
    request.who = kept.who(user)  # type: ignore[attr-defined]
    device = _on_device(request)
    saved = ReaderSettings.objects.filter(user=user).values("language", "large").first()
    if saved is None:
        return
    request.remembered = {**saved, "large": saved["large"] or device["large"]}  # type: ignore[attr-defined]


def send(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookies of what was chosen or remembered in this request."""
    chosen: dict[str, Any] = getattr(request, "remembered", {})
    cookies = {}
    if "language" in chosen:
        cookies[LANGUAGE_COOKIE] = chosen["language"]
    if "large" in chosen:
        cookies[LARGE_COOKIE] = "1" if chosen["large"] else "0"
    if hasattr(request, "who"):
        cookies[kept.WHO_COOKIE] = request.who
    for name, value in cookies.items():
        response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)


def _on_device(request: HttpRequest) -> dict[str, Any]:
    language = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return {
        "language": language if language in LANGUAGES else LANGUAGES[0],
        "large": request.COOKIES.get(LARGE_COOKIE) == "1",
    }
