"""Messages that could not be delivered: staff see the case and the channel, not the address, and may try again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yibao.casework.entry import open_to
from yibao.casework.standing import INTAKE_ROLE
from yibao.store.messages import telling, undelivered
from yibao.store.models import Case

SHOWN_MAX = 100


@open_to(INTAKE_ROLE, own="region")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what was given up in the office's region, newest first."""
    found = list(undelivered.failed(request.actor.region)[:SHOWN_MAX])
    cases = {case.number: case for case in Case.objects.filter(number__in=[row.message.case_number for row in found])}
    rows = [
        {
            "delivery": row,
            "title": telling.words(row.message, language=request.say.language).title,
            "channel": request.say(f"portal.contact.channel.{row.channel}"),
            "case": cases[row.message.case_number],
            "href": f"workbench_{row.message.service}:case",
        }
        for row in found
    ]
    return render(request, "workbench/undelivered.html", {"section": "undelivered", "rows": rows})


@open_to(INTAKE_ROLE, own="region")
@require_POST
def again(request: HttpRequest, delivery: int) -> HttpResponse:
    """Have the worker try once more, from the beginning."""
    row = undelivered.send_again(delivery=delivery, region=request.actor.region, at=request.at)
    if row is None:
        raise Http404
    messages.success(request, request.say("desk.undelivered.again_done", number=row.message.case_number))
    return redirect("workbench:undelivered")
