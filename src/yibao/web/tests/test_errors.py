"""Pages of trouble: in the frame of the reader, without a query when the database is away, to programs a problem."""

from datetime import date
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection

from yibao.store.models import CitizenLogin, Person, StaffRole
from yibao.store.refusals import refuse
from yibao.web.errors import refusal_page

OFFICE_MENU = 'href="/workbench/ledger"'


@pytest.fixture
def clerk(client, db):
    user = get_user_model().objects.create(username="clerk", first_name="经办员")
    StaffRole.objects.create(user=user, role="clerk", region="500112")
    client.force_login(user)
    return client


@pytest.fixture
def citizen(client, db):
    user = get_user_model().objects.create(username="citizen")
    person = Person.objects.create(
        identity="500112197603011995", name="陈建国", sex="M", born=date(1976, 3, 1), region="500112"
    )
    CitizenLogin.objects.create(user=user, person=person)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("path", "status"),
    [("/workbench/no-such-page", 404), ("/cases", 403), ("/workbench/accounts", 403), ("/workbench/take", 404),
     ("/workbench/?q=%00", 400)],
)  # fmt: skip
def test_staff_keep_the_header_of_their_office(clerk, path, status):
    page = clerk.get(path)
    assert (page.status_code, OFFICE_MENU in page.content.decode()) == (status, True)


def test_staff_keep_it_where_too_much_was_sent_and_where_a_step_is_refused(clerk):
    large = clerk.post("/workbench/bulk", data=b"x", content_type="text/plain", CONTENT_LENGTH=27_000_000)
    assert (large.status_code, OFFICE_MENU in large.content.decode()) == (413, True)
    refused = refusal_page(clerk.get("/workbench/").wsgi_request, refuse("no_key"))
    assert (refused.status_code, OFFICE_MENU in refused.content.decode()) == (400, True)


def test_a_citizen_at_the_office_s_door_sees_no_menu_of_the_office(citizen):
    page = citizen.get("/workbench/")
    assert (page.status_code, OFFICE_MENU in page.content.decode()) == (403, False)


@pytest.mark.parametrize(
    ("path", "name"), [("/cases", "医保办事"), ("/workbench/", "经办工作台"), ("/sign-in", "医保办事")]
)
def test_a_database_that_is_away_is_told_without_asking_it_again(citizen, path, name):
    citizen.raise_request_exception = False
    asked = []

    def away(execute, sql, params, many, context):
        asked.append(sql)
        raise OperationalError("connection refused")

    with connection.execute_wrapper(away):
        page = citizen.get(path)
    assert (page.status_code, page["Retry-After"], len(asked)) == (503, "60", 1)
    for words in (name, "请过几分钟再试", "cannot be reached at the moment", "default-src"):
        assert words in page.content.decode() + page["Content-Security-Policy"]
    assert "connection refused" not in page.content.decode()
    assert "sessionid" not in page.cookies


def test_programs_read_trouble_as_a_problem(client, db, monkeypatch):
    client.raise_request_exception = False
    for error, status in ((OperationalError("x"), 503), (ValueError("x"), 500)):
        monkeypatch.setattr("yibao.web.middleware.too_many_of_program", mock.Mock(side_effect=error))
        answer = client.get("/api/v1/refund/cases")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert "同一个 key 再发一次" in answer.json()["next_zh"]


def test_a_name_that_is_not_ours_is_told_so(client, db):
    page = client.get("/sign-in", HTTP_HOST="example.org")
    assert (page.status_code, "这次请求没有看懂" in page.content.decode()) == (400, True)


def test_a_program_that_sends_too_much_reads_what_it_may_send(client, db):
    for path in ("/api/v1/refund/cases/CQ-2023-000001/documents", "/api/v1/decisions"):
        answer = client.post(path, data=b"x", content_type="application/json", CONTENT_LENGTH=50_000_000)
        told = answer.json()
        assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
        assert "10 MB" in told["next_zh"]
        assert "10 MB" in told["next_en"]
        assert told["errors"] == [{"where": "", "zh": told["next_zh"], "en": told["next_en"]}]
