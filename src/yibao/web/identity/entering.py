"""From what a provider proved to a login: the insured person with that identity number, once linked for good."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from yibao.kernel.identifiers import IdentifierError, check_resident_id
from yibao.store import persons
from yibao.store.fields import BlindIndex
from yibao.store.models import CitizenLogin, Person, ProviderLogin
from yibao.web.identity.providers import Provider
from yibao.web.identity.refusals import refuse


def login_of(*, provider: Provider, claims: Mapping[str, Any], at: datetime) -> CitizenLogin:
    """Return the login of the person a provider vouches for, made and linked at the first sign-in.

    Args:
        provider: Who vouches.
        claims: What it proved: `sub`, and the identity number under the provider's claim.
        at: Now.

    Raises:
        Refused: `no_identity_told`, `person_unknown`, `subject_changed`, `person_has_died`; nothing was linked.
    """
    # Providers tell capitals apart, an index does not; a digest has one spelling.
    subject = hashlib.sha256(str(claims["sub"]).encode()).hexdigest()
    linked = _linked(provider, subject)
    told = _told(provider, claims)
    if told is None and linked is None:
        raise refuse("no_identity_told")
    person = persons.find(identity=told) if told else _kept(linked)
    if person is None:
        raise refuse("person_unknown")
    if linked and _kept(linked) != person:
        raise refuse("subject_changed")
    if person.died_on is not None:
        raise refuse("person_has_died")
    return linked.login if linked else _link(provider, subject, person, at)


def _linked(provider: Provider, subject: str) -> ProviderLogin | None:
    field = ProviderLogin._meta.get_field("subject_index")
    assert isinstance(field, BlindIndex)
    rows = ProviderLogin.objects.select_related("login__user", "login__person__merged_into")
    return rows.filter(provider=provider.name, subject_index__in=field.hashes(subject)).first()


def _told(provider: Provider, claims: Mapping[str, Any]) -> str | None:
    number = claims.get(provider.identity_claim)
    if not number:
        return None
    try:
        return check_resident_id(str(number))
    except IdentifierError:
        raise refuse("person_unknown") from None


def _kept(linked: ProviderLogin | None) -> Person | None:
    """Return the person of a link; the one kept, where two records were merged since."""
    if linked is None:
        return None
    person: Person = linked.login.person
    return person.merged_into or person


@transaction.atomic
def _link(provider: Provider, subject: str, person: Person, at: datetime) -> CitizenLogin:
    # Of two first sign-ins at once the second waits here and finds what the first made.
    Person.objects.select_for_update().get(pk=person.pk)
    login = CitizenLogin.objects.select_related("user").filter(person=person).order_by("pk").first()
    if login is None:
        user = User(username=f"citizen-{uuid.uuid4()}")
        user.set_unusable_password()
        user.save()
        login = CitizenLogin.objects.create(user=user, person=person)
    known = _linked(provider, subject)
    if known is None:
        ProviderLogin.objects.create(login=login, provider=provider.name, subject=subject, linked_at=at)
    return login
