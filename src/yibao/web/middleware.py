"""What every page shares: language, type size, who asks, who may, and what a browser may load."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from yibao import services
from yibao.casework.actors import Actor
from yibao.casework.entry import AGENT, CITIZEN, VISITOR, Entry, rule_of
from yibao.casework.limits import Limit, limit_of
from yibao.casework.refusals import refuse
from yibao.kernel.errors import Refused
from yibao.web import kept, remembered, sessions
from yibao.web.access import actor_of
from yibao.web.errors import DESK, api_problem, error_page, of_program, refusal_page, too_many_page, too_many_problem
from yibao.web.errors import frame as frame_of
from yibao.web.identity import proving
from yibao.web.identity.who import by_token, who
from yibao.web.levels import require_reading
from yibao.web.limits import too_many, too_many_of_program
from yibao.web.places import acting_words, desk_nav, first_page, other_offices, region_of, roles_words, unread_of
from yibao.web.proving import detour
from yibao.web.remembered import LANGUAGE_COOKIE, LARGE_COOKIE
from yibao.web.words import LANGUAGES, Say

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]

OFFICE = "office"
HOME = "/"
BODY_SLACK_BYTES = 64 * 1024
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class PagesMiddleware:
    """Put the reader's language and identity on the request, keep closed doors closed, send the page policy."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self._describe(request)
        with services.one_version(at=request.at) as rules:  # type: ignore[attr-defined]
            request.rules = rules  # type: ignore[attr-defined]
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = refuse_large_body(request) or refuse_nul(request) or self.get_response(request)
        if response.status_code == 405 and not of_program(request):
            allowed = response["Allow"]
            response = error_page(request, 405)
            response["Allow"] = allowed
        remembered.send(request, response)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith(settings.STATIC_URL):
            response.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, values: Any) -> HttpResponse | None:
        """Let in only whom the rule beside the view admits; where there is none, nobody."""
        rule = rule_of(view)
        if rule is None:
            log.error("no rule says who may open %s", request.resolver_match.view_name)  # type: ignore[union-attr]
            return error_page(request, 403)
        sessions.end_when_over(request)
        if of_program(request):
            return self._of_program(request, rule, limit_of(view))
        seconds = too_many(request, limit_of(view))
        if seconds is not None:
            return too_many_page(request, seconds)
        if VISITOR in rule.who:
            return None
        actor = request.actor  # type: ignore[attr-defined]
        at_desk = request.path.startswith(DESK)
        if not actor:
            return to_the_door(request, at_desk=at_desk)
        if kept_out := _kept_out(request, actor, rule):
            return kept_out
        if (actor.kind == "staff") != at_desk or not rule.admits(actor):
            return error_page(request, 403)
        return detour(request, rule, values.values()) if at_desk else self._asked_for_more(request)

    def _of_program(self, request: HttpRequest, rule: Entry, limit: Limit | None) -> HttpResponse | None:
        seconds = too_many_of_program(request, limit)
        if seconds is not None:
            return too_many_problem(seconds)
        actor = request.actor  # type: ignore[attr-defined]
        if VISITOR in rule.who or (actor and rule.admits(actor)):
            return None
        return api_problem(403 if actor else 401)

    def _asked_for_more(self, request: HttpRequest) -> HttpResponse | None:
        try:
            require_reading(request)
        except Refused as refused:
            return self.process_exception(request, refused)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal that a view did not show itself into a page that says why and what to do."""
        if isinstance(error, Refused) and not of_program(request):
            if error.refusal.code == proving.TOO_LOW:
                return proving.step_up(request, error)
            return refusal_page(request, error)
        return None

    def _describe(self, request: HttpRequest) -> None:
        language = request.COOKIES.get(LANGUAGE_COOKIE, "")
        at = timezone.now()
        request.say = Say(language if language in LANGUAGES else LANGUAGES[0])  # type: ignore[attr-defined]
        request.large = request.COOKIES.get(LARGE_COOKIE) == "1"  # type: ignore[attr-defined]
        request.at = at  # type: ignore[attr-defined]
        request.on = timezone.localdate(at)  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        request.acting_kind = SimpleLazyObject(lambda: acting_words(request))  # type: ignore[attr-defined]
        request.region = SimpleLazyObject(lambda: region_of(request))  # type: ignore[attr-defined]
        request.roles_words = SimpleLazyObject(lambda: roles_words(request))  # type: ignore[attr-defined]
        request.unread = SimpleLazyObject(lambda: unread_of(request))  # type: ignore[attr-defined]
        request.other_offices = SimpleLazyObject(lambda: other_offices(request))  # type: ignore[attr-defined]
        request.desk_nav = SimpleLazyObject(lambda: desk_nav(request))  # type: ignore[attr-defined]
        request.written = SimpleLazyObject(lambda: kept.written(request))  # type: ignore[attr-defined]
        request.at_desk = request.path.startswith(DESK)  # type: ignore[attr-defined]
        request.frame = lambda: frame_of(request)  # type: ignore[attr-defined]
        request.first_page = SimpleLazyObject(lambda: first_page(request))  # type: ignore[attr-defined]


def _kept_out(request: HttpRequest, actor: Actor, rule: Entry) -> HttpResponse | None:
    """Tell a citizen whose right to act has ended, or who acts for a unit where a person is meant or the reverse.

    Staff who open the citizens' first page are led to their own.
    """
    if actor.kind == "staff" and request.path == HOME:
        return redirect(str(request.first_page))  # type: ignore[attr-defined]
    if actor.kind != CITIZEN or request.path.startswith(DESK):
        return None
    if refused := getattr(request, "acting_refused", None):
        return refusal_page(request, refused)
    if rule.admits(actor):
        return None
    if actor.unit_id:
        return refusal_page(request, refuse("acting_for_unit"))
    return refusal_page(request, refuse("act_for_unit_first")) if AGENT in rule.who else None


def _actor(request: HttpRequest) -> Actor | None:
    # A browser's session opens no address of the interface: nobody can be led there by another site.
    if of_program(request):
        return by_token(request)
    return who(request, actor_of(request.user, office=request.session.get(OFFICE, "")))


def to_the_door(request: HttpRequest, *, at_desk: bool) -> HttpResponse:
    """Send a visitor to sign in and back again; what an expired page sent is kept."""
    door = "workbench:sign_in" if at_desk else "portal:sign_in"
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(reverse(door))
    response = redirect(door)
    if request.method == "GET":
        response["Location"] += "?" + urlencode({"next": request.get_full_path()})
    elif kept.keep(request):
        after = reverse("workbench:kept" if at_desk else "portal:kept")
        response["Location"] += "?" + urlencode({"next": after, "expired": "1"})
    return response


def refuse_large_body(request: HttpRequest) -> HttpResponse | None:
    """Return 413 for a body larger than an upload may be, before any of it is read."""
    size = str(request.META.get("CONTENT_LENGTH") or "0")
    limit = settings.YIBAO_PHOTO_BYTES_MAX + BODY_SLACK_BYTES
    if not size.isdigit() or int(size) <= limit:
        return None
    request.written = []  # type: ignore[attr-defined]
    return error_page(request, 413)


def refuse_nul(request: HttpRequest) -> HttpResponse | None:
    """Return 400 where an address or a form holds a NUL, which no text has and PostgreSQL cannot keep."""
    texts = [request.path, *(text for sent in (request.GET, request.POST) for _, held in sent.lists() for text in held)]
    return error_page(request, 400) if any("\x00" in text for text in texts) else None
