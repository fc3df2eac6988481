"""Where members of staff sit: the offices they work for, and the roles they hold in the one they work in now."""

from django.contrib.auth.models import User
from django.db.models import prefetch_related_objects

from yibao.casework.actors import Actor, covers
from yibao.store.models import StaffRole


def offices(user: User) -> list[str]:
    """Return the regions a login holds roles in, the first one given first."""
    return list(dict.fromkeys(role.region for role in _seats(user)))


def _seats(user: User) -> list[StaffRole]:
    """Return what a login holds, read once however often a page asks."""
    prefetch_related_objects([user], "staff_roles")
    return list(user.staff_roles.all())


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
    rows = _seats(user)
    if not rows:
        return None
    region = office if office in {row.region for row in rows} else rows[0].region
    roles = frozenset(row.role for row in rows if covers(office=row.region, region=region))
    return Actor(user.pk, user.get_full_name(), "staff", roles, region)


def colleague(*, user_id: int, region: str) -> Actor | None:
    """Return a member of staff with every role they hold for a region, or None for a login nobody works under.

    Args:
        user_id: The login.
        region: Six digits of a case; roles of its office and of those above it hold there.
    """
    user = User.objects.filter(pk=user_id, is_active=True).prefetch_related("staff_roles").first()
    return None if user is None else _in_place(user, region)


def colleagues(*, region: str, role: str = "") -> list[Actor]:
    """Return all who work for a region, by name, each with the roles they hold for it.

    Args:
        region: Six digits; those of its office and of the offices above it work for it.
        role: Only those who hold this role there, when given.
    """
    above = {region, *(region[:digits].ljust(len(region), "0") for digits in range(2, len(region), 2))}
    seated = User.objects.filter(is_active=True, staff_roles__region__in=above).distinct()
    rows = seated.prefetch_related("staff_roles").order_by("first_name", "pk")
    found = [actor for user in rows if (actor := _in_place(user, region)) and actor.works_in(region)]
    return [actor for actor in found if not role or role in actor.roles]


def _in_place(user: User, region: str) -> Actor | None:
    rows = list(user.staff_roles.all())
    here = frozenset(row.role for row in rows if covers(office=row.region, region=region))
    if here:
        return Actor(user.pk, user.get_full_name(), "staff", here, region)
    return staff_actor(user)


def staff_of(*, region: str, role: str) -> list[User]:
    """Return who holds a role in an office, in one above it or in one below it, by name."""
    rows = StaffRole.objects.filter(role=role, user__is_active=True).select_related("user")
    near = {row.user for row in rows if covers(office=row.region, region=region)}
    near |= {row.user for row in rows if covers(office=region, region=row.region)}
    return sorted(near, key=lambda user: (user.get_full_name(), user.pk))
