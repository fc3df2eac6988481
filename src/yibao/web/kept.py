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

from yibao.casework.entry import CITIZEN, STAFF, open_to
from yibao.store import crypto
from yibao.web.errors import DESK, case_page

WHO_COOKIE = "yibao_who"
PLACE = "web.kept"
BYTES_MAX = 64 * 1024
NEVER = ("csrfmiddlewaretoken", "password", "code", "next")
WRITTEN = ("note", "reason", "why", "remark", "found", "other", "worksheet", "reference", "amount")
"""What staff write into the forms of a case; whatever else a form holds, such as a code or a number, is not shown."""
DESK_FORMS = ("hand_over", "assign", "call_back", "promise", "bulk_row")
"""Forms about cases that belong to no service."""
SHOWN_MAX = 200


def who(user: User) -> str:
    """Return what a device remembers of who was signed in last: a keyed hash that tells nothing."""
    return salted_hmac("yibao.kept", str(user.pk)).hexdigest()


def keep(request: HttpRequest) -> bool:
    """Keep what a visitor's expired page sent, if the device knows whose it was; return whether it was kept."""
    owner = request.COOKIES.get(WHO_COOKIE, "")
    fields = _fields(request.POST)
    plain = json.dumps({"path": request.path, "fields": fields, "who": owner}).encode()
    if not owner or not fields or len(plain) > BYTES_MAX or (request.path.startswith(DESK) and not _of_a_case(request)):
        return False
    request.session["kept"] = base64.b64encode(crypto.seal(plain=plain, place=PLACE)).decode()
    return True


@open_to(CITIZEN, own="self")
@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """Offer what was typed before signing in; to nobody else than whoever typed it."""
    return _offered(request, otherwise="portal:home")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is too old: the same person may send it again from here, with a fresh one."""
    fields = _fields(request.POST)
    kind = getattr(request.actor, "kind", "")
    if (kind == CITIZEN or (kind == STAFF and _of_a_case(request))) and fields and _same_site(request):
        return _page(request, request.path, fields, status=403)
    # A form that another site may have sent gets nothing back.
    request.written = []  # type: ignore[attr-defined]
    return render(request, "403_csrf.html", status=403)


def _offered(request: HttpRequest, *, otherwise: str) -> HttpResponse:
    """Return the page that offers what was kept to whoever typed it; anybody else is led on, and it is thrown away."""
    kept = _kept(request)
    if kept is None or not constant_time_compare(kept["who"], who(request.user)):  # type: ignore[arg-type]
        request.session.pop("kept", None)
        return redirect(otherwise)
    return _page(request, kept["path"], kept["fields"], status=200)


def _page(request: HttpRequest, path: str, fields: list[list[str]], *, status: int) -> HttpResponse:
    request.session.pop("kept", None)
    context = {"path": path, "back": case_page(path) or path, "fields": fields, "rows": _rows(request, path, fields)}
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
                for group in (f"{service}.ask", f"{service}.withdraw", f"{service}.case", "desk.kept.field")
                if (found := request.say.find(f"{group}.{name}"))
            ),
            None,
        )
        if words and value.strip():
            rows.append({"key": {"text": words}, "value": {"text": value[:SHOWN_MAX]}})
    return rows


def _fields(sent: QueryDict) -> list[list[str]]:
    return [[name, value] for name, values in sent.lists() if name not in NEVER for value in values]


@open_to(STAFF, own="self")
@require_safe
def again_at_desk(request: HttpRequest) -> HttpResponse:
    """Offer what a member of staff had written before signing in; to nobody else."""
    return _offered(request, otherwise="workbench:queue")


def written(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the fields a member of staff had written into the form of a case, to be copied from a page that says no.

    Args:
        request: Any; where it sent no such form there are none.
    """
    if request.method != "POST" or not _of_a_case(request):
        return []
    say = request.say  # type: ignore[attr-defined]
    texts = [(name, request.POST.get(name, "").strip()) for name in WRITTEN]
    return [
        {"component": "textarea", "id": f"written-{name}", "name": name, "rows": 3, "value": text,
         "label": {"text": say(f"desk.kept.field.{name}")}, "attributes": {"readonly": "readonly"}}
        for name, text in texts if text
    ]  # fmt: skip


def _of_a_case(request: HttpRequest) -> bool:
    """Return whether an address is one of a case's at the workbench."""
    try:
        found = resolve(request.path)
    except Resolver404:
        return False
    return found.namespace.startswith("workbench_") or (found.namespace == "workbench" and found.url_name in DESK_FORMS)


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
