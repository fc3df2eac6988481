"""What a person had typed when a stronger proof was asked for: sealed in the session, given back afterwards."""

import base64
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict

from yibao.store import crypto

KEY = "kept_form"
PLACE = "session.kept_form"
KEPT = timedelta(minutes=60)
_OF_THE_PAGE = ("csrfmiddlewaretoken",)


def keep(request: HttpRequest) -> None:
    """Keep the form of a request; files are not kept, no step that takes one asks for more than signing in."""
    form = request.POST.copy()
    for name in _OF_THE_PAGE:
        form.pop(name, None)
    sealed = crypto.seal(plain=form.urlencode().encode(), place=PLACE)
    request.session[KEY] = {
        "path": request.get_full_path(),
        "form": base64.b64encode(sealed).decode(),
        "at": request.at.timestamp(),
    }


def kept(request: HttpRequest) -> tuple[str, list[tuple[str, str]]] | None:
    """Return address and fields of the form that was kept, or None where there is none any more."""
    held: dict[str, Any] = request.session.get(KEY) or {}
    if not held or request.at - datetime.fromtimestamp(held["at"], tz=request.at.tzinfo) > KEPT:
        return None
    try:
        form = QueryDict(crypto.unseal(sealed=base64.b64decode(held["form"]), place=PLACE).decode())
    except crypto.SealBroken:
        # Its key was retired meanwhile.
        return None
    return held["path"], [(name, value) for name, values in form.lists() for value in values]
