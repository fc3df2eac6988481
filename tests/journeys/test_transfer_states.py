"""Every state of a transfer's pages serves everybody, at the person's and at both desks, as in `test_portal_states`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.urls import resolve
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED, Acting
from yibao.casework.refusals import REFUSALS
from yibao.kernel.identifiers import make_resident_id
from yibao.services.papers.reprinting import reprint
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import NEW, OLD, Walk, make_person, make_staff
from yibao.services.relocation.workflow import Stage
from yibao.store.models import CitizenLogin, Enrolment, Person, Unit, UnitAgent
from yibao.web.units.session import KEY as ACTING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
BORN = date(1985, 3, 1)
SPACES = ("relocation:transfer", "relocation:case", "relocation:stop", "relocation:submit", "relocation:withdraw",
          "relocation:unit", "relocation:make_paper", "relocation:paper", "relocation:reprint", "relocation:copy",
          "workbench_relocation:")  # fmt: skip
# These take a form and show no page of their own; what they refuse is shown where the form stands.
FILES = {f"{space}:{name}" for space in ("relocation", "workbench_relocation")
         for name in ("make_paper", "paper", "reprint", "copy")}  # fmt: skip
ANSWERS = {"relocation:stop", "relocation:submit", "workbench_relocation:decide", "workbench_relocation:stop",
           "workbench_relocation:submit", "workbench_relocation:drop", *FILES}  # fmt: skip


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


WAYS: dict[str, tuple[str, ...]] = {
    "drafted": (),
    "not_stopped": (),
    "unit_runs": (),
    "owing": (),
    "window": (),
    "accepted": ("accepted",),
    "built": ("accepted", "build"),
    "sent": ("sent",),
    "returned": ("sent", "send_back"),
    "checked": ("sent", "check"),
    "loaded": ("loaded",),
    "executing": ("loaded", "pay"),
    "paid": ("loaded", "pay", "confirm", "carry"),
    "arrived": ("loaded", "pay", "confirm", "carry", "arrive"),
    "credited": ("loaded", "pay", "confirm", "carry", "arrive", "credit", "carry"),
    "withdrawn": ("accepted", "withdraw"),
    "refused": ("accepted", "build", "refuse"),
    "not_accepted": ("submitted",),
    "submitted": ("submitted",),
}
"""The way of a transfer into each state its pages can be in; the last one's first message is never carried."""


CLOSED = ("withdrawn", "refused", "not_accepted")
PRINTED = {"loaded": (("out", "information_table"), ("in", "contact_letter")), "refused": (("in", "closing_notice"),)}
"""State -> the papers that are issued and printed again in it; in the others they are still to be made."""


class Mover(Walk):
    """One transfer on its way, with the steps the pages have beside those of the walk."""

    def send_back(self) -> None:
        clerk = self.staff[NEW]["clerk"]
        actions.send_back(number=self.number("in"), why="起始月份不对", by=clerk, **self.now())
        self.carry()

    def refuse(self) -> None:
        seen, reviewer = self.case("out").evidence_hash, self.staff[OLD]["reviewer"]
        actions.refuse(number=self.number("out"), note="信息表与原始档案不符", seen=seen, by=reviewer, **self.now())
        self.carry()

    def object(self) -> None:
        actions.withdraw(number=self.thread, reason="没有同意", by=self.citizen, **self.now())

    def withdraw(self) -> None:
        actions.withdraw(number=self.thread, reason="不转了", by=self.citizen, **self.now())
        self.carry()


@pytest.fixture(scope="module")
def offices(busy_city) -> dict:
    """The staff of both places."""
    return make_staff()


@pytest.fixture(scope="module")
def movers(offices, employer) -> dict[str, Mover]:
    """One person in each state, with a login of the state's name; after the unit's, whose messages are carried."""
    staff = offices
    return {name: _moved(name, way, staff, serial) for serial, (name, way) in enumerate(WAYS.items(), 601)}


def _moved(name: str, way: tuple[str, ...], staff: dict, serial: int) -> Mover:
    identity = make_resident_id(area="500112", born=BORN, serial=serial)
    person = make_person(identity, name="罗一一", balance=0 if name == "checked" else 123456)
    _login(name, person)
    _left(name, person)
    mover = Mover(person, staff, on=timezone.localdate())
    if name == "owing":
        actions.note_arrears(person_id=person.pk, place=OLD, amount_fen=96040, by=staff[OLD]["clerk"], on=mover.on)
    if name == "window":
        _at_window(mover)
    elif not way or way[0] == "submitted":
        mover.drafted()
    if way and way[0] == "submitted":
        actions.submit(number=mover.thread, by=mover.citizen, **mover.now())
    for step in way if not way or way[0] != "submitted" else way[1:]:
        getattr(mover, step)()
    if name == "not_accepted":
        mover.carry()
    if name in PRINTED:
        _printed(mover, PRINTED[name])
    return mover


