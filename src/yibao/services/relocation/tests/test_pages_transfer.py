"""The doors of a transfer: what keeps it is shown with its remedy, and each desk is offered its own steps."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.kernel.identifiers import make_resident_id
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import NEW, OLD, make_person
from yibao.store.models import CitizenLogin, Contribution, Enrolment, Person, RecordEvent

pytestmark = pytest.mark.django_db


def signed_in(username):
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


@pytest.fixture
def own(walk):
    """The browser of the person who moves."""
    walk.on = timezone.localdate()
    user = get_user_model().objects.create(username="mover")
    CitizenLogin.objects.create(user=user, person=walk.person)
    return signed_in("mover")


def read(client, address):
    return client.get(address).content.decode()


def test_what_is_not_stopped_is_stopped_from_the_page_and_then_sent(walk, own):
    Enrolment.objects.filter(person=walk.person, region=OLD).update(status="normal", end=None, category="individual")
    for step, answer in (("from", OLD), ("to", NEW), ("paper", "e_voucher")):
        response = own.post(f"/relocation/transfer/{step}", {step: answer})
    case = response.url
    page = read(own, case)
    assert "转出地还没有停保" in page
    assert "提交申请</button>" not in page
    assert own.post(f"{case}/stop").status_code == 302
    page = read(own, case)
    assert "已停保" in page
    assert "转出地还没有停保" not in page
    assert own.post(f"{case}/submit").status_code == 302
    assert Transfer.objects.get().stage == "checking"


def test_one_place_twice_or_a_place_unknown_is_asked_again_and_nothing_is_opened(walk, own):
    own.post("/relocation/transfer/from", {"from": OLD})
    for wrong in (OLD, "999999", ""):
        response = own.post("/relocation/transfer/to", {"to": wrong})
        assert response.status_code == 400
        assert 'class="govuk-error-summary"' in response.content.decode()
    assert Transfer.objects.count() == 0


def test_two_numbers_are_named_and_hinder_no_longer_once_the_records_are_one(walk, own):
    other = make_person(make_resident_id(area="140105", born=date(1985, 3, 1), serial=91))
    event = RecordEvent.objects.create(person=walk.person, kind="double_identity", on=walk.on)
    answers = (("from", OLD), ("to", NEW), ("paper", "e_voucher"))
    refused = [own.post(f"/relocation/transfer/{step}", {step: answer}) for step, answer in answers][-1]
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "同一人在两地以两个证件号码参保" in page
    assert "申请更正档案、合并记录" in page
    assert Transfer.objects.count() == 0
    Person.objects.filter(pk=other.pk).update(merged_into=walk.person)
    assert own.post("/relocation/transfer/paper", {"paper": "e_voucher"}).status_code == 302
    assert Transfer.objects.count() == 1
    assert RecordEvent.objects.filter(pk=event.pk).exists()


def test_pressed_twice_it_is_one_draft(walk, own):
    for _ in range(2):
        for step, answer in (("from", OLD), ("to", NEW), ("paper", "e_voucher")):
            own.post(f"/relocation/transfer/{step}", {step: answer})
    assert Transfer.objects.count() == 1


def test_the_wrong_amount_and_the_same_person_twice_change_nothing(walk, own):
    walk.loaded()
    walk.pay()
    walk.confirm()
    walk.carry()
    desk = f"/workbench/relocation/cases/{walk.number('in')}"
    finance = signed_in(f"finance-{NEW}")
    response = finance.post(f"{desk}/do/arrived", {"amount": "1.00", "reference": "R1"})
    assert response.status_code == 409
    assert 'value="1.00"' in response.content.decode()
    assert walk.side("in").money.state == "announced"
    assert finance.post(f"{desk}/do/arrived", {"amount": "1234.56", "reference": "R1"}).status_code == 302
    response = finance.post(f"{desk}/do/credit")
    assert response.status_code == 409
    assert "另" in response.content.decode()
    assert walk.side("in").money.state == "arrived"
    assert signed_in(f"clerk-{NEW}").get("/workbench/relocation/money").status_code == 403
    assert walk.number("in") in read(finance, "/workbench/relocation/money")


def test_a_stranger_finds_no_case(walk, own):
    walk.submitted()
    user = get_user_model().objects.create(username="stranger")
    CitizenLogin.objects.create(user=user, person=make_person("50011219760302001X"))
    assert signed_in("stranger").get(f"/relocation/cases/{walk.thread}").status_code == 404
    assert signed_in(f"clerk-{OLD}").get(f"/workbench/relocation/cases/{walk.thread}").status_code == 403


def test_before_applying_everybody_reads_when_each_kind_of_transfer_is_for_them(walk, own):
    page = read(own, "/relocation/transfer")
    for kind, duty in (("职工医保转职工医保", "应当申请转移"), ("职工医保与居民医保之间", "可以申请转移"),
                       ("居民医保转居民医保", "本年度内原则上不转移")):  # fmt: skip
        told = page[page.index(kind) :].partition("</li>")[0]
        assert duty in told
        assert "医保办发〔2021〕43号" in told


def resident(walk, *, joined, until):
    """Have the person be a resident at the old place this year, and at the new one from a day."""
    year = walk.on.year
    common = {"scheme": "resident", "category": "resident", "status": "normal"}
    old = Enrolment.objects.filter(person=walk.person, region=OLD)
    Contribution.objects.filter(enrolment__person=walk.person).delete()
    old.update(start=date(year, 1, 1), end=date(year + 1, 1, 1), **common)
    Enrolment.objects.filter(person=walk.person, region=NEW).update(start=joined, end=until, **common)


def test_a_resident_sends_for_the_next_year_and_not_within_this_one(walk, own):
    year = walk.on.year
    resident(walk, joined=date(year, walk.on.month, 1), until=date(year + 1, 1, 1))
    for step, answer in (("from", OLD), ("to", NEW), ("paper", "e_voucher")):
        response = own.post(f"/relocation/transfer/{step}", {step: answer})
    page = read(own, response.url)
    assert f"居民医保在 {year} 年度内原则上不转移" in page
    assert "提交申请</button>" not in page
    resident(walk, joined=date(year + 1, 1, 1), until=date(year + 2, 1, 1))
    assert "提交申请</button>" in read(own, response.url)
    assert own.post(f"{response.url}/submit").status_code == 302
    assert Transfer.objects.get().stage == "checking"


@pytest.mark.parametrize("place", [OLD, NEW])
def test_a_payment_outside_its_relation_keeps_the_transfer_by_name_and_is_no_failure(walk, own, place):
    row = Contribution.objects.filter(enrolment__person=walk.person, enrolment__region=place).first()
    months = {"first_month": row.first_month - 600, "end_month": row.end_month - 600}
    Contribution.objects.filter(pk=row.pk).update(**months)
    for step, answer in (("from", OLD), ("to", NEW), ("paper", "e_voucher")):
        response = own.post(f"/relocation/transfer/{step}", {step: answer})
    page = read(own, response.url)
    assert "缴费落在参保期以外" in page
    assert "申请更正这条记录" in page
    assert "提交申请</button>" not in page


def test_the_years_have_come_and_the_money_has_not_the_title_and_the_list_say_both(walk, own):
    walk.loaded()
    case, both = f"/relocation/cases/{walk.number('in')}", "年限已到，钱在路上"
    there = f"/relocation/cases/{walk.number('out')}"
    title = read(own, case).partition("<h1")[2].partition("</div>")[0]
    assert both in title
    assert "已办结" not in title
    assert both in read(own, there)
    listed = read(own, "/cases")
    assert listed.count(both) == 2
    assert "已办结" not in listed.partition("<main")[2]
    assert both in read(signed_in(f"reviewer-{NEW}"), f"/workbench{case}")
    walk.pay()
    walk.confirm()
    walk.carry()
    assert both in read(own, there)
    walk.arrive()
    assert both in read(own, case)
    walk.credit()
    walk.carry()
    assert both not in read(own, case) + read(own, there) + read(own, "/cases")
    assert "已办结" in read(own, case)


@pytest.mark.parametrize(("called_off", "word"), [(False, "已完成"), (True, "随转移终止")])
def test_a_limit_is_done_only_where_its_way_was_gone(walk, own, called_off, word) -> None:
    walk.accepted()
    if called_off:
        actions.withdraw(number=walk.number("out"), reason="不转了", by=walk.citizen, **walk.now())
    else:
        walk.build()
        walk.sign()
    walk.carry()
    page = read(own, f"/relocation/cases/{walk.number('in')}")
    assert f"转出期限 <b>10 个工作日</b> · {word}" in page
