"""The figures page, its file, and the page of keys."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.store import cases
from yibao.store.models import Payment, Person, StaffRole

STATEMENTS_MAX = 12


def seat(client, role="reviewer", region="500000"):
    user = get_user_model().objects.create(username=f"{role}{region}", first_name="周审核")
    StaffRole.objects.create(user=user, role=role, region=region)
    client.force_login(user)
    return client


@pytest.fixture
def head(client, db):
    return seat(client)


@pytest.fixture
def paid(db):
    """A case submitted today, of which 1,949.10 yuan arrived today."""
    person = Person.objects.create(
        identity="500112197603011995", name="陈建国", sex="M", born="1976-03-01", region="500112"
    )
    today, by = timezone.localdate(), Actor(None, "", "citizen", person_id=person.pk)
    now = {"at": timezone.now(), "on": today}
    case = cases.open_case(number="C1", service="refund", region="500112", person_id=person.pk, by=by, **now)
    cases.act(number="C1", kind="submit", by=by, evidence_hash="e", data={"clocks": {"decision": 20}}, **now)
    return Payment.objects.create(
        case=case, receiver="a", amount_fen=194910, route="slip", status="paid", sent_on=today, settled_on=today
    )


class TestFigures:
    def test_numbers_stand_in_words_beside_the_drawing(self, head, paid):
        page = head.get("/workbench/figures").content.decode()
        assert page.count("<figure") == page.count("<figcaption") == 5
        assert "1,949.10" in page
        assert 'aria-hidden="true"' in page.split('class="app-chart__picture"')[1].split(">")[0]

    def test_the_file_holds_each_day_to_the_fen(self, head, paid):
        answer = head.get("/workbench/figures.csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert answer["Content-Disposition"].startswith("attachment")
        assert rows[0][0] == "日期"
        assert len(rows) == 31
        assert rows[-1] == [timezone.localdate().isoformat(), "1", *"00000", "0", "0", "1", "1949.10"]

    def test_an_office_elsewhere_sees_nothing_of_it(self, client, paid):
        assert "1,949.10" not in seat(client, region="140100").get("/workbench/figures").content.decode()

    def test_a_region_that_is_not_below_the_office_is_not_shown(self, client, paid):
        seat(client, region="140100")
        assert "1,949.10" not in client.get("/workbench/figures?region=500000").content.decode()

    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ("first=yesterday", "日期应为"),
            ("first=2026-02-01&last=2026-01-01", "不超过"),
            ("first=2001-01-01", "不超过"),
        ],
    )
    def test_no_period_is_told_and_kept(self, head, asked, told):
        answer = head.get(f"/workbench/figures?{asked}")
        assert answer.status_code == 400
        assert told in answer.content.decode()
        assert asked.split("&")[0].split("=")[1] in answer.content.decode()

    def test_a_period_without_cases_says_so(self, head, paid):
        day = timezone.localdate() - timedelta(days=200)
        page = head.get(f"/workbench/figures?first={day}&last={day}").content.decode()
        assert "这段时间没有。" in page

    def test_it_costs_so_many_statements(self, head, paid, django_assert_max_num_queries):
        with django_assert_max_num_queries(STATEMENTS_MAX):
            head.get("/workbench/figures")

    def test_a_clerk_has_no_such_page(self, client, db):
        clerk = seat(client, role="clerk")
        assert clerk.get("/workbench/figures").status_code == 403
        assert "办理情况" not in clerk.get("/workbench/").content.decode()


def test_every_key_of_the_script_is_told(head, checkout):
    page = head.get("/workbench/keys").content.decode()
    script = (checkout / "src/yibao/web/assets/desk.js").read_text(encoding="utf-8")
    keys = [
        line.strip().split(":")[0].strip('"') for line in script.split("const KEYS = {")[1].split("};")[0].splitlines()
    ]
    assert [key for key in keys if key and f"<kbd>{key}</kbd>" not in page] == []
