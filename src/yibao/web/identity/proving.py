"""Asking for a stronger proof: which doors give it, and a page that loses nothing of what was typed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from yibao.casework.assurance import LEVELS
from yibao.kernel.errors import Refused
from yibao.store.window_codes import LEVEL
from yibao.web import levels
from yibao.web.identity import keeping, window

HOME = "/"
TOO_LOW = "level_too_low"


def doors(request: HttpRequest, *, target: str, level: str = "") -> list[dict[str, Any]]:
    """Return the providers that can prove a level, each with the address that begins it."""
    asked = {"next": target, **({"level": level} if level else {})}
    return [
        {"label": request.say.pick(one), "href": f"{reverse('portal:provider', args=[one.name])}?{urlencode(asked)}"}
        for one in settings.YIBAO_PROVIDERS
        if not level or one.can_prove(level)
    ]


def step_up(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return the page that asks for a stronger proof; what was typed is kept and comes back after it."""
    (needed,) = refused.refusal.details
    target = request.get_full_path()
    if request.method == "POST":
        keeping.keep(request)
        target = reverse("portal:go_on")
    context = {
        "refusal": refused.refusal,
        "needed": needed,
        "needed_words": request.say(f"identity.level.{needed}"),
        "held": request.actor.assurance,
        "doors": doors(request, target=target, level=str(needed)),
        "typed": request.method == "POST",
        "target": target,
        "field": window.field(request) if _by_code(request, str(needed)) else None,
    }
    return render(request, "identity/step_up.html", context, status=refused.refusal.status)


def _by_code(request: HttpRequest, needed: str) -> bool:
    """Return whether a code from the window reaches the level, and the person may type one."""
    held = request.actor.assurance  # type: ignore[attr-defined]
    return LEVELS.index(needed) <= LEVELS.index(LEVEL) and held.reaches(levels.steps()["window_code"])
