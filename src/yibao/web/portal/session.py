"""Sign-in, sign-out, and how the reader wants pages to look."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from yibao.casework.entry import public
from yibao.casework.limits import SIGN_IN, limited
from yibao.store import accounts
from yibao.store.models import StaffCredential
from yibao.web import kept, remembered
from yibao.web.identity import session as proofs
from yibao.web.identity.proving import doors
from yibao.web.places import OFFICERS_NAV
from yibao.web.proving import TEMPORARY
from yibao.web.sections import contributions
from yibao.web.signin import Attempt, Door, attempt, inside
from yibao.web.words import LANGUAGES


@limited(SIGN_IN)
@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the citizen's door, or let a person in; where providers vouch for people, no password does."""
    if settings.YIBAO_PROVIDERS:
        return _providers(request)
    return enter(request, door="citizen", home="/")


def _providers(request: HttpRequest) -> HttpResponse:
    target = inside(request.GET.get("next") or "/", "/")
    context = {"doors": doors(request, target=target), "open": contributions("portal_open", request)}
    return render(request, "identity/sign_in.html", context, status=200 if request.method != "POST" else 403)


def enter(request: HttpRequest, *, door: Door, home: str) -> HttpResponse:
    """Show a door, or let somebody in and send them where they wanted to go."""
    target = inside(request.POST.get("next") or request.GET.get("next") or home, home)
    typed = request.POST.get("login", "")
    tried = Attempt(status=200)
    if request.method == "POST":
        password = request.POST.get("password", "")
        tried = attempt(request, door=door, login=typed, password=password, at=request.at)
        if tried.user is not None:
            login(request, tried.user)
            if door == "staff":
                _remember_temporary(request, tried.user)
                accounts.note(account=tried.user, kind="sign_in", actor_id=tried.user.pk, at=request.at)
            else:
                proofs.remember(request, level=settings.YIBAO_DEMO_LEVEL, method=proofs.DEMO, at=request.at)
            return redirect(_own_page(tried.user) if target == home else target)
    errors = {name: request.say(key, **values) for name, (key, values) in tried.errors.items()}
    open_pages = contributions("portal_open", request) if door == "citizen" else []
    context = {
        "errors": errors,
        "fields": _fields(request, door, typed),
        "next": target,
        "expired": "expired" in request.GET,
        "open": open_pages,
        "level": settings.YIBAO_DEMO_LEVEL,
    }
    context["no_factor"] = not settings.YIBAO_SECOND_FACTOR
    return render(
        request, f"{'portal' if door == 'citizen' else 'workbench'}/sign_in.html", context, status=tried.status
    )


def _remember_temporary(request: HttpRequest, user: User) -> None:
    if StaffCredential.objects.filter(user=user, password_is_temporary=True).exists():
        request.session[TEMPORARY] = True


def _own_page(user: User) -> str:
    """Return where somebody begins: an officer has no queue, but logins or records to look after."""
    roles = {role.role for role in user.staff_roles.all()}
    names = [name for name, officers in OFFICERS_NAV.items() if officers & roles]
    if names:
        return reverse(f"workbench:{names[0]}")
    return reverse("workbench:queue" if roles else "portal:home")


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    actor = request.actor
    at_desk = getattr(actor, "kind", "") == "staff"
    vouched = proofs.provider_named(actor.assurance.method) if actor and actor.assurance else None
    logout(request)
    response = redirect("workbench:sign_in" if at_desk else "portal:sign_in")
    if vouched:
        response = redirect(f"{reverse('portal:signed_out')}?{urlencode({'from': vouched.name})}")
    # Whoever signs out leaves: what is typed on this device later is not theirs.
    response.delete_cookie(kept.WHO_COOKIE)
    return response


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember the language or the type size, and go back to the page."""
    language, large = request.POST.get("language", ""), request.POST.get("large", "")
    remembered.choose(
        request, language=language if language in LANGUAGES else None, large=large == "1" if large else None
    )
    return redirect(inside(request.POST.get("next", "/"), "/"))


def _fields(request: HttpRequest, door: Door, typed: str) -> list[dict[str, object]]:
    say = request.say
    citizen = door == "citizen"
    shared = {"component": "input", "spellcheck": False}
    login_field = {
        **shared,
        "name": "login",
        "value": typed,
        "autocomplete": "username",
        "autocapitalize": "none",
        "label": {"text": say("portal.sign_in.number" if citizen else "desk.sign_in.user")},
        "hint": {"text": say("portal.sign_in.number_hint")} if citizen else None,
    }
    password = {
        **shared,
        "name": "password",
        "type": "password",
        "autocomplete": "current-password",
        "label": {"text": say("portal.sign_in.password")},
    }
    return [login_field, password]
