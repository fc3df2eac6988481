"""Sign-in: two doors, a lock after failures in a row, and what an error tells."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from yibao.kernel.identifiers import make_resident_id
from yibao.store.models import CitizenLogin, Person, StaffRole
from yibao.web.limits import keyed
from yibao.web.models import FAILURES_MAX, LOCK_MINUTES, SignInFailure

NUMBER = make_resident_id(area="500112", born=date(1976, 3, 1), serial=1)
PASSWORD = "a long enough password"


@pytest.fixture
def alice(db):
    person = Person.objects.create(
        identity=NUMBER, name="陈建国", sex="M", born=date(1976, 3, 1), region="500112", synthetic=True
    )
    user = get_user_model().objects.create_user("alice", password=PASSWORD)
    return CitizenLogin.objects.create(user=user, person=person)


@pytest.fixture
def clerk(db):
    user = get_user_model().objects.create_user("clerk", password=PASSWORD, first_name="黄受理")
    StaffRole.objects.create(user=user, role="clerk", region="500000")
    return user


def enter(client, login, password=PASSWORD, door="/sign-in", **data):
    return client.post(door, {"login": login, "password": password, **data})


@pytest.mark.parametrize("login", [NUMBER, NUMBER.lower(), f" {NUMBER[:6]} {NUMBER[6:]} ", "alice"])
def test_a_citizen_enters_by_number_or_login_name(client, alice, login):
    assert enter(client, login)["Location"] == "/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("merged", [False, True])
def test_the_login_of_the_dead_is_closed_and_says_what_the_family_can_do(client, alice, merged):
    dead = alice.person
    if merged:
        dead = Person.objects.create(identity="", name="陈建国", sex="M", born=date(1976, 3, 1), region="500112")
        Person.objects.filter(pk=alice.person_id).update(merged_into=dead)
    Person.objects.filter(pk=dead.pk).update(died_on=timezone.localdate() - timedelta(days=1))
    told = enter(client, "alice")
    assert told.status_code == 403
    for words in ("档案记载本人已经去世", "继承人请用自己的账号登录", "到医保窗口更正"):
        assert words in told.content.decode()
    assert client.get("/")["Location"].startswith("/sign-in")
    assert "密码不对" in enter(client, "alice", "wrong").content.decode()


def test_staff_enter_by_their_own_door(client, clerk):
    assert enter(client, "clerk", door="/workbench/sign-in")["Location"] == "/workbench/"
    assert "黄受理" in client.get("/workbench/").content.decode()


@pytest.mark.parametrize(
    ("door", "login"),
    [pytest.param("/sign-in", "clerk", id="staff"), pytest.param("/workbench/sign-in", "alice", id="citizen")],
)
def test_nobody_enters_by_the_other_door(client, alice, clerk, door, login):
    assert enter(client, login, door=door).status_code == 400


def test_a_wrong_number_is_told_at_its_field_and_kept(client, db):
    html = enter(client, "500112197603011").content.decode()
    assert "<title>错误：登录" in html
    assert 'href="#login"' in html
    assert 'value="500112197603011"' in html


def test_empty_fields_are_each_told(client, db):
    page = enter(client, "", "")
    assert page.status_code == 400
    assert page.content.decode().count('href="#') >= 2


def test_the_password_is_never_shown_again(client, alice):
    assert "wrong-one" not in enter(client, NUMBER, "wrong-one").content.decode()


def test_failures_in_a_row_lock_the_door_even_for_the_right_password(client, alice):
    answers = [enter(client, NUMBER, "wrong").status_code for _ in range(FAILURES_MAX)]
    assert answers == [400] * (FAILURES_MAX - 1) + [429]
    assert enter(client, NUMBER).status_code == 429


def test_an_unknown_number_is_locked_like_a_known_one(client, db):
    answers = [enter(client, NUMBER, "wrong").status_code for _ in range(FAILURES_MAX)]
    assert answers[-1] == 429


def test_the_lock_opens_again(client, alice):
    for _ in range(FAILURES_MAX):
        enter(client, NUMBER, "wrong")
    SignInFailure.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert enter(client, NUMBER).status_code == 302


def test_a_success_forgets_the_failures_before(client, alice):
    enter(client, NUMBER, "wrong")
    enter(client, NUMBER)
    assert not SignInFailure.objects.exclude(login_hash=keyed("address", "127.0.0.1")).exists()


def test_the_list_of_failures_holds_no_number(client, alice):
    enter(client, NUMBER, "wrong")
    assert NUMBER not in str(SignInFailure.objects.values())


def test_it_leads_back_to_the_page_that_was_asked_for(client, alice):
    assert enter(client, NUMBER, next="/cases")["Location"] == "/cases"


def test_it_does_not_lead_to_another_site(client, alice):
    assert enter(client, NUMBER, next="https://example.com/")["Location"] == "/"


def test_signing_out_ends_the_session(client, alice):
    enter(client, NUMBER)
    client.post("/sign-out")
    assert client.get("/cases").status_code == 302


def test_a_number_never_stands_in_an_address(client, alice):
    enter(client, NUMBER)
    for path in ("/", "/payments", "/cases", "/reads"):
        assert NUMBER not in client.get(path).content.decode()


def test_each_lock_in_a_row_holds_twice_as_long(client, alice):
    for minutes in (LOCK_MINUTES, 2 * LOCK_MINUTES, 4 * LOCK_MINUTES):
        for _ in range(FAILURES_MAX):
            page = enter(client, NUMBER, "wrong")
        assert f"{minutes} 分钟" in page.content.decode()
        SignInFailure.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert enter(client, NUMBER).status_code == 302


def test_many_failures_from_one_address_lock_the_address_not_the_others(client, alice, monkeypatch):
    monkeypatch.setattr("yibao.web.signin.ADDRESS_FAILURES_MAX", 3)
    answers = [enter(client, f"nobody{place}", "wrong").status_code for place in range(3)]
    assert answers == [400, 400, 429]
    assert enter(client, NUMBER).status_code == 429
    assert client.post("/sign-in", {"login": NUMBER, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7").status_code == 302
