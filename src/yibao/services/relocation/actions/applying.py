"""Applying at either place, and taking it back: the place applied at opens its case and asks the other."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.standing import OTHER_PLACE
from yibao.kernel.errors import Refusal, Refused
from yibao.services.assurance import require
from yibao.services.relocation.actions import calling_off, employer, looking, money, recording, saying
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.actions.wishes import Wish
from yibao.services.relocation.models import AccountMove, Transfer
from yibao.services.relocation.workflow import ENDED, IN, OUT, Stage
from yibao.store import cases, chains, persons, ready
from yibao.store.models import Case, Enrolment, Person, RecordEvent
from yibao.store.numbers import next_numbers
from yibao.store.planned import Together

SERVICE = "relocation"
_DIGITS = 6


def open_draft(*, person_id: UUID, wish: Wish, by: Actor, on: date, at: datetime) -> Case:
    """Open the draft of a transfer at one of its two places.

    Args:
        person_id: Who moves.
        wish: What is asked.
        by: The person, an agent of their unit, or a clerk at the window.
        on: Business date.
        at: The moment.

    Raises:
        InputInvalid: The same place twice, an unknown place, an application elsewhere.
        Refused: same_pool, two_identities, not_your_case, not_your_region; own_transfer, no_employment and
            kept_from_employer for a unit.
    """
    require(service=SERVICE, step="open", by=by)
    wish = employer.asked(person_id=person_id, wish=wish, by=by, on=on)
    side = OUT if wish.place == wish.source else IN
    row = Transfer(
        person_id=person_id, thread="", side=side, place=wish.place, source=wish.source, target=wish.target,
        applied_here=True, by=wish.by, channel=wish.channel, materials=list(wish.materials),
        records=dict(wish.records), live=False,
    )  # fmt: skip
    forbids = looking.outright(row, on=on)
    if forbids is not None:
        raise Refused(employer.told([forbids], row=row, on=on)[0] if by.unit_id else forbids)
    row.place = looking.area(wish.place, on=on)
    number = new_number(place=row.place, on=on)
    with transaction.atomic():
        step = cases.opening(
            number=number, service=SERVICE, region=wish.place, person_id=person_id, by=by, at=at, on=on,
            data={"objection": True} if by.unit_id else None,
        )  # fmt: skip
        rights.check(standing=step.after, actor=by, verb="save_answers")
        ready.insert_keyed([step.case])
        row.case, row.thread = step.case, number
        beside = ready.Writes()
        beside.insert([row])
        beside.insert([AccountMove(transfer=row)])
        cases.write([step], beside=beside)
    return row.case


def new_number(*, place: str, on: date) -> str:
    """Return the next number of a transfer's case at a place."""
    return new_numbers(place=place, on=on, count=1)[0]


def new_numbers(*, place: str, on: date, count: int) -> list[str]:
    """Return the next numbers of cases at a place, 1 or more."""
    taken = next_numbers(f"case/ZY/{place}/{on.year}", count=count)
    return [f"ZY-{place}-{on.year}-{each:0{_DIGITS}d}" for each in taken]


def hindrances(*, number: str, on: date) -> list[Refusal]:
    """Return everything that keeps a draft from being handed in, each with its remedy; `not_stopped` leads to
    `ask_stop`."""
    row = Transfer.objects.select_related("person").get(case__number=number)
    return looking.hindrances(row, on=on)[0]


def both(*, number: str, on: date) -> list[looking.Half]:
    """Return what each place finds with a draft now, the old place first.

    Args:
        number: Number of the draft.
        on: Today.
    """
    return looking.both(Transfer.objects.select_related("person").get(case__number=number), on=on)


