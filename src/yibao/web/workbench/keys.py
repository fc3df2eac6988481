"""The page that tells which keys do what on the workbench."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yibao.casework.entry import STAFF, open_to

KEYS = {
    "j": "j",
    "k": "k",
    "Enter": "enter",
    "n": "n",
    "u": "u",
    "q": "q",
    "/": "slash",
    "d": "d",
    "p": "p",
    "?": "help",
}


@open_to(STAFF, own="self")
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Show what each key does, and where they are switched off."""
    say = request.say
    context = {
        "keys": [{"key": key, "does": say(f"desk.keys.one.{name}")} for key, name in KEYS.items()],
        "switch": [{"value": "1", "text": say("desk.keys.switch")}],
    }
    return render(request, "workbench/keys.html", context)
