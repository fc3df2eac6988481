"""How often somebody may ask: counted for all processes together, told kindly with when to try again."""

import hashlib
import hmac
from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest

from yibao.casework.limits import EXCHANGE, PROGRAM_ADDRESS, PROGRAM_TOKEN, Limit
from yibao.web.models import RequestCount


def address_of(request: HttpRequest) -> str:
    """Return the address a request came from, past as many proxies as the installation says it has."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    proxies = settings.YIBAO_PROXIES
    if proxies and len(hops) >= proxies:
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def too_many(request: HttpRequest, limit: Limit | None) -> int | None:
    """Count a request, and return in how many seconds to try again when there were too many, else None.

    Args:
        request: By a signed-in person, counted for themselves, or a visitor, counted for their address.
        limit: Of the page asked for; None counts nothing.
    """
    actor = request.actor  # type: ignore[attr-defined]
    if limit is None or request.method != limit.method or (actor and actor.kind == "staff"):
        return None
    who = f"login {actor.id}" if actor else f"address {address_of(request)}"
    at = request.at  # type: ignore[attr-defined]
    count = RequestCount.more(key=keyed(limit.name, who), window=limit.window(at))
    return limit.wait(at) if count > limit.most else None


def too_many_of_program(request: HttpRequest, limit: Limit | None) -> int | None:
    """Count a request of a program for its address and for its token; return the seconds to wait, else None.

    The address comes first: whoever tries tokens out is stopped before they are looked up.

    Args:
        request: To the interface for programs.
        limit: Of the address asked for; None counts nothing, and the door for other areas asks for no token.
    """
    if limit is None:
        return None
    if limit.name == EXCHANGE.name:
        return _too_many_of(replace(limit, most=settings.YIBAO_EXCHANGE_MINUTE), request)
    at, header = request.at, request.headers.get("Authorization", "")  # type: ignore[attr-defined]
    address = replace(PROGRAM_ADDRESS, most=settings.YIBAO_API_ADDRESS_MINUTE)
    token = replace(PROGRAM_TOKEN, most=settings.YIBAO_API_TOKEN_MINUTE)
    if seconds := _too_many_of(address, request):
        return seconds
    # A token that does not hold is nobody's: it counts for its address alone.
    if not request.actor:  # type: ignore[attr-defined]
        return None
    count = RequestCount.more(key=keyed(token.name, header), window=token.window(at))
    return token.wait(at) if count > token.most else None


def _too_many_of(limit: Limit, request: HttpRequest) -> int | None:
    at = request.at  # type: ignore[attr-defined]
    key = keyed(limit.name, address_of(request))
    return limit.wait(at) if RequestCount.more(key=key, window=limit.window(at)) > limit.most else None


def keyed(kind: str, text: str) -> str:
    """Return the keyed hash under which something is counted, so that the count does not tell who it was.

    Args:
        kind: what is counted.
        text: a login name or an address.
    """
    typed = f"{kind}:{text.upper()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), typed, hashlib.sha256).hexdigest()
