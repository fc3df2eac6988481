"""A clerk who has seen somebody raises their session by a code: theirs alone, once, soon, and on record."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import make_resident_id
from yibao.store import audit_log, verify, window_codes
from yibao.store.models import CitizenLogin, Person, StaffRole, WindowCode

OLD = make_resident_id(area="500112", born=date(1944, 2, 3), serial=2)
OTHER = make_resident_id(area="500112", born=date(1950, 2, 3), serial=4)
TARGET = "/family/ask"
"""A page that asks for L3."""


@pytest.fixture(autouse=True)
def only_signed_in(settings):
    """Signing in proves L2 here."""
    settings.YIBAO_DEMO_LEVEL = "L2"


def person(identity, name):
    return Person.objects.create(
        identity=identity, name=name, sex="F", born=date(1944, 2, 3), region="500112", synthetic=True
    )


def enter(name, **seat):
    user = get_user_model().objects.create(username=name, first_name=name)
    if "person" in seat:
        CitizenLogin.objects.create(user=user, person=seat["person"])
    else:
        StaffRole.objects.create(user=user, **seat)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def old(db):
    return person(OLD, "王奶奶")


@pytest.fixture
def own(old):
    return enter("old", person=old)


@pytest.fixture
def clerk(db):
    return enter("clerk", role="clerk", region="500000")


def give(clerk, identity=OLD, seen="1"):
    return clerk.post("/workbench/window-code", {"identity": identity, "seen": seen})


def code_of(answer):
    return re.search(r"app-mono\">(\d{4} \d{4})<", answer.content.decode())[1]


def prove(client, code, target=TARGET):
    return client.post("/identity/code", {"code": code, "next": target})


def other_than(code):
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}"


def test_the_code_raises_the_session_and_leads_on(clerk, own):
    asked = own.get(TARGET)
    assert asked.status_code == 403
    assert 'name="code"' in asked.content.decode()
    answer = prove(own, code_of(give(clerk)))
    assert (answer.status_code, answer.url) == (302, TARGET)
    assert own.get(TARGET).status_code == 200
    page = own.get("/identity").content.decode()
    assert "L3" in page
    assert "医保窗口当面核验" in page


def test_giving_and_using_are_in_the_chain_and_the_person_reads_them(clerk, own, old):
    prove(own, code_of(give(clerk)))
    looks = audit_log.who_looked(person_id=old.pk)
    assert [look.purpose for look in looks] == ["window_code_used", "window_code_given"]
    assert verify.verify_audit() == []
    page = own.get("/reads").content.decode()
    assert "在窗口核对您本人后给核验码" in page
    assert "用窗口核验码提高身份等级" in page


def test_a_code_works_once(clerk, own):
    code = code_of(give(clerk))
    prove(own, code)
    answer = prove(own, code)
    assert answer.status_code == 422
    assert "已经用过" in answer.content.decode()


def test_a_code_wears_off_in_minutes(clerk, own):
    code = code_of(give(clerk))
    WindowCode.objects.update(ends_at=timezone.now())
    answer = prove(own, code)
    assert "核验码已过期" in answer.content.decode()
    assert own.get(TARGET).status_code == 403


def test_the_raised_level_wears_off_too(clerk, own, settings):
    prove(own, code_of(give(clerk)))
    settings.YIBAO_STEP_UP_MINUTES = 0
    assert own.get(TARGET).status_code == 403
    assert own.get("/").status_code == 200


def test_another_persons_session_is_not_raised(clerk, own):
    stranger = enter("other", person=person(OTHER, "李四"))
    code = code_of(give(clerk))
    answer = prove(stranger, code)
    assert answer.status_code == 422
    assert "核验码不对" in answer.content.decode()
    assert stranger.get(TARGET).status_code == 403
    assert prove(own, code).status_code == 302


def test_too_many_tries_spend_the_code_and_nothing_of_it_is_shown_again(clerk, own, old):
    code = code_of(give(clerk))
    wrong = other_than(code)
    for left in (4, 3, 2, 1):
        page = prove(own, wrong).content.decode()
        assert f"还可以再试 {left} 次" in page
        assert wrong not in page
    prove(own, wrong)
    answer = prove(own, code)
    assert answer.status_code == 429
    assert "已作废" in answer.content.decode()
    assert audit_log.who_looked(person_id=old.pk)[0].purpose == "window_code_spent"
    assert prove(own, code_of(give(clerk))).status_code == 302


def test_guessing_is_slowed_for_the_session_too(clerk, own):
    code = code_of(give(clerk))
    answers = [prove(own, other_than(code)).status_code for _ in range(13)]
    assert answers[-1] == 429
    assert "Retry-After" in prove(own, code)


def test_a_new_code_voids_the_one_before(clerk, own):
    first, second = code_of(give(clerk)), code_of(give(clerk))
    assert prove(own, first).status_code == 422
    assert prove(own, second).status_code == 302


def test_no_number_of_tries_for_who_was_given_none(own):
    page = prove(own, "12345678").content.decode()
    assert "核验码不对" in page
    assert "还可以再试" not in page


def test_it_leads_nowhere_outside(clerk, own):
    assert prove(own, code_of(give(clerk)), target="https://elsewhere.example/").url == "/identity"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"identity": "500112194402030000"}, "身份证号码不正确"),
        ({"identity": OTHER}, "档案里没有这个号码的人"),
        ({"seen": ""}, "请先当面核对本人和证件原件"),
    ],
    ids=["no number", "nobody", "not seen"],
)
def test_a_clerk_is_told_what_is_wrong_beside_its_field(clerk, old, typed, told):
    answer = give(clerk, **typed)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert WindowCode.objects.count() == 0


def test_only_clerks_of_the_region_give_codes_to_the_living_and_not_without_end(clerk, old):
    assert enter("reviewer", role="reviewer", region="500000").get("/workbench/window-code").status_code == 403
    assert "不在您的经办区域" in give(enter("far", role="clerk", region="510000")).content.decode()
    for _ in range(window_codes.GIVEN_A_DAY):
        give(clerk)
    assert give(clerk).status_code == 429
    Person.objects.update(died_on=timezone.localdate() - timedelta(days=1))
    assert "已经去世" in give(clerk).content.decode()


def test_the_code_itself_is_kept_nowhere(clerk, own):
    code = code_of(give(clerk)).replace(" ", "")
    row = WindowCode.objects.get()
    assert code not in {row.digest, row.level, row.made_by}
    assert code not in clerk.get("/workbench/window-code").content.decode()


def test_a_citizen_gives_nobody_a_code(own, old):
    assert own.get("/workbench/window-code").status_code == 403
    with pytest.raises(Refused):
        window_codes.give(person=old, by=Actor(1, "", "citizen", person_id=old.pk), at=timezone.now())
