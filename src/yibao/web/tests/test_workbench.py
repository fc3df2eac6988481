"""The work queue and the ledger page."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.store import cases, posting, queues
from yibao.store.models import Case, CaseTurn, Person, StaffRole
from yibao.web.models import SavedFilter

STATEMENTS_MAX = 12


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
    by = Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED)
    for place in range(first, first + count):
        number = f"CQ-2026-{place:06d}"
        case = cases.open_case(
            number=number, service="refund", region=region, person_id=person.pk, by=by, at=timezone.now(), on=today
        )
        due = today + timedelta(days=due_in)
        Case.objects.filter(pk=case.pk).update(state="submitted", due_on=due, submitted_on=today)
        CaseTurn.objects.create(case=case, role="clerk", region=region, service="refund", number=number, due_on=due)


class TestQueue:
    @pytest.mark.parametrize("count", [1, 60])
    def test_it_costs_the_same_however_many_cases_wait(self, clerk, person, count, django_assert_max_num_queries):
        waiting(person, count)
        with django_assert_max_num_queries(STATEMENTS_MAX):
            clerk.get("/workbench/")

    @pytest.mark.parametrize("role", ["clerk", "reviewer", "finance"])
    @pytest.mark.parametrize(
        "asked", ["", "due=later", "region=500112", "level=1", "holder=me", "holder=others", "channel=window",
                  "q=陈", "q=欧阳", "q=000007", "waiting=applicant", "waiting=reviewer", "after=2020-01-01~1"],
    )  # fmt: skip
    def test_no_filter_costs_a_role_more(self, client, person, role, asked, django_assert_max_num_queries):
        waiting(person, 30)
        reader = seat(client, role=role)
        reader.get(f"/workbench/?{asked}")
        with django_assert_max_num_queries(STATEMENTS_MAX - 2):
            reader.get(f"/workbench/?{asked}")

    def test_the_first_deadline_stands_first(self, clerk, person):
        waiting(person, 1, due_in=20)
        waiting(person, 1, due_in=2, first=2)
        page = clerk.get("/workbench/").content.decode()
        assert page.index("CQ-2026-000002") < page.index("CQ-2026-000001")

    def test_late_cases_can_be_shown_alone(self, clerk, person):
        waiting(person, 1)
        waiting(person, 1, due_in=-3, first=2)
        page = clerk.get("/workbench/?due=overdue").content.decode()
        assert "CQ-2026-000002" in page
        assert "CQ-2026-000001" not in page
        assert "已超期" in page

    def test_what_is_due_today_can_be_shown_alone(self, clerk, person):
        waiting(person, 1, due_in=-3)
        waiting(person, 1, due_in=0, first=2)
        page = clerk.get("/workbench/?due=today").content.decode()
        assert "CQ-2026-000002" in page
        assert "CQ-2026-000001" not in page

    def test_groups_of_urgency_stand_one_below_the_other(self, clerk, person):
        for first, days in enumerate((-3, 0, 30), start=1):
            waiting(person, 1, due_in=days, first=first)
        table = clerk.get("/workbench/").content.decode().split("<table")[1]
        places = [table.index(words) for words in ("已超期", "CQ-2026-000001", "今天到期", "CQ-2026-000002",
                                                   "以后到期", "CQ-2026-000003")]  # fmt: skip
        assert places == sorted(places)

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

    def test_a_row_shows_what_changed_since_it_was_drawn(self, clerk, person):
        waiting(person, 1)
        for name, level in (("张小红", 0), ("李建国", 0), ("李建国", 2)):
            Person.objects.filter(pk=person.pk).update(name=name)
            Case.objects.update(level=level)
            page = clerk.get("/workbench/").content.decode()
            assert f"<td>{name[0]}**</td>" in page
            assert ("第 2 级，" in page) is (level == 2)

    def test_a_number_opens_the_case(self, clerk, person):
        waiting(person, 1)
        assert clerk.get("/workbench/?q=cq-2026-000001")["Location"] == "/workbench/refund/cases/CQ-2026-000001"

    def test_part_of_a_number_narrows_the_list(self, clerk, person):
        waiting(person, 12)
        page = clerk.get("/workbench/?q=00011").content.decode()
        assert "CQ-2026-000011" in page
        assert "CQ-2026-000012" not in page

    def test_an_unknown_number_is_kept(self, clerk, person):
        page = clerk.get("/workbench/?q=CQ-1").content.decode()
        assert 'value="CQ-1"' in page
        assert "没有符合条件的件" in page

    @pytest.mark.parametrize(("typed", "found"), [("陈", True), ("陈**", True), ("李", False)])
    def test_a_person_is_found_by_the_masked_name(self, clerk, person, typed, found):
        waiting(person, 1)
        assert ("CQ-2026-000001" in clerk.get("/workbench/", {"q": typed}).content.decode()) is found

    def test_a_whole_name_is_masked_before_it_is_used_again(self, clerk, person):
        waiting(person, 30)
        page = clerk.get("/workbench/", {"q": "陈建国"}).content.decode()
        assert "陈建国" not in page
        assert "查找：陈**" in page

    def test_a_filter_stands_as_a_chip_that_takes_it_off(self, clerk, person):
        waiting(person, 1)
        page = clerk.get("/workbench/?holder=nobody&channel=window&min=10").content.decode()
        assert 'href="?holder=nobody&amp;channel=window"' in page
        assert "金额从 10.00 元" in page
        assert "申请渠道：" in page

    def test_an_amount_that_is_none_is_told_and_kept(self, clerk, person):
        waiting(person, 1)
        page = clerk.get("/workbench/?min=ten&max=5")
        assert page.status_code == 400
        assert 'value="ten"' in page.content.decode()
        assert "请填写如 1949.10 的金额" in page.content.decode()

    def test_any_filter_costs_the_same(self, clerk, person, django_assert_max_num_queries):
        waiting(person, 30)
        every = "due=later&level=1&holder=others&channel=app&basis=weak&min=1&max=9&q=陈"
        # What the session keeps of the list just read is written once.
        clerk.get(f"/workbench/?{every}")
        with django_assert_max_num_queries(STATEMENTS_MAX):
            clerk.get(f"/workbench/?{every}")

    def test_nothing_to_do_is_said(self, clerk):
        assert "待办都办完了" in clerk.get("/workbench/").content.decode()

    def test_other_roles_lists_can_be_read_and_offer_no_next_case(self, client, person):
        waiting(person, 1)
        page = seat(client, role="auditor").get("/workbench/?waiting=clerk").content.decode()
        assert "CQ-2026-000001" in page
        assert "办下一件" not in page

    def test_a_refresh_gets_the_table_alone(self, clerk, person):
        waiting(person, 1)
        part = clerk.get("/workbench/", HTTP_HX_REQUEST="true").content.decode()
        assert "<table" in part
        assert "<html" not in part


class TestNext:
    @pytest.fixture
    def taken(self, clerk, person, monkeypatch):
        """A clerk with three cases they may work on, of which the second is the most urgent."""
        monkeypatch.setattr(rights, "available", lambda **_: ["accept"])
        for first, days in enumerate((9, 1, 5), start=1):
            waiting(person, 1, due_in=days, first=first)
        return clerk

    def next_of(self, client, **posted):
        return client.post("/workbench/next", posted)["Location"].rpartition("-")[2]

    def test_the_most_urgent_case_is_taken_and_opened(self, taken):
        assert self.next_of(taken) == "000002"
        assert Case.objects.get(number="CQ-2026-000002").holder.username == "clerk500000"

    def test_a_case_a_colleague_has_is_passed_over(self, taken):
        colleague = get_user_model().objects.create(username="other")
        Case.objects.filter(number="CQ-2026-000002").update(holder=colleague)
        assert self.next_of(taken) == "000003"

    def test_what_the_reader_may_not_do_is_passed_over(self, taken, monkeypatch):
        monkeypatch.setattr(rights, "available", lambda **_: ["note", "take"])
        assert taken.post("/workbench/next")["Location"] == "/workbench/"
        assert "没有您现在可以办的件" in taken.get("/workbench/").content.decode()

    def test_from_a_case_it_goes_on_to_the_one_after_it_and_round_again(self, taken):
        case = Case.objects.get(number="CQ-2026-000002")
        after = queues.Cursor(case.due_on, case.pk).text()
        assert self.next_of(taken, after=after) == "000003"
        last = Case.objects.get(number="CQ-2026-000001")
        assert self.next_of(taken, after=queues.Cursor(last.due_on, last.pk).text()) == "000002"

    def test_the_filters_of_the_list_hold_for_it(self, taken):
        assert self.next_of(taken, query="q=0001") == "000001"


class TestSavedFilters:
    def test_a_filter_is_kept_for_its_owner_alone(self, clerk, client):
        clerk.post("/workbench/filters", {"query": "due=overdue", "name": "先办"})
        assert 'href="/workbench/?due=overdue"' in clerk.get("/workbench/").content.decode()
        assert "先办" not in seat(client, region="140100").get("/workbench/").content.decode()

    def test_the_same_name_again_replaces_it(self, clerk):
        for query in ("due=overdue", "due=today"):
            clerk.post("/workbench/filters", {"query": query, "name": "先办"})
        assert list(SavedFilter.objects.values_list("name", "query")) == [("先办", "due=today")]

    @pytest.mark.parametrize(
        ("query", "name"), [("due=overdue", ""), ("due=overdue", "长" * 31), ("", "先办"), ("who=me", "先办")]
    )
    def test_what_cannot_be_kept_is_told(self, clerk, query, name):
        clerk.post("/workbench/filters", {"query": query, "name": name})
        assert "没有保存" in clerk.get("/workbench/").content.decode()
        assert not SavedFilter.objects.exists()

    def test_the_twenty_first_is_refused(self, clerk):
        for place in range(21):
            clerk.post("/workbench/filters", {"query": "due=overdue", "name": f"{place}"})
        assert SavedFilter.objects.count() == 20

    def test_nobody_deletes_another_s(self, clerk, client):
        clerk.post("/workbench/filters", {"query": "due=overdue", "name": "先办"})
        saved = SavedFilter.objects.get()
        seat(client, region="140100").post(f"/workbench/filters/{saved.pk}/forget")
        assert SavedFilter.objects.exists()
        client.force_login(saved.user)
        client.post(f"/workbench/filters/{saved.pk}/forget")
        assert not SavedFilter.objects.exists()


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
