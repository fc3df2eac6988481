"""The table at the new place: checked by a clerk, loaded by a reviewer, or sent back."""

from datetime import date, datetime
from typing import Any

from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.standing import OTHER_PLACE
from yibao.casework.states import State
from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.services.relocation.actions import money, saying, tables
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import LoadedPeriod, Table, Transfer
from yibao.services.relocation.workflow import IN, Money, Stage
from yibao.store import cases
from yibao.store.models import Case, Contribution, Enrolment

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

    def work() -> Case | Refused:
        case, row, table = _mine(number)
        if row.stage != Stage.TABLE_SENT:
            raise refused("transfer_step_passed", row.stage)
        case = cases.act(
            number=number, kind="approve", by=by, at=at, on=on, role="clerk", seen=seen,
            evidence_hash=table.evidence_hash, data={"level": 1, "step": "table_checked"},
        )  # fmt: skip
        _moved(row, table, Stage.TABLE_CHECKED, "checked", by)
        return case

    return tables.committed(work)


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

    def work() -> Case | Refused:
        _, row, table = _mine(number)
        if row.stage != Stage.TABLE_CHECKED:
            raise refused("transfer_step_passed", row.stage)
        cases.act(
            number=number, kind="approve", by=by, at=at, on=on, role="reviewer", seen=seen,
            evidence_hash=table.evidence_hash, data={"level": 2, "step": "loaded"},
        )  # fmt: skip
        take_over(row=row, table=table)
        _moved(row, table, Stage.LOADED, "loaded", by)
        row.loaded_on, row.ended_on, row.live = on, on, False
        row.save(update_fields=["loaded_on", "ended_on", "live"])
        _credit_first(row, on=on, at=at)
        saying.loaded(row, version=table.version, on=on, at=at)
        return cases.act(number=number, kind="complete", by=Actor.system(), at=at, on=on)

    return tables.committed(work)


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
        case, row, table = _mine(number)
        if not by.roles & {"clerk", "reviewer"}:
            raise refuse_step("not_your_role", "clerk")
        table.why = why.strip()[:WHY_MAX]
        table.save(update_fields=["why"])
        saying.correction(row, version=table.version, why=table.why, on=on, at=at)
        _moved(row, table, Stage.TABLE_RETURNED, "returned", by)
        data = {"step": "table_returned", "version": table.version, "clocks_ended": ["in"], "awaits": OTHER_PLACE}
        case = cases.act(number=number, kind="note", by=by, at=at, on=on, data=data)
        if case.state == State.IN_REVIEW:
            return cases.act(number=number, kind="evidence_changed", by=Actor.system(), at=at, on=on)
        return case

    return tables.committed(work)


def _mine(number: str) -> tuple[Case, Transfer, Table]:
    case = cases.locked(number, beside=Transfer)
    row: Transfer = case.transfer
    if row.side != IN:
        raise refused("not_on_this_side")
    table = row.tables.order_by("version").last()
    if table is None or row.stage not in ARRIVED:
        raise refused("table_not_yet" if row.live else "transfer_step_passed")
    return case, row, table


def _moved(row: Transfer, table: Table, stage: Stage, state: str, by: Actor) -> None:
    row.stage, table.state = stage, state
    if state == "checked":
        table.made_by = by.id
    if state == "loaded":
        table.signed_by = by.id
    row.save(update_fields=["stage"])
    table.save(update_fields=["state", "made_by", "signed_by"])


def take_over(*, row: Transfer, table: Table) -> None:
    """Enter the periods of a table as relations of the person, marked with the old place.

    Where both places are kept in one database the relation is there already, and the period points to it.
    """
    for period in table.body["rows"]:
        first, end = Month.parse(period["from"]).index, Month.parse(period["to"]).index + 1
        LoadedPeriod.objects.create(
            transfer=row, enrolment=_enrolment(row, period, first, end), scheme=period["scheme"],
            region=period["region"], first_month=first, end_month=end, months=period["months"], kind=period["kind"],
            base_fen=period["base_fen"],
        )  # fmt: skip


def _enrolment(row: Transfer, period: dict[str, Any], first: int, end: int) -> Enrolment:
    day, past = Month.from_index(first).first_day, Month.from_index(end).first_day
    there = Enrolment.objects.filter(
        person=row.person, scheme=period["scheme"], region=period["region"], category=period["as"], start__lt=past
    )
    for known in there.order_by("start", "id"):
        if known.end is None or known.end > day:
            return known
    made = Enrolment.objects.create(
        person=row.person, scheme=period["scheme"], category=period["as"], region=period["region"], start=day, end=past,
        status="ended", years_kind=period["kind"],
    )  # fmt: skip
    if period["kind"] == "actual":
        Contribution.objects.create(
            enrolment=made,
            kind="monthly",
            first_month=first,
            end_month=end,
            payer="person",
            base_fen=period["base_fen"],
        )
    return made


def _credit_first(row: Transfer, *, on: date, at: datetime) -> None:
    move = row.money
    if move.mode != "credit_first" or not move.amount_fen:
        return
    arrived = move.state == Money.ARRIVED
    money.credit(row, on=on, at=at)
    move.state = Money.CLEARED if arrived else Money.CREDITED
    move.ended_on = on if arrived else None
    move.save(update_fields=["state", "ended_on"])
    if arrived:
        saying.receipt(row, amount_fen=move.amount_fen, on=on, at=at)
