"""Which relation a person wants shown: one row per person, every change in the chain of the login that made it."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from yibao.casework.actors import Actor
from yibao.store import keys
from yibao.store.accounts import chain
from yibao.store.models import Enrolment, Person, ShownPlace
from yibao.store.refusals import refuse

KIND = "place_shown"
"""What the event is called in the chain of a login."""


def chosen(*, person_id: UUID) -> int | None:
    """Return the key of the relation a person wants shown; None where they chose none.

    Args:
        person_id: Whose display.
    """
    found = ShownPlace.objects.filter(person_id=person_id).values_list("enrolment_id", flat=True).first()
    return None if found is None else int(found)


def switch(*, person_id: UUID, enrolment_id: int, key: str, by: Actor, at: datetime) -> bool:
    """Show another relation of a person first; insurance, payments and account stay as they are.

    Args:
        person_id: Whose display.
        enrolment_id: The relation wanted, of this person's record or of one merged into it.
        key: The request's own key; the same request again changes nothing.
        by: The citizen who asks, for themselves or by right for another.
        at: Now.

    Returns:
        Whether anything changed: not where this relation was chosen before.

    Raises:
        Refused: `not_on_record`, or `key_reused`.
    """
    wanted = {"person": str(person_id), "enrolment": enrolment_id}
    with transaction.atomic():
        with keys.once(key=f"shown/{person_id}/{key}", content=wanted, at=at, passing=True) as slot:
            if not slot.repeated:
                slot.answer = {"changed": _switch(person_id, enrolment_id, by, at)}
        return bool(slot.answer["changed"])


def _switch(person_id: UUID, enrolment_id: int, by: Actor, at: datetime) -> bool:
    # Of two requests of one person the second sees what the first chose.
    Person.objects.select_for_update().only("pk").get(pk=person_id)
    own = Q(person_id=person_id) | Q(person__merged_into_id=person_id)
    relation = Enrolment.objects.filter(own, pk=enrolment_id).first()
    if relation is None or by.user_id is None:
        raise refuse("not_on_record", str(enrolment_id))
    before = chosen(person_id=person_id)
    if before == relation.pk:
        return False
    ShownPlace.objects.update_or_create(person_id=person_id, defaults={"enrolment": relation, "chosen_at": at})
    data = {"person": str(person_id), "before": before, "after": relation.pk, **by.evidence()}
    chain.note(account=User.objects.get(pk=by.user_id), kind=KIND, actor_id=by.user_id, at=at, data=data)
    return True
