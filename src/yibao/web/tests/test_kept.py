"""Nothing typed is lost to an expired session or form, nobody else sees it, and a reader's settings travel along."""

import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client

from yibao.kernel.identifiers import make_resident_id
from yibao.store.models import CitizenLogin, Contact, Person, ReaderSettings
from yibao.web import kept

PASSWORD = "a long enough password"
ADDRESS = "/contact/sms"
TYPED = {"address": "138 0013 8000\n第二行 😀"}


@pytest.fixture
def people(db):
    for serial, name in enumerate(("alice", "bob"), start=1):
        number = make_resident_id(area="500112", born=date(1950, 3, 1), serial=serial)
        person = Person.objects.create(identity=number, name="陈建国", sex="M", born=date(1950, 3, 1), region="500112")
        CitizenLogin.objects.create(user=get_user_model().objects.create_user(name, password=PASSWORD), person=person)


def enter(client, name, to="/"):
    return client.post("/sign-in", {"login": name, "password": PASSWORD, "next": to})


def expire(client):
    Session.objects.all().delete()


def test_what_was_typed_after_the_session_ended_is_offered_after_signing_in_again(client, people):
    enter(client, "alice")
    expire(client)
    answer = client.post(ADDRESS, TYPED)
    assert answer["Location"] == "/sign-in?next=%2Fkept&expired=1"
    assert "替您留着" in client.get(answer["Location"]).content.decode()

    page = client.get(enter(client, "alice", "/kept")["Location"]).content.decode()

    assert f'action="{ADDRESS}"' in page
    assert "138 0013 8000" in page
    assert "csrfmiddlewaretoken" in page
    assert not Contact.objects.exists()
    assert client.get("/kept")["Location"] == "/", "it is offered once"


def test_nobody_else_sees_it(client, people):
    enter(client, "alice")
    expire(client)
    client.post(ADDRESS, TYPED)
    answer = client.get(enter(client, "bob", "/kept")["Location"])
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_the_session_holds_it_sealed(client, people):
    enter(client, "alice")
    expire(client)
    client.post(ADDRESS, TYPED)
    assert "8000" not in repr([row.get_decoded() for row in Session.objects.all()])


@pytest.mark.parametrize(
    "before",
    [
        lambda client: client.post("/sign-out"),
        lambda client: client.cookies.clear(),
    ],
    ids=["somebody signed out", "a device nobody signed in on"],
)
def test_where_nobody_can_tell_whose_it_is_nothing_is_kept(client, people, before):
    enter(client, "alice")
    before(client)
    assert client.post(ADDRESS, TYPED)["Location"] == "/sign-in"
    assert not [row for row in Session.objects.all() if "kept" in row.get_decoded()]


def test_what_is_too_long_to_keep_is_not_kept(client, people):
    enter(client, "alice")
    expire(client)
    assert client.post(ADDRESS, {"address": "长" * kept.BYTES_MAX})["Location"] == "/sign-in"


def test_a_form_with_an_old_token_may_be_sent_again_from_the_answer(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(username="alice"))
    answer = client.post(ADDRESS, TYPED, headers={"Sec-Fetch-Site": "same-origin"})
    page = answer.content.decode()

    assert answer.status_code == 403
    assert "您刚才填写的内容还在" in page
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.partition("<h1")[2])[1]
    again = client.post(ADDRESS, {"address": "13800138000", "csrfmiddlewaretoken": token})
    assert again["Location"] == f"{ADDRESS}/code"


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_a_form_from_elsewhere_gets_nothing_back(people, headers):
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(username="alice"))
    answer = client.post(ADDRESS, {"address": "13999999999"}, headers=headers)
    assert answer.status_code == 403
    assert "13999999999" not in answer.content.decode()
    assert "页面已过期" in answer.content.decode()


class TestRemembered:
    """Language and type size belong to the person."""

    def test_they_come_along_to_another_device(self, client, people):
        enter(client, "alice")
        client.post("/preferences", {"large": "1", "next": "/"})
        client.post("/preferences", {"language": "en", "next": "/"})
        assert (ReaderSettings.objects.get().language, ReaderSettings.objects.get().large) == ("en", True)

        other = Client()
        enter(other, "alice")
        page = other.get("/messages").content.decode()
        assert 'lang="en"' in page
        assert "app-large" in page

    def test_large_type_chosen_at_the_door_is_not_switched_off(self, client, people):
        ReaderSettings.objects.create(user=get_user_model().objects.get(username="alice"), large=False)
        client.post("/preferences", {"large": "1", "next": "/"})
        enter(client, "alice")
        assert "app-large" in client.get("/messages").content.decode()

    def test_nobody_is_changed_by_a_visitor(self, client, people):
        client.post("/preferences", {"language": "en", "next": "/"})
        assert not ReaderSettings.objects.exists()

    @pytest.mark.parametrize("sent", [{"language": "xx"}, {"large": "maybe"}, {}])
    def test_nonsense_changes_nothing_that_matters(self, client, people, sent):
        enter(client, "alice")
        assert client.post("/preferences", {**sent, "next": "https://evil.example"})["Location"] == "/"
        assert not ReaderSettings.objects.filter(language="xx").exists()
