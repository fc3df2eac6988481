"""People act for a child, for somebody who authorised them, and no longer than they may."""

import io
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from yibao.kernel.identifiers import make_resident_id
from yibao.store import audit_log, cases, representations
from yibao.store.models import Case, CitizenLogin, Person, Representation, StaffRole

TODAY = timezone.localdate()
MOTHER = make_resident_id(area="500112", born=date(1985, 4, 1), serial=2)
CHILD = make_resident_id(area="500112", born=date(TODAY.year - 9, 1, 10), serial=3)
OLD = make_resident_id(area="500112", born=date(1950, 2, 3), serial=4)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A documents folder of the test's own."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def enter(name, **seat):
    user = get_user_model().objects.create(username=name, first_name=name)
    if "person" in seat:
        CitizenLogin.objects.create(user=user, person=seat["person"])
    else:
        StaffRole.objects.create(user=user, **seat)
    client = Client()
    client.force_login(user)
    return client


def person(identity, name, born):
    return Person.objects.create(identity=identity, name=name, sex="F", born=born, region="500112", synthetic=True)


@pytest.fixture
def child(db):
    return person(CHILD, "小宝", date(TODAY.year - 9, 1, 10))


@pytest.fixture
def old(db):
    return person(OLD, "王奶奶", date(1950, 2, 3))


@pytest.fixture
def mother(db):
    return enter("mother", person=person(MOTHER, "李四", date(1985, 4, 1)))


@pytest.fixture
def clerk(db):
    return enter("clerk", role="clerk", region="500000")


def letter():
    out = io.BytesIO()
    Image.new("RGB", (30, 20)).save(out, "PNG")
    return SimpleUploadedFile("letter.png", out.getvalue(), "image/png")


def ask(client, kind, whom, **more):
    form = {"kind": kind, "identity": whom.identity, "name": whom.name, "services": "refund", "paper": letter()}
    if kind == "proxy":
        form["end"] = (TODAY + timedelta(days=30)).isoformat()
    return client.post("/family/ask", {**form, **more})


def right():
    return Representation.objects.get()


def act(client):
    return client.post("/family/act", {"right": right().pk})


def test_a_guardian_applies_for_the_child(mother, clerk, child):
    assert ask(mother, "guardian", child).status_code == 302
    assert right().end == date(TODAY.year + 9, 1, 10)
    assert "还没有确认" in act(mother).content.decode()
    assert clerk.get(f"/workbench/rights/{right().pk}/paper").status_code == 200
    clerk.post("/workbench/rights", {"right": right().pk, "verb": "confirm"})
    assert act(mother).status_code == 302
    html = mother.get("/cases").content.decode()
    assert "您正在为" in html
    assert "小*" in html
    mother.post("/refund/apply")
    case = Case.objects.get()
    opened = cases.timeline(case.number)[0]
    assert (case.person, case.refund.applicant) == (child, "guardian")
    assert opened.actor_id == str(get_user_model().objects.get(username="mother").pk)
    own = CitizenLogin.objects.get(user__username="mother").person_id
    assert opened.data["acting"] == {"representation": right().pk, "kind": "guardian", "person": str(own)}


def test_the_represented_person_sees_that_somebody_acts(mother, clerk, child):
    ask(mother, "guardian", child)
    clerk.post("/workbench/rights", {"right": right().pk, "verb": "confirm"})
    act(mother)
    assert [look.purpose for look in audit_log.who_looked(person_id=child.pk)] == ["acting"]


def test_somebody_confirms_their_own_proxy_and_revokes_it(mother, old):
    grandmother = enter("old", person=old)
    ask(mother, "proxy", old)
    assert "同意由其代办" in grandmother.get("/family").content.decode()
    grandmother.post(f"/family/{right().pk}/confirm")
    assert (right().confirmed_as, right().confirmed_level) == ("self", "L3")
    assert act(mother).status_code == 302
    grandmother.post(f"/family/{right().pk}/revoke")
    refused = mother.get("/cases")
    assert refused.status_code == 403
    assert "授权已被解除" in refused.content.decode()
    assert "您正在为" not in mother.get("/cases").content.decode()


def confirmed(mother, old, **changes):
    ask(mother, "proxy", old)
    Representation.objects.update(confirmed_at=timezone.now(), **changes)


def test_a_lapsed_proxy_is_refused_by_name(mother, old):
    confirmed(mother, old, start=TODAY - timedelta(days=9), end=TODAY)
    assert "授权已经到期" in act(mother).content.decode()


