"""A clerk applies at the window for who stands there: found by number, checked like at the portal, printed, sent."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.kernel.identifiers import make_resident_id
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import NEW, OLD, make_person
from yibao.store.models import Case, CitizenLogin, Contribution, Enrolment, ReadLog

pytestmark = pytest.mark.django_db
COUNTER = "/workbench/relocation/counter"
WISH = {"from": OLD, "to": NEW, "paper": "id_document"}


def number_of(serial):
    return make_resident_id(area="500112", born=date(1985, 3, 1), serial=serial)


@pytest.fixture
def person(db):
    """Somebody whose number holds: the window looks at its check digit."""
    return make_person(number_of(1))


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A documents folder of the test's own."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def signed_in(username):
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


@pytest.fixture
def clerk(walk):
    walk.on = timezone.localdate()
    return signed_in(f"clerk-{NEW}")


def begun(clerk, walk, **more):
    assert clerk.post(COUNTER, {"identity": walk.person.identity}).status_code == 302
    answer = clerk.post(f"{COUNTER}/wish", {**WISH, **more})
    assert answer.status_code == 302, answer.content
    return answer.url


def read(client, address):
    return client.get(address).content.decode()


def test_a_clerk_applies_prints_the_form_and_the_transfer_goes_on(walk, clerk):
    check = begun(clerk, walk)
    page = read(clerk, check)
    assert "提交申请" in page
    assert walk.person.identity not in page
    assert walk.person.name not in page
    number = Transfer.objects.get().case.number
    sent = clerk.post(check.replace("/check", "/submit"))
    assert sent.url == f"/workbench/relocation/cases/{number}"
    page = read(clerk, sent.url)
    assert "转移接续申请表" in page
    opened = clerk.post(f"{sent.url}/papers/make/application_form")
    assert clerk.get(opened.url)["Content-Type"] == "application/pdf"
    walk.thread = number
    walk.carry()
    assert {walk.case("in").state, walk.case("out").state} == {"accepted"}
    assert walk.side("in").channel == "window"
    assert ReadLog.objects.filter(purpose="counter", person_id=walk.person.pk).exists()


def test_begun_twice_it_is_one_draft_that_waits_at_the_counter_and_can_be_given_up(walk, clerk):
    assert begun(clerk, walk) == begun(clerk, walk)
    number = Transfer.objects.get().case.number
    assert f"cases/{number}/check" in read(clerk, COUNTER)
    assert clerk.post(f"/workbench/relocation/cases/{number}/drop").url == COUNTER
    assert f"cases/{number}/check" not in read(clerk, COUNTER)
    assert Case.objects.get().state == "withdrawn"


def test_what_is_not_stopped_is_stopped_at_the_window_of_the_old_place_alone(walk, clerk):
    Enrolment.objects.filter(person=walk.person, region=OLD).update(status="normal", end=None, category="individual")
    check = begun(clerk, walk)
    page = read(clerk, check)
    assert "转出地还没有停保" in page
    assert f"{check.replace('/check', '/stop')}" not in page
    assert clerk.post(check.replace("/check", "/stop")).status_code == 403
    old = signed_in(f"clerk-{OLD}")
    check = begun(old, walk)
    assert old.post(check.replace("/check", "/stop")).status_code == 302
    assert "转出地还没有停保" not in read(old, check)
    assert old.post(check.replace("/check", "/submit")).status_code == 302


BAD = {
    "no number": ({"identity": ""}, 400, "请输入身份证号码"),
    "a wrong number": ({"identity": "500112198503010000"}, 400, "身份证号码不对"),
    "nobody's": ({"identity": number_of(3)}, 404, "本地没有这个身份证号码"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_number_that_leads_nowhere_is_told_and_kept(walk, clerk, case):
    sent, status, said = BAD[case]
    answer = clerk.post(COUNTER, sent)
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert f'value="{sent["identity"]}"' in page or not sent["identity"]


def test_somebody_of_other_places_is_not_found_here(walk, clerk):
    far = make_person(number_of(5), name="李四", old="310000", new="440300", balance=0)
    answer = clerk.post(COUNTER, {"identity": far.identity})
    assert answer.status_code == 404
    assert not ReadLog.objects.filter(person_id=far.pk).exists()


WRONG = {
    "nothing chosen": ({"from": "", "to": "", "paper": ""}, "请选择看过的证件"),
    "one place twice": ({"to": OLD}, "转入地不能和转出地相同"),
    "a place nobody offered": ({"to": "999999"}, "请选择转到哪里"),
}


@pytest.mark.parametrize("case", WRONG)
def test_answers_that_do_not_fit_open_nothing(walk, clerk, case):
    more, said = WRONG[case]
    clerk.post(COUNTER, {"identity": walk.person.identity})
    answer = clerk.post(f"{COUNTER}/wish", {**WISH, **more})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Case.objects.exists()


def test_nobody_else_works_at_the_counter_and_a_draft_is_its_authors(walk, clerk):
    check = begun(clerk, walk)
    assert clerk.get(f"{COUNTER}/wish").status_code == 200
    assert signed_in(f"reviewer-{NEW}").get(COUNTER).status_code == 403
    old = signed_in(f"clerk-{OLD}")
    assert old.get(check).status_code == 403
    assert old.get(f"{COUNTER}/wish").url == COUNTER
    user = get_user_model().objects.create(username="mover")
    CitizenLogin.objects.create(user=user, person=walk.person)
    number = Transfer.objects.get().case.number
    assert signed_in("mover").get(f"/relocation/cases/{number}").status_code == 404


def test_arrears_are_told_by_month_with_who_pays_and_how(walk, clerk):
    """The old relation ran from January 2024 to December 2025; March to May 2025 were never paid."""
    paid = Contribution.objects.get(enrolment__person=walk.person, enrolment__region=OLD, base_fen=650000)
    Contribution.objects.filter(pk=paid.pk).update(first_month=paid.first_month + 5)
    Contribution.objects.create(
        enrolment=paid.enrolment, kind="monthly", payer="unit", base_fen=650000, first_month=paid.first_month,
        end_month=paid.first_month + 2,
    )  # fmt: skip
    staff = walk.staff[OLD]["clerk"]
    actions.note_arrears(person_id=walk.person.pk, place=OLD, amount_fen=123450, by=staff, on=walk.on)
    user = get_user_model().objects.create(username="mover")
    CitizenLogin.objects.create(user=user, person=walk.person)
    own = signed_in("mover")
    for step, answer in (("from", OLD), ("to", NEW), ("paper", "e_voucher")):
        response = own.post(f"/relocation/transfer/{step}", {step: answer})
    page = read(own, response.url)
    for said in ("转出地有欠费", "1,234.50", "2025-03 至 2025-05", "3 个月", "由单位缴", "税务部门"):
        assert said in page, said
    assert "提交申请</button>" not in page
    assert "2025-03 至 2025-05" in read(clerk, begun(clerk, walk))
    assert actions.clear_arrears(person_id=walk.person.pk, place=OLD, by=staff, on=walk.on) == 1
    page = read(own, response.url)
    assert "转出地有欠费" not in page
    assert "提交申请" in page
