"""A member of staff's own security: password, second factor, recovery codes, and the sessions that are open."""

from typing import Any

import pyotp
import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import STAFF, open_to
from yibao.casework.officers import OFFICERS
from yibao.store import accounts, factors
from yibao.store.models import StaffCredential
from yibao.web import passkeys, proving, sessions
from yibao.web.limits import keyed
from yibao.web.models import SignInFailure
from yibao.web.signin import inside

EVERYBODY = (STAFF, *sorted(OFFICERS))
ISSUER = "Yibao"
NAME_MAX = 60
ANSWER_MAX = 10_000
CODE_MAX = 40
FORMS = ["GET", "HEAD", "POST"]


@open_to(*EVERYBODY, own="self")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the reader proves who they are, and what they may change."""
    user = request.user
    context = {
        "section": "security",
        "totp": StaffCredential.objects.filter(user=user, totp_confirmed=True).exists(),
        "passkeys": user.passkeys.order_by("pk"),
        "codes": user.recovery_codes.count(),
    }
    return render(request, "workbench/security.html", context)


def _first(request: HttpRequest) -> HttpResponse | None:
    """Return where to go first: nobody adds a second factor to a login that has one without having given it."""
    if factors.has_factor(request.user) and not proving.has_proved(request):
        return redirect("workbench:second_factor")
    return None


@open_to(*EVERYBODY, own="self", early=True)
@require_http_methods(FORMS)
def totp(request: HttpRequest) -> HttpResponse:
    """Show the picture a device reads, ask for its first code, then show the recovery codes this once."""
    if first := _first(request):
        return first
    secret = factors.pending_secret(request.user)
    if secret is None:
        return redirect("workbench:security")
    errors: dict[str, str] = {}
    if request.method == "POST":
        if factors.check_code(user=request.user, code=_code(request), at=request.at, confirm=True):
            return _with_codes(request)
        errors = {"code": request.say("desk.security.code_wrong")}
    address = pyotp.TOTP(secret).provisioning_uri(name=request.user.username, issuer_name=ISSUER)
    context = {
        "section": "security",
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "picture": mark_safe(segno.make(address, error="m").svg_inline(scale=5, light="white")),
        "code_field": _code_field(request),
        "errors": errors,
    }
    return render(request, "workbench/totp.html", context, status=400 if errors else 200)


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "")[:CODE_MAX]


def _code_field(request: HttpRequest, words: str = "code") -> dict[str, Any]:
    return {
        "component": "input",
        "name": "code",
        "id": "code",
        "spellcheck": False,
        "autocomplete": "one-time-code",
        "autocapitalize": "none",
        "classes": "govuk-input--width-10 app-mono",
        "label": {"text": request.say(f"desk.security.{words}")},
        "hint": {"text": request.say(f"desk.security.{words}_hint")},
    }


def _with_codes(request: HttpRequest) -> HttpResponse:
    proving.proved(request)
    codes = factors.new_recovery_codes(user=request.user, at=request.at)
    return render(request, "workbench/recovery_codes.html", {"section": "security", "codes": codes})


@open_to(*EVERYBODY, own="self", fresh=(proving.FORM,))
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them this once."""
    codes = factors.new_recovery_codes(user=request.user, at=request.at)
    return render(request, "workbench/recovery_codes.html", {"section": "security", "codes": codes})


@open_to(*EVERYBODY, own="self", early=True)
@require_http_methods(FORMS)
def passkey(request: HttpRequest) -> HttpResponse:
    """Ask for a name, let the browser ask the device, and keep the passkey."""
    if first := _first(request):
        return first
    errors: dict[str, str] = {}
    name = " ".join(request.POST.get("name", "").split())[:NAME_MAX]
    if request.method == "POST":
        before = factors.has_factor(request.user)
        answer = request.POST.get("credential", "")[:ANSWER_MAX]
        if not name:
            errors = {"name": request.say("desk.security.passkey_name_missing")}
        elif passkeys.register(request, request.user, answer=answer, name=name, at=request.at):
            if not before:
                return _with_codes(request)
            messages.success(request, request.say("desk.security.passkey_added"))
            return redirect("workbench:security")
        else:
            errors = {"name": request.say("desk.security.passkey_failed")}
    context = {
        "section": "security",
        "options": passkeys.ask_to_register(request, request.user),
        "name_field": {
            "component": "input",
            "name": "name",
            "id": "name",
            "value": name,
            "label": {"text": request.say("desk.security.passkey_name")},
            "hint": {"text": request.say("desk.security.passkey_name_hint")},
        },
        "errors": errors,
    }
    return render(request, "workbench/passkey.html", context, status=400 if errors else 200)


