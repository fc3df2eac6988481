"""Who is asking: the signed-in person or member of staff, as the actor that the actions know."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from yibao.casework.actors import Actor
from yibao.store import seats


def actor_of(user: AbstractBaseUser | AnonymousUser, *, office: str = "") -> Actor | None:
    """Return the actor a session acts as, or None for a visitor.

    A login belongs either to one insured person or to staff; a user with neither is a visitor.

    Args:
        user: Of the session.
        office: The region a member of staff works for now, of those they have roles in; empty for the first.
    """
    if not isinstance(user, User) or not user.is_active:
        return None
    person_id = seats.person_of(user)
    if person_id is not None:
        return Actor(
            user_id=user.pk,
            name=user.get_full_name(),
            kind="citizen",
            roles=frozenset(),
            region=None,
            person_id=person_id,
        )
    return seats.staff_actor(user, office=office)
