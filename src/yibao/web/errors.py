"""What a reader is told when no page answers: in the frame they work in, and to programs as a problem."""

import sys
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from yibao.kernel.errors import Refused
from yibao.web.models import MINUTE_SECONDS
from yibao.web.words import LANGUAGES, Say

API = "/api/"
DESK = "/workbench/"
OFFICE_FRAME = "layouts/workbench.html"
SITE_FRAME = "layouts/base.html"
AWAY = (OperationalError, InterfaceError)
AWAY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Bare:
    """What a page may know of a request when nothing may be asked of the database any more."""

    say: Say
    large: bool
    at_desk: bool
    first_page: str
    frame: str
    written: list[dict[str, Any]]
    bare: bool = True


def of_program(request: HttpRequest) -> bool:
    """Return whether a program asks, which reads problems and no pages."""
    return request.path.startswith(API)


def frame(request: HttpRequest) -> str:
    """Return the layout of pages that belong to no part of the site: the office's for staff and at its door."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    at_desk = request.path.startswith(DESK)
    return OFFICE_FRAME if (actor.kind == "staff" if actor else at_desk) else SITE_FRAME


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """Return the page of one error, which says what to do next; to a program, the problem."""
    if of_program(request):
        return api_problem(status)
    words = {"title": f"common.error.{status}.title", "body": f"common.error.{status}.body"}
    return render(request, "error.html", words, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense, such as one sent to a name that is not ours."""
    return problem_or_bare(request, 400)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer what went wrong on our side; a database that is away or does not come to it is a case of its own."""
    if not isinstance(sys.exception(), AWAY):
        return problem_or_bare(request, 500)
    answer = problem_or_bare(request, 503)
    answer["Retry-After"] = str(AWAY_SECONDS)
    return answer


def problem_or_bare(request: HttpRequest, status: int) -> HttpResponse:
    """Return a problem to a program, and to a person a page that asks the database nothing."""
    if of_program(request):
        return api_problem(status)
    at_desk = request.path.startswith(DESK)
    known = Bare(
        say=getattr(request, "say", Say(LANGUAGES[0])),
        large=getattr(request, "large", False),
        at_desk=at_desk,
        first_page=DESK if at_desk else "/",
        frame=OFFICE_FRAME if at_desk else SITE_FRAME,
        written=list(getattr(request, "written", ())),
    )
    words = {"title": f"common.error.{status}.title", "body": f"common.error.{status}.body"}
    return HttpResponse(render_to_string("bare.html", {"request": known, **words}), status=status)


def too_many_page(request: HttpRequest, seconds: int) -> HttpResponse:
    """Return the page that says when to try again, for people and for programs."""
    minutes = -(-seconds // MINUTE_SECONDS)
    response = render(request, "too_many.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def too_many_problem(seconds: int) -> HttpResponse:
    """Return, as programs read it, that there were too many requests, and when to try again."""
    response = api_problem(429)
    response["Retry-After"] = str(seconds)
    return response


def api_problem(status: int) -> HttpResponse:
    """Return one error as programs read it; where a page would speak of pages, in words of its own."""
    says = [Say(language) for language in LANGUAGES]
    title, detail = (_of_program(say, status, "title") for say in says)
    next_zh, next_en = (_of_program(say, status, "body") for say in says)
    # What is too large answers for addresses that promise a list of problems, too.
    errors = [{"where": "", "zh": next_zh, "en": next_en}] if status == 413 else []
    body = {
        "type": "about:blank", "title": title, "status": status, "detail": detail, "code": f"http_{status}",
        "next_zh": next_zh, "next_en": next_en, "errors": errors,
    }  # fmt: skip
    answer = JsonResponse(body, status=status, content_type="application/problem+json")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _of_program(say: Say, status: int, part: str) -> str:
    return say.find(f"common.error_of_program.{status}.{part}") or say(f"common.error.{status}.{part}")


def case_page(path: str) -> str:
    """Return the page of the case a step at the desk is about; empty where an address is no such step."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    if found.namespace.startswith("workbench_") and "number" in found.kwargs:
        return reverse(f"{found.namespace}:case", args=[found.kwargs["number"]])
    return ""


def refusal_page(request: HttpRequest, error: Refused) -> HttpResponse:
    """Return the page of a named refusal: why, and the next step."""
    context = {"refusal": error.refusal, "back": case_page(request.path) if request.method == "POST" else ""}
    return render(request, "refused.html", context, status=error.refusal.status)
