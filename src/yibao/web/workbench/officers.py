"""The pages of the three officers: logins and their roles, sign-ins, and every change of a login."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import STAFF, open_to
from yibao.casework.officers import AUDIT_OFFICER, NOWHERE, OFFICERS, SECURITY_OFFICER, SYSTEM_OFFICER
from yibao.kernel.errors import Refused
from yibao.store import accounts, seats
from yibao.store.models import AccountEvent, AuditHead, RoleProposal
from yibao.web.middleware import OFFICE
from yibao.web.places import place_words
from yibao.web.words import texts

SHOWN_MAX = 200
EVENTS_MAX = 50
HEADS_MAX = 14
SIGN_INS = ("sign_in", "sign_in_failed", "second_factor_failed", "sign_out", "sign_out_everywhere")
TYPED_MAX = 60


def known_roles() -> frozenset[str]:
    """Return the codes of all roles there are words for."""
    prefix = "common.role."
    return frozenset(key.removeprefix(prefix) for key in texts() if key.startswith(prefix))


@open_to(SYSTEM_OFFICER, SECURITY_OFFICER, own="accounts")
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Show the logins of staff, and the roles that wait to be released."""
    found = User.objects.filter(citizen_login=None).prefetch_related("staff_roles").order_by("username")
    waiting = RoleProposal.objects.filter(decided_by=None).select_related("user", "proposed_by").order_by("pk")
    context = {
        "section": "accounts",
        "accounts": [{"account": one, "roles": _roles(one, request)} for one in found[:SHOWN_MAX]],
        "waiting": [{"proposal": one, "role": _role(one, request)} for one in waiting[:SHOWN_MAX]],
        "may_make": SYSTEM_OFFICER in request.actor.roles,
    }
    return render(request, "workbench/accounts.html", context)


def _roles(account: User, request: HttpRequest) -> list[dict[str, str]]:
    return [_role(one, request) for one in account.staff_roles.all()]


def _role(held: Any, request: HttpRequest) -> dict[str, str]:
    say = request.say
    place = say("desk.accounts.where_none") if held.region == NOWHERE else place_words(request, held.region)
    return {
        "role": held.role,
        "region": held.region,
        "words": f"{say.find(f'common.role.{held.role}') or held.role} · {place}",
    }


