"""Will my years be enough: asked in three pages, answered by the rules, nothing personal in an address."""

from datetime import date

import pytest
from django.test import Client

from yibao.services.relocation import forms_years as forms

ON = date(2026, 11, 20)
PERSON = {"sex": "F", "born-year": "1970", "born-month": "6", "born-day": "1"}


def period(row, where, kind, first, last):
    ends = {"first": first.split("-"), "last": last.split("-")}
    months = {
        f"r{row}-{end}-{part}": text
        for end, parts in ends.items()
        for part, text in zip(("year", "month"), parts, strict=True)
    }
    return {f"r{row}-where": where, f"r{row}-kind": kind, **months}


# The worked example of Chongqing: 180 months deemed and 120 paid are 300, a woman's 25 years.
ENOUGH = {"place": "500000", **PERSON, **period(0, "here", "deemed", "1990-1", "2004-12"),
          **period(1, "here", "unit", "2014-7", "2024-6")}  # fmt: skip


@pytest.fixture
def today(monkeypatch):
    from yibao.web import middleware

    monkeypatch.setattr(middleware.timezone, "localdate", lambda *given: ON)


def told(answers):
    client, address = Client(), "/relocation/years/place"
    while not address.endswith("/answer"):
        step = address.split("/")[-1]
        sent = {name: answers.get(name, "") for name in forms.names(step=step, rows=2)}
        response = client.post(address, sent)
        assert response.status_code == 302, response.content.decode()
        address = response["Location"]
        assert "19" not in address
    return "".join(client.get(address).content.decode().split())


def test_enough_years_are_told_with_the_place_and_the_sums(db, today):
    page = told(ENOUGH)
    assert "年限够了" in page
    assert "可以享受待遇的地方：重庆市" in page
    assert "300个月（25年）" in page


def test_months_of_two_periods_that_overlap_count_once(db, today):
    # January 2014 to December 2024 are 132 months; 2020 to 2023 stand in both periods.
    page = told(
        ENOUGH | period(0, "here", "unit", "2014-1", "2023-12") | period(1, "here", "individual", "2020-1", "2024-12")
    )
    assert "132个月（11年）" in page
    assert "180个月" not in page


def test_a_shortfall_is_told_with_the_ways_to_fill_it(db, today):
    # One month less: 299 of 300, and 119 of 120 paid here; one more month reaches both.
    page = told(ENOUGH | period(1, "here", "unit", "2014-7", "2024-5"))
    assert "年限还差：1个月" in page
    assert "还差的怎么办" in page
    assert "未满足" in page


def test_a_number_nobody_published_goes_to_a_person(db, today):
    page = told(ENOUGH | {"place": "310000"})
    assert "要由经办人员核定" in page


def test_another_period_keeps_what_was_typed(db, today):
    client = Client()
    session = client.session
    session["relocation.years"] = {"place": "500000", **PERSON}
    session.save()
    half = {"r0-where": "here", "r0-first-year": "19x", "more": "1"}
    response = client.post("/relocation/years/periods", half)
    assert response["Location"] == "/relocation/years/periods#r2-where"
    page = client.get("/relocation/years/periods").content.decode()
    assert 'value="19x"' in page
    assert 'name="r2-where"' in page


@pytest.mark.parametrize(
    ("step", "change", "field"),
    [
        pytest.param("place", {"place": "999999"}, "place", id="a place without rules"),
        pytest.param("person", {"sex": ""}, "sex", id="no sex"),
        pytest.param("person", {"born-day": "31"}, "born", id="no such day"),
        pytest.param("person", {"legal-year": "2030"}, "legal", id="half a day"),
        pytest.param("periods", {"r0-kind": ""}, "r0-kind", id="no kind"),
        pytest.param("periods", {"r1-last-month": "13"}, "r1-last", id="no such month"),
        pytest.param("periods", {"r1-last-year": "2027"}, "r1-last", id="a month to come"),
        pytest.param("periods", {"r0-last-year": "1980"}, "r0-last", id="backwards"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(db, today, step, change, field):
    client = Client()
    session = client.session
    session["relocation.years"] = ENOUGH
    session.save()
    response = client.post(f"/relocation/years/{step}", ENOUGH | change)
    page = response.content.decode()
    assert response.status_code == 400
    assert f'href="#{field}"' in page
    assert f'id="{field}-error"' in page


def test_nothing_filled_in_asks_for_the_first_period_and_later_pages_send_back(db, today):
    client = Client()
    assert client.get("/relocation/years/answer")["Location"] == "/relocation/years/place"
    assert client.get("/relocation/years/periods")["Location"] == "/relocation/years/place"
    assert client.get("/relocation/years/nothing").status_code == 404
    assert 'href="#r0-where"' in client.post("/relocation/years/periods", {}).content.decode()


def test_the_question_is_a_case_file_that_programs_can_send():
    file = forms.case_file(kept=ENOUGH, on=ON)
    assert [each["years_kind"] for each in file["enrolments"]] == ["deemed", "actual"]
    assert [each["to"] for each in file["enrolments"]] == ["2004-12-31", "2024-06-30"]
    assert [(each["enrolment"], each["from"], each["to"]) for each in file["payments"]] == [
        ("e2", "2014-07", "2024-06")
    ]
