"""The table at the new place: checked by a clerk, loaded by a reviewer, or sent back."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.standing import OTHER_PLACE
from yibao.casework.states import State
from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.services.relocation.actions import looking, money, saying, tables
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import LoadedPeriod, Table, Transfer
from yibao.services.relocation.workflow import IN, Money, Stage
from yibao.store import cases, ready
from yibao.store.models import Case, Contribution, Enrolment
from yibao.store.planned import AT_ONCE, Writer

WHY_MAX = 500
ARRIVED = (Stage.TABLE_SENT, Stage.TABLE_CHECKED)


def check(*, number: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Sign as the clerk that the table agrees with what the new place knows.

    Args:
        number: Number of the new place's case.
        seen: Evidence hash shown on the page.
        by: A clerk.
        on: Business date.
        at: The moment.

    Raises:
        Refused: not_on_this_side, table_not_yet, transfer_step_passed, evidence_changed, two_person_rule.
    """

    with transaction.atomic():
        return checked(cases.locked(number, beside=Transfer), seen=seen, by=by, on=on, at=at, writer=AT_ONCE)


def checked(case: Case, *, seen: str, by: Actor, on: date, at: datetime, writer: Writer) -> Case:
    """Plan or do `check` on a locked case."""
    row, table = _mine(case)
    if row.stage != Stage.TABLE_SENT:
        raise refused("transfer_step_passed", row.stage)
    case = writer.act(
        case, "approve", by=by, at=at, on=on, role="clerk", seen=seen, evidence_hash=table.evidence_hash,
        data={"level": 1, "step": "table_checked"},
    )  # fmt: skip
    _moved(row, table, Stage.TABLE_CHECKED, "checked", by, writer)
    return case


