"""From which day am I covered: asked in a few pages, answered by the rules, nothing personal in an address."""

from datetime import date

import pytest
from django.test import Client

import yibao
from yibao.services.relocation import forms_cover as forms
from yibao.services.relocation.pages.calendar import picture

ON = date(2026, 11, 20)
CHONGQING, QINGDAO, SUZHOU = "500000", "370200", "320500"
FLEXIBLE = {
    "place": CHONGQING, "joining": "individual", "before": "individual", "where": "here", "first-year": "2022",
    "first-month": "3", "last-year": "2026", "last-month": "7", "paid-year": "2026", "paid-month": "11",
    "paid-day": "20",
}  # fmt: skip
RESIDENT = FLEXIBLE | {"place": QINGDAO, "joining": "resident", "before": "resident", "year": "2027"}


@pytest.fixture
def today(monkeypatch):
    """A day on which the pages are opened, so that their answers can be worked out by hand."""
    from yibao.web import middleware

    monkeypatch.setattr(middleware.timezone, "localdate", lambda *given: ON)


def walk(client, answers):
    """Answer every question that is asked; return the page of the answer and the addresses on the way."""
    address, seen = client.get("/relocation/cover")["Location"], []
    while not address.endswith("/answer"):
        seen.append(address)
        response = client.post(address, {name: answers.get(name, "") for name in forms.FIELDS[address.split("/")[-1]]})
        assert response.status_code == 302, response.content.decode()
        address = response["Location"]
    return client.get(address), seen


def told(client, answers):
    page, _ = walk(client, answers)
    return "".join(page.content.decode().split())


def test_a_gap_that_must_be_paid_back_is_told_with_what_follows(db, today):
    # August to October 2026 are three months; paid back on 20 November, Chongqing covers from the month after.
    page = told(Client(), FLEXIBLE)
    assert "先补缴中断的月份" in page
    assert "补缴中断的3个月（2026年8月至2026年10月）" in page
    assert '<timedatetime="2026-12-01">2026年12月1日</time>' in page
    assert "补缴的月份发生的医疗费用可以报销" in page


def test_a_longer_gap_waits_six_months_from_the_day_of_payment(db, today):
    page = told(Client(), FLEXIBLE | {"last-month": "5"})
    assert "等待期6个月" in page
    assert "从缴费当日起算" in page
    assert "补缴中断的月份不会让待遇提前开始" in page
    assert '<timedatetime="2027-05-20">' in page


def test_missed_years_are_repaired_one_by_one(db, today):
    # 2025 and 2026 missed; the first is free in Qingdao: three months fixed and one variable, from 1 January 2027.
    page = told(Client(), RESIDENT | {"last-year": "2024", "last-month": "12"})
    assert '<timedatetime="2027-05-01">' in page
    assert "补缴1年（缴费修复）" in page
    assert '<timedatetime="2027-04-01">' in page
    assert "补缴2年" not in page


def test_readings_that_differ_are_told_as_days_not_as_codes(db, today):
    page = told(Client(), RESIDENT | {"last-year": "2022", "last-month": "12"})
    assert "要由经办人员核定" in page
    assert "from_2025" not in page.split('id="rests"')[0]


def test_who_was_never_insured_is_not_asked_where(db, today):
    _, seen = walk(Client(), FLEXIBLE | {"before": "none"})
    assert [each.split("/")[-1] for each in seen] == ["place", "joining", "before", "paid"]


def test_a_newborn_is_covered_from_birth(db, today):
    born = {"born-year": "2026", "born-month": "10", "born-day": "25"}
    page = told(Client(), FLEXIBLE | {"joining": "newborn"} | born)
    assert '<timedatetime="2026-10-25">' in page
    assert "当月开始有待遇" in page


def test_no_answer_stands_in_an_address_or_outside_the_session(db, today):
    client = Client()
    _, seen = walk(client, FLEXIBLE)
    assert all("?" not in each and "2022" not in each for each in seen)
    assert client.session["relocation.cover"]["last-month"] == "7"
    client.get("/relocation/cover")
    assert "relocation.cover" not in client.session


