"""A person's copy of their own data: ask for it, and fetch it once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from yibao.casework.entry import CITIZEN, open_to
from yibao.store import own_data as copies

FILE_NAME = "my-data.zip"


@open_to(CITIZEN, own="self")
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """Show where the person's last copy stands, and take in that they ask for one."""
    person_id = request.actor.person_id
    if request.method == "POST":
        copies.ask(person_id=person_id, by=request.actor, at=request.at)
        return redirect("portal:own_data")
    copy = copies.latest(person_id)
    state = copy.state(request.at) if copy else ""
    return render(request, "portal/own_data.html", {"section": "cases", "copy": copy, "state": state})


@open_to(CITIZEN, own="self")
@require_POST
def fetch(request: HttpRequest) -> HttpResponse:
    """Send the copy that lies ready, once.

    Raises:
        Refused: `no_copy_ready`; the page says what to do.
    """
    content = copies.fetch(person_id=request.actor.person_id, by=request.actor, at=request.at)
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)