def submit(*, number: str, by: Actor, on: date, at: datetime) -> Case:
    """Hand an application in: the checks of this place are made at once, then the other place is asked.

    A second click changes nothing.

    Args:
        number: Number of the case.
        by: Who applies.
        on: Business date.
        at: The moment.

    Raises:
        Refused: The first check that is not met, with its remedy (`hindrances` has all); transfer_crossed;
            area_not_joined, where papers are sent instead. Nothing was changed.
    """
    require(service=SERVICE, step="submit", by=by)
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        row = case.transfer
        if row.stage != Stage.DRAFT:
            return case
        row.person = persons.locked(row.person_id)
        (actions,) = looking.gather([row], on=on, beside=[chains.select([case])])
        writer = Together(held=[case], at=at, standings=chains.standings_of(actions, held=[case]))
        refusals, found = looking.hindrances(row, on=on)
        if refusals:
            raise Refused(employer.told(refusals, row=row, on=on)[0] if case.unit_id else refusals[0])
        row.stage, row.live = Stage.CHECKING, True
        row.checks = {"own": [each.plain() for each in found]}
        writer.change(row, "stage", "live", "checks")
        writer.act(case, "submit", by=by, at=at, on=on, data={"awaits": OTHER_PLACE})
        saying.request(row, found=found, on=on, at=at, writer=writer)
        writer.send()
        return case


def withdraw(*, number: str, reason: str, by: Actor, on: date, at: datetime) -> Case:
    """Take an application back, as long as the table has not been sent.

    One place may decide that at a time. At the old place it is done at once. At the new place it is done at once while
    the checks run on its own application; later the old place is asked, and the case is closed when it agrees.

    Args:
        number: Number of the case.
        reason: Why; the other place reads that it was withdrawn, not why.
        by: The applicant; the person also where their unit applied: they object.
        on: Business date.
        at: The moment.

    Raises:
        Refused: no_reason_given, table_already_sent, money_on_its_way, withdrawal_asked, not_your_case, wrong_state.
    """
    require(service=SERVICE, step="withdraw", by=by)
    if not reason.strip():
        raise refused("no_reason_given")
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        row = case.transfer
        _may_withdraw(case, by)
        objects = case.unit_id is not None and by.unit_id is None
        because = employer.OBJECTS if objects else "withdrawn_by_person"
        if row.stage == Stage.DRAFT:
            return calling_off.end(case, because=because, by=by, on=on, at=at, reason=reason.strip())
        if not calling_off.may_decide(row):
            return calling_off.ask(case, because=because, by=by, on=on, at=at)
        if calling_off.too_late(row):
            raise refused("table_already_sent")
        saying.cancellation(row, code=because, on=on, at=at)
        return calling_off.end(case, because=because, by=by, on=on, at=at, reason=reason.strip())


def _may_withdraw(case: Case, by: Actor) -> None:
    try:
        rights.check(standing=cases.standing(case), actor=by, verb="withdraw")
    except Refused as no:
        # A table came back after its money had left: what stops the applicant is the money, not a state of the case.
        row = case.transfer
        if no.refusal.code == "wrong_state" and row.stage not in ENDED and money.paid(row):
            raise refused("money_on_its_way") from no
        raise


def ask_stop(*, person_id: UUID, place: str, by: Actor, on: date, at: datetime) -> Enrolment:
    """Stop the relation a person pays for in their own name at a place: the step before a transfer.

    Args:
        person_id: Who asks.
        place: Code of the old place.
        by: The person, or a clerk of the old place.
        on: Its last day.
        at: The moment.

    Returns:
        The relation, suspended; asked twice, it was stopped once.

    Raises:
        Refused: unit_stops, nothing_to_stop, not_your_case; not_your_role or not_your_region for staff who are not
            clerks of the old place.
    """
    require(service=SERVICE, step="submit", by=by)
    if by.kind == "staff":
        recording.clerk_of(by=by, place=place)
    elif not by.concerns(person_id=person_id, unit_id=None):
        raise refuse_step("not_your_case")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person_id)
        pool = looking.area(place, on=on)
        own = [
            each
            for each in Enrolment.objects.filter(person_id=person_id).order_by("-start", "-id")
            if looking.area(each.region, on=on) == pool
        ]
        stopped = [each for each in own if each.status == "suspended" and each.end is not None]
        running = [each for each in own if each.status == "normal" and (each.end is None or each.end > on)]
        if not running:
            if stopped:
                return stopped[0]
            raise refused("nothing_to_stop")
        latest = running[0]
        if latest.category in ("unit", "unemployed"):
            raise refused("unit_stops")
        latest.status, latest.end = "suspended", max(_after(on), _after(latest.start))
        latest.save(update_fields=["status", "end"])
        RecordEvent.objects.create(person_id=person_id, kind="stop_requested", on=on)
        return latest


def _after(day: date) -> date:
    return day + timedelta(days=1)