@open_to(*EVERYBODY, own="self", fresh=(proving.FORM,))
@require_POST
def remove_factor(request: HttpRequest) -> HttpResponse:
    """Take a passkey away, or the codes of the device."""
    number = request.POST.get("passkey", "")
    chosen = int(number[:9]) if number.isascii() and number.isdigit() else None
    factors.remove(user=request.user, passkey_id=chosen, at=request.at)
    messages.success(request, request.say("desk.security.removed"))
    return redirect("workbench:security")


@open_to(*EVERYBODY, own="self", early=True)
@require_http_methods(FORMS)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor: a code, a recovery code, or a passkey."""
    user, target = request.user, inside(request.POST.get("next") or request.GET.get("next", ""), "/workbench/")
    if not factors.has_factor(user):
        return redirect("workbench:totp")
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        key = keyed("factor", str(user.pk))
        locked = SignInFailure.locked(login_hash=key, at=request.at)
        if locked is None and _proves(request, user):
            SignInFailure.objects.filter(login_hash=key).delete()
            sessions.renew(request)
            proving.proved(request)
            return redirect(target)
        if locked is None:
            accounts.note(account=user, kind="second_factor_failed", actor_id=None, at=request.at)
            locked = SignInFailure.record(login_hash=key, at=request.at).wait(at=request.at)
        errors, status = _wrong(request, locked)
    context = {
        "errors": errors,
        "next": target,
        "again": request.GET.get("again") == "1",
        "code_field": _code_field(request, "any_code"),
        "options": passkeys.ask_to_sign(request, user),
    }
    return render(request, "workbench/second_factor.html", context, status=status)


def _wrong(request: HttpRequest, locked: int | None) -> tuple[dict[str, str], int]:
    if locked:
        return {"code": request.say("desk.security.locked", minutes=locked)}, 429
    return {"code": request.say("desk.security.code_wrong")}, 400


def _proves(request: HttpRequest, user: User) -> bool:
    if answer := request.POST.get("credential", ""):
        return passkeys.check(request, user, answer=answer[:ANSWER_MAX], at=request.at)
    code = _code(request)
    return factors.check_code(user=user, code=code, at=request.at) or factors.use_recovery_code(
        user=user, code=code, at=request.at
    )


@open_to(*EVERYBODY, own="self", early=True)
@require_http_methods(FORMS)
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; whoever was given one for the first sign-in has to."""
    user, say = request.user, request.say
    if first := _first(request):
        return first
    errors: dict[str, str] = {}
    if request.method == "POST":
        old, new = request.POST.get("old", ""), request.POST.get("new", "")
        errors = _password_errors(user, old, new, say)
        if not errors:
            user.set_password(new)
            user.save(update_fields=["password"])
            StaffCredential.objects.filter(user=user).update(password_is_temporary=False)
            accounts.note(account=user, kind="password_changed", actor_id=user.pk, at=request.at)
            request.session.pop(proving.TEMPORARY, None)
            before = request.session.session_key
            update_session_auth_hash(request, user)
            sessions.changed_key(request, before)
            messages.success(request, say("desk.security.password_changed"))
            return redirect("workbench:security")
    fields = [_password_field(request, "old", "current-password"), _password_field(request, "new", "new-password")]
    context = {
        "section": "security",
        "fields": fields,
        "errors": errors,
        "must": request.session.get(proving.TEMPORARY),
    }
    return render(request, "workbench/password.html", context, status=400 if errors else 200)


def _password_errors(user: User, old: str, new: str, say: Any) -> dict[str, str]:
    if not user.check_password(old):
        return {"old": say("desk.security.old_wrong")}
    if old == new:
        return {"new": say("desk.security.new_same")}
    try:
        validate_password(new, user)
    except ValidationError:
        return {"new": say("desk.security.new_weak")}
    return {}


def _password_field(request: HttpRequest, name: str, autocomplete: str) -> dict[str, Any]:
    return {
        "component": "input",
        "name": name,
        "id": name,
        "type": "password",
        "autocomplete": autocomplete,
        "spellcheck": False,
        "label": {"text": request.say(f"desk.security.{name}")},
        "hint": {"text": request.say("desk.security.new_hint")} if name == "new" else None,
    }
