"""Where somebody is signed in, for the portal and the workbench alike, and the button that ends it everywhere."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yibao.casework.entry import CITIZEN, STAFF, open_to
from yibao.casework.officers import OFFICERS
from yibao.store import accounts
from yibao.web import sessions

EVERYBODY = (CITIZEN, STAFF, *sorted(OFFICERS))


@open_to(*EVERYBODY, own="self")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show where the reader is signed in."""
    at_desk = request.actor.kind == "staff"
    context = {
        "layout": f"layouts/{'workbench' if at_desk else 'portal'}.html",
        "end": "workbench:end_sessions" if at_desk else "portal:end_sessions",
        "section": "security" if at_desk else "home",
        "sessions": sessions.open_of(request.user, at=request.at),
        "this": request.session.session_key,
    }
    return render(request, "portal/open_sessions.html", context)


@open_to(*EVERYBODY, own="self")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End every session of the reader, this one too."""
    user, at_desk = request.user, request.actor.kind == "staff"
    if at_desk:
        accounts.note(account=user, kind="sign_out_everywhere", actor_id=user.pk, at=request.at)
    sessions.end_all(user)
    logout(request)
    return redirect("workbench:sign_in" if at_desk else "portal:sign_in")
