"""What every page shares: doors, language, type size, errors, and what a browser may load."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, get_resolver

from yibao.casework.entry import VISITOR, rule_of

OPEN_TO_ALL = {
    "refund:can",
    "refund:blank",
    "relocation:index",
    "relocation:cover",
    "relocation:cover_step",
    "relocation:cover_answer",
    "relocation:years",
    "relocation:years_step",
    "relocation:years_answer",
    "portal:sign_in",
    "portal:sign_out",
    "portal:preferences",
    "portal:paper_check",
    "portal:provider",
    "portal:provider_back",
    "portal:signed_out",
    "portal:guide",
    "portal:guide_of",
    "portal:rules",
    "portal:region_rules",
    "workbench:sign_in",
}


def patterns(resolver=None, names=()):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join([*names, one.name or ""]), one
        else:
            yield from patterns(one, (*names, one.namespace) if one.namespace else names)


class TestDoors:
    def test_only_named_pages_are_open_to_visitors(self):
        is_open = {name for name, one in patterns() if VISITOR in rule_of(one.callback).who}
        assert {name for name in is_open if not name.startswith(("yibao-api:", "yibao-exchange:"))} == OPEN_TO_ALL

    def test_a_user_without_a_person_or_a_role_is_a_visitor(self, client, db):
        client.force_login(get_user_model().objects.create(username="nobody"))
        assert client.get("/")["Location"].startswith("/sign-in")

    def test_a_form_without_its_token_changes_nothing_and_says_so(self, db):
        page = Client(enforce_csrf_checks=True).post("/preferences", {"language": "en"})
        assert page.status_code == 403
        assert "页面已过期" in page.content.decode()
        assert "yibao_language" not in page.cookies


class TestErrors:
    @pytest.mark.parametrize(
        ("method", "path", "status", "words"),
        [
            pytest.param("get", "/no-such-page", 404, "没有找到这个页面", id="an address that does not exist"),
            pytest.param("get", "/preferences", 405, "不能这样打开", id="a link to what takes a form"),
        ],
    )
    def test_each_error_says_what_to_do(self, client, db, method, path, status, words):
        page = getattr(client, method)(path)
        assert page.status_code == status
        assert words in page.content.decode()

    def test_a_file_that_is_too_large_is_refused_before_it_is_read(self, client, db):
        page = client.post(
            "/sign-in", data=b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=27_000_000
        )
        assert page.status_code == 413
        assert "10 MB" in page.content.decode()

    def test_our_own_fault_is_told_without_details(self, client, db, monkeypatch):
        client.raise_request_exception = False
        monkeypatch.setattr("yibao.web.portal.session.attempt", None)
        page = client.post("/sign-in", {"login": "x", "password": "y"})
        assert page.status_code == 500
        assert "不是您的操作造成的" in page.content.decode()
        assert "TypeError" not in page.content.decode()


class TestPolicy:
    def test_a_browser_may_load_from_this_site_only(self, client, db):
        policy = client.get("/sign-in")["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    def test_pages_have_no_inline_style_or_script(self, client, db):
        html = client.get("/sign-in").content.decode()
        assert not re.search(r"\sstyle=|\son\w+=", html)
        assert all("src=" in script for script in re.findall(r"<script[^>]*>", html))

    def test_pages_are_not_kept_by_a_shared_browser(self, client, db):
        assert client.get("/sign-in")["Cache-Control"] == "no-store"

    def test_a_password_page_may_not_be_framed(self, client, db):
        assert client.get("/sign-in")["X-Frame-Options"] == "DENY"


class TestReading:
    def test_chinese_comes_first_whatever_the_browser_asks_for(self, client, db):
        page = client.get("/sign-in", HTTP_ACCEPT_LANGUAGE="en").content.decode()
        assert '<html lang="zh-CN"' in page

    def test_english_is_remembered(self, client, db):
        client.post("/preferences", {"language": "en", "next": "/sign-in"})
        assert '<html lang="en"' in client.get("/sign-in").content.decode()

    def test_large_type_is_remembered(self, client, db):
        client.post("/preferences", {"large": "1", "next": "/sign-in"})
        assert "app-large" in client.get("/sign-in").content.decode()

    def test_the_switch_does_not_lead_away_from_the_site(self, client, db):
        assert client.post("/preferences", {"next": "https://example.com/"})["Location"] == "/"

    def test_the_first_link_skips_to_the_content(self, client, db):
        html = client.get("/sign-in").content.decode()
        assert html.index('href="#main"') < html.index("<header")