def _left(name: str, person: Person) -> None:
    """Let somebody still be insured at the old place, where the state says so."""
    if name in ("not_stopped", "unit_runs", "not_accepted", "window"):
        category = "individual" if name in ("not_stopped", "window") else "unit"
        left = Enrolment.objects.filter(person=person, region=OLD)
        left.update(status="normal", end=None, category=category)


def _printed(mover: Mover, papers: tuple[tuple[str, str], ...]) -> None:
    """Issue papers, and print each of them again."""
    for side, kind in papers:
        number = mover.number(side)
        paper = actions.make_paper(number=number, kind=kind, by=mover.citizen, **mover.now())
        reprint(number=number, paper=paper.number, key="k", by=mover.citizen, **mover.now())


def _at_window(mover: Mover) -> None:
    """Let the clerk of the new place begin what the old place has not stopped."""
    wish = actions.Wish(NEW, OLD, NEW, channel="window", materials=("id_document",))
    clerk = mover.staff[NEW]["clerk"]
    mover.thread = actions.open_draft(person_id=mover.person.pk, wish=wish, by=clerk, **mover.now()).number


@dataclass(frozen=True)
class Employer:
    """A unit's agent who acts for it, and the unit's transfers by state: the number of each."""

    reader: str
    session: Mapping[str, object]
    person: Person
    numbers: Mapping[str, str]


UNITS: dict[str, tuple[str, ...]] = {
    "u_draft": (),
    "u_kept": (),
    "u_accepted": ("carry",),
    "u_loaded": ("carry", "build", "sign", "carry", "check", "load", "carry"),
    "u_objected": ("object",),
    "u_refused": ("carry",),
}
"""The way of a unit's transfer into each state its pages show."""


@pytest.fixture(scope="module")
def employer(offices) -> Employer:
    """A unit at the new place whose agent applied for one employee in each state."""
    staff, on = offices, timezone.localdate()
    unit = Unit.objects.create(name="演示机械有限公司", credit_code="91110000600037341L", region=NEW, synthetic=True)
    agent = make_person(make_resident_id(area="140105", born=BORN, serial=701), name="钱经办", balance=0)
    right = UnitAgent.objects.create(
        unit=unit, agent=agent, services=["relocation"], start=on, end=on + timedelta(days=90), paper_sha256="0" * 64,
        paper_type="application/pdf", recorded_at=timezone.now(), recorded_by="1",
    )  # fmt: skip
    _login("agent", agent)
    acting = Acting(right.pk, "unit", agent.pk, frozenset(), unit.pk)
    by = Actor(CitizenLogin.objects.get(person=agent).user_id, "", "citizen", assurance=PROVED, acting=acting)
    numbers, last = {}, agent
    for serial, (name, way) in enumerate(UNITS.items(), 702):
        last = make_person(make_resident_id(area="140105", born=BORN, serial=serial), name="罗一一")
        _login(name, last)
        Enrolment.objects.filter(person=last, region=NEW).update(unit=unit)
        mover = Mover(last, staff, on=on)
        numbers[name] = mover.thread = _applied(mover, by)
        if name in ("u_kept", "u_refused"):
            Enrolment.objects.filter(person=last, region=OLD).update(status="normal", end=None)
        if way:
            actions.submit(number=mover.thread, by=by, **mover.now())
        for step in way:
            getattr(mover, step)()
    return Employer("m-agent", {ACTING: right.pk}, last, numbers)


def _applied(mover: Mover, by: Actor) -> str:
    wish = actions.Wish(NEW, OLD, NEW, materials=("id_document",))
    return actions.open_draft(person_id=mover.person.pk, wish=wish, by=by, **mover.now()).number


def _login(name, person) -> None:
    user = get_user_model().objects.create(username=f"m-{name}")
    CitizenLogin.objects.create(user=user, person=person)