@open_to(SYSTEM_OFFICER, own="accounts")
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Ask for user name and name, make the login, and show its first password this once."""
    typed = {name: request.POST.get(name, "")[:TYPED_MAX].strip() for name in ("username", "name")}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            made, password = accounts.create(**typed, by=request.actor, at=request.at)
        except Refused as no:
            errors = {"name" if no.refusal.code == "name_missing" else "username": told(no, request)}
            status = no.refusal.status
        else:
            context = {"section": "accounts", "made": made, "password": password}
            return render(request, "workbench/account_made.html", context)
    fields = [
        _text_field(request, "username", "user", typed["username"]),
        _text_field(request, "name", "name", typed["name"]),
    ]
    context = {"section": "accounts", "fields": fields, "errors": errors}
    return render(request, "workbench/account_new.html", context, status=status)


def told(no: Refused, request: HttpRequest) -> str:
    """Return a refusal and its next step as one text."""
    it = no.refusal
    return f"{it.en[:1].upper()}{it.en[1:]}. {it.next_en}" if request.say.language == "en" else f"{it.zh}。{it.next_zh}"


def _text_field(request: HttpRequest, name: str, words: str, typed: str) -> dict[str, Any]:
    return {
        "component": "input",
        "name": name,
        "id": name,
        "value": typed,
        "spellcheck": False,
        "autocomplete": "off",
        "autocapitalize": "none",
        "label": {"text": request.say(f"desk.accounts.{words}")},
        "hint": {"text": request.say(f"desk.accounts.{words}_hint")},
    }


@open_to(SYSTEM_OFFICER, SECURITY_OFFICER, own="accounts")
@require_safe
def one_account(request: HttpRequest, account: int) -> HttpResponse:
    """Show a login: its roles, what waits, what happened, and what the reader may do."""
    return _shown(request, _found(account))


def _found(account: int) -> User:
    found = User.objects.filter(pk=account, citizen_login=None).first() if account < 1 << 31 else None
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, account: User, *, error: str = "", status: int = 200) -> HttpResponse:
    waiting = account.role_proposals.filter(decided_by=None).select_related("proposed_by")
    mine = account.pk == request.actor.user_id
    context = {
        "section": "accounts",
        "account": account,
        "roles": _roles(account, request),
        "waiting": [{"proposal": one, "role": _role(one, request)} for one in waiting],
        "rows": _rows(account.account_events.select_related("actor", "account").order_by("-seq")[:EVENTS_MAX], request),
        "mine": mine,
        "proposes": SYSTEM_OFFICER in request.actor.roles and not mine,
        "releases": SECURITY_OFFICER in request.actor.roles and not mine,
        "role_field": _role_field(request),
        "region_field": _text_field(request, "region", "region", request.POST.get("region", "")[:TYPED_MAX]),
        "errors": {"region": error} if error else {},
    }
    return render(request, "workbench/account.html", context, status=status)


def _role_field(request: HttpRequest) -> dict[str, Any]:
    chosen = request.POST.get("role", "")
    words = {code: request.say(f"common.role.{code}") for code in known_roles()}
    order = sorted(words, key=lambda code: (code in OFFICERS, code))
    return {
        "component": "select",
        "name": "role",
        "id": "role",
        "label": {"text": request.say("desk.accounts.role")},
        "items": [{"value": code, "text": words[code], "selected": code == chosen} for code in order],
    }


@open_to(SYSTEM_OFFICER, SECURITY_OFFICER, own="accounts")
@require_POST
def account_step(request: HttpRequest, account: int, verb: str) -> HttpResponse:
    """Take one step with a login; a refused one is told on its page with what was typed."""
    found = _found(account)
    if verb not in STEPS:
        raise Http404
    try:
        STEPS[verb](request, found.pk)
    except Refused as no:
        return _shown(request, found, error=told(no, request), status=no.refusal.status)
    messages.success(request, request.say(f"desk.accounts.did.{verb}"))
    return redirect("workbench:account", account)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.actor, "at": request.at}


def _sent(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:TYPED_MAX].strip() for name in ("role", "region")}


def _proposal(request: HttpRequest) -> int:
    number = request.POST.get("proposal", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < len(str(1 << 31)) else 0


STEPS: dict[str, Callable[[HttpRequest, int], object]] = {
    "propose": lambda request, account: accounts.propose(
        account_id=account, known=known_roles(), **_sent(request), **_by(request)
    ),
    "release": lambda request, account: accounts.release(proposal_id=_proposal(request), **_by(request)),
    "drop": lambda request, account: accounts.drop(proposal_id=_proposal(request), **_by(request)),
    "take_role": lambda request, account: accounts.take_role(account_id=account, **_sent(request), **_by(request)),
    "lock": lambda request, account: accounts.lock(account_id=account, **_by(request)),
    "reset": lambda request, account: accounts.reset(account_id=account, **_by(request)),
    "unlock": lambda request, account: accounts.unlock(account_id=account, **_by(request)),
}


def _rows(events: Any, request: HttpRequest) -> list[dict[str, Any]]:
    say = request.say
    return [
        {
            "event": event,
            "what": say.find(f"desk.events.kind.{event.kind}") or event.kind,
            "about": _about(event, say),
            "by": event.actor.get_full_name() or event.actor.username if event.actor else say("desk.events.nobody"),
        }
        for event in events
    ]


def _about(event: AccountEvent, say: Any) -> str:
    role = event.data.get("role", "")
    place = event.data.get("region", "")
    words = say.find(f"common.role.{role}") or role
    return f"{words} {place if place != NOWHERE else ''}".strip()


@open_to(SECURITY_OFFICER, AUDIT_OFFICER, own="accounts")
@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Show the latest sign-ins of staff, and what failed."""
    found = AccountEvent.objects.filter(kind__in=SIGN_INS).select_related("account", "actor").order_by("-at", "-id")
    context = {"section": "sign_ins", "rows": _rows(found[:SHOWN_MAX], request)}
    return render(request, "workbench/sign_ins.html", context)


@open_to(AUDIT_OFFICER, own="accounts")
@require_safe
def account_events(request: HttpRequest) -> HttpResponse:
    """Show every change of a login of staff, and the signed daily heads."""
    of_staff = AccountEvent.objects.filter(account__citizen_login=None)
    found = of_staff.exclude(kind__in=SIGN_INS).select_related("account", "actor").order_by("-id")
    context = {
        "section": "account_events",
        "rows": _rows(found[:SHOWN_MAX], request),
        "heads": AuditHead.objects.order_by("-day")[:HEADS_MAX],
    }
    return render(request, "workbench/account_events.html", context)


@open_to(STAFF, own="self")
@require_POST
def change_office(request: HttpRequest) -> HttpResponse:
    """Work for another office of those the reader has roles in, from here on."""
    office = request.POST.get("office", "")
    if office not in seats.offices(request.user):
        raise Http404
    request.session[OFFICE] = office
    messages.success(request, request.say("desk.office.changed", place=place_words(request, office)))
    return redirect("workbench:queue")
