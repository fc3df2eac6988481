"""Sign-in by number or user name and password, with a lock after failures in a row."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from yibao.kernel.identifiers import IdentifierError, check_resident_id
from yibao.store import accounts, persons
from yibao.store.models import CitizenLogin, Person
from yibao.web.identity.refusals import refuse
from yibao.web.limits import address_of, keyed
from yibao.web.models import ADDRESS_FAILURES_MAX, FAILURES_MAX, LOCK_MINUTES, SignInFailure

Door = Literal["citizen", "staff"]


@dataclass
class Attempt:
    """What came of one attempt: a user, or the words of what to correct, by field."""

    user: User | None = None
    errors: dict[str, tuple[str, dict[str, int]]] = field(default_factory=dict)
    status: int = 400


def attempt(request: HttpRequest, *, door: Door, login: str, password: str, at: datetime) -> Attempt:
    """Return the user who may enter by a door, or what to tell the person.

    Args:
        request: the request, handed to the authentication backends.
        door: `citizen` (login is an identity number) or `staff` (login is a user name).
        login: what was typed; a citizen may use a login name instead of the number, which begins with a digit.
        password: what was typed.
        at: now; decides whether a lock still holds.

    Returns:
        An attempt with a user, or with errors and the status code (400 wrong, 429 locked).

    Raises:
        Refused: `person_has_died`: the password is right and the person is recorded as dead; nobody is signed in.
    """
    login = "".join(login.split())
    errors = _typed(door, login, password)
    if errors:
        return Attempt(errors=errors)
    key = keyed(door, login)
    by_address = keyed("address", address_of(request))
    for counted in (key, by_address):
        if minutes := SignInFailure.locked(login_hash=counted, at=at):
            return _locked(minutes)
    user = authenticate(request, username=_user_name(door, login), password=password)
    if isinstance(user, User) and _belongs(user, door):
        SignInFailure.objects.filter(login_hash=key).delete()
        if door == "citizen" and _person(user).died_on is not None:
            raise refuse("person_has_died")
        return Attempt(user=user)
    if door == "staff":
        _note_failure(login, at)
    return _failed(key, by_address, at)


def _typed(door: Door, login: str, password: str) -> dict[str, tuple[str, dict[str, int]]]:
    errors: dict[str, tuple[str, dict[str, int]]] = {}
    if not login:
        errors["login"] = (f"portal.sign_in.error.{'number' if door == 'citizen' else 'user'}_missing", {})
    elif door == "citizen" and _looks_like_number(login) and not _is_number(login):
        errors["login"] = ("portal.sign_in.error.number_wrong", {})
    if not password:
        errors["password"] = ("portal.sign_in.error.password_missing", {})
    return errors


def _looks_like_number(login: str) -> bool:
    return login[:1].isdigit()


def _is_number(login: str) -> bool:
    try:
        check_resident_id(login)
    except IdentifierError:
        return False
    return True


def _user_name(door: Door, login: str) -> str:
    if door == "staff" or not _looks_like_number(login):
        return login
    person = persons.find(identity=check_resident_id(login))
    found = CitizenLogin.objects.filter(person=person).select_related("user").first() if person else None
    return found.user.get_username() if found else ""


def _belongs(user: User, door: Door) -> bool:
    return hasattr(user, "citizen_login") if door == "citizen" else user.staff_roles.exists()


def _person(user: User) -> Person:
    """Return the person of a login; the one kept, where two records were merged since."""
    person: Person = user.citizen_login.person
    return person.merged_into or person


def _note_failure(login: str, at: datetime) -> None:
    known = User.objects.filter(username=login, citizen_login=None).first()
    if known is not None:
        accounts.note(account=known, kind="sign_in_failed", actor_id=None, at=at)


def _failed(key: str, by_address: str, at: datetime) -> Attempt:
    failure = SignInFailure.record(login_hash=key, at=at)
    there = SignInFailure.record(login_hash=by_address, at=at, most=ADDRESS_FAILURES_MAX)
    if minutes := failure.wait(at=at) or there.wait(at=at):
        return _locked(minutes)
    left = {"left": FAILURES_MAX - failure.count, "minutes": LOCK_MINUTES}
    return Attempt(errors={"password": ("portal.sign_in.error.failed", left)})


def _locked(minutes: int) -> Attempt:
    return Attempt(errors={"password": ("portal.sign_in.error.locked", {"minutes": minutes})}, status=429)


def inside(target: str, home: str) -> str:
    """Return where to go, or `home` when the target is another site."""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else home
