"""What was typed on a page whose session or form had expired: kept sealed, and offered again to the same person.

Nothing is done by itself: the person sees what they had typed and presses the button once more.
"""

import base64
import json
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_safe

from yibao.casework.entry import CITIZEN, open_to
from yibao.store import crypto

WHO_COOKIE = "yibao_who"
PLACE = "web.kept"
BYTES_MAX = 64 * 1024
NEVER = ("csrfmiddlewaretoken", "password", "next")
SHOWN_MAX = 200


def who(user: User) -> str:
    """Return what a device remembers of who was signed in last: a keyed hash that tells nothing."""
    return salted_hmac("yibao.kept", str(user.pk)).hexdigest()


def keep(request: HttpRequest) -> bool:
    """Keep what a visitor's expired page sent, if the device knows whose it was; return whether it was kept."""
    owner = request.COOKIES.get(WHO_COOKIE, "")
    fields = _fields(request.POST)
    plain = json.dumps({"path": request.path, "fields": fields, "who": owner}).encode()
    if not owner or not fields or len(plain) > BYTES_MAX:
        return False
    request.session["kept"] = base64.b64encode(crypto.seal(plain=plain, place=PLACE)).decode()
    return True


@open_to(CITIZEN, own="self")
@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """Offer what was typed before signing in; to nobody else than whoever typed it."""
    kept = _kept(request)
    if kept is None or not constant_time_compare(kept["who"], who(request.user)):  # type: ignore[arg-type]
        request.session.pop("kept", None)
        return redirect("portal:home")
    return _page(request, kept["path"], kept["fields"], status=200)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is too old: the same person may send it again from here, with a fresh one."""
    fields = _fields(request.POST)
    if getattr(request.actor, "kind", "") == CITIZEN and fields and _same_site(request):
        return _page(request, request.path, fields, status=403)
    return render(request, "403_csrf.html", status=403)


def _page(request: HttpRequest, path: str, fields: list[list[str]], *, status: int) -> HttpResponse:
    request.session.pop("kept", None)
    context = {"path": path, "fields": fields, "rows": _rows(request, path, fields)}
    return render(request, "portal/kept.html", context, status=status)


def _rows(request: HttpRequest, path: str, fields: list[list[str]]) -> list[dict[str, Any]]:
    """Return what can be shown with words: fields the service has a question for."""
    try:
        service = resolve(path).namespace.removeprefix("workbench_")
    except Resolver404:
        return []
    rows = []
    for name, value in fields:
        words = next(
            (
                found
                for group in ("ask", "withdraw", "case")
                if (found := request.say.find(f"{service}.{group}.{name}"))
            ),
            None,
        )
        if words and value.strip():
            rows.append({"key": {"text": words}, "value": {"text": value[:SHOWN_MAX]}})
    return rows


def _fields(sent: QueryDict) -> list[list[str]]:
    return [[name, value] for name, values in sent.lists() if name not in NEVER for value in values]


def _kept(request: HttpRequest) -> dict[str, Any] | None:
    sealed = request.session.get("kept")
    if not sealed:
        return None
    try:
        found: dict[str, Any] = json.loads(crypto.unseal(sealed=base64.b64decode(sealed), place=PLACE))
    except (crypto.SealBroken, ValueError):
        return None
    return found


def _same_site(request: HttpRequest) -> bool:
    """Return whether the browser itself says that the form stood on our own page."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") == own or request.headers.get("Sec-Fetch-Site") == "same-origin"