def test_a_right_that_ends_while_it_is_used_is_told_and_nothing_happens(mother, old):
    confirmed(mother, old)
    act(mother)
    Representation.objects.update(start=TODAY - timedelta(days=9), end=TODAY)
    assert "授权已经到期" in mother.post("/refund/apply").content.decode()
    assert Case.objects.count() == 0


def test_a_proxy_ends_with_the_death(mother, old):
    confirmed(mother, old)
    act(mother)
    Person.objects.filter(pk=old.pk).update(died_on=TODAY - timedelta(days=1))
    assert "去世之日起终止" in mother.get("/").content.decode()


def test_an_heir_needs_a_death_on_record_and_loses_nothing_typed(mother, old):
    answer = ask(mother, "heir", old)
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "没有这位参保人的死亡记载" in html
    assert 'value="王奶奶"' in html
    Person.objects.filter(pk=old.pk).update(died_on=TODAY - timedelta(days=9))
    assert ask(mother, "heir", old).status_code == 302


def test_a_proxy_reaches_no_other_service(mother, old):
    confirmed(mother, old, services=["wallet"])
    act(mother)
    page = mother.get("/refund/")
    assert page.status_code == 403
    assert "权限不包括这项业务" in page.content.decode()


def test_an_adult_has_no_guardian_by_age(mother, old):
    page = ask(mother, "guardian", old)
    assert page.status_code == 400
    assert "已经成年" in page.content.decode()


def test_nobody_learns_here_who_is_insured(mother, old):
    wrong_name = ask(mother, "proxy", old, name="别人").content.decode()
    unknown = ask(mother, "proxy", old, identity=make_resident_id(area="500112", born=date(1950, 2, 3), serial=9))
    sentence = "没有找到号码与姓名都相符的参保人"
    assert sentence in wrong_name
    assert sentence in unknown.content.decode()
    assert Representation.objects.count() == 0


def test_a_file_that_lies_costs_nothing_that_was_typed(mother, old):
    page = ask(mother, "proxy", old, paper=SimpleUploadedFile("a.pdf", b"MZ not a pdf"))
    html = page.content.decode()
    assert page.status_code == 400
    assert "文件打不开或格式不对" in html
    assert 'value="王奶奶"' in html


def test_a_stranger_acts_by_nobodys_right(mother, old, child):
    confirmed(mother, old)
    stranger = enter("stranger", person=child)
    assert "没有找到这项代办" in act(stranger).content.decode()
    assert stranger.post(f"/family/{right().pk}/confirm").status_code == 404
    assert stranger.post(f"/family/{right().pk}/revoke").status_code == 404


def test_a_clerk_of_another_region_confirms_nothing(mother, old):
    far = enter("far", role="clerk", region="510000")
    ask(mother, "proxy", old)
    assert far.post("/workbench/rights", {"right": right().pk, "verb": "confirm"}).status_code == 403
    assert far.get(f"/workbench/rights/{right().pk}/paper").status_code == 404
    assert "王*" not in far.get("/workbench/rights").content.decode()


def test_a_representative_cannot_hand_the_right_on(mother, clerk, child, old):
    ask(mother, "guardian", child)
    clerk.post("/workbench/rights", {"right": right().pk, "verb": "confirm"})
    act(mother)
    other = representations.ask(
        kind="proxy", representative=old.pk, represented=child, services=["refund"], start=TODAY, end=None,
        paper=None, at=timezone.now(),
    )  # fmt: skip
    assert mother.post(f"/family/{other.pk}/confirm").status_code == 403


def test_who_died_yesterday_has_no_proxy_any_more_but_an_heir(mother, old):
    Person.objects.filter(pk=old.pk).update(died_on=TODAY - timedelta(days=1))
    html = ask(mother, "proxy", old).content.decode()
    assert "以继承人身份重新申请" in html
    assert 'value="王奶奶"' in html
    assert ask(mother, "heir", old).status_code == 302
    Representation.objects.update(confirmed_at=timezone.now())
    act(mother)
    page = mother.get("/").content.decode()
    assert "王**的医保事项" in page
    assert "您好" not in page


def test_rights_are_given_up_only_by_who_acts_for_themselves(mother, old):
    confirmed(mother, old)
    assert "不再代办" in mother.get("/family").content.decode()
    act(mother)
    assert "不再代办" not in mother.get("/family").content.decode()


def test_a_refusal_while_acting_keeps_the_way_back(mother, old):
    confirmed(mother, old, services=["wallet"])
    act(mother)
    assert "改回为本人办" in mother.get("/refund/").content.decode()
