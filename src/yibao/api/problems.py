"""Every no of the interface in one shape: application/problem+json (RFC 9457), with the next step in both languages."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yibao.kernel.errors import InputInvalid, Refused

CONTENT_TYPE = "application/problem+json"
NOT_FOUND = ("not_found", "没有您可以查看的这一件", "there is none you may see", "请核对编号。", "Check the number.")
NO_TOKEN = (
    "no_token",
    "令牌缺失或已失效",
    "the token is missing or has ended",
    "请换用有效的令牌。",
    "Use a token that holds.",
)
WRONG = (
    "input_invalid",
    "提交的内容有误",
    "what was sent is wrong",
    "请按 errors 逐项改正。",
    "Correct what errors names.",
)
UNREADABLE = ("unreadable", "请求无法读取", "the request cannot be read", "请核对格式。", "Check its form.")


def told(
    *, status: int, words: tuple[str, str, str, str, str], errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """Return one problem.

    Args:
        status: Of HTTP.
        words: Code; what, and what next, in Chinese and English.
        errors: Everything wrong with what was sent, each with its place.
    """
    code, zh, en, next_zh, next_en = words
    body = {
        "type": "about:blank", "title": zh, "status": status, "detail": en, "code": code, "next_zh": next_zh,
        "next_en": next_en, "errors": errors or [],
    }  # fmt: skip
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=CONTENT_TYPE, status=status)
    if code == NO_TOKEN[0]:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def tell_by(api: NinjaAPI) -> None:
    """Have an interface tell every no in the one shape."""
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(InputInvalid, _invalid)
    api.add_exception_handler(ValidationError, _not_valid)
    api.add_exception_handler(Http404, lambda request, error: told(status=404, words=NOT_FOUND))
    api.add_exception_handler(AuthenticationError, lambda request, error: told(status=401, words=NO_TOKEN))
    api.add_exception_handler(HttpError, lambda request, error: told(status=error.status_code, words=UNREADABLE))


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    no = error.refusal
    return told(status=no.status, words=(no.code, no.zh, no.en, no.next_zh, no.next_en))


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    errors = [{"where": one.where, "zh": one.zh, "en": one.en} for one in error.problems]
    return told(status=422, words=WRONG, errors=errors)


def _not_valid(request: HttpRequest, error: Any) -> HttpResponse:
    errors = [
        {"where": ".".join(str(part) for part in one["loc"]), "zh": "内容或格式不符", "en": str(one["msg"])[:200]}
        for one in error.errors
    ]
    return told(status=422, words=WRONG, errors=errors)
