"""Signing in through a provider, proving more, going on where one was, and signing out there too."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yibao.casework.assurance import LEVELS
from yibao.casework.entry import AGENT, CITIZEN, open_to, public
from yibao.store.window_codes import LEVEL
from yibao.web import levels
from yibao.web.identity import client, entering, keeping, session
from yibao.web.identity.providers import Provider
from yibao.web.identity.proving import HOME, doors
from yibao.web.identity.refusals import refuse
from yibao.web.signin import inside


@public
@require_safe
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """Send a person to a provider: to sign in, or with `level` to prove more.

    Raises:
        Refused: `provider_unreachable`, `sign_in_not_proved`.
    """
    level = request.GET.get("level", "")
    address = client.leave(
        request,
        provider=_provider(provider),
        back=_back(provider),
        target=inside(request.GET.get("next", HOME), HOME),
        level=level if level in LEVELS else "",
    )
    return redirect(address)


@public
@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Let a person in who comes back from a provider, and lead them to where they were going.

    Raises:
        Refused: Why the person was not let in; a session that was open before stays as it was.
    """
    known = _provider(provider)
    claims, held = client.arrive(request, provider=known)
    found = entering.login_of(provider=known, claims=claims, at=request.at)
    _same_person(request, found)
    kept = request.session.get(keeping.KEY)
    login(request, found.user)
    level = known.level(claims)
    session.remember(request, level=level, method=known.name, at=request.at)
    if kept:
        request.session[keeping.KEY] = kept
    if held["level"] and LEVELS.index(level) < LEVELS.index(held["level"]):
        raise refuse("level_not_reached")
    return redirect(inside(held["next"], HOME))


@open_to(CITIZEN, AGENT, own="self")
@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """Give back what was typed before the proof, to be sent with one press of a button."""
    kept = keeping.kept(request)
    if kept is None:
        return redirect("portal:home")
    path, fields = kept
    return render(request, "identity/go_on.html", {"path": inside(path, HOME), "fields": fields})


@open_to(CITIZEN, AGENT, own="self")
@require_safe
def identity(request: HttpRequest) -> HttpResponse:
    """Show how the person proved who they are, what each level is for, and the ways up, also without a face."""
    held = request.actor.assurance
    context = {
        "held": held,
        "method": method_words(request, held.method),
        "levels": [
            {"code": level, "words": request.say(f"identity.level.{level}"), "reached": held.reaches(level)}
            for level in LEVELS
        ],
        "doors": doors(request, target=reverse("portal:identity"), level="L3") if not held.reaches("L3") else [],
        "code": held.reaches(levels.steps()["window_code"]) and not held.reaches(LEVEL),
    }
    return render(request, "identity/identity.html", context)


@public
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session has ended, and go on to end the provider's, where there was one."""
    provider = session.provider_named(request.GET.get("from", ""))
    there = client.leave_for_good(provider=provider, back=_address(reverse("portal:signed_out"))) if provider else ""
    response = render(request, "identity/signed_out.html", {"there": there, "provider": provider})
    if there:
        response["Refresh"] = f"0; url={there}"
    return response


def method_words(request: HttpRequest, method: str) -> str:
    """Return how somebody proved who they are, in words."""
    provider = session.provider_named(method)
    if provider:
        return str(request.say.pick(provider))
    return request.say.find(f"identity.method.{method}") or str(request.say(f"identity.method.{session.DEMO}"))


def _same_person(request: HttpRequest, found: Any) -> None:
    """Refuse to raise one person's session with another's proof."""
    before = getattr(request.user, "citizen_login", None) if request.user.is_authenticated else None
    if before is not None and before.person_id != found.person_id:
        raise refuse("other_person_came_back")


def _provider(name: str) -> Provider:
    provider = session.provider_named(name)
    if provider is None:
        raise Http404
    return provider


def _back(name: str) -> str:
    return _address(reverse("portal:provider_back", args=[name]))


def _address(path: str) -> str:
    return f"{settings.YIBAO_PUBLIC_URL.rstrip('/')}{path}"
