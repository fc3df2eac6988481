"""Limits on how often somebody may ask, sessions that end, and the checks before real people are let in."""

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from yibao.casework.limits import APPLICATION, CHECK, SIGN_IN, Limit
from yibao.store.models import CitizenLogin, Person, StaffRole
from yibao.web.models import OpenSession, RequestCount
from yibao.web.sessions import BEGAN, SEEN

PASSWORD = "a long enough password"
CHECKED = "/check/SQ-1/ABCD"


@pytest.fixture
def alice(db) -> User:
    person = Person.objects.create(
        identity="500112197603011995", name="陈建国", sex="M", born=date(1976, 3, 1), region="500112"
    )
    user = User.objects.create_user("alice", password=PASSWORD)
    CitizenLogin.objects.create(user=user, person=person)
    return user


@pytest.fixture
def clerk(db) -> User:
    user = User.objects.create_user("clerk", password=PASSWORD, first_name="黄受理")
    StaffRole.objects.create(user=user, role="clerk", region="500000")
    return user


def full(limit: Limit) -> None:
    """Let whoever asked last have asked as often as they may."""
    RequestCount.objects.update(count=limit.most)


def age(client, **seconds: int) -> None:
    session = client.session
    for name, by in seconds.items():
        session[name] -= by
    session.save()


class TestLimits:
    @pytest.mark.django_db
    def test_the_page_says_when_to_try_again(self, client):
        assert client.get(CHECKED).status_code == 404
        full(CHECK)
        page = client.get(CHECKED)
        assert page.status_code == 429
        assert 0 < int(page["Retry-After"]) <= CHECK.seconds
        assert "1 分钟后再试" in page.content.decode()

    @pytest.mark.django_db
    def test_another_address_is_not_held_up(self, client):
        client.get(CHECKED)
        full(CHECK)
        assert client.get(CHECKED, REMOTE_ADDR="192.0.2.7").status_code == 404

    @pytest.mark.django_db
    def test_the_next_window_begins_anew(self, client):
        client.get(CHECKED)
        full(CHECK)
        RequestCount.objects.update(window=0)
        assert client.get(CHECKED).status_code == 404

    @pytest.mark.django_db
    def test_sign_ins_are_counted_and_looking_at_the_door_is_not(self, client):
        client.post("/sign-in", {"login": "nobody", "password": "x"})
        full(SIGN_IN)
        assert client.post("/sign-in", {"login": "nobody", "password": "x"}).status_code == 429
        assert client.get("/sign-in").status_code == 200

    def test_an_applicant_is_counted_for_themselves(self, client, alice):
        client.force_login(alice)
        client.post("/refund/apply", REMOTE_ADDR="192.0.2.7")
        full(APPLICATION)
        assert client.post("/refund/apply").status_code == 429

    @pytest.mark.django_db
    def test_a_proxy_is_believed_only_where_there_is_one(self, client, settings):
        client.get(CHECKED)
        full(CHECK)
        assert client.get(CHECKED, HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 429
        settings.YIBAO_PROXIES = 1
        assert client.get(CHECKED, HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.7").status_code == 404

    @pytest.mark.django_db
    def test_the_count_tells_nobody_s_name_or_address(self, client):
        client.get(CHECKED)
        assert "127.0.0.1" not in str(RequestCount.objects.values())

    @pytest.mark.django_db(transaction=True)
    def test_requests_at_the_same_moment_are_all_counted(self):
        from concurrent.futures import ThreadPoolExecutor

        from django.db import connection

        def ask(_: int) -> int:
            try:
                return RequestCount.more(key="k", window=1)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(ask, range(20))) == list(range(1, 21))


class TestSessions:
    def test_a_sign_in_changes_the_key(self, client, alice):
        client.get("/sign-in")
        client.post("/sign-in", {"login": "alice", "password": PASSWORD})
        before = client.session.session_key
        client.post("/sign-in", {"login": "alice", "password": PASSWORD})
        assert client.session.session_key != before

    @pytest.mark.parametrize(
        ("kind", "which"), [("citizen", SEEN), ("citizen", BEGAN), ("staff", SEEN), ("staff", BEGAN)]
    )
    def test_a_session_ends_when_idle_or_open_too_long(self, client, alice, clerk, settings, kind, which):
        client.force_login(alice if kind == "citizen" else clerk)
        page = "/cases" if kind == "citizen" else "/workbench/ledger"
        assert client.get(page).status_code == 200
        idle, whole = settings.YIBAO_SESSION_SECONDS[kind]
        age(client, **{which: (idle if which == SEEN else whole) + 5})
        ended = client.get(page, follow=True)
        assert "sign-in" in ended.redirect_chain[-1][0]
        assert "停留过久" in ended.content.decode()
        assert client.get(page).status_code == 302
        assert not OpenSession.objects.exists()

    def test_somebody_else_may_sign_in_over_an_open_session(self, client, alice, clerk):
        for door, login in (("/sign-in", "alice"), ("/workbench/sign-in", "clerk"), ("/sign-in", "alice")):
            assert client.post(door, {"login": login, "password": PASSWORD}).status_code == 302
            assert client.session.session_key in set(OpenSession.objects.values_list("session_key", flat=True))
        assert client.get("/cases").status_code == 200

    def test_being_there_is_noted_once_a_minute(self, client, alice, django_assert_max_num_queries):
        client.force_login(alice)
        age(client, **{SEEN: 61})
        long_ago = timezone.now() - timedelta(hours=1)
        OpenSession.objects.update(seen_at=long_ago)
        client.get("/cases")
        assert OpenSession.objects.get().seen_at > long_ago

    @pytest.mark.parametrize(("who", "page"), [("alice", "/sessions"), ("clerk", "/workbench/sessions")])
    def test_signing_out_everywhere_ends_the_other_device_too(self, client, alice, clerk, who, page):
        other, user = Client(HTTP_USER_AGENT="Firefox Windows"), User.objects.get(username=who)
        client.force_login(user)
        other.post("/workbench/sign-in" if who == "clerk" else "/sign-in", {"login": who, "password": PASSWORD})
        assert other.get(page).status_code == 200
        html = client.get(page).content.decode()
        assert "Firefox · Windows" in html
        assert html.count("这一个") == 1
        assert client.post(f"{page}/end").status_code == 302
        assert other.get(page).status_code == 302
        assert client.get(page).status_code == 302

    def test_nobody_sees_another_one_s_sessions(self, client, alice, clerk):
        Client(HTTP_USER_AGENT="Firefox Windows").post("/workbench/sign-in", {"login": "clerk", "password": PASSWORD})
        client.force_login(alice)
        assert "Firefox" not in client.get("/sessions").content.decode()

    def test_signing_out_takes_the_session_off_the_list(self, client, alice):
        client.force_login(alice)
        client.post("/sign-out")
        assert not OpenSession.objects.exists()


@pytest.mark.parametrize(("factor", "clean"), [("required", True), ("off", False)])
def test_the_deployment_checks_are_clean(checkout, tmp_path, factor, clean):
    environment = os.environ | {
        "YIBAO_HOME": str(tmp_path),
        "YIBAO_PUBLIC_URL": "https://yibao.example.org",
        "YIBAO_SECOND_FACTOR": factor,
        "PYTHONPATH": str(checkout / "src"),
    }
    for name in ("YIBAO_DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, cwd=checkout)
    assert (done.returncode == 0) is clean, done.stderr
    assert ("yibao.E001" in done.stderr) is not clean
