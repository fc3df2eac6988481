"""Where members of staff sit: the offices they work for, and the roles they hold in the one they work in now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from yibao.casework.actors import Actor, covers
from yibao.store import ready
from yibao.store.models import StaffRole

_HELD = "_held"
_HOLDS = (
    "SELECT person_id, NULL AS role, NULL AS region, 0 AS place FROM store_citizenlogin WHERE user_id {among}"
    " UNION ALL SELECT NULL, role, region, id FROM store_staffrole WHERE user_id {among} ORDER BY place"
)


@dataclass(frozen=True, slots=True)
class _Seat:
    """A role held in a region."""

    role: str
    region: str


@dataclass(frozen=True, slots=True)
class _Held:
    """What a login holds: that of an insured person, or seats."""

    person_id: UUID | None
    seats: tuple[_Seat, ...]


def offices(user: User) -> list[str]:
    """Return the regions a login holds roles in, the first one given first."""
    return list(dict.fromkeys(seat.region for seat in _held(user).seats))


def regions() -> list[str]:
    """Return the regions anybody holds a role in, in their order."""
    return [region for (region,) in ready.rows("SELECT DISTINCT region FROM store_staffrole ORDER BY region")]


def person_of(user: User) -> UUID | None:
    """Return the key of the insured person a login belongs to; None for one of staff."""
    return _held(user).person_id


def _held(user: User) -> _Held:
    """Return what a login holds, read once however often a page asks."""
    found: _Held | None = vars(user).get(_HELD)
    if found is None:
        own = [user.pk]
        rows = ready.rows(_HOLDS, own, own)
        persons = [_key(person_id) for person_id, role, *_ in rows if role is None]
        seats = tuple(_Seat(role, region) for _, role, region, _ in rows if role is not None)
        found = vars(user)[_HELD] = _Held(persons[0] if persons else None, seats)
    return found


def _key(told: Any) -> UUID:
    return told if isinstance(told, UUID) else UUID(told)


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
    return _seated(user, _held(user).seats, office)


def _seated(user: User, rows: Sequence[_Seat | StaffRole], office: str) -> Actor | None:
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
    return _seated(user, rows, "")


def staff_of(*, region: str, role: str) -> list[User]:
    """Return who holds a role in an office, in one above it or in one below it, by name."""
    rows = StaffRole.objects.filter(role=role, user__is_active=True).select_related("user")
    near = {row.user for row in rows if covers(office=row.region, region=region)}
    near |= {row.user for row in rows if covers(office=region, region=row.region)}
    return sorted(near, key=lambda user: (user.get_full_name(), user.pk))
