"""Passkeys: what the browser is asked, and the check of what the device answers."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
)

from yibao.store import factors
from yibao.store.models import Passkey

STATE = "passkey_state"
NAME = "医保经办工作台 Yibao"


def _server() -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(name=NAME, id=urlsplit(settings.YIBAO_PUBLIC_URL).hostname))


def _held(user: User) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(one.public)) for one in user.passkeys.all()]


def ask_to_register(request: HttpRequest, user: User) -> str:
    """Return, as JSON, what the browser is to ask the device for; the challenge is kept in the session."""
    who = PublicKeyCredentialUserEntity(id=str(user.pk).encode(), name=user.username, display_name=user.get_full_name())
    options, state = _server().register_begin(who, _held(user), user_verification="preferred")
    request.session[STATE] = state
    return json.dumps(dict(options.public_key))


def register(request: HttpRequest, user: User, *, answer: str, name: str, at: datetime) -> bool:
    """Keep a new passkey when the device's answer proves it; return whether it does.

    Args:
        request: Its session holds the challenge, which is used up.
        user: Whose passkey.
        answer: JSON of the browser.
        name: What the owner calls it.
        at: Now.
    """
    state = request.session.pop(STATE, None)
    try:
        response = RegistrationResponse.from_dict(json.loads(answer))
        proved = _server().register_complete(state, response)
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    data = proved.credential_data
    if data is None or Passkey.objects.filter(credential_id=websafe_encode(data.credential_id)).exists():
        return False
    factors.add_passkey(
        user=user,
        name=name,
        credential_id=websafe_encode(data.credential_id),
        public=bytes(data),
        counter=proved.counter,
        at=at,
    )
    return True


def ask_to_sign(request: HttpRequest, user: User) -> str:
    """Return, as JSON, what the browser is to ask a registered device for; empty where there is none."""
    held = _held(user)
    if not held:
        return ""
    options, state = _server().authenticate_begin(held, user_verification="preferred")
    request.session[STATE] = state
    return json.dumps(dict(options.public_key))


def check(request: HttpRequest, user: User, *, answer: str, at: datetime) -> bool:
    """Return whether a device of the user signed this session's challenge; a copied device's old count is refused.

    Args:
        request: Its session holds the challenge, which is used up.
        user: Who says they are there.
        answer: JSON of the browser.
        at: Now.
    """
    state = request.session.pop(STATE, None)
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        used = _server().authenticate_complete(state, _held(user), response)
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    counter = response.response.authenticator_data.counter
    found: Any = user.passkeys.filter(credential_id=websafe_encode(used.credential_id))
    if counter:
        found = found.filter(counter__lt=counter)
    return bool(found.update(counter=counter, used_at=at))
