"""What a person was told: the inbox, newest first, and one message."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from yibao.casework.entry import CITIZEN, open_to
from yibao.store.messages import telling
from yibao.store.models import Case, Message

SIZE = 20
STILL_OPEN = {"correct": "correction_due", "account": "approved"}
"""What a message asks for, and the state in which it can still be done."""


@open_to(CITIZEN, own="self")
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List the messages, newest first."""
    before = request.GET.get("before", "")
    found = telling.inbox(request.actor.person_id)
    if before.isdecimal() and before.isascii():
        found = found.filter(pk__lt=min(int(before), 2**62))
    rows = list(found[: SIZE + 1])
    older = f"?before={rows[SIZE - 1].pk}" if len(rows) > SIZE else ""
    cards = [_card(row, request) for row in rows[:SIZE]]
    context = {"section": "messages", "messages_of": cards, "older": older, "newer": bool(before)}
    return render(request, "portal/messages.html", context)


@open_to(CITIZEN, own="self")
@require_safe
def one(request: HttpRequest, message: int) -> HttpResponse:
    """Show one message; from then on it counts as read."""
    row = telling.inbox(request.actor.person_id).filter(pk=message).first()
    if row is None:
        raise Http404
    if row.read_at is None and request.method == "GET":
        Message.objects.filter(pk=row.pk, read_at=None).update(read_at=request.at)
    return render(request, "portal/message.html", {"section": "messages", **_card(row, request)})


def _card(row: Message, request: HttpRequest) -> dict[str, Any]:
    words = telling.words(row, language=request.say.language)
    return {
        "row": row,
        "title": words.title,
        "body": words.body,
        "service": request.say.find(f"{row.service}.name") or "",
        "todo": _todo(row, request),
        "case_href": reverse(f"{row.service}:case", args=[row.case_number]),
    }


def _todo(row: Message, request: HttpRequest) -> dict[str, str] | None:
    """Return the button of what the person is to do, while it still can be done."""
    todo = telling.todo_of(row.kind)
    if not todo or not Case.objects.filter(number=row.case_number, state=STILL_OPEN[todo]).exists():
        return None
    try:
        return {
            "text": request.say(f"portal.messages.{todo}"),
            "href": reverse(f"{row.service}:{todo}", args=[row.case_number]),
        }
    except NoReverseMatch:
        return None
