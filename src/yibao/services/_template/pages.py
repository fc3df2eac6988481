"""The pages of this service: the card on the citizen's first page, and the page it leads to."""

from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from yibao.casework.entry import CITIZEN, open_to

_FOLDER = Path(__file__).parent
NAME = _FOLDER.name


@open_to(CITIZEN, own="self")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what the service is, and where to go."""
    words = {part: f"{NAME}.{part}" for part in ("card.title", "card.text", "where")}
    context = {part.replace(".", "_"): request.say(key) for part, key in words.items()}  # type: ignore[attr-defined]
    return HttpResponse(_page("index.html").render(context, request))


def portal_service(request: HttpRequest) -> dict[str, str]:
    """Return this service's card on the citizen's first page."""
    say = request.say  # type: ignore[attr-defined]
    return {"href": reverse(f"{NAME}:index"), "title": say(f"{NAME}.card.title"), "text": say(f"{NAME}.card.text")}


@cache
def _page(name: str) -> Any:
    return engines["django"].from_string((_FOLDER / "templates" / name).read_text(encoding="utf-8"))


urlpatterns = [path("", index, name="index")]
