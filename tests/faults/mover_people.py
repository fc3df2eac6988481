"""The people of one of two installations between which people move: their stories, records and applications."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import Walk
from yibao.store import posting
from yibao.store.models import Case, Contribution, Enrolment, Entry, InboxMessage, OutboxMessage, Person

AREA, BORN_FIRST, SERIALS = "500112", date(1960, 1, 1), 1000
NAME, OTHER_NAME = "陈建国", "陈建中"
TURN = timedelta(minutes=11)
"""Longer than a lease of a worker that was killed, and than the pause after a line that was silent."""
DAY_EVERY = 8
EMPLOYEE, RESIDENT = "employee", "resident"
SCHEMES = {
    "employee": (EMPLOYEE, EMPLOYEE),
    "to_employee": (RESIDENT, EMPLOYEE),
    "to_resident": (EMPLOYEE, RESIDENT),
    "resident": (RESIDENT, RESIDENT),
}
"""The schemes of the relation left and of the one joined, by kind of transfer."""
_TYPES = {"employee": EMPLOYEE, "resident": RESIDENT}


@dataclass
class Story:
    """One person's way, with what goes wrong on it; both installations know the same stories."""

    serial: int
    source: str
    target: str
    at_old: bool
    window: bool
    balance: int
    trouble: tuple[str, ...]
    kind: str = "employee"
    person: Any = None

    @property
    def apply_at(self) -> str:
        """Where the application is made."""
        return self.source if self.at_old else self.target

    def has(self, name: str) -> bool:
        """Whether a trouble is part of the story."""
        return name in self.trouble

    @property
    def schemes(self) -> tuple[str, str]:
        """The schemes of the relation left and of the one joined."""
        return SCHEMES[self.kind]


