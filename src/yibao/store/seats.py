"""Where members of staff sit: the offices they work for, and the roles they hold in the one they work in now."""

from django.contrib.auth.models import User

from yibao.casework.actors import Actor, covers


def offices(user: User) -> list[str]:
    """Return the regions a login holds roles in, the first one given first."""
    return list(dict.fromkeys(role.region for role in user.staff_roles.all()))


def staff_actor(user: User, *, office: str = "") -> Actor | None:
    """Return a member of staff as one who acts for one office, or None for a login without roles.

    Roles held elsewhere stay there: who reviews in one county and takes in in another does neither
    in the other's place.

    Args:
        user: The login.
        office: The region chosen; the first one when empty or not theirs.

    Returns:
        The actor, with the roles held in that office or in one above it.
    """
    rows = list(user.staff_roles.all())
    if not rows:
        return None
    region = office if office in {row.region for row in rows} else rows[0].region
    roles = frozenset(row.role for row in rows if covers(office=row.region, region=region))
    return Actor(user.pk, user.get_full_name(), "staff", roles, region)
