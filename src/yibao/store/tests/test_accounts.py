"""Logins of staff: two officers give a role, no officer holds another one, and the chain shows every step."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from yibao.casework.actors import Actor
from yibao.casework.officers import AUDIT_OFFICER, NOWHERE, SECURITY_OFFICER, SYSTEM_OFFICER
from yibao.kernel.errors import Refused
from yibao.store import accounts, guards, seats, verify
from yibao.store.models import AccountEvent, StaffRole

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KNOWN = frozenset({"clerk", "reviewer", "finance", SYSTEM_OFFICER, SECURITY_OFFICER, AUDIT_OFFICER})


@pytest.fixture
def officers(db) -> dict[str, Actor]:
    made = accounts.first_officers(usernames={role: role for role in sorted(KNOWN) if "officer" in role}, at=AT)
    return {role: seats.staff_actor(user) for role, (user, _) in made.items()}


@pytest.fixture
def system(officers):
    return officers[SYSTEM_OFFICER]


@pytest.fixture
def security(officers):
    return officers[SECURITY_OFFICER]


@pytest.fixture
def newcomer(system) -> User:
    return accounts.create(username="newcomer", name="新同事", by=system, at=AT)[0]


def refused(step, **arguments) -> str:
    with pytest.raises(Refused) as no:
        step(**arguments)
    return no.value.refusal.code


def proposed(account: User, system: Actor, role: str = "clerk", region: str = "500112"):
    return accounts.propose(account_id=account.pk, role=role, region=region, known=KNOWN, by=system, at=AT)


def test_a_role_holds_once_a_second_officer_has_released_it(newcomer, system, security):
    proposal = proposed(newcomer, system)
    assert seats.staff_actor(newcomer) is None
    accounts.release(proposal_id=proposal.pk, by=security, at=AT)
    actor = seats.staff_actor(User.objects.get(pk=newcomer.pk))
    assert (actor.roles, actor.region) == ({"clerk"}, "500112")


def test_the_same_step_twice_is_one(newcomer, system, security):
    first, second = proposed(newcomer, system), proposed(newcomer, system)
    assert first.pk == second.pk
    for _ in range(2):
        accounts.release(proposal_id=first.pk, by=security, at=AT)
        accounts.lock(account_id=newcomer.pk, by=security, at=AT)
    kinds = [event.kind for event in AccountEvent.objects.filter(account=newcomer).order_by("seq")]
    assert kinds == ["created", "role_proposed", "role_given", "locked"]


def test_no_officer_takes_the_other_ones_steps(newcomer, system, security, officers):
    proposal = proposed(newcomer, system)
    for actor in (system, officers[AUDIT_OFFICER]):
        for step in (accounts.release, accounts.drop):
            assert refused(step, proposal_id=proposal.pk, by=actor, at=AT) == "not_your_role"
        for step in (accounts.lock, accounts.unlock):
            assert refused(step, account_id=newcomer.pk, by=actor, at=AT) == "not_your_role"
    assert refused(accounts.create, username="another", name="甲", by=security, at=AT) == "not_your_role"
    wanted = {"account_id": newcomer.pk, "role": "clerk", "region": "500112", "known": KNOWN}
    assert refused(accounts.propose, **wanted, by=security, at=AT) == "not_your_role"


def test_nobody_acts_on_their_own_login(system, security):
    wanted = {"role": "clerk", "region": "500112", "known": KNOWN}
    assert refused(accounts.propose, account_id=system.user_id, **wanted, by=system, at=AT) == "own_account"
    assert refused(accounts.lock, account_id=security.user_id, by=security, at=AT) == "own_account"


@pytest.mark.parametrize(("first", "second"), [("clerk", AUDIT_OFFICER), (AUDIT_OFFICER, "clerk"),
                                               (AUDIT_OFFICER, SYSTEM_OFFICER)])  # fmt: skip
def test_an_officer_holds_no_other_role(newcomer, system, security, first, second):
    accounts.release(proposal_id=proposed(newcomer, system, first).pk, by=security, at=AT)
    wanted = {"account_id": newcomer.pk, "role": second, "region": "500112", "known": KNOWN}
    assert refused(accounts.propose, **wanted, by=system, at=AT) == "officer_alone"


@pytest.mark.parametrize(("first", "second"), [("clerk", AUDIT_OFFICER), (AUDIT_OFFICER, "clerk"),
                                               (AUDIT_OFFICER, AUDIT_OFFICER)])  # fmt: skip
def test_the_database_itself_keeps_officers_alone(newcomer, first, second):
    StaffRole.objects.create(user=newcomer, role=first, region=NOWHERE)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRole.objects.create(user=newcomer, role=second, region="500000")
    other = StaffRole.objects.create(user=User.objects.create(username="other"), role="clerk", region="500000")
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRole.objects.filter(pk=other.pk).update(user=newcomer, role=second)


def test_roles_in_two_regions_stay_where_they_are_held(newcomer):
    StaffRole.objects.create(user=newcomer, role="clerk", region="500112")
    StaffRole.objects.create(user=newcomer, role="reviewer", region="500103")
    StaffRole.objects.create(user=newcomer, role="finance", region="500000")
    assert seats.offices(newcomer) == ["500112", "500103", "500000"]
    held = {office: seats.staff_actor(newcomer, office=office).roles for office in seats.offices(newcomer)}
    assert held == {"500112": {"clerk", "finance"}, "500103": {"reviewer", "finance"}, "500000": {"finance"}}
    assert seats.staff_actor(newcomer, office="110000").region == "500112"


@pytest.mark.parametrize(
    ("role", "region", "code"),
    [
        ("king", "500000", "role_unknown"),
        ("clerk", "5", "region_unknown"),
        ("clerk", "000000", "region_unknown"),
    ],
)
def test_what_there_is_not_is_refused(newcomer, system, role, region, code):
    wanted = {"account_id": newcomer.pk, "role": role, "region": region, "known": KNOWN}
    assert refused(accounts.propose, **wanted, by=system, at=AT) == code


@pytest.mark.parametrize(
    ("username", "code"), [("newcomer", "username_taken"), ("9x", "username_wrong"), ("A" * 5, "username_wrong")]
)
def test_a_user_name_that_cannot_be_is_refused(newcomer, system, username, code):
    assert refused(accounts.create, username=username, name="甲", by=system, at=AT) == code


def test_the_first_officers_are_made_once(officers):
    assert refused(accounts.first_officers, usernames={SYSTEM_OFFICER: "again"}, at=AT) == "officers_exist"


def test_a_changed_event_is_found(newcomer):
    assert verify.verify_audit(files=False) == []
    with guards.lifted():
        AccountEvent.objects.filter(account=newcomer).update(kind="sign_in")
    assert [fault for fault in verify.verify_audit(files=False) if str(newcomer.pk) in fault]


def test_an_event_is_never_changed(newcomer):
    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE store_accountevent SET kind = 'x'")
