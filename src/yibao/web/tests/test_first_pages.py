"""Staff find back to their work from everywhere, and a page that is not there says whose site it is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from yibao.casework.officers import NOWHERE, SECURITY_OFFICER
from yibao.store.models import StaffRole

pytestmark = pytest.mark.django_db


def staff(role: str, region: str = "500000") -> Client:
    user = User.objects.create(username=role, first_name=role)
    StaffRole.objects.create(user=user, role=role, region=region)
    client = Client()
    client.force_login(user)
    return client


def title(page: str) -> str:
    return page.partition("<title>")[2].partition("</title>")[0]


@pytest.mark.parametrize(("role", "region"), [("clerk", "500000"), (SECURITY_OFFICER, NOWHERE)])
def test_the_first_page_of_the_site_leads_staff_to_their_own(role, region):
    client = staff(role, region)
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/workbench/")
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(("who", "site"), [("clerk", "desk"), ("visitor", "portal")])
def test_a_page_that_is_not_there_is_of_the_site_of_its_reader(who, site, names):
    client = staff(who) if who == "clerk" else Client()
    at_desk = client.get("/workbench/nothing-here")
    assert at_desk.status_code == 404
    assert names["desk"] in title(at_desk.content.decode())
    assert names["portal"] not in at_desk.content.decode()
    elsewhere = client.get("/nothing-here").content.decode()
    assert names[site] in title(elsewhere)


def test_a_closed_page_leads_staff_back_to_their_work():
    for role, region in (("clerk", "500000"), (SECURITY_OFFICER, NOWHERE)):
        client = staff(role, region)
        closed = client.get("/payments")
        assert closed.status_code == 403
        href = client.get("/")["Location"]
        assert f'href="{href}"' in closed.content.decode()


@pytest.fixture
def names():
    from yibao.web.words import Say

    return {name: Say("zh")(f"{name}.name") for name in ("desk", "portal")}
