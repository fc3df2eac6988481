"""Which place is shown: seen, switched once, explained, and led to what really helps; it moves nothing."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED, Assurance
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.services.relocation import showing
from yibao.store import verify
from yibao.store.models import AccountEvent, CitizenLogin, Contribution, Enrolment, Person, ShownPlace

PAGE = "/relocation/shown"
BORN = date(1980, 5, 2)


@pytest.fixture
def person(db):
    """Somebody with a relation in Chongqing that never ended, and one in Taiyuan."""
    identity = make_resident_id(area="500112", born=BORN, serial=71)
    one = Person.objects.create(identity=identity, name="罗一", sex="M", born=BORN, region="500112")
    for region, start in (("500000", date(2020, 1, 1)), ("140100", date(2024, 3, 1))):
        Enrolment.objects.create(person=one, scheme="employee", category="individual", region=region, start=start)
    return one


@pytest.fixture
def login(person):
    user = get_user_model().objects.create(username="luo")
    CitizenLogin.objects.create(user=user, person=person)
    return user


@pytest.fixture
def client(login):
    client = Client()
    client.force_login(login)
    return client


def relation(person, region):
    return Enrolment.objects.get(person=person, region=region)


def actor(login, person, assurance=PROVED):
    return Actor(login.pk, "", "citizen", person_id=person.pk, assurance=assurance)


def test_the_newest_running_relation_is_shown_with_the_reason_and_the_remedy(client):
    page = client.get(PAGE).content.decode()
    assert "正在参保的关系中最新的一条" in page
    assert "旧的参保关系没有停" in page
    assert "切换显示的参保地只改变页面显示，不是医保关系转移" in page


def test_of_two_records_in_force_the_one_that_stays_is_told_with_the_document(client, person):
    assert "两地都参加职工医保，原则上保留就业地的。" in client.get(PAGE).content.decode()
    relation(person, "500000").delete()
    assert "同时有两条参保关系" not in client.get(PAGE).content.decode()
    Enrolment.objects.create(
        person=person, scheme="resident", category="resident", region="500000", start=date(2020, 1, 1)
    )
    page = client.get(PAGE).content.decode()
    assert "原则上保留职工医保" in page
    assert "医保发〔2020〕33号" in page


def test_a_switch_is_kept_shown_and_written_into_the_chain(client, login, person):
    old = relation(person, "500000")
    response = client.post(PAGE, {"shown": f"e{old.pk}", "key": "k1"}, follow=True)
    page = response.content.decode()
    assert "现在显示：重庆市" in page
    assert "您自己选的" in page
    assert ShownPlace.objects.get(person=person).enrolment == old
    event = AccountEvent.objects.get(account=login)
    assert (event.kind, event.data["before"], event.data["after"]) == ("place_shown", None, old.pk)
    assert event.data["assurance"]["level"]
    assert verify.verify_audit(files=False) == []


def test_a_second_click_and_the_same_choice_write_nothing(client, login, person):
    old = {"shown": f"e{relation(person, '500000').pk}"}
    for key in ("k1", "k1", "k2"):
        assert client.post(PAGE, {**old, "key": key}).status_code == 302
    assert AccountEvent.objects.filter(account=login).count() == 1
    client.post(PAGE, {"shown": f"e{relation(person, '140100').pk}", "key": "k3"})
    assert [each.seq for each in AccountEvent.objects.filter(account=login).order_by("seq")] == [1, 2]


def test_one_key_for_two_choices_is_refused(login, person):
    by = actor(login, person)
    now = {"person_id": person.pk, "key": "k", "by": by, "at": timezone.now()}
    showing.switch(enrolment_id=relation(person, "500000").pk, **now)
    with pytest.raises(Refused) as refused:
        showing.switch(enrolment_id=relation(person, "140100").pk, **now)
    assert refused.value.refusal.code == "key_reused"
    assert ShownPlace.objects.get(person=person).enrolment.region == "500000"


@pytest.mark.parametrize("sent", [{}, {"shown": "e0"}, {"shown": "x"}, {"shown": ""}])
def test_a_choice_that_was_not_offered_changes_nothing_and_is_told(client, sent):
    response = client.post(PAGE, sent)
    assert response.status_code == 400
    assert "请选择要显示哪一条" in response.content.decode()
    assert not ShownPlace.objects.exists()


def test_the_relation_of_somebody_else_is_not_on_the_record(login, person):
    identity = make_resident_id(area="500112", born=BORN, serial=72)
    other = Person.objects.create(identity=identity, name="罗二", sex="M", born=BORN, region="500112")
    theirs = Enrolment.objects.create(
        person=other, scheme="resident", category="resident", region="500000", start=date(2024, 1, 1)
    )
    with pytest.raises(Refused) as refused:
        showing.switch(person_id=person.pk, enrolment_id=theirs.pk, key="k", by=actor(login, person), at=timezone.now())
    assert refused.value.refusal.code == "not_on_record"


def test_a_switch_asks_for_the_second_level(login, person):
    weak = actor(login, person, Assurance("L1", "demo", 0))
    with pytest.raises(Refused) as refused:
        showing.switch(
            person_id=person.pk, enrolment_id=relation(person, "500000").pk, key="k", by=weak, at=timezone.now()
        )
    assert refused.value.refusal.code == "level_too_low"


def test_one_relation_leaves_nothing_to_choose(client, person):
    relation(person, "140100").delete()
    page = client.get(PAGE).content.decode()
    assert "您只有这一条参保关系" in page
    assert 'type="radio"' not in page


def test_nothing_on_record_is_said(client, person):
    Enrolment.objects.filter(person=person).delete()
    assert "没有参保关系" in client.get(PAGE).content.decode()


def test_a_payment_for_the_wrong_place_leads_to_its_refund(client, person):
    old = relation(person, "500000")
    Enrolment.objects.filter(pk=old.pk).update(end=date(2026, 10, 1))
    Contribution.objects.create(
        enrolment=old, kind="monthly", first_month=Month(2026, 9).index, end_month=Month(2026, 10).index, payer="person"
    )
    Contribution.objects.create(
        enrolment=relation(person, "140100"), kind="monthly", first_month=Month(2026, 1).index,
        end_month=Month(2026, 9).index, payer="person",
    )  # fmt: skip
    page = client.get(PAGE).content.decode()
    assert "最近的缴费记在另一地的参保关系" in page
    assert 'href="/refund/"' in page


def test_a_payment_outside_its_relation_is_told_instead_of_failing(client, person):
    old = relation(person, "500000")
    Enrolment.objects.filter(pk=old.pk).update(end=date(2024, 3, 1))
    months = {"first_month": Month(2026, 9).index, "end_month": Month(2026, 10).index}
    Contribution.objects.create(enrolment=old, kind="monthly", payer="person", **months)
    response = client.get(PAGE)
    assert response.status_code == 200
    assert "缴费记录和参保记录对不上" in response.content.decode()


def test_visitors_find_the_questions_and_are_asked_to_sign_in_for_their_record(db):
    client = Client()
    assert client.get("/relocation/").status_code == 200
    assert "/relocation/" in client.get("/sign-in").content.decode()
    assert client.get(PAGE)["Location"].startswith("/sign-in")
