"""One step on many transfers at once: those that wait for it, ticked on a list, and what came of them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_safe

from yibao.casework.actors import Actor
from yibao.casework.entry import open_to
from yibao.kernel.errors import Refusal
from yibao.services.relocation import actions
from yibao.services.relocation.pages.halves import refusal_words
from yibao.services.relocation.pages.places import place_words
from yibao.services.relocation.pages.sides import NAME
from yibao.store import keys, queues
from yibao.store.models import Case

SPACE, SECTION = "workbench_relocation", "several"
KEPT = "relocation.several"
"""Where the session keeps what came of the last list: shown again, it does nothing again."""
KEY_LENGTH = 16
ROWS_MAX, ROW_MAX = 100, 110
_TOLD = ("code", "zh", "en", "next_zh", "next_en")
DO: Mapping[str, Callable[..., dict[str, Refusal]]] = {
    "build": lambda seen, **now: actions.build_all(numbers=list(seen), **now),
    "sign": lambda seen, **now: actions.sign_all(seen=seen, **now),
    "check": lambda seen, **now: actions.check_all(seen=seen, **now),
    "load": lambda seen, **now: actions.load_all(seen=seen, **now),
    "credit": lambda seen, **now: actions.credit_all(numbers=list(seen), **now),
}


def links(actor: Actor, say: Any, *, among: Collection[str] = tuple(actions.TOGETHER)) -> list[dict[str, Any]]:
    """Return the steps somebody may take on many at once, each with its page and how many wait for it.

    Args:
        actor: Staff.
        say: The reader's words.
        among: Only these steps.
    """
    return [
        {
            "step": step,
            "text": say(f"{NAME}.several.title.{step}"),
            "href": reverse(f"{SPACE}:several_{step}"),
            "count": actions.how_many(step=step, by=actor),
        }
        for step, role in actions.TOGETHER.items()
        if role in actor.roles and step in among
    ]


def nav(request: HttpRequest) -> list[dict[str, str]]:
    """Return the item of the staff's navigation: the page of the first step of the reader's roles."""
    steps = [step for step, role in actions.TOGETHER.items() if role in request.actor.roles]
    words = request.say(f"{NAME}.several.nav")
    return [{"code": SECTION, "text": words, "href": reverse(f"{SPACE}:several_{step}")} for step in steps[:1]]


def _page(step: str) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of a step, open to the role that takes it."""

    @open_to(actions.TOGETHER[step], own="region")
    @require_http_methods(["GET", "HEAD", "POST"])
    def several(request: HttpRequest) -> HttpResponse:
        """Show what waits for a step; take it on the ticked rows."""
        if request.method != "POST":
            return _listed(request, step)
        key = keys.pressed(request.POST)
        if request.session.get(KEPT, {}).get("key") == key:
            return redirect(f"{SPACE}:several_done")
        seen = _ticked(request)
        if not seen:
            return _listed(request, step, errors={"rows": request.say(f"{NAME}.several.none_ticked")})
        refusals = DO[step](seen, by=request.actor, on=request.on, at=request.at)
        refused = {number: [getattr(no, name) for name in _TOLD] for number, no in refusals.items()}
        request.session[KEPT] = {"key": key, "step": step, "done": len(seen) - len(refused), "refused": refused}
        return redirect(f"{SPACE}:several_done")

    return several


def _ticked(request: HttpRequest) -> dict[str, str]:
    """Return the ticked rows: number of the case, and the hash of the table that was shown.

    Raises:
        Http404: One of them is no transfer.
        PermissionDenied: One of them is of another region.
    """
    sent = [row.partition("~") for row in request.POST.getlist("rows")[:ROWS_MAX] if len(row) <= ROW_MAX]
    seen = {number: shown for number, _, shown in sent}
    regions = Case.objects.filter(service=NAME, number__in=seen).exclude(state="draft").values_list("region", flat=True)
    if len(regions) != len(seen):
        raise Http404
    if not all(request.actor.works_in(region) for region in regions):
        raise PermissionDenied
    return seen


def _listed(request: HttpRequest, step: str, *, errors: Mapping[str, str] | None = None) -> HttpResponse:
    say, after = request.say, queues.Cursor.parse(request.GET.get("after", ""))
    page = actions.queued(step=step, by=request.actor, after=after)
    context = {
        "section": SECTION,
        "step": step,
        "title": say(f"{NAME}.several.title.{step}"),
        "lead": say(f"{NAME}.several.lead.{step}"),
        "press": say(f"{NAME}.several.press.{step}"),
        "tabs": links(request.actor, say),
        "rows": [_row(waiting, request) for waiting in page.rows],
        "next": f"?after={page.next.text()}" if page.next else "",
        "began": after is not None,
        "key": get_random_string(KEY_LENGTH),
        "errors": dict(errors or {}),
    }
    return render(request, "relocation/several.html", context, status=400 if errors else 200)


def _row(waiting: actions.Waiting, request: HttpRequest) -> dict[str, Any]:
    row, table = waiting.row, waiting.table
    return {
        "number": row.case.number,
        "value": f"{row.case.number}~{table.evidence_hash if table else ''}",
        "person": row.person.name,
        "place": place_words(row.other, request.say),
        "months": sum(each["months"] for each in table.body["rows"]) if table else None,
        "amount": table.body["account"]["amount_fen"] if table else None,
        "due": waiting.due_on,
        "late": waiting.due_on is not None and waiting.due_on < request.on,
    }


@open_to(*sorted(set(actions.TOGETHER.values())), own="region")
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Show what came of the last list: how many were done, and why and what next for each that was not."""
    kept, say = request.session.get(KEPT), request.say
    own = links(request.actor, say)
    back = next((each for each in own if kept and each["step"] == kept["step"]), None)
    if back is None:
        return redirect(own[0]["href"])
    refused = [{"number": number, **refusal_words(Refusal(*told), say)} for number, told in kept["refused"].items()]
    context = {"section": SECTION, "back": back, "done": kept["done"], "refused": refused}
    return render(request, "relocation/several_done.html", context)


ADDRESSES: list[URLPattern] = [
    *(path(f"several/{step}", _page(step), name=f"several_{step}") for step in actions.TOGETHER),
    path("several/done", done, name="several_done"),
]
