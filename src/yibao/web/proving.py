"""Whether a session of staff has given its second factor, when, and where to send those who have not."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from yibao.casework.entry import Entry

FACTOR_AT = "factor_at"
TEMPORARY = "password_is_temporary"
FORM = "post"


def proved(request: HttpRequest) -> None:
    """Write down that the second factor was given now."""
    request.session[FACTOR_AT] = int(request.at.timestamp())  # type: ignore[attr-defined]


def has_proved(request: HttpRequest) -> bool:
    """Return whether this session has given the second factor, or none is asked for here."""
    return not settings.YIBAO_SECOND_FACTOR or FACTOR_AT in request.session


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the second factor was given a short while ago, or none is asked for here."""
    if not settings.YIBAO_SECOND_FACTOR:
        return True
    age = int(request.at.timestamp()) - request.session.get(FACTOR_AT, 0)  # type: ignore[attr-defined]
    return age <= settings.YIBAO_STEP_UP_SECONDS


def detour(request: HttpRequest, rule: Entry, verbs: Iterable[object]) -> HttpResponse | None:
    """Return where a member of staff must go first: to a password of their own, or to the second factor.

    Args:
        request: Of a member of staff, at the workbench.
        rule: Of the address asked for.
        verbs: What stands in the address.
    """
    if not rule.early and request.session.get(TEMPORARY):
        return redirect("workbench:password")
    if not rule.early and not has_proved(request):
        return _ask(request, request.get_full_path() if request.method == "GET" else reverse("workbench:queue"))
    steps = {str(verb) for verb in verbs} | {FORM}
    if request.method == "POST" and rule.fresh & steps and not is_fresh(request):
        return _ask(request, _page_before(request), again="1")
    return None


def _page_before(request: HttpRequest) -> str:
    """Return the page the form stood on, so that it is sent again with open eyes."""
    host, referrer = request.get_host(), request.headers.get("Referer", "")
    _, _, path = referrer.partition(f"//{host}")
    return path if path.startswith("/workbench/") else reverse("workbench:queue")


def _ask(request: HttpRequest, target: str, **more: str) -> HttpResponse:
    address = f"{reverse('workbench:second_factor')}?{urlencode({'next': target, **more})}"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]
