"""Promise letters on their pages: offered, signed by ticking, found by a clerk, drawn, checked, objected to."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yibao.store.models import CitizenLogin, PromiseCheck, PromiseLetter, ReadLog, StaffRole

PORTAL = "/refund/cases/{}"


@pytest.fixture
def drafted(walk):
    """A draft without the proof of payment."""
    walk.materials = ("id_document", "bank_card", "unemployment_record")
    return walk.drafted()


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def own(drafted):
    user = get_user_model().objects.create(username="chen")
    CitizenLogin.objects.create(user=user, person=drafted.person)
    return browser(user)


@pytest.fixture
def stranger(db, record):
    user = get_user_model().objects.create(username="stranger")
    CitizenLogin.objects.create(user=user, person=record.chen(identity="500112197603011987"))
    return browser(user)


@pytest.fixture
def desk(staff):
    def seat(name, role=None, region="500000"):
        user, _ = get_user_model().objects.get_or_create(username=name, defaults={"first_name": name})
        if role:
            StaffRole.objects.create(user=user, role=role, region=region)
        return browser(user)

    return seat


def at(walk, step):
    return PORTAL.format(walk.number) + step


def sign(client, walk, **form):
    return client.post(at(walk, "/promise/payment_proof"), form or {"agreed": "1"})


def test_a_missing_paper_that_may_be_promised_offers_it(drafted, own):
    page = own.get(at(drafted, "/materials")).content.decode()
    assert page.count("用承诺书代替") == 1
    letter = own.get(at(drafted, "/promise/payment_proof")).content.decode()
    for words in ("告知", "承诺", "不实承诺的后果", "示范经办机构自行选择的做法"):
        assert words in letter


def test_a_paper_that_may_not_be_promised_has_no_page(drafted, own):
    assert own.get(at(drafted, "/promise/id_document")).status_code == 404


def test_without_the_tick_nothing_is_signed(drafted, own):
    answer = sign(own, drafted, agreed="")
    assert answer.status_code == 422
    assert "请勾选确认后再签署承诺书" in answer.content.decode()
    assert not PromiseLetter.objects.exists()


def test_signed_it_is_shown_everywhere_and_taken_back(drafted, own):
    assert sign(own, drafted).status_code == 302
    number = PromiseLetter.objects.get().number
    assert number in own.get(at(drafted, "/materials")).content.decode()
    assert number in own.get("/promises").content.decode()
    assert own.get(at(drafted, f"/papers/{number}"))["Content-Type"] == "application/pdf"
    own.post(at(drafted, "/promise/payment_proof/back"))
    assert "已撤回" in own.get("/promises").content.decode()


def test_a_stranger_sees_and_signs_nothing(drafted, own, stranger):
    sign(own, drafted)
    number = PromiseLetter.objects.get().number
    assert sign(stranger, drafted).status_code == 404
    assert number not in stranger.get("/promises").content.decode()
    assert stranger.get(f"/promises/{number}/object").status_code == 404


def test_a_clerk_finds_it_by_the_person_and_the_look_is_logged(drafted, own, desk):
    sign(own, drafted)
    number = PromiseLetter.objects.get().number
    # An identity number the store knows, spelled as on the card.
    page = desk("clerk").post("/workbench/promises", {"identity": drafted.person.identity})
    assert number in page.content.decode()
    assert drafted.person.identity not in page.request["PATH_INFO"] + page.request["QUERY_STRING"]
    assert ReadLog.objects.filter(purpose="promise", person_id=drafted.person.pk).exists()


@pytest.mark.parametrize("form", [{"identity": "110101199003070000"}, {"since": "gestern"}])
def test_what_is_typed_wrong_stays_with_its_sentence(drafted, desk, form):
    answer = desk("clerk").post("/workbench/promises", form)
    assert answer.status_code == 400
    assert next(iter(form.values())) in answer.content.decode()


def test_finance_and_other_regions_have_no_letters(drafted, own, desk):
    sign(own, drafted)
    number = PromiseLetter.objects.get().number
    assert desk("finance").get("/workbench/promises").status_code == 403
    assert number not in desk("far", "auditor", "510000").get("/workbench/promises").content.decode()
    assert desk("far").get(f"/workbench/promises/{number}").status_code == 404


def test_drawn_checked_objected_to_and_looked_at_again(drafted, own, desk):
    sign(own, drafted)
    letter = PromiseLetter.objects.get()
    address = f"/workbench/promises/{letter.number}"
    auditor, second = desk("duan", "auditor"), desk("reviewer2")
    assert auditor.post("/workbench/promises/draw", {"count": "0"}).status_code == 400
    assert auditor.post("/workbench/promises/draw", {"count": "3"}).status_code == 302
    assert auditor.post(address, {"outcome": "broken", "found": ""}).status_code == 400
    assert auditor.post(address, {"outcome": "broken", "found": "凭证已在别处使用"}).status_code == 302
    told = own.get("/promises").content.decode()
    assert "凭证已在别处使用" in told
    assert "停用多久没有查到规定" in told
    assert own.post(f"/promises/{letter.number}/object", {"text": " "}).status_code == 400
    assert own.post(f"/promises/{letter.number}/object", {"text": "那是另一笔缴费"}).status_code == 302
    assert auditor.post(address, {"outcome": "kept", "found": "x"}).status_code == 403
    assert second.post(address, {"outcome": "kept", "found": "确为另一笔缴费"}).status_code == 302
    assert "核查属实" in own.get("/promises").content.decode()
    assert PromiseCheck.objects.count() == 2


def test_the_clerk_who_decides_on_a_new_case_is_told_of_a_broken_promise(drafted, own, desk):
    sign(own, drafted)
    auditor = desk("duan", "auditor")
    auditor.post("/workbench/promises/draw", {"count": "3"})
    letter = PromiseLetter.objects.get()
    auditor.post(f"/workbench/promises/{letter.number}", {"outcome": "broken", "found": "x"})
    own.post(at(drafted, "/submit"), {"key": "k"})
    page = desk("clerk").get(f"/workbench/refund/cases/{drafted.number}").content.decode()
    assert "是否接受新的承诺由您判断" in page
    assert f"/workbench/promises/{letter.number}" in page