def load(*, number: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Sign as the reviewer and load the table: the years are in, the relation transfer ends here.

    The money ends apart: credited now where the place credits first, else on its own clock once it has arrived.

    Args:
        number: Number of the new place's case.
        seen: Evidence hash shown on the page.
        by: A reviewer, not the clerk who checked it.
        on: Business date and accounting date.
        at: The moment.

    Raises:
        Refused: not_on_this_side, table_not_yet, transfer_step_passed, evidence_changed, two_person_rule.
    """

    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        done = loaded(case, seen=seen, by=by, on=on, at=at, writer=AT_ONCE)
        take_over([case.transfer], on=on)
        return done


def loaded(case: Case, *, seen: str, by: Actor, on: date, at: datetime, writer: Writer) -> Case:
    """Plan or do `load` on a locked case, but for the periods, which `take_over` enters."""
    row, table = _mine(case)
    if row.stage != Stage.TABLE_CHECKED:
        raise refused("transfer_step_passed", row.stage)
    writer.act(
        case, "approve", by=by, at=at, on=on, role="reviewer", seen=seen, evidence_hash=table.evidence_hash,
        data={"level": 2, "step": "loaded"},
    )  # fmt: skip
    _moved(row, table, Stage.LOADED, "loaded", by, writer)
    row.loaded_on, row.ended_on, row.live = on, on, False
    writer.change(row, "loaded_on", "ended_on", "live")
    _credit_first(row, on=on, at=at, writer=writer)
    saying.loaded(row, version=table.version, on=on, at=at, writer=writer)
    return writer.act(case, "complete", by=Actor.system(), at=at, on=on)


def send_back(*, number: str, why: str, by: Actor, on: date, at: datetime) -> Case:
    """Send a wrong table back to the old place, which has the word again.

    Args:
        number: Number of the new place's case.
        why: What is wrong, for the colleagues there.
        by: A clerk or a reviewer.
        on: Business date.
        at: The moment.

    Raises:
        Refused: no_reason_given, not_on_this_side, table_not_yet, not_your_role.
    """
    if not why.strip():
        raise refused("no_reason_given")

    def work() -> Case | Refused:
        case = cases.locked(number, beside=Transfer)
        row, table = _mine(case)
        if not by.roles & {"clerk", "reviewer"}:
            raise refuse_step("not_your_role", "clerk")
        table.why = why.strip()[:WHY_MAX]
        table.save(update_fields=["why"])
        saying.correction(row, version=table.version, why=table.why, on=on, at=at)
        _moved(row, table, Stage.TABLE_RETURNED, "returned", by, AT_ONCE)
        data = {"step": "table_returned", "version": table.version, "clocks_ended": ["in"], "awaits": OTHER_PLACE}
        case = cases.act(number=number, kind="note", by=by, at=at, on=on, data=data)
        if case.state == State.IN_REVIEW:
            return cases.act(number=number, kind="evidence_changed", by=Actor.system(), at=at, on=on)
        return case

    return tables.committed(work)


def _mine(case: Case) -> tuple[Transfer, Table]:
    row: Transfer = case.transfer
    if row.side != IN:
        raise refused("not_on_this_side")
    table = tables.latest(row)
    if table is None or row.stage not in ARRIVED:
        raise refused("table_not_yet" if row.live else "transfer_step_passed")
    return row, table


def _moved(row: Transfer, table: Table, stage: Stage, state: str, by: Actor, writer: Writer) -> None:
    row.stage, table.state = stage, state
    if state == "checked":
        table.made_by = by.id
    if state == "loaded":
        table.signed_by = by.id
    writer.change(row, "stage")
    writer.change(table, "state", "made_by", "signed_by")


def take_over(transfers: Sequence[Transfer], *, on: date) -> None:
    """Enter the periods of the tables of many persons as their relations, in a handful of statements.

    Where both places are kept in one database the relation is there already, and the period points to it.
    """
    begun: list[LoadedPeriod] = []
    periods = [each for row in transfers for each in _periods(row, begun, on)]
    ready.insert_keyed([one.enrolment for one in begun])
    for one in periods:
        one.enrolment_id = one.enrolment.pk
    ready.insert([_contribution(one) for one in begun if one.kind == "actual"])
    ready.insert(periods)


def _periods(row: Transfer, begun: list[LoadedPeriod], on: date) -> Iterator[LoadedPeriod]:
    """Yield the periods of a table; those that begin a relation are added to the list."""
    table = tables.latest(row)
    assert table is not None
    there = list(looking.known(row, on=on).record.enrolments)
    for told in table.body["rows"]:
        first, end = Month.parse(told["from"]).index, Month.parse(told["to"]).index + 1
        days = Month.from_index(first).first_day, Month.from_index(end).first_day
        own = _enrolment(row, told, days, there)
        period = LoadedPeriod(
            transfer=row, enrolment=own or _new_enrolment(row, told, days), scheme=told["scheme"],
            region=told["region"], first_month=first, end_month=end, months=told["months"], kind=told["kind"],
            base_fen=told["base_fen"],
        )  # fmt: skip
        if own is None:
            there.append(period.enrolment)
            begun.append(period)
        yield period


def _enrolment(
    row: Transfer, told: dict[str, Any], days: tuple[date, date], there: Sequence[Enrolment]
) -> Enrolment | None:
    """Return the relation on record that a period is of."""
    wanted = (row.person_id, told["scheme"], told["region"], told["as"])
    for known in there:
        same = (known.person_id, known.scheme, known.region, known.category) == wanted
        if same and known.start < days[1] and (known.end is None or known.end > days[0]):
            return known
    return None


def _new_enrolment(row: Transfer, told: dict[str, Any], days: tuple[date, date]) -> Enrolment:
    return Enrolment(
        person_id=row.person_id, scheme=told["scheme"], category=told["as"], region=told["region"], start=days[0],
        end=days[1], status="ended", years_kind=told["kind"],
    )  # fmt: skip


def _contribution(period: LoadedPeriod) -> Contribution:
    return Contribution(
        enrolment_id=period.enrolment_id, kind="monthly", first_month=period.first_month, end_month=period.end_month,
        payer="person", base_fen=period.base_fen,
    )  # fmt: skip


def _credit_first(row: Transfer, *, on: date, at: datetime, writer: Writer) -> None:
    move = row.money
    if move.mode != "credit_first" or not move.amount_fen:
        return
    arrived = move.state == Money.ARRIVED
    money.credit(row, on=on, at=at, writer=writer)
    move.state = Money.CLEARED if arrived else Money.CREDITED
    move.ended_on = on if arrived else None
    writer.change(move, "state", "ended_on")
    if arrived:
        saying.receipt(row, amount_fen=move.amount_fen, on=on, at=at, writer=writer)
