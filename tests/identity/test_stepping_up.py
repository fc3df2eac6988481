"""A step that asks for more leads to a stronger proof and back, and nothing that was typed is lost."""

import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services import assurance
from yibao.services.refund import actions
from yibao.store import cases
from yibao.web import levels

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "6222020000000000000"


@pytest.fixture
def draft(chen):
    """An application that chen has begun."""
    by = Actor(None, "", "citizen", person_id=chen.pk, assurance=PROVED)
    return actions.open_draft(
        person_id=chen.pk, region=chen.region, by=by, on=timezone.localdate(), at=timezone.now()
    ).number


def lower_every_session():
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        session["assurance"] = {**session["assurance"], "level": "L2"}
        session.save()


def test_every_step_of_every_citizen_says_its_level():
    assert levels.faults() == []


def test_a_step_without_a_level_is_named_at_start(monkeypatch):
    service = assurance.services.find()["refund"]
    broken = {**service.manifest, "levels": {"read": "L2", "submit": "high"}}
    monkeypatch.setattr(assurance.services, "find", lambda: {"refund": _With(service, broken)})
    told = "\n".join(levels.faults())
    assert "no level for the step withdraw" in told
    assert "submit: high" in told


class _With:
    """A service with another manifest."""

    def __init__(self, service, manifest):
        self.folder, self.manifest = service.folder, manifest


def test_a_page_that_asks_for_more_is_opened_after_the_proof(browser, draft):
    visitor = browser()
    visitor.sign_in("chen")
    page = f"/refund/cases/{draft}/account"
    visitor.page.goto(page)
    assert "这一步需要 L3 级，您现在是 L2 级" in visitor.text()
    assert "医保窗口" in visitor.text()
    visitor.page.get_by_role("button", name="用国家医保服务平台核验").click()
    visitor.prove("chen")
    assert visitor.page.url.endswith(page)
    visitor.page.goto("/identity")
    assert "等级是 L3" in visitor.text()


def test_what_was_typed_comes_back_after_the_proof_and_is_kept(browser, draft):
    visitor = browser()
    visitor.sign_in("chen", proof="urn:test:face")
    visitor.page.goto(f"/refund/cases/{draft}/account")
    visitor.page.check("[name=applicant][value=payer]")
    for name, typed in (("bank_name", "演示银行"), ("bank_holder", "陈建国"), ("bank_number", CARD)):
        visitor.page.fill(f"[name={name}]", typed)
    lower_every_session()
    visitor.page.get_by_role("button", name="继续").click()
    assert "原样带回" in visitor.text()
    assert all(CARD not in str(row.get_decoded()) for row in Session.objects.all())
    visitor.page.get_by_role("button", name="用国家医保服务平台核验").click()
    visitor.prove("chen")
    visitor.page.get_by_role("button", name="继续办理").click()
    held = cases.get(draft).refund.bank_account
    assert (held.bank_name, held.holder, held.number) == ("演示银行", "陈建国", CARD)
    last = cases.timeline(draft)[-1]
    assert (last.kind, last.data["assurance"]["level"], last.data["assurance"]["method"]) == (
        "save_answers", "L3", "national",
    )  # fmt: skip


def test_a_proof_that_is_too_weak_opens_nothing(browser, draft):
    visitor = browser()
    visitor.sign_in("chen")
    visitor.page.goto(f"/refund/cases/{draft}/account")
    visitor.page.get_by_role("button", name="用国家医保服务平台核验").click()
    visitor.prove("chen", "urn:test:phone")
    assert "没有达到所需的等级" in visitor.text()
    assert "不方便人脸" in visitor.text()


def test_anothers_proof_raises_nothing(browser, draft, people):
    people.add(people.LI, "李四")
    visitor = browser()
    visitor.sign_in("chen")
    visitor.page.goto(f"/refund/cases/{draft}/account")
    # At the provider somebody else sits down at the same screen.
    visitor.page.context.clear_cookies(name=re.compile("^_session"))
    visitor.page.get_by_role("button", name="用国家医保服务平台核验").click()
    visitor.prove("li")
    assert "不是正在登录的本人" in visitor.text()
    visitor.page.goto("/identity")
    assert "等级是 L2" in visitor.text()


def test_a_high_level_wears_off(browser, draft, settings):
    visitor = browser()
    visitor.sign_in("chen", proof="urn:test:face")
    settings.YIBAO_STEP_UP_MINUTES = 0
    visitor.page.goto("/identity")
    assert "等级是 L2" in visitor.text()
