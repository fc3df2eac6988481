"""Citizens sign in through a real OpenID Connect provider, prove more when asked, and are refused with reasons."""

import logging
import re
from dataclasses import replace

import pytest
from django.contrib.sessions.models import Session

from yibao.store.models import CitizenLogin, ProviderLogin

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = re.compile(r"(state|nonce)=[^&]+")


def test_a_citizen_signs_in_and_lands_where_they_wanted(browser, chen):
    visitor = browser()
    visitor.sign_in("chen", "/cases")
    assert visitor.page.url.endswith("/cases")
    visitor.page.goto("/identity")
    assert "您现在的身份等级是 L2，方式：国家医保服务平台" in visitor.text()
    assert ProviderLogin.objects.get().login.person == chen


def test_the_second_sign_in_finds_the_same_login(browser, chen):
    for _ in range(2):
        browser().sign_in("chen")
    assert CitizenLogin.objects.count() == ProviderLogin.objects.count() == 1


def test_a_wrong_state_is_refused_in_words(browser, chen):
    visitor = browser()
    back = visitor.way_back("chen", visitor.asked())
    visitor.page.goto(OTHER.sub("state=made-up", back))
    assert "这次登录与您在本页发起的不是同一次" in visitor.text()
    visitor.page.goto("/cases")
    assert "/sign-in" in visitor.page.url


def test_a_way_back_in_another_browser_opens_nothing(browser, chen):
    visitor, thief = browser(), browser()
    back = visitor.way_back("chen", visitor.asked())
    thief.page.goto(back)
    assert "不是同一次" in thief.text()


def test_a_way_back_is_good_once(browser, chen):
    visitor = browser()
    back = visitor.way_back("chen", visitor.asked())
    visitor.page.goto(back)
    assert visitor.page.url.endswith("/cases")
    visitor.page.goto(back)
    assert "已经用过" in visitor.text()


def test_a_code_that_was_used_is_refused_even_with_a_good_state(browser, chen):
    visitor = browser()
    first = visitor.way_back("chen", visitor.asked())
    visitor.page.goto(first)
    code = re.search(r"code=([^&]+)", first).group(1)
    again = visitor.way_back("chen", visitor.asked())
    visitor.page.goto(re.sub(r"code=[^&]+", f"code={code}", again))
    assert "核对不上或已过期" in visitor.text()


def test_a_wrong_nonce_is_refused(browser, chen):
    visitor = browser()
    asked = visitor.asked()
    back = visitor.way_back("chen", re.sub(r"nonce=[^&]+", "nonce=made-up", asked))
    visitor.page.goto(back)
    assert "核对不上或已过期" in visitor.text()


def test_an_expired_token_is_refused(browser, chen):
    visitor = browser()
    visitor.sign_in("chen", provider="迟到的平台")
    assert "核对不上或已过期" in visitor.text()
    assert ProviderLogin.objects.count() == 0


def test_an_unknown_person_is_told_what_to_do(browser, chen, people):
    visitor = browser()
    visitor.sign_in("nobody")
    assert "医保档案里还没有您" in visitor.text()
    assert "参保登记" in visitor.text()
    assert people.NOBODY not in visitor.page.content()
    assert CitizenLogin.objects.count() == 0


def test_a_provider_that_tells_no_number_is_named_as_the_reason(browser, chen):
    visitor = browser()
    visitor.sign_in("numberless")
    assert "没有告诉我们证件号码" in visitor.text()


def test_a_dead_persons_login_is_closed(browser, people):
    people.add(people.DEAD, "陈老", died_on="2020-01-01")
    visitor = browser()
    visitor.sign_in("dead")
    assert "本人已经去世" in visitor.text()
    assert "继承人" in visitor.text()


def test_somebody_who_gives_up_is_told_that_nothing_happened(browser, chen):
    visitor = browser()
    visitor.to_the_provider()
    visitor.page.click("[name=cancel]")
    assert "什么也没有改动" in visitor.text()


def test_no_password_opens_the_door_where_providers_vouch(client, chen, providers):
    page = client.post("/sign-in", {"login": "chen", "password": "x"})
    assert page.status_code == 403
    assert "国家医保服务平台" in page.content.decode()


def test_signing_out_ends_the_session_at_the_provider_too(browser, chen):
    visitor = browser()
    visitor.sign_in("chen")
    visitor.page.get_by_role("button", name="退出").click()
    visitor.page.wait_for_url("**/session/end?**")
    assert "id_token" not in visitor.page.url
    visitor.page.goto("/cases")
    assert "/sign-in" in visitor.page.url


def test_no_number_and_no_token_in_addresses_sessions_or_logs(browser, chen, people, caplog):
    caplog.set_level(logging.INFO)
    seen = []
    for account in ("chen", "nobody"):
        visitor = browser()
        visitor.page.on("request", lambda request: seen.append(request.url))
        visitor.sign_in(account, "/cases")
    held = [str(one.get_decoded()) for one in Session.objects.all()]
    everything = "\n".join([*seen, *held, caplog.text])
    assert not any(number in everything for number in (people.CHEN, people.NOBODY))
    assert not any(word in everything for word in ("id_token", "access_token", "eyJ"))


def test_a_provider_that_does_not_answer_is_told_in_words(client, chen, providers, settings):
    dead = replace(settings.YIBAO_PROVIDERS[0], issuer="http://localhost:9")
    settings.YIBAO_PROVIDERS = (dead,)
    page = client.get("/sign-in/national")
    assert page.status_code == 424
    assert "暂时连不上" in page.content.decode()
