"""Pages of trouble serve everybody like any other page, at both widths, with and without script: citizens and staff."""

from types import SimpleNamespace
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError

from yibao.casework.refusals import refuse
from yibao.store import cases
from yibao.store.models import Case
from yibao.web import middleware
from yibao.web.portal import pages as portal_pages
from yibao.web.words import Say
from yibao.web.workbench import keys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
WAYS = pytest.mark.parametrize(("width", "script"), [(DESKTOP, True), (PHONE, False)])
# By each side: a page, a page with a form, one that is not there, and one of the other side.
SIDES = {
    "citizen1": ("/reads", "/contact/sms", "/no/such/page", "/workbench/"),
    "clerk": ("/workbench/keys", "/workbench/password", "/workbench/no-such-page", "/cases"),
}


def sight(reader, address, status, words=None, form=""):
    says = words or (f"common.error.{status}.title",)
    return SimpleNamespace(
        reader=reader, address=address, what=f"says no {status}", form=form, typed={}, says=says, session={}
    )


@WAYS
@pytest.mark.parametrize("reader", SIDES)
@pytest.mark.parametrize(("status", "error"), [(500, ValueError), (503, OperationalError)])
def test_our_own_trouble(look, monkeypatch, width, script, reader, status, error):
    for module in (keys, portal_pages):
        monkeypatch.setattr(module, "render", mock.Mock(side_effect=error))
    # Whoever reads what, this page asks the database nothing and knows nobody: it speaks both languages.
    words = tuple(Say(language)(f"common.error.{status}.title") for language in ("zh", "en"))
    page = sight(reader, SIDES[reader][0], status, words)
    assert look([page], width=width, script=script, language="zh") == []


@WAYS
@pytest.mark.parametrize("reader", SIDES)
def test_what_is_asked_of_the_wrong_place_or_too_much(look, monkeypatch, width, script, reader):
    _, form, missing, closed = SIDES[reader]
    monkeypatch.setattr(settings, "YIBAO_PHOTO_BYTES_MAX", -middleware.BODY_SLACK_BYTES)
    pages = [sight(reader, missing, 404), sight(reader, closed, 403), sight(reader, form, 413, form="form")]
    assert look(pages, width=width, script=script, language="en") == []


@WAYS
@pytest.mark.parametrize("reader", SIDES)
def test_what_changed_meanwhile(look, monkeypatch, width, script, reader):
    no = refuse("evidence_changed")
    for module in (keys, portal_pages):
        monkeypatch.setattr(module, "render", mock.Mock(side_effect=no))
    page = sight(reader, SIDES[reader][0], 409, (no.refusal.zh, no.refusal.next_zh))
    assert look([page], width=width, script=script, language="zh") == []


@WAYS
def test_what_changed_meanwhile_leaves_staff_what_they_wrote(look, monkeypatch, width, script):
    no = refuse("evidence_changed")
    number = Case.objects.filter(service="refund", state="submitted").values_list("number", flat=True).first()
    monkeypatch.setattr(cases, "act", mock.Mock(side_effect=no))
    page = sight("clerk", f"/workbench/refund/cases/{number}", 409, (no.refusal.en, "desk.kept.title"), form="notes")
    page.typed = {"note": "等单位回电"}
    assert look([page], width=width, script=script, language="en") == []


@WAYS
def test_too_many_requests(look, monkeypatch, width, script):
    monkeypatch.setattr(middleware, "too_many", lambda request, limit: 90)
    pages = [
        sight("citizen1", "/cases", 429, ("common.too_many.title",)),
        sight("clerk", "/workbench/", 429, ("common.too_many.title",)),
    ]
    assert look(pages, width=width, script=script, language="en") == []
