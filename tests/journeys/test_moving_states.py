"""Every state of the pages about place, cover, years and guides serves everybody, as in `test_portal_states`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.urls import resolve
from django.utils import timezone

from yibao.batch.demo.names import REGION
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.store import models

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
BORN = date(1980, 5, 2)
ELSEWHERE = "140100"
YEAR = timedelta(days=365)
OF_A_TRANSFER = ("relocation:transfer", "relocation:case", "relocation:stop", "relocation:submit",
                 "relocation:withdraw", "relocation:make_paper", "relocation:paper", "relocation:reprint",
                 "relocation:copy", "relocation:unit")  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """One page in one state, for one reader; with a form, the page that answers it."""

    reader: str
    address: str
    what: str
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    session: Mapping[str, object] = field(default_factory=dict)


@pytest.fixture(scope="module")
def sights(busy_city) -> list[Sight]:
    """Every state of every page."""
    on = timezone.localdate()
    return [sight for part in (_hub(), _shown(on), _cover(on), _years(), _guides()) for sight in part]


def _hub() -> Iterator[Sight]:
    yield Sight("visitor", "/relocation/", "the questions", says=("relocation.index.lead",))
    yield Sight("citizen1", "/relocation/", "the questions, signed in")


def _person(username: str, serial: int, *relations: tuple[str, date, date | None]) -> models.Person:
    identity = make_resident_id(area="500112", born=BORN, serial=serial)
    one = models.Person.objects.create(identity=identity, name="罗一", sex="M", born=BORN, region=REGION)
    models.CitizenLogin.objects.create(user=get_user_model().objects.create(username=username), person=one)
    for region, start, end in relations:
        models.Enrolment.objects.create(
            person=one, scheme="employee", category="individual", region=region, start=start, end=end
        )
    return one


def _shown(on: date) -> Iterator[Sight]:
    long_ago, lately = on - 5 * YEAR, on - YEAR
    _person("m-none", 301)
    _person("m-one", 302, (REGION, long_ago, None))
    two = _person("m-two", 303, (REGION, long_ago, None), (ELSEWHERE, lately, None))
    chosen = _person("m-chosen", 304, (REGION, long_ago, None), (ELSEWHERE, lately, None))
    models.ShownPlace.objects.create(
        person=chosen, enrolment=chosen.enrolments.get(region=REGION), chosen_at=timezone.now()
    )
    wrong = _person("m-wrong", 305, (REGION, long_ago, lately), (ELSEWHERE, lately, None))
    month = Month.of(on).index
    models.Contribution.objects.create(
        enrolment=wrong.enrolments.get(region=REGION), kind="monthly", payer="person", first_month=month,
        end_month=month + 1,
    )  # fmt: skip
    yield Sight("m-none", "/relocation/shown", "nothing on record", says=("relocation.shown.none",))
    yield Sight("m-one", "/relocation/shown", "one relation", says=("relocation.shown.only",))
    yield Sight("m-two", "/relocation/shown", "two that run", says=("relocation.shown.differs",))
    yield Sight("m-chosen", "/relocation/shown", "chosen", says=("relocation.shown_why.chosen",))
    yield Sight("m-wrong", "/relocation/shown", "contradicting", says=("relocation.shown.contradicts",))
    yield Sight("m-two", "/relocation/shown", "no choice", "form", says=("relocation.shown.no_choice",))
    switched = {"shown": f"e{two.enrolments.get(region=REGION).pk}"}
    yield Sight("m-two", "/relocation/shown", "switched", "form", switched, says=("relocation.shown.done",))


def _cover(on: date) -> Iterator[Sight]:
    back = Month.of(on).plus(-4)
    paid = {"paid-year": str(on.year), "paid-month": str(on.month), "paid-day": str(on.day)}
    last = {"last-year": str(back.year), "last-month": str(back.month)}
    flexible = {
        "place": REGION, "joining": "individual", "before": "individual", "where": "here",
        "first-year": str(on.year - 4), "first-month": "3", **last, **paid,
    }  # fmt: skip
    long_ago = {"last-year": str(on.year - 1), "last-month": "3"}
    resident = flexible | {"joining": "resident", "before": "resident", "year": str(on.year + 1)} | long_ago
    newborn = flexible | {"joining": "newborn", "born-year": str(on.year - 1), "born-month": "9", "born-day": "1"}
    for step in ("place", "joining", "before", "last", "paid"):
        where = f"/relocation/cover/{step}"
        yield Sight("m-one", where, f"question {step}", session=_cover_kept(flexible))
        # Boxes that are filled in beforehand are emptied as well: every question is answered wrongly once.
        yield Sight("m-one", where, f"no answer to {step}", "form", session=_cover_kept(flexible))
    yield Sight("m-one", "/relocation/cover/paid", "which year", session=_cover_kept(resident))
    yield Sight("m-one", "/relocation/cover/paid", "which birthday", session=_cover_kept(newborn))
    yield Sight("visitor", "/relocation/cover", "begin")
    yield Sight("visitor", "/relocation/cover/answer", "too soon")
    for what, kept, says in (
        ("pay back first", flexible, "relocation.cover.first_pay"),
        ("waiting", flexible | long_ago, "relocation.cover.why_wait"),
        ("resident", resident, "relocation.rests"),
        ("resident elsewhere", resident | {"place": "370200"}, "relocation.rests"),
        ("newborn", newborn, "relocation.rests"),
        ("nobody knows", flexible | {"place": "310000", "before": "none"}, "relocation.cover.person"),
    ):
        yield Sight("m-one", "/relocation/cover/answer", f"answer: {what}", says=(says,), session=_cover_kept(kept))


def _cover_kept(answers: Mapping[str, str]) -> dict[str, object]:
    return {"relocation.cover": dict(answers)}


def _years() -> Iterator[Sight]:
    person = {"sex": "F", "born-year": "1970", "born-month": "6", "born-day": "1"}
    first = {"r0-where": "here", "r0-kind": "deemed", "r0-first-year": "1990", "r0-first-month": "1",
             "r0-last-year": "2004", "r0-last-month": "12"}  # fmt: skip
    paid = {"r1-where": "here", "r1-kind": "unit", "r1-first-year": "2014", "r1-first-month": "7",
            "r1-last-year": "2024", "r1-last-month": "6"}  # fmt: skip
    enough = {"place": REGION, **person, **first, **paid}
    kept = {"relocation.years": enough}
    for step in ("place", "person", "periods"):
        yield Sight("m-one", f"/relocation/years/{step}", f"years {step}", session=kept)
        yield Sight("m-one", f"/relocation/years/{step}", f"no answer to {step}", step, session=kept)
    yield Sight(
        "m-one", "/relocation/years/periods", "many periods", session={"relocation.years": enough | {"rows": "8"}}
    )
    yield Sight("visitor", "/relocation/years", "begin")
    yield Sight("visitor", "/relocation/years/answer", "too soon")
    for what, more in (("qualifies", {}), ("short", {"r1-last-year": "2020"}), ("manual", {"place": "310000"})):
        says = (f"relocation.years.heading.{what}",)
        where = "/relocation/years/answer"
        yield Sight("m-one", where, f"years: {what}", says=says, session={"relocation.years": enough | more})


def _guides() -> Iterator[Sight]:
    yield Sight("visitor", "/guide", "choose", says=("portal.guide.lead",))
    yield Sight("visitor", "/guide?service=&region=", "nothing chosen", says=("portal.guide.no_region",))
    yield Sight("visitor", f"/guide?service=relocation&region={REGION}", "chosen", says=("portal.guide.part.channel",))
    for service, place in (
        ("relocation", ELSEWHERE),
        ("relocation", "350000"),
        ("refund", REGION),
        ("refund", ELSEWHERE),
    ):
        yield Sight("citizen1", f"/guide/{service}/{place}", f"{service} {place}", says=("portal.guide.part.limit",))
    yield Sight("visitor", "/guide/nothing/000000", "404: no such guide", says=("common.error.404.title",))


def test_every_page_is_among_them(sights, pages):
    seen = {resolve(urlsplit(sight.address).path).view_name for sight in sights}
    names = {route.name for route in pages if route.name.startswith(("relocation:", "portal:guide"))}
    # Those of a transfer have tests of their own.
    assert {name for name in names if not name.startswith(OF_A_TRANSFER)} - seen == set()


@pytest.mark.parametrize(("width", "script", "language"), [(DESKTOP, True, "zh"), (PHONE, False, "en")])
def test_every_state_serves_everybody(look, sights, width, script, language):
    assert look(sights, width=width, script=script, language=language) == []
