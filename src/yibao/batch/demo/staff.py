"""Logins of the demo city: staff of every role, and some citizens."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from yibao.batch.demo import records as r
from yibao.batch.demo.load import person_key
from yibao.batch.demo.names import REGION
from yibao.batch.demo.planted import KINDS
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.casework.officers import AUDIT_OFFICER, NOWHERE, SECURITY_OFFICER, SYSTEM_OFFICER
from yibao.store.models import CitizenLogin, StaffRole
from yibao.store.seats import staff_actor as staff_seat

PASSWORD = "yibao-demo-2026"
"""One password for every demo login; it opens synthetic data only and is printed when the city is made."""
MOVED_TO = "140100"
"""Taiyuan: where those of the demo city went who take their insurance along."""


@dataclass(frozen=True, slots=True)
class Login:
    """One demo login: who they are and what they may do."""

    username: str
    name: str
    roles: tuple[str, ...]
    region: str = REGION


STAFF = (
    Login("clerk", "黄受理", ("clerk",)),
    Login("clerk2", "罗受理", ("clerk",)),
    Login("reviewer", "周审核", ("reviewer",)),
    Login("reviewer2", "蒋审核", ("reviewer",)),
    Login("county_agency", "唐经办", ("county_agency",)),
    Login("county_hrss", "冉人社", ("county_hrss",)),
    Login("county_finance", "向财政", ("county_finance",)),
    Login("city_agency", "田复核", ("city_agency",)),
    Login("city_hrss", "谭人社", ("city_hrss",)),
    Login("city_finance", "秦财政", ("city_finance",)),
    Login("finance", "余支付", ("finance",)),
    Login("finance2", "邹支付", ("finance",)),
    Login("auditor", "段稽核", ("auditor",)),
    Login("system_officer", "安系统", (SYSTEM_OFFICER,), NOWHERE),
    Login("security_officer", "石安全", (SECURITY_OFFICER,), NOWHERE),
    Login("audit_officer", "简审计", (AUDIT_OFFICER,), NOWHERE),
    Login("ty_clerk", "郝受理", ("clerk",), MOVED_TO),
    Login("ty_reviewer", "尉审核", ("reviewer",), MOVED_TO),
    Login("ty_finance", "乔支付", ("finance",), MOVED_TO),
    Login("ty_finance2", "渠支付", ("finance",), MOVED_TO),
)
"""Staff of every role; two of the roles that meet most often, so that the two-person rule can be tried."""


def make_logins(city: r.City) -> None:
    """Store the staff and one login for each of the first planted persons: `citizen1`, `citizen2` …"""
    # Hashed once: fifty slow hashes would take longer than the city.
    password = make_password(PASSWORD)
    user_model = get_user_model()
    planted = city.citizens[: len(KINDS)]
    users = user_model.objects.bulk_create(
        [
            *(user_model(username=one.username, first_name=one.name, password=password) for one in STAFF),
            *(user_model(username=f"citizen{place}", password=password) for place, _ in enumerate(planted, 1)),
        ]
    )
    StaffRole.objects.bulk_create(
        StaffRole(user=user, role=role, region=one.region)
        for user, one in zip(users, STAFF, strict=False)
        for role in one.roles
    )
    CitizenLogin.objects.bulk_create(
        CitizenLogin(user=user, person_id=person_key(city, citizen))
        for user, citizen in zip(users[len(STAFF) :], planted, strict=True)
    )


def staff_actor(username: str) -> Actor:
    """Return a member of the demo staff as one who acts.

    Raises:
        User.DoesNotExist: The city was not made yet.
        LookupError: The login has no role.
    """
    found = staff_seat(get_user_model().objects.get(username=username))
    if found is None:
        raise LookupError(username)
    return found


def citizen_actor(username: str) -> Actor:
    """Return a demo citizen as one who acts.

    Raises:
        User.DoesNotExist: The city was not made yet.
    """
    login = CitizenLogin.objects.select_related("user").get(user__username=username)
    return Actor(login.user_id, "", "citizen", person_id=login.person_id, assurance=PROVED)
