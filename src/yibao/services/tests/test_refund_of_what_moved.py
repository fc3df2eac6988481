"""A refund of a payment whose relation was transferred is refused where it was paid, at every door."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.services.refund.tests import conftest as refunds
from yibao.services.relocation.tests import conftest as transfers
from yibao.store.models import CitizenLogin, Enrolment, MovedEnrolment

pytestmark = pytest.mark.django_db
DAY = date(2023, 2, 10)
SAYS = "这笔缴费的医保关系已经转移或者正在转移到其他地方，这里不能退"
NEXT = "请向转入地的经办机构申请"


@pytest.fixture
def refund(db, settings, tmp_path):
    """Somebody who applied for a refund in Chongqing before their relation went to Taiyuan."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"
    person = refunds.make_chen()
    staff = transfers.make_staff()
    return refunds.Walk(person, staff[transfers.OLD], on=DAY).submitted()


def move(refund):
    """Let the relation the refund is about move, from application to loaded years."""
    person = refund.person
    Enrolment.objects.filter(person=person).update(status="suspended")
    Enrolment.objects.create(
        person=person, scheme="employee", category="unit", region=transfers.NEW, start=date(2023, 1, 1)
    )
    users = {user.username: user.pk for user in get_user_model().objects.all()}
    staff = {
        place: {
            name: Actor(users[f"{name}-{place}"], name, "staff", frozenset({name.rstrip("2")}), place)
            for name in transfers.ROLES
        }
        for place in (transfers.OLD, transfers.NEW)
    }
    transfers.Walk(person, staff, on=DAY).loaded()
    assert set(MovedEnrolment.objects.values_list("to_region", flat=True)) == {transfers.NEW}


@pytest.fixture
def moved(refund):
    """The same, after the whole transfer."""
    move(refund)
    return refund


def refusal(call):
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal


def test_what_was_handed_in_before_is_not_accepted_after(moved):
    assert refusal(moved.accept).code == "evidence_changed"
    no = refusal(moved.accept)
    assert (no.code, no.details) == ("payment_moved", (transfers.NEW,))
    assert moved.case.state == "submitted"


def test_what_was_accepted_before_is_not_approved_after(refund):
    refund.accept()
    move(refund)
    assert refusal(lambda: refund.approve(confirmed=True)).code == "evidence_changed"
    assert refusal(lambda: refund.approve(confirmed=True)).code == "payment_moved"
    assert refund.case.state == "accepted"


def test_what_was_approved_before_is_not_paid_after(refund):
    refund.accept()
    refund.approve(confirmed=True)
    move(refund)
    assert refusal(refund.pay).code == "evidence_changed"
    assert refusal(lambda: refund.approve(confirmed=True)).code == "payment_moved"
    assert not refund.case.payments.exists()


def test_a_new_application_is_refused(moved):
    again = refunds.Walk(moved.person, moved.staff, on=DAY)
    assert refusal(again.submitted).code in ("payment_moved", "case_open_already")
    refunds.actions.withdraw(number=moved.number, reason="改到转入地", by=moved.citizen, **moved.now())
    assert refusal(lambda: again.drafted() and again.submitted(key="k2")).code == "payment_moved"


def test_the_clerk_reads_why_and_where_to_go(moved):
    client = Client()
    client.force_login(get_user_model().objects.get(username=f"clerk-{transfers.OLD}"))
    address = f"/workbench/refund/cases/{moved.number}/do/accept"
    assert client.post(address, {"seen": moved.seen}).status_code == 409
    answer = client.post(address, {"seen": moved.seen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert SAYS in page
    assert NEXT in page


def test_the_person_reads_why_and_where_to_go(moved):
    refunds.actions.withdraw(number=moved.number, reason="改到转入地", by=moved.citizen, **moved.now())
    again = refunds.Walk(moved.person, moved.staff, on=DAY).drafted()
    user = get_user_model().objects.create(username="chen")
    CitizenLogin.objects.create(user=user, person=moved.person)
    client = Client()
    client.force_login(user)
    answer = client.post(f"/refund/cases/{again.number}/submit", {"key": "k9", "agree": "1"})
    assert answer.status_code == 409
    assert SAYS in answer.content.decode()
    assert NEXT in answer.content.decode()