@pytest.fixture(scope="module")
def sights(movers, employer) -> list[Sight]:
    """Every state of every page."""
    found = [sight for part in (_asked, _drafts, _counter, _own, _desks, _several, _forms) for sight in part(movers)]
    return [*found, *_asked_by_unit(employer), *_of_unit(employer)]


def _asked_by_unit(unit: Employer) -> Iterator[Sight]:
    who, session, start = unit.reader, unit.session, "/relocation/unit"
    yield Sight(who, "/unit", "first page of the unit", says=("relocation.unit.card.title",), session=session)
    yield Sight(who, start, "which employee", session=session)
    yield Sight(who, start, "no employee", "form", session=session)
    nobody = {"identity": make_resident_id(area="140105", born=BORN, serial=799), "name": "罗一一"}
    yield Sight(who, start, "somebody else's employee", "form", nobody, session=session)
    kept = {"person": str(unit.person.pk), "way": f"to-{NEW}", "other": OLD}
    for step in ("way", "other", "paper"):
        asked = {**session, "relocation.unit": kept}
        yield Sight(who, f"{start}/{step}", f"unit's question {step}", session=asked)
        yield Sight(who, f"{start}/{step}", f"no answer to the unit's {step}", "form", session=asked)


def _of_unit(unit: Employer) -> Iterator[Sight]:
    says = {"u_draft": "relocation.unit.declare", "u_kept": "relocation.unit.not_yet",
            "u_accepted": "relocation.unit.nothing", "u_loaded": "relocation.unit.done",
            "u_objected": "relocation.unit.todo", "u_refused": "relocation.unit.todo"}  # fmt: skip
    for name, words in says.items():
        case = f"/relocation/cases/{unit.numbers[name]}"
        yield Sight(unit.reader, case, f"unit's {name}", says=(words,), session=unit.session)
        if name not in ("u_draft", "u_kept"):
            yield Sight(f"m-{name}", case, f"the employee's {name}", says=("relocation.unit.by",))
    for reader, session in ((unit.reader, unit.session), ("m-u_accepted", {})):
        withdraw = f"/relocation/cases/{unit.numbers['u_accepted']}/withdraw"
        yield Sight(reader, withdraw, "withdraw", session=session)


def _asked(movers: dict[str, Mover]) -> Iterator[Sight]:
    yield Sight("citizen1", "/relocation/transfer", "start")
    yield Sight("m-accepted", "/relocation/transfer", "one is under way", says=("relocation.move.open",))
    kept = {"relocation.transfer": {"from": OLD, "to": NEW}}
    for step in ("from", "to", "paper"):
        yield Sight("m-drafted", f"/relocation/transfer/{step}", f"question {step}", session=kept)
        yield Sight("m-drafted", f"/relocation/transfer/{step}", f"no answer to {step}", "form", session=kept)


def _drafts(movers: dict[str, Mover]) -> Iterator[Sight]:
    says = {"drafted": "relocation.move.check.declare", "not_stopped": "relocation.move.stop.lead",
            "unit_runs": "relocation.move.check.not_yet", "owing": "relocation.owed.how"}  # fmt: skip
    for name, words in says.items():
        yield Sight(f"m-{name}", f"/relocation/cases/{movers[name].thread}", f"draft: {name}", says=(words,))
    unit = f"/relocation/cases/{movers['unit_runs'].thread}"
    yield Sight("m-unit_runs", unit, "the unit stops its own", "stop")
    withdraw = f"/relocation/cases/{movers['drafted'].thread}/withdraw"
    yield Sight("m-drafted", withdraw, "withdraw")
    yield Sight("m-drafted", withdraw, "withdraw sent empty", "form")


def _counter(movers: dict[str, Mover]) -> Iterator[Sight]:
    clerk, counter = f"clerk-{NEW}", "/workbench/relocation/counter"
    window = movers["window"]
    yield Sight(clerk, counter, "the counter")
    yield Sight(clerk, counter, "no number", "form")
    yield Sight(clerk, counter, "a number of nobody", "form", {"identity": "500112197603020010"})
    kept = {"relocation.counter": str(window.person.pk)}
    yield Sight(clerk, f"{counter}/wish", "what is asked", session=kept)
    yield Sight(clerk, f"{counter}/wish", "nothing chosen", "form", session=kept)
    draft = f"/workbench/relocation/cases/{window.thread}/check"
    yield Sight(clerk, draft, "a draft begun at the window", says=("relocation.move.check.not_yet",))


