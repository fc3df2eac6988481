"""Nobody who is signed in is asked what the record knows: both interviews begin where it ends."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.services.relocation import forms_cover, forms_years, known
from yibao.store.models import CitizenLogin, Contribution, Enrolment, Person

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)
BORN = date(1980, 5, 2)
PLACES = ("500000", "140100")
COVER, YEARS = "/relocation/cover", "/relocation/years"


@pytest.fixture
def today(monkeypatch):
    from yibao.web import middleware

    monkeypatch.setattr(middleware.timezone, "localdate", lambda *given: ON)


@pytest.fixture
def person():
    identity = make_resident_id(area="500112", born=BORN, serial=72)
    return Person.objects.create(identity=identity, name="罗二", sex="F", born=BORN, region="500112")


def relation(person, region, start, end=None, **more):
    kinds = {"scheme": "employee", "category": "individual"} | more
    return Enrolment.objects.create(person=person, region=region, start=start, end=end, **kinds)


def paid(enrolment, first, last, on=None, kind="monthly"):
    months = {"first_month": Month.parse(first).index, "end_month": Month.parse(last).index + 1}
    return Contribution.objects.create(enrolment=enrolment, kind=kind, payer="person", paid_on=on, **months)


@pytest.fixture
def client(person):
    user = get_user_model().objects.create(username="luo-er")
    CitizenLogin.objects.create(user=user, person=person)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def came_back(person):
    """Chongqing until 31 July, from 1 November again, both in one's own name."""
    relation(person, "500112", date(2022, 3, 1), date(2026, 8, 1))
    paid(relation(person, "500112", date(2026, 11, 1)), "2026-11", "2026-12", date(2026, 11, 5))
    return person


def test_the_last_relation_the_gap_and_the_payment_are_taken_from_the_record(came_back):
    assert known.cover(person_id=came_back.pk, on=ON, places=PLACES) == {
        "place": "500000", "joining": "individual", "before": "individual", "where": "here", "first-year": "2022",
        "first-month": "3", "last-year": "2026", "last-month": "7", "paid-year": "2026", "paid-month": "11",
        "paid-day": "5", "known": "1",
    }  # fmt: skip


def test_with_everything_on_record_the_answer_comes_at_once(came_back, client, today):
    began = client.get(COVER)
    assert began["Location"] == f"{COVER}/answer"
    page = client.get(began["Location"]).content.decode()
    assert "已按您的参保缴费档案填好" in page
    # August to October are three months, not paid back: first those.
    assert "先补缴中断的月份" in page
    assert f'href="{COVER}?blank=1"' in page


def test_whoever_wants_to_answers_without_the_record(came_back, client, today):
    assert client.get(f"{COVER}?blank=1")["Location"] == f"{COVER}/place"
    page = client.get(f"{COVER}/place").content.decode()
    assert "已按您的参保缴费档案填好" not in page
    assert client.get(f"{YEARS}?blank=1")["Location"] == f"{YEARS}/place"


def test_a_visitor_is_asked_everything(client, today):
    assert Client().get(COVER)["Location"] == f"{COVER}/place"
    assert Client().get(YEARS)["Location"] == f"{YEARS}/place"


def test_without_a_relation_in_force_only_what_is_planned_is_asked(person, client, today):
    relation(person, "140100", date(2020, 1, 1), date(2023, 1, 1))
    relation(person, "500112", date(2023, 1, 1), date(2026, 8, 1))
    found = known.cover(person_id=person.pk, on=ON, places=PLACES)
    assert "place" not in found
    assert "joining" not in found
    # Both relations follow one another in the same way: one stretch, the last of it in Chongqing.
    assert (found["before"], found["where"]) == ("individual", "500000")
    assert (found["first-year"], found["first-month"]) == ("2020", "1")
    assert (found["last-year"], found["last-month"]) == ("2026", "7")
    assert client.get(COVER)["Location"] == f"{COVER}/place"
    assert client.post(f"{COVER}/place", {"place": "140100"})["Location"] == f"{COVER}/joining"
    assert client.post(f"{COVER}/joining", {"joining": "individual"})["Location"] == f"{COVER}/paid"


def test_an_empty_record_answers_nothing(person, client, today):
    assert known.cover(person_id=person.pk, on=ON, places=PLACES) == {}
    assert client.get(COVER)["Location"] == f"{COVER}/place"


def test_a_suspended_relation_without_an_end_tells_no_months(person):
    relation(person, "500112", date(2020, 1, 1), status="suspended")
    assert known.cover(person_id=person.pk, on=ON, places=PLACES) == {}


def test_years_take_paid_months_holes_and_deemed_times_from_the_record(person, client, today):
    relation(person, "500112", date(1998, 1, 1), date(2005, 1, 1), category="unit", years_kind="deemed")
    worked = relation(person, "500112", date(2010, 1, 1), date(2026, 9, 1), category="unit")
    paid(worked, "2010-01", "2019-12")
    paid(worked, "2020-03", "2026-08")
    found = known.years(person_id=person.pk, on=ON, places=PLACES)
    assert found["rows"] == "3"
    assert (found["place"], found["sex"]) == ("500000", "F")
    assert (found["born-year"], found["born-month"], found["born-day"]) == ("1980", "5", "2")
    periods = forms_years.periods(found)
    assert [(kind, str(first), str(last)) for _, kind, first, last in periods] == [
        ("deemed", "1998-01", "2004-12"), ("unit", "2010-01", "2019-12"), ("unit", "2020-03", "2026-08"),
    ]  # fmt: skip
    assert {where for where, *_ in periods} == {forms_cover.HERE}
    # 84 months deemed, 120 and 78 paid: 282 of the 300 a woman needs in Chongqing.
    assert client.get(YEARS)["Location"] == f"{YEARS}/answer"
    page = "".join(client.get(f"{YEARS}/answer").content.decode().split())
    assert "282个月" in page
    assert "已按您的参保缴费档案填好" in page


def test_months_still_to_come_do_not_count_and_neighbours_are_one_time(person):
    paid(relation(person, "500112", date(2025, 1, 1), date(2026, 1, 1)), "2025-01", "2025-12")
    paid(relation(person, "500000", date(2026, 1, 1)), "2026-01", "2026-12")
    found = known.years(person_id=person.pk, on=ON, places=PLACES)
    assert [(str(first), str(last)) for *_, first, last in forms_years.periods(found)] == [("2025-01", "2026-11")]


def test_more_times_than_the_page_holds_are_asked_and_a_place_without_rules_is_named_by_the_person(person):
    for year in range(2000, 2018, 2):
        relation(person, "500112", date(year, 1, 1), date(year, 7, 1))
    assert "rows" not in known.years(person_id=person.pk, on=ON, places=PLACES)
    Enrolment.objects.all().delete()
    relation(person, "650100", date(2020, 1, 1))
    found = known.years(person_id=person.pk, on=ON, places=PLACES)
    assert "place" not in found
    assert "r0-where" not in found
    assert found["r0-kind"] == "individual"
