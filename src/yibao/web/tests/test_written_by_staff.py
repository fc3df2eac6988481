"""What staff wrote into the form of a case survives an ended session and a refusal; passwords and codes never do."""

import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client

from yibao.services.relocation.pages import desk
from yibao.services.relocation.tests.conftest import NEW, Walk, make_person, make_staff
from yibao.store.models import StaffRole

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
WHY = "起始月份与我处记录不符，请核对 2024 年 1 月"
TYPED = {"why": WHY, "seen": "0" * 64, "password": "secret-word", "code": "123456"}


@pytest.fixture
def sent(db):
    """A transfer whose table came to the new place."""
    return Walk(make_person(), make_staff(), on=date(2026, 3, 2)).sent()


@pytest.fixture
def clerk(sent, client):
    user = get_user_model().objects.get(pk=sent.staff[NEW]["clerk"].user_id)
    user.set_password(PASSWORD)
    user.save()
    enter(client, user.username)
    client.username = user.username
    return client


def enter(client, name, to="/workbench/"):
    return client.post("/workbench/sign-in", {"login": name, "password": PASSWORD, "next": to})


def page_of(sent):
    return f"/workbench/relocation/cases/{sent.number('in')}"


def test_after_the_session_ended_it_is_offered_again_after_signing_in(sent, clerk):
    Session.objects.all().delete()
    answer = clerk.post(f"{page_of(sent)}/do/send_back", TYPED)
    assert answer["Location"] == "/workbench/sign-in?next=%2Fworkbench%2Fkept&expired=1"
    assert "替您留着" in clerk.get(answer["Location"]).content.decode()
    assert WHY not in repr([row.get_decoded() for row in Session.objects.all()])

    page = clerk.get(enter(clerk, clerk.username, "/workbench/kept")["Location"]).content.decode()
    assert WHY in page
    assert "secret-word" not in page
    assert "123456" not in page
    assert f'href="{page_of(sent)}"' in page
    assert sent.side("in").stage == "table_sent", "nothing is done by itself"
    assert clerk.get("/workbench/kept")["Location"] == "/workbench/", "it is offered once"


def test_nobody_else_is_offered_it(sent, clerk):
    Session.objects.all().delete()
    clerk.post(f"{page_of(sent)}/do/send_back", TYPED)
    other = get_user_model().objects.get(pk=sent.staff[NEW]["reviewer"].user_id)
    other.set_password(PASSWORD)
    other.save()
    assert clerk.get(enter(clerk, other.username, "/workbench/kept")["Location"])["Location"] == "/workbench/"


def test_forms_about_passwords_and_codes_are_never_kept(clerk):
    for address in ("/workbench/password", "/workbench/second-factor", "/workbench/security/totp"):
        Session.objects.all().delete()
        assert clerk.post(address, {"old": "x", "new": "y", "code": "1"})["Location"] == "/workbench/sign-in"
        assert not [row for row in Session.objects.all() if "kept" in row.get_decoded()]


def test_a_form_with_an_old_token_may_be_sent_again(sent, clerk):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get(username=clerk.username))
    answer = strict.post(f"{page_of(sent)}/do/send_back", TYPED, headers={"Sec-Fetch-Site": "same-origin"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert WHY in page
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.partition("<h1")[2])[1]
    again = strict.post(f"{page_of(sent)}/do/send_back", {"why": WHY, "csrfmiddlewaretoken": token})
    assert again["Location"] == page_of(sent)
    elsewhere = strict.post(f"{page_of(sent)}/do/send_back", TYPED, headers={"Sec-Fetch-Site": "cross-site"})
    assert WHY not in elsewhere.content.decode()


def test_refused_because_the_case_has_moved_on_it_stands_beside_the_refusal(sent, clerk):
    sent.check()
    sent.load()
    answer = clerk.post(f"{page_of(sent)}/do/send_back", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f">{WHY}</textarea>" in page
    assert "secret-word" not in page


def test_who_may_no_more_still_finds_what_they_wrote(sent, clerk):
    StaffRole.objects.filter(user__username=clerk.username).update(region="510000")
    answer = clerk.post(f"{page_of(sent)}/do/send_back", TYPED)
    assert answer.status_code == 403
    assert f">{WHY}</textarea>" in answer.content.decode()
    assert "123456" not in answer.content.decode()


def test_the_database_was_away(sent, clerk, monkeypatch):
    def away(**_):
        raise OperationalError

    monkeypatch.setitem(desk.STEPS, "send_back", away)
    clerk.raise_request_exception = False
    answer = clerk.post(f"{page_of(sent)}/do/send_back", TYPED)
    assert answer.status_code == 503
    assert WHY in answer.content.decode()


def test_pages_that_were_only_opened_show_nothing(sent, clerk):
    assert "written-why" not in clerk.get(page_of(sent)).content.decode()
    assert "您刚才填写的内容" not in clerk.get("/workbench/no-such-page").content.decode()
