"""The second factor of staff: codes that open once, recovery codes, and what is asked again before money moves."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from yibao.store import factors
from yibao.store.models import AccountEvent, RecoveryCode, StaffCredential, StaffRole
from yibao.web.models import FAILURES_MAX
from yibao.web.proving import FACTOR_AT

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def required(settings):
    settings.YIBAO_SECOND_FACTOR = True


@pytest.fixture
def clerk() -> User:
    user = User.objects.create_user("clerk", password=PASSWORD, first_name="黄受理")
    for role in ("clerk", "finance"):
        StaffRole.objects.create(user=user, role=role, region="500000")
    return user


@pytest.fixture
def device(clerk) -> pyotp.TOTP:
    """A phone that was set up two minutes ago."""
    totp = pyotp.TOTP(factors.pending_secret(clerk))
    before = timezone.now() - timedelta(minutes=2)
    assert factors.check_code(user=clerk, code=totp.at(before), at=before, confirm=True)
    return totp


def enter(client, **data):
    return client.post("/workbench/sign-in", {"login": "clerk", "password": PASSWORD, **data})


def give(client, code, **data):
    return client.post("/workbench/second-factor", {"code": code, **data})


def test_the_first_sign_in_sets_a_device_up_and_shows_recovery_codes_once(client, clerk):
    enter(client)
    assert client.get("/workbench/", follow=True).redirect_chain[-1][0] == "/workbench/security/totp"
    page = client.get("/workbench/security/totp").content.decode()
    secret = re.search(r"app-mono\">([A-Z2-7 ]{32,})<", page)[1].replace(" ", "")
    assert "<svg" in page
    assert client.post("/workbench/security/totp", {"code": "000000"}).status_code == 400
    shown = client.post("/workbench/security/totp", {"code": pyotp.TOTP(secret).now()}).content.decode()
    codes = re.findall(r"<li>(\w{5}-\w{5})</li>", shown)
    assert len(set(codes)) == factors.CODES
    assert client.get("/workbench/").status_code == 200
    assert not [code for code in codes if RecoveryCode.objects.filter(digest__contains=code.replace("-", "")).exists()]
    assert codes[0] not in client.get("/workbench/security").content.decode()


def test_the_secret_is_sealed_in_the_database(device, clerk):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT totp_secret FROM store_staffcredential")
        assert device.secret.encode() not in bytes(cursor.fetchone()[0])


def test_the_password_alone_opens_no_page(client, clerk, device):
    assert "/workbench/second-factor" in client.get(enter(client)["Location"])["Location"]
    for address in ("/workbench/ledger", "/workbench/batches", "/workbench/security"):
        assert client.get(address)["Location"].startswith("/workbench/second-factor")
    assert client.post("/workbench/batches")["Location"].startswith("/workbench/second-factor")


def test_nobody_adds_a_device_to_a_login_that_has_one_with_the_password_alone(client, clerk, device):
    enter(client)
    for address in ("/workbench/security/totp", "/workbench/security/passkey", "/workbench/password"):
        assert client.get(address)["Location"] == "/workbench/second-factor"


def test_a_code_leads_to_the_page_that_was_asked_for_and_changes_the_session(client, clerk, device):
    enter(client)
    before = client.session.session_key
    assert give(client, device.now(), next="/workbench/ledger")["Location"] == "/workbench/ledger"
    assert client.session.session_key != before
    assert give(client, device.now(), next="https://example.org/").status_code == 400


def test_a_code_opens_once(clerk, device):
    code = device.at(AT + timedelta(days=999))
    at = AT + timedelta(days=999)
    assert factors.check_code(user=clerk, code=code, at=at)
    assert not factors.check_code(user=clerk, code=code, at=at)


@pytest.mark.parametrize(("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(clerk, device, late, taken):
    at = AT + timedelta(days=999)
    assert factors.check_code(user=clerk, code=device.at(at + timedelta(seconds=late)), at=at) is taken


def test_an_earlier_code_is_not_taken_after_a_later_one(clerk, device):
    at = AT + timedelta(days=999)
    assert factors.check_code(user=clerk, code=device.at(at + timedelta(seconds=30)), at=at)
    assert not factors.check_code(user=clerk, code=device.at(at), at=at)


@pytest.mark.parametrize("code", ["", "12345", "１２３４５６", "x" * 1000, "12 34 5"])
def test_what_is_no_code_is_told_in_words(client, clerk, device, code):
    enter(client)
    page = give(client, code)
    assert page.status_code == 400
    assert "请等下一个再试" in page.content.decode()


def test_a_recovery_code_opens_once(client, clerk, device):
    first, second, *_ = factors.new_recovery_codes(user=clerk, at=AT)
    enter(client)
    assert give(client, f" {first.upper()} ").status_code == 302
    client.logout()
    enter(client)
    assert give(client, first).status_code == 400
    assert give(client, second).status_code == 302


def test_wrong_codes_in_a_row_lock_and_are_written_down(client, clerk, device):
    enter(client)
    answers = [give(client, "000000").status_code for _ in range(FAILURES_MAX)]
    assert answers == [400] * (FAILURES_MAX - 1) + [429]
    assert give(client, device.now()).status_code == 429
    assert AccountEvent.objects.filter(account=clerk, kind="second_factor_failed").count() == FAILURES_MAX


def test_before_money_moves_the_second_factor_is_asked_again(client, clerk, device, settings):
    enter(client)
    give(client, device.now())
    release = "/workbench/batches/B-1/do/release"
    assert client.post(release).status_code == 404
    session = client.session
    session[FACTOR_AT] -= settings.YIBAO_STEP_UP_SECONDS + 1
    session.save()
    asked = client.post(release, HTTP_REFERER="http://testserver/workbench/batches/B-1")
    assert asked["Location"] == "/workbench/second-factor?next=%2Fworkbench%2Fbatches%2FB-1&again=1"
    assert client.post("/workbench/batches/B-1/do/drop").status_code == 404
    assert "再次证明" in client.get(asked["Location"]).content.decode()


def test_removing_a_factor_asks_again_too(client, clerk, device, settings):
    enter(client)
    give(client, device.now())
    session = client.session
    session[FACTOR_AT] -= settings.YIBAO_STEP_UP_SECONDS + 1
    session.save()
    assert client.post("/workbench/security/remove")["Location"].startswith("/workbench/second-factor")
    assert factors.has_factor(clerk)


def test_a_one_time_password_must_be_changed_first(client, clerk, device):
    StaffCredential.objects.filter(user=clerk).update(password_is_temporary=True)
    enter(client)
    give(client, device.now())
    assert client.get("/workbench/")["Location"] == "/workbench/password"
    new = "another long password"
    assert client.post("/workbench/password", {"old": PASSWORD, "new": PASSWORD}).status_code == 400
    assert client.post("/workbench/password", {"old": "wrong", "new": new}).status_code == 400
    assert client.post("/workbench/password", {"old": PASSWORD, "new": "short"}).status_code == 400
    assert client.post("/workbench/password", {"old": PASSWORD, "new": new}).status_code == 302
    assert client.get("/workbench/").status_code == 200


def test_a_demonstration_may_do_without_and_says_so(client, clerk, settings):
    settings.YIBAO_SECOND_FACTOR = False
    assert "第二因素在演示中关闭" in client.get("/workbench/sign-in").content.decode()
    enter(client)
    assert client.get("/workbench/").status_code == 200
    settings.YIBAO_SECOND_FACTOR = True
    assert "第二因素在演示中关闭" not in client.get("/workbench/sign-in").content.decode()


def test_citizens_are_not_asked(client, db):
    from yibao.store.models import CitizenLogin, Person

    person = Person.objects.create(
        identity="500112197603011995", name="陈建国", sex="M", born=AT.date(), region="500112"
    )
    user = User.objects.create_user("alice", password=PASSWORD)
    CitizenLogin.objects.create(user=user, person=person)
    client.force_login(user)
    assert client.get("/cases").status_code == 200
