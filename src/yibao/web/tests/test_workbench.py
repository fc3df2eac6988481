"""The work queue and the ledger page."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.store import cases, posting
from yibao.store.models import Case, CaseTurn, Person, StaffRole

STATEMENTS_MAX = 15


def seat(client, role="clerk", region="500000"):
    user = get_user_model().objects.create(username=f"{role}{region}", first_name="黄受理")
    StaffRole.objects.create(user=user, role=role, region=region)
    client.force_login(user)
    return client


@pytest.fixture
def clerk(client, db):
    return seat(client)


@pytest.fixture
def person(db):
    return Person.objects.create(
        identity="500112197603011995", name="陈建国", sex="M", born=date(1976, 3, 1), region="500112"
    )


def waiting(person, count, *, due_in=10, region="500112", first=1):
    today = timezone.localdate()
    by = Actor(None, "", "citizen", person_id=person.pk)
    for place in range(first, first + count):
        number = f"CQ-2026-{place:06d}"
        case = cases.open_case(
            number=number, service="refund", region=region, person_id=person.pk, by=by, at=timezone.now(), on=today
        )
        due = today + timedelta(days=due_in)
        Case.objects.filter(pk=case.pk).update(state="submitted", due_on=due, submitted_on=today)
        CaseTurn.objects.create(case=case, role="clerk", region=region, service="refund", due_on=due)


class TestQueue:
    @pytest.mark.parametrize("count", [1, 60])
    def test_it_costs_the_same_however_many_cases_wait(self, clerk, person, count, django_assert_max_num_queries):
        waiting(person, count)
        with django_assert_max_num_queries(STATEMENTS_MAX):
            clerk.get("/workbench/")

    def test_the_first_deadline_stands_first(self, clerk, person):
        waiting(person, 1, due_in=20)
        waiting(person, 1, due_in=2, first=2)
        page = clerk.get("/workbench/").content.decode()
        assert page.index("CQ-2026-000002") < page.index("CQ-2026-000001")

    def test_late_cases_can_be_shown_alone(self, clerk, person):
        waiting(person, 1)
        waiting(person, 1, due_in=-3, first=2)
        page = clerk.get("/workbench/?due=late").content.decode()
        assert "CQ-2026-000002" in page
        assert "CQ-2026-000001" not in page
        assert "已超期" in page

    def test_soon_does_not_mean_late(self, clerk, person):
        waiting(person, 1, due_in=-3)
        waiting(person, 1, due_in=0, first=2)
        page = clerk.get("/workbench/?due=soon").content.decode()
        assert "CQ-2026-000002" in page
        assert "CQ-2026-000001" not in page

    def test_the_next_page_begins_where_this_one_ends(self, clerk, person):
        waiting(person, 30)
        first = clerk.get("/workbench/").content.decode()
        assert "CQ-2026-000030" not in first
        address = first.split('href="?after=')[1].split('"')[0]
        assert "CQ-2026-000030" in clerk.get(f"/workbench/?after={address}").content.decode()

    def test_another_region_s_cases_are_not_shown(self, client, person):
        waiting(person, 1)
        assert "CQ-2026-000001" not in seat(client, region="140100").get("/workbench/").content.decode()

    def test_an_office_of_one_county_sees_its_own(self, client, person):
        waiting(person, 1)
        waiting(person, 1, region="500103", first=2)
        page = seat(client, region="500112").get("/workbench/").content.decode()
        assert "CQ-2026-000001" in page
        assert "CQ-2026-000002" not in page

    def test_names_are_masked(self, clerk, person):
        waiting(person, 1)
        page = clerk.get("/workbench/").content.decode()
        assert "陈**" in page
        assert "陈建国" not in page

    def test_a_number_opens_the_case(self, clerk, person):
        waiting(person, 1)
        assert clerk.get("/workbench/?number=cq-2026-000001")["Location"] == "/workbench/refund/cases/CQ-2026-000001"

    def test_an_unknown_number_is_told_and_kept(self, clerk, person):
        page = clerk.get("/workbench/?number=CQ-1")
        assert page.status_code == 404
        assert 'value="CQ-1"' in page.content.decode()

    def test_nothing_to_do_is_said(self, clerk):
        assert "没有符合条件的待办" in clerk.get("/workbench/").content.decode()

    def test_a_refresh_gets_the_table_alone(self, clerk, person):
        waiting(person, 1)
        part = clerk.get("/workbench/", HTTP_HX_REQUEST="true").content.decode()
        assert "<table" in part
        assert "<html" not in part


class TestLedger:
    def test_an_empty_book_balances(self, clerk):
        page = clerk.get("/workbench/ledger").content.decode()
        assert "每一分钱都对得上" in page
        assert "0.00" in page

    def test_it_shows_debits_credits_and_that_they_meet(self, clerk, person):
        parts = {"pool": 500000, "large_claim": 53400}
        postings = contribution_received(
            region="500000", scheme="employee", person_id=person.pk, parts=parts, credit_fen=0
        )
        draft = Draft("contribution/1", "contribution_received", date(2022, 1, 5), postings)
        posting.post(draft=draft, at=timezone.now())
        page = clerk.get("/workbench/ledger").content.decode()
        for words in ("5,534.00", "5,000.00", "534.00", "收到保费", "合计 0.00 元"):
            assert words in page

    def test_it_does_not_say_whose_account(self, clerk, person):
        page = clerk.get("/workbench/ledger?case=CQ-2026-000001").content.decode()
        assert str(person.pk) not in page
