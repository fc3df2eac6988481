"""Whose request it is, out of the session's key."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


@pytest.fixture
def kept():
    store = SessionStore()
    store["colour"] = "青"
    store.save()
    return store


def test_what_was_kept_is_read_by_its_key(kept):
    assert dict(SessionStore(kept.session_key).items()) == {"colour": "青"}


def test_django_reads_what_was_kept_here_and_the_reverse(kept):
    assert db.SessionStore(kept.session_key)["colour"] == "青"
    djangos = db.SessionStore()
    djangos["colour"] = "赤"
    djangos.save()
    assert SessionStore(djangos.session_key)["colour"] == "赤"


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_session_whose_time_is_over_keeps_nothing_and_loses_its_key(kept, seconds):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=seconds))
    late = SessionStore(kept.session_key)
    assert dict(late.items()) == {}
    assert late.session_key is None


def test_a_key_nobody_has_opens_nothing():
    stranger = SessionStore("k" * 32)
    assert dict(stranger.items()) == {}
    assert stranger.session_key is None


@pytest.mark.parametrize(
    "sent", [r'"abcdefgh\000x"', r'"abcdefgh\377x"', "a" * 5000, "测试测试".encode().decode("latin-1")]
)
@pytest.mark.parametrize("path", ["/", "/workbench/", "/sign-in"])
def test_a_cookie_that_is_no_key_opens_what_a_visitor_may_see(client, path, sent):
    page = client.get(path, headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={sent}"})
    assert page.status_code == client.get(path).status_code


@pytest.fixture
def signed_in():
    user = get_user_model().objects.create(username="wang", first_name="王")
    browser = Client()
    browser.force_login(user)
    return user, browser


def user_of(browser):
    return browser.get("/").wsgi_request.user


def test_a_session_leads_to_its_login_with_all_it_holds(signed_in):
    user, browser = signed_in
    found = user_of(browser)
    names = [field.attname for field in user._meta.concrete_fields]
    stored = get_user_model().objects.get(pk=user.pk)
    assert {name: getattr(found, name) for name in names} == {name: getattr(stored, name) for name in names}


@pytest.mark.parametrize(
    "end",
    [
        lambda user: get_user_model().objects.filter(pk=user.pk).update(is_active=False),
        lambda user: get_user_model().objects.filter(pk=user.pk).delete(),
        lambda user: get_user_model().objects.filter(pk=user.pk).update(password="another"),
    ],
    ids=["closed", "gone", "its password changed"],
)
def test_a_login_that_may_not_sign_in_any_more_is_nobody_at_once(signed_in, end):
    user, browser = signed_in
    assert user_of(browser).is_authenticated
    end(user)
    assert not user_of(browser).is_authenticated
