"""The officers' pages: from a new login to its first role, by two persons; and what each may not see."""

import re

import pytest
from django.contrib.auth.models import User

from yibao.casework.officers import AUDIT_OFFICER, NOWHERE, OFFICERS, SECURITY_OFFICER, SYSTEM_OFFICER
from yibao.store.models import RoleProposal, StaffRole

pytestmark = pytest.mark.django_db


@pytest.fixture
def sit(client):
    def as_(role: str, region: str = NOWHERE):
        user, _ = User.objects.get_or_create(username=role, defaults={"first_name": role})
        StaffRole.objects.get_or_create(user=user, role=role, region=region)
        client.force_login(user)
        return client

    return as_


@pytest.fixture
def clerk() -> User:
    user = User.objects.create(username="newclerk", first_name="黄受理")
    StaffRole.objects.create(user=user, role="clerk", region="500000")
    return user


def test_a_login_is_made_and_given_a_role_by_two_persons(sit):
    html = sit(SYSTEM_OFFICER).post("/workbench/accounts/new", {"username": "fresh", "name": "新同事"}).content.decode()
    password = re.search(r"app-mono\">([a-z2-9-]{19})<", html)[1]
    made = User.objects.get(username="fresh")
    assert made.check_password(password)
    step = f"/workbench/accounts/{made.pk}/do/"
    wanted = {"role": "clerk", "region": "500112"}
    assert sit(SYSTEM_OFFICER).post(step + "propose", wanted).status_code == 302
    proposal = {"proposal": RoleProposal.objects.get().pk}
    assert sit(SYSTEM_OFFICER).post(step + "release", proposal).status_code == 403
    assert not made.staff_roles.exists()
    assert sit(SECURITY_OFFICER).post(step + "release", proposal).status_code == 302
    assert [(one.role, one.region) for one in made.staff_roles.all()] == [("clerk", "500112")]
    assert "受理岗" in sit(SECURITY_OFFICER).get(f"/workbench/accounts/{made.pk}").content.decode()


def test_what_was_typed_is_kept_where_it_is_refused(sit):
    page = sit(SYSTEM_OFFICER).post("/workbench/accounts/new", {"username": "9x", "name": "新同事"})
    assert page.status_code == 422
    assert 'value="9x"' in page.content.decode()
    assert 'value="新同事"' in page.content.decode()


def test_a_locked_login_is_out_at_its_next_step(sit, clerk, client):
    from django.test import Client

    inside = Client()
    inside.force_login(clerk)
    assert inside.get("/workbench/").status_code == 200
    sit(SECURITY_OFFICER).post(f"/workbench/accounts/{clerk.pk}/do/lock")
    assert inside.get("/workbench/").status_code == 302
    sit(SECURITY_OFFICER).post(f"/workbench/accounts/{clerk.pk}/do/unlock")
    assert Client().get("/workbench/").status_code == 302


def test_the_audit_officer_reads_and_changes_nothing(sit, clerk):
    reader = sit(AUDIT_OFFICER)
    assert reader.get("/workbench/account-events").status_code == 200
    assert reader.get("/workbench/sign-ins").status_code == 200
    for verb in ("propose", "release", "drop", "take_role", "lock", "unlock"):
        assert reader.post(f"/workbench/accounts/{clerk.pk}/do/{verb}").status_code == 403


def test_sign_ins_and_failures_are_listed(sit, clerk, client):
    clerk.set_password("a long enough password")
    clerk.save()
    client.post("/workbench/sign-in", {"login": "newclerk", "password": "wrong"})
    client.post("/workbench/sign-in", {"login": "newclerk", "password": "a long enough password"})
    html = sit(SECURITY_OFFICER).get("/workbench/sign-ins").content.decode()
    assert "登录失败" in html
    assert html.count("newclerk") == 2


@pytest.mark.parametrize("role", sorted(OFFICERS))
def test_an_officer_begins_at_their_own_page(sit, role, client):
    sit(role)
    user = User.objects.get(username=role)
    user.set_password("a long enough password")
    user.save()
    client.logout()
    entered = client.post("/workbench/sign-in", {"login": role, "password": "a long enough password"})
    assert client.get(entered["Location"]).status_code == 200


def header(client) -> str:
    return client.get("/workbench/").content.decode().split("</header>")[0]


def test_staff_of_two_offices_work_for_one_at_a_time(client, clerk):
    StaffRole.objects.create(user=clerk, role="finance", region="140100")
    client.force_login(clerk)
    assert "受理岗" in header(client)
    assert "财务支付岗" not in header(client)
    client.post("/workbench/office", {"office": "140100"})
    assert "财务支付岗" in header(client)
    assert "受理岗" not in header(client)
    assert client.post("/workbench/office", {"office": "110000"}).status_code == 404
