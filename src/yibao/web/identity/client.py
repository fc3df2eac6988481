"""Talking to a provider: where to send the person, and what came back, proved by Authlib."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.django_client import OAuth
from django.http import HttpRequest
from joserfc.errors import JoseError
from requests import RequestException

from yibao.web.identity.providers import Provider
from yibao.web.identity.refusals import refuse

WAIT_SECONDS = 10
CLOCKS_APART_SECONDS = 60
PENDING = ("next", "level")
# What Authlib raises where a token, a key set or an answer is not what the protocol promises.
_NOT_PROVED = (OAuthError, JoseError, ValueError, KeyError, TypeError, RuntimeError)
_log = logging.getLogger(__name__)


@cache
def client(provider: Provider) -> Any:
    """Return the client of a provider; what is discovered is asked for once in a process."""
    oauth = OAuth()
    public = {} if provider.client_secret else {"token_endpoint_auth_method": "none"}
    return oauth.register(
        provider.name,
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": provider.scope,
            "code_challenge_method": "S256",
            "default_timeout": WAIT_SECONDS,
            **public,
        },
    )


def leave(request: HttpRequest, *, provider: Provider, back: str, target: str, level: str) -> str:
    """Return the address to send a person to, and keep what the way back will be held against.

    Args:
        request: The request; its session keeps state, nonce and the secret of the code.
        provider: Who is to vouch.
        back: This site's address for the way back.
        target: Where the person wants to go afterwards, inside this site.
        level: The level to prove; empty for any.

    Raises:
        Refused: `provider_unreachable`.
    """
    asked: dict[str, Any] = {"acr_values": " ".join(provider.classes(level)), "prompt": "login"} if level else {}
    with _telling(provider):
        asked_at = client(provider)
        _same_issuer(provider, asked_at)
        started = asked_at.create_authorization_url(back, **{name: one for name, one in asked.items() if one})
        asked_at.save_authorize_data(request, redirect_uri=back, next=target, level=level, **started)
    address: str = started["url"]
    return address


def arrive(request: HttpRequest, *, provider: Provider) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a provider proved of the person who comes back, and what was kept when they left.

    Returns:
        The claims, and `next` and `level` of the way out.

    Raises:
        Refused: `sign_in_cancelled`, `sign_in_other_window`, `sign_in_not_proved`, `provider_unreachable`.
    """
    came_to = client(provider)
    state = request.GET.get("state", "")
    held = came_to.framework.get_state_data(request.session, state)
    if held is None:
        raise refuse("sign_in_other_window")
    if request.GET.get("error"):
        came_to.framework.clear_state_data(request.session, state)
        raise refuse("sign_in_cancelled")
    if request.GET.get("iss") not in (None, provider.issuer):
        raise refuse("sign_in_not_proved")
    with _telling(provider):
        token = came_to.authorize_access_token(request, leeway=CLOCKS_APART_SECONDS)
        claims = _claims(came_to, token)
    return claims, {name: held.get(name, "") for name in PENDING}


def leave_for_good(*, provider: Provider, back: str) -> str:
    """Return where to end the provider's own session; empty where it offers no such place or cannot be asked.

    The address names this site only: no token and nothing about the person.
    """
    try:
        ends: Mapping[str, Any] = client(provider).create_logout_url(
            post_logout_redirect_uri=back, client_id=provider.client_id
        )
    except (RequestException, *_NOT_PROVED):
        return ""
    return str(ends["url"])


def _claims(came_to: Any, token: Mapping[str, Any]) -> dict[str, Any]:
    proved = dict(token["userinfo"])
    if "userinfo_endpoint" in came_to.server_metadata:
        told = came_to.userinfo(token=token)
        if told["sub"] != proved["sub"]:
            raise ValueError("userinfo speaks of somebody else")
        proved = {**told, **proved}
    return proved


def _same_issuer(provider: Provider, asked: Any) -> None:
    if asked.load_server_metadata().get("issuer") != provider.issuer:
        raise ValueError("discovery names another issuer")


@contextmanager
def _telling(provider: Provider) -> Iterator[None]:
    """Turn what can go wrong with a provider into refusals; logs keep the kind of fault and nothing it carried."""
    try:
        yield
    except RequestException as error:
        _log.warning("identity provider %s: %s", provider.name, type(error).__name__)
        raise refuse("provider_unreachable") from None
    except MismatchingStateError:
        raise refuse("sign_in_other_window") from None
    except _NOT_PROVED as error:
        _log.warning("identity provider %s: %s", provider.name, type(error).__name__)
        raise refuse("sign_in_not_proved") from None