class Town:
    """What one installation knows of the stories told just now."""

    def __init__(self) -> None:
        self.areas: list[str] = []
        self.staff: dict[str, dict[str, Actor]] = {}
        self.stories: dict[Any, Story] = {}
        self.begun = timezone.now()
        self.turn = 0
        self.first_entry = 0
        self.first_case = 0
        self.first_message = {"in": 0, "out": 0}
        self.dice = random.Random(0)

    def tick(self, turn: int, what: str) -> None:
        """Let the time of a turn come; the same turn has the same dice."""
        self.turn = turn
        self.dice = random.Random(f"{turn}/{self.areas}/{what}")

    @property
    def at(self) -> datetime:
        """The moment of this turn: a later one each turn, and now and then the next day."""
        return self.begun + self.turn * TURN + timedelta(days=self.turn // DAY_EVERY)

    def now(self) -> dict[str, Any]:
        """Return the day and the moment an action is told."""
        return {"on": timezone.localdate(self.at), "at": self.at}

    def here(self, area: str) -> bool:
        """Whether an area is kept here."""
        return area in self.areas


TOWN = Town()


def wrong_types(rows: Iterable[Transfer]) -> list[str]:
    """Return which transfers that were accepted are taken for another type than that of their story."""
    wanted = {row: _TYPES.get(TOWN.stories[row.person_id].kind, "cross") for row in rows if row.days}
    return [f"{row} is of type {row.type}" for row, kind in wanted.items() if row.type != kind]


class Way(Walk):
    """A walk whose time is the town's."""

    def now(self) -> dict[str, Any]:
        return TOWN.now()


def begin(told: list[dict[str, Any]]) -> None:
    """Enter the persons of some stories as this installation knows them."""
    stories = [Story(**one) for one in told]
    TOWN.stories = {}
    TOWN.first_entry = Entry.objects.aggregate(last=Max("transaction_id"))["last"] or 0
    TOWN.first_case = Case.objects.aggregate(last=Max("pk"))["last"] or 0
    for box, model in (("in", InboxMessage), ("out", OutboxMessage)):
        TOWN.first_message[box] = model.objects.aggregate(last=Max("pk"))["last"] or 0
    known = [one for one in stories if not _stranger_here(one)]
    with transaction.atomic():
        persons = Person.objects.bulk_create([_person(one) for one in known])
        for story, person in zip(known, persons, strict=True):
            story.person = person
            TOWN.stories[person.pk] = story
            _records(story)
    given = [one for one in known if TOWN.here(one.source) and one.balance]
    posting.post_many(drafts=[_given(one) for one in given], at=TOWN.begun)


def _stranger_here(story: Story) -> bool:
    return story.has("stranger") and not TOWN.here(story.apply_at)


def _person(story: Story) -> Person:
    born = BORN_FIRST + timedelta(days=story.serial // SERIALS)
    name = OTHER_NAME if story.has("other_name") and not TOWN.here(story.apply_at) else NAME
    return Person(
        identity=make_resident_id(area=AREA, born=born, serial=story.serial % SERIALS), name=name,
        phone="19900000000", sex="M" if story.serial % 2 else "F", born=born, region=story.source, synthetic=True,
    )  # fmt: skip


def _records(story: Story) -> None:
    """Enter the relation this place has: years paid for at the old one, what somebody has now at the new one."""
    month = Month.of(timezone.localdate(TOWN.begun))
    # Residents move with the year: the old place insures to its end, the new one from the next.
    changed = Month(month.year + 1, 1) if story.kind == "resident" else Month.from_index(month.index - 2)
    left, joined = story.schemes
    if TOWN.here(story.source):
        _left(story, left, changed)
    if TOWN.here(story.target):
        _joined(story, joined, changed)


def _left(story: Story, scheme: str, changed: Month) -> None:
    runs_on = story.has("not_stopped") and story.kind != "resident"
    own = "individual" if story.has("not_stopped") or story.has("refund") else "unit"
    status = "normal" if runs_on or story.kind == "resident" else "suspended"
    left = Enrolment.objects.create(
        person=story.person, scheme=scheme, category=RESIDENT if scheme == RESIDENT else own, region=story.source,
        start=changed.plus(-24).first_day, end=None if runs_on else changed.first_day, status=status,
    )  # fmt: skip
    _paid(left, changed.index - 24, changed.index - 12, 600_000)
    _paid(left, changed.index - 12, changed.index, 650_000)


def _joined(story: Story, scheme: str, changed: Month) -> None:
    gone = story.has("crossed")
    here = Enrolment.objects.create(
        person=story.person, scheme=scheme, category=RESIDENT if scheme == RESIDENT else "unit", region=story.target,
        start=changed.first_day, end=timezone.localdate(TOWN.begun) if gone else None,
        status="suspended" if gone else "normal",
    )  # fmt: skip
    _paid(here, changed.index, changed.index + (12 if scheme == RESIDENT else 2), 700_000)


def _paid(enrolment: Enrolment, first: int, end: int, base_fen: int) -> None:
    resident, own = enrolment.scheme == RESIDENT, enrolment.category != "unit"
    Contribution.objects.create(
        enrolment=enrolment, kind="annual" if own else "monthly", first_month=first, end_month=end,
        payer="person" if own else "unit", base_fen=None if resident else base_fen,
        amount_fen=(38_000 if resident else 120_000) if own else None,
        paid_on=Month.from_index(first).first_day if own else None,
    )  # fmt: skip


def _given(story: Story) -> Draft:
    entries = contribution_received(
        region=story.source, scheme="employee", person_id=story.person.pk, parts={"account": story.balance}
    )
    day = timezone.localdate(TOWN.begun)
    return Draft(f"given/{story.person.pk}", "contribution_received", day, entries)


def apply(turn: int) -> int:
    """Let everybody apply who has not yet; those who are refused with a name do what it says and apply again."""
    TOWN.tick(turn, "apply")
    applied = 0
    begun = dict(Transfer.objects.filter(person__in=TOWN.stories).values_list("person_id").annotate(Count("pk")))
    for story in TOWN.stories.values():
        if TOWN.here(story.apply_at) and not begun.get(story.person.pk):
            _apply(story)
            applied += 1
        elif story.has("crossed") and not TOWN.here(story.apply_at) and not begun.get(story.person.pk):
            # Both ask at the same time, each where they may: the way there and the way back.
            _asked(Way(story.person, TOWN.staff, story.target, story.source, at_old=story.at_old))
            applied += 1
    return applied


def _apply(story: Story) -> None:
    way = Way(story.person, TOWN.staff, story.source, story.target, at_old=story.at_old)
    clerk = TOWN.staff.get(story.source, {}).get("clerk")
    if story.has("arrears") and clerk:
        actions.note_arrears(
            person_id=story.person.pk, place=story.source, amount_fen=5, by=clerk, on=TOWN.now()["on"]
        )  # fmt: skip
    code = _asked(way, window=story.window)
    if code == "not_stopped":
        actions.ask_stop(person_id=story.person.pk, place=story.source, by=way.citizen, **TOWN.now())
    if code == "in_arrears":
        actions.clear_arrears(person_id=story.person.pk, place=story.source, by=clerk, on=TOWN.now()["on"])
    if code in ("not_stopped", "in_arrears"):
        _submit(way.thread, way.citizen)


def _asked(way: Way, *, window: bool = False) -> str:
    """Apply; return the name of the refusal."""
    place = way.source if way.at_old else way.target
    by = TOWN.staff[place]["clerk2"] if window else way.citizen
    wish = actions.Wish(
        place, way.source, way.target, channel="window" if window else "app", materials=("id_document",)
    )
    way.thread = actions.open_draft(person_id=way.person.pk, wish=wish, by=by, **TOWN.now()).number
    return _submit(way.thread, by)


def _submit(number: str, by: Actor) -> str:
    try:
        actions.submit(number=number, by=by, **TOWN.now())
    except Refused as no:
        return no.refusal.code
    return ""