@pytest.mark.parametrize(
    ("step", "sent", "field"),
    [
        pytest.param("place", {"place": "999999"}, "place", id="a place without rules"),
        pytest.param("joining", {}, "joining", id="nothing chosen"),
        pytest.param("before", {"before": "x"}, "before", id="an answer made up"),
        pytest.param("last", FLEXIBLE | {"last-month": "13"}, "last", id="no such month"),
        pytest.param("last", FLEXIBLE | {"last-year": "２０２６年"}, "last", id="characters instead of a year"),
        pytest.param("last", FLEXIBLE | {"last-year": "2021"}, "last", id="the last month before the first"),
        pytest.param("last", FLEXIBLE | {"where": ""}, "where", id="no place"),
        pytest.param("paid", FLEXIBLE | {"paid-day": "31"}, "paid", id="no such day"),
        pytest.param("paid", FLEXIBLE | {"paid-month": "6", "paid-day": "1"}, "paid", id="before the last one ended"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_kept(db, today, step, sent, field):
    client = Client()
    session = client.session
    session["relocation.cover"] = FLEXIBLE
    session.save()
    response = client.post(f"/relocation/cover/{step}", sent)
    page = response.content.decode()
    assert response.status_code == 400
    assert f'href="#{field}"' in page
    assert f'id="{field}-error"' in page
    typed = sent.get(f"{field}-year", "")
    assert f'value="{typed}"' in page or not typed


def test_a_later_page_sends_back_to_the_first_question_without_an_answer(db, today):
    client = Client()
    for address in ("/relocation/cover/answer", "/relocation/cover/paid"):
        assert client.get(address)["Location"] == "/relocation/cover/place"
    assert client.get("/relocation/cover/nothing").status_code == 404


def test_the_question_is_a_case_file_that_programs_can_send(db):
    file = forms.case_file(kept=FLEXIBLE, on=ON, back=forms.gap(FLEXIBLE))
    assert file["request"]["back_pay"] == ["2026-08", "2026-09", "2026-10"]
    assert file["enrolments"][0]["to"] == "2026-07-31"
    assert file["enrolments"][1] == {
        "id": "e2", "scheme": "employee", "as": "individual", "region": CHONGQING, "from": "2026-11-01", "to": None,
    }  # fmt: skip


def test_the_picture_has_twelve_months_a_year_and_ends(db):
    shown = picture(
        [{"from": "2026-11", "to": "2026-12", "cover": "none"}, {"from": "2027-01", "to": None, "cover": "full"}]
    )
    assert [len(each["cells"]) for each in shown] == [12, 12]
    assert [cell["cover"] for each in shown for cell in each["cells"]].count("full") == 12
    assert picture([]) == []


@pytest.mark.parametrize(
    ("place", "until"),
    [
        # Fujian covers a new student of the province until 31 December of the year after.
        ("350000", "2027-12-31"),
        # Chongqing covers by school year, until 31 August of the year after.
        ("500000", "2027-08-31"),
    ],
)
def test_how_long_a_student_is_covered_is_for_the_place_to_say(place, until):
    day = {"paid-year": "2026", "paid-month": "9", "paid-day": "10"}
    kept = {"place": place, "joining": "student", "before": "none", "year": "2026", **day}
    file = forms.case_file(kept=kept, on=date(2026, 9, 10))
    assert yibao.decide(file)["cover_until"] == until


@pytest.mark.parametrize(
    ("place", "year", "paid", "start"),
    [
        ("500000", "2026", (2026, 11, 20), "2026-09-01"),
        # Where no source names the month, the school year stands from the month paid, inside the year asked about.
        ("370200", "2026", (2026, 11, 20), "2026-11-01"),
        ("370200", "2027", (2026, 11, 20), "2027-01-01"),
        ("370200", "2026", (2027, 2, 3), "2026-12-01"),
        ("990000", "2026", (2026, 11, 20), "2026-11-01"),
    ],
)
def test_the_month_in_which_a_school_year_begins_is_for_the_place_to_say(place, year, paid, start):
    day = {f"paid-{part}": str(number) for part, number in zip(("year", "month", "day"), paid, strict=True)}
    kept = {"place": place, "joining": "student", "before": "none", "year": year, **day}
    assert forms.case_file(kept=kept, on=ON)["enrolments"][-1]["from"] == start


@pytest.mark.parametrize(
    ("on", "paid", "says"),
    [
        # The national rule holds from 1 December 2021; the day of asking picks it, whenever the gap began.
        pytest.param(date(2021, 12, 1), ("2021", "12", "1"), "先补缴中断的月份", id="its first day"),
        pytest.param(date(2021, 11, 30), ("2021", "11", "30"), "要由经办人员核定", id="the day before"),
    ],
)
def test_a_gap_over_a_change_of_the_rules_is_judged_by_the_day_of_asking(db, monkeypatch, on, paid, says):
    from yibao.web import middleware

    monkeypatch.setattr(middleware.timezone, "localdate", lambda *given: on)
    day = dict(zip(("paid-year", "paid-month", "paid-day"), paid, strict=True))
    assert says in told(
        Client(),
        FLEXIBLE
        | {
            "place": SUZHOU,
            "joining": "unit",
            "before": "unit",
            "last-year": "2021",
            "first-year": "2019",
            "last-month": "8",
        }
        | day,
    )