def _own(movers: dict[str, Mover]) -> Iterator[Sight]:
    for name, mover in movers.items():
        for row in Transfer.objects.filter(thread=mover.thread).exclude(stage="draft").select_related("case"):
            if row.side == "in" or name == "loaded":
                both = actions.money_follows(row)
                state = "relocation.move.money_follows" if both else f"common.state.{row.case.state}"
                closed = ("relocation.paper.closing_notice",) if name in CLOSED else ()
                says = ("relocation.move.years.title", state, *closed)
                yield Sight(f"m-{name}", f"/relocation/cases/{row.case.number}", f"{name}, {row.side}", says=says)


def _desks(movers: dict[str, Mover]) -> Iterator[Sight]:
    seen = set()
    for name, mover in movers.items():
        for row in Transfer.objects.filter(thread=mover.thread).exclude(stage="draft").select_related("case"):
            office = OLD if row.side == "out" else NEW
            for role in ("clerk", "reviewer", "finance", "finance2"):
                verbs = frozenset(actions.available(case=row.case, actor=mover.staff[office][role]))
                if verbs not in seen or (row.side, row.stage) not in seen:
                    seen |= {verbs, (row.side, row.stage)}
                    what = f"{name}, {row.side}: {', '.join(sorted(verbs))}"
                    yield Sight(f"{role}-{office}", f"/workbench/relocation/cases/{row.case.number}", what)
    for office in (OLD, NEW):
        yield Sight(f"finance-{office}", "/workbench/relocation/money", f"money of {office}")
        yield Sight(f"clerk-{office}", "/workbench/", f"work list of {office}")


def _several(movers: dict[str, Mover]) -> Iterator[Sight]:
    waits = {"build": f"clerk-{OLD}", "sign": f"reviewer-{OLD}", "check": f"clerk-{NEW}", "load": f"reviewer-{NEW}",
             "credit": f"finance2-{NEW}"}  # fmt: skip
    for step, reader in waits.items():
        many = f"/workbench/relocation/several/{step}"
        yield Sight(reader, many, f"many to {step}", says=(f"relocation.several.press.{step}",))
        yield Sight(reader, many, f"none ticked to {step}", "form", says=("relocation.several.none_ticked",))
    nothing = "/workbench/relocation/several/credit"
    yield Sight(f"finance-{OLD}", nothing, "none to credit", says=("relocation.several.none",))
    told = [getattr(REFUSALS["evidence_changed"], name) for name in ("code", "zh", "en", "next_zh", "next_en")]
    for refused in ({}, {movers["built"].number("out"): told}):
        session = {"relocation.several": {"key": "k", "step": "sign", "done": 2, "refused": refused}}
        what = f"2 signed and {len(refused)} refused"
        yield Sight(waits["sign"], "/workbench/relocation/several/done", what, session=session)


def _forms(movers: dict[str, Mover]) -> Iterator[Sight]:
    for reader, name, side, verb in (
        (f"reviewer-{OLD}", "built", "out", "refuse"),
        (f"clerk-{NEW}", "sent", "in", "send_back"),
        (f"finance-{OLD}", "executing", "out", "confirm_paid"),
        (f"finance-{OLD}", "executing", "out", "bounce"),
        (f"finance-{NEW}", "paid", "in", "arrived"),
    ):
        yield Sight(reader, f"/workbench/relocation/cases/{movers[name].number(side)}", f"{verb} empty", f"do/{verb}")
    came = f"/workbench/relocation/cases/{movers['paid'].number('in')}"
    yield Sight(f"finance-{NEW}", came, "another amount came", "do/arrived", {"amount": "1.00", "reference": "R1"})
    yield Sight(f"finance-{NEW}", came, "no amount", "do/arrived", {"amount": "much", "reference": "R1"})


def test_every_stage_is_among_them(movers):
    found = set(Transfer.objects.filter(thread__in=[one.thread for one in movers.values()])
                .values_list("stage", flat=True))  # fmt: skip
    assert set(Stage) - found == {Stage.PASSED}


def test_every_page_is_among_them(sights, pages):
    seen = {resolve(urlsplit(sight.address).path).view_name for sight in sights}
    assert {route.name for route in pages if route.name.startswith(SPACES)} - seen == ANSWERS


@pytest.mark.parametrize(("width", "script", "language"), [(DESKTOP, True, "zh"), (PHONE, False, "en")])
def test_every_state_serves_everybody(look, sights, width, script, language):
    assert look(sights, width=width, script=script, language=language) == []
