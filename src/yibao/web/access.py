"""Who is asking: the signed-in person or member of staff, as the actor that the actions know."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from yibao.casework.actors import Actor


def actor_of(user: AbstractBaseUser | AnonymousUser) -> Actor | None:
    """Return the actor a session acts as, or None for a visitor.

    A login belongs either to one insured person or to staff with roles in one region; a user with neither is
    a visitor.
    """
    if not isinstance(user, User) or not user.is_active:
        return None
    login = getattr(user, "citizen_login", None)
    if login is not None:
        return Actor(
            user_id=user.pk,
            name=user.get_full_name(),
            kind="citizen",
            roles=frozenset(),
            region=None,
            person_id=login.person_id,
        )
    roles = list(user.staff_roles.all())
    if not roles:
        return None
    return Actor(
        user_id=user.pk,
        name=user.get_full_name(),
        kind="staff",
        roles=frozenset(role.role for role in roles),
        region=roles[0].region,
        person_id=None,
    )
