"""The information table at the old place: made by a clerk from the record, signed by a reviewer, sent."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.standing import OTHER_PLACE
from yibao.casework.states import UNDER_REVIEW
from yibao.kernel.canonical import canonical_json
from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.services.relocation.actions import calling_off, earlier, leaving, looking, money, saying
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import Table, Transfer
from yibao.services.relocation.workflow import OUT, Stage
from yibao.store import cases, crypto
from yibao.store.models import Case, Contribution, Enrolment
from yibao.store.planned import AT_ONCE, Writer

_PLACE = "relocation.table"
_NOT_PAID_FOR = ("deemed", "converted", "military")
BUILDABLE = (Stage.ACCEPTED, Stage.TABLE_BUILT, Stage.TABLE_RETURNED)


def rows(row: Transfer, *, on: date) -> list[dict[str, Any]]:
    """Return the periods of the person at the old place, those it took over earlier included, by their first month.

    A relation that was paid for is told as the runs of months that are covered, cut where the base changes; months
    whose money was given back are not told. A relation that counts without payment is told whole.

    Args:
        row: The old place's side.
        on: The day; a relation that has not ended is told up to its month.
    """
    known, taken = looking.known(row, on=on), earlier.moves(row).taken_over
    own = [
        each
        for each in known.record.enrolments
        if each.person_id == row.person_id and (each.pk in taken or looking.area(each.region, on=on) == row.place)
    ]
    paid: dict[int, list[Contribution]] = {each.pk: [] for each in own}
    for one in known.record.contributions:
        if one.enrolment_id in paid:
            paid[one.enrolment_id].append(one)
    found = [period for each in own for period in _periods(each, paid[each.pk], on)]
    return sorted(found, key=canonical_json_key)


def canonical_json_key(period: dict[str, Any]) -> tuple[str, str]:
    """Return what rows of a table are ordered by."""
    return str(period["from"]), canonical_json(period)


def _periods(each: Enrolment, paid: Sequence[Contribution], on: date) -> Iterator[dict[str, Any]]:
    kind = each.years_kind or "actual"
    if kind in _NOT_PAID_FOR:
        last = Month.of(each.end).plus(-1) if each.end else Month.of(on)
        if each.end and each.end.day > 1:
            last = Month.of(each.end)
        yield _period(each, kind, Month.of(each.start).index, last.index, None)
        return
    yield from (_period(each, kind, *run) for run in _runs(paid))


def _runs(paid: Iterable[Contribution]) -> Iterator[tuple[int, int, int | None]]:
    base: dict[int, int | None] = {}
    for row in paid:
        given = {month for one in row.refunds_held for month in range(one.first_month, one.end_month)}
        for month in range(row.first_month, row.end_month):
            if month not in given:
                base[month] = row.base_fen
    months = sorted(base)
    start = 0
    for place in range(1, len(months) + 1):
        ends = place == len(months) or months[place] != months[place - 1] + 1
        if ends or base[months[place]] != base[months[start]]:
            yield months[start], months[place - 1], base[months[start]]
            start = place


def _period(each: Enrolment, kind: str, first: int, last: int, base: int | None) -> dict[str, Any]:
    return {
        "scheme": each.scheme, "region": each.region, "as": each.category, "kind": kind, "base_fen": base,
        "from": str(Month.from_index(first)), "to": str(Month.from_index(last)), "months": last - first + 1,
    }  # fmt: skip


def evidence(body: dict[str, Any], *, version: int) -> str:
    """Return the hash of what is signed: the table and its version. Keyed, as periods could be guessed."""
    return crypto.blind_index(value=canonical_json([version, body]), place=_PLACE)


def body_of(row: Transfer, *, on: date) -> dict[str, Any]:
    """Return the table as it would be made now; what was paid already stays as it was told."""
    if money.paid(row) or row.money.state == "departed":
        account = latest(row).body["account"]
    else:
        mode = row.days.get("mode") or "none"
        account = money.settlement(row, mode=mode, on=on)
    return {"rows": rows(row, on=on), "account": account}


def build(*, number: str, by: Actor, on: date, at: datetime) -> Case:
    """Make the table from the record and sign it as the clerk; made again without a change, nothing happens.

    Args:
        number: Number of the old place's case.
        by: A clerk.
        on: Business date.
        at: The moment.

    Raises:
        Refused: not_on_this_side, transfer_step_passed, died_in_transit and retired (the transfer has ended then),
            two_person_rule, not_your_role.
    """

    return committed(lambda: built(cases.locked(number, beside=Transfer), by=by, on=on, at=at, writer=AT_ONCE))


def built(case: Case, *, by: Actor, on: date, at: datetime, writer: Writer) -> Case | Refused:
    """Plan or do `build` on a locked case; what it returns is to be raised once it is committed."""
    row = _mine(case, BUILDABLE)
    stopped = calling_off.stop_where_needed(case, on=on, at=at, writer=writer)
    if stopped is not None:
        return stopped
    last = latest(row)
    again = last is not None and last.state == "built"
    version = last.version if last and again else (last.version if last else 0) + 1
    body = body_of(row, on=on)
    seen = evidence(body, version=version)
    if last and again and last.evidence_hash == seen:
        return case
    table = last if last and again else Table(transfer=row, version=version)
    table.body, table.evidence_hash, table.made_on, table.made_by = body, seen, on, by.id
    if again:
        writer.change(table, "body", "evidence_hash", "made_on", "made_by")
    else:
        writer.add(table)
    row.stage = Stage.TABLE_BUILT
    writer.change(row, "stage")
    return _signed_by_clerk(case, table, by=by, on=on, at=at, writer=writer)


def latest(row: Transfer) -> Table | None:
    """Return the last version of the table at this place; read once, for all that are taken a step together."""
    if not hasattr(row, "latest"):
        rows = {each.pk: each for each in looking.along(row)}
        for each in rows.values():
            each.latest = None
        for table in Table.objects.filter(transfer__in=rows).order_by("version"):
            rows[table.transfer_id].latest = table
    found: Table | None = row.latest
    return found


def _signed_by_clerk(case: Case, table: Table, *, by: Actor, on: date, at: datetime, writer: Writer) -> Case:
    amount = table.body["account"]["amount_fen"]
    if case.state not in UNDER_REVIEW:
        needs(by=by, role="clerk", case=case)
        data = {"step": "table_corrected", "version": table.version}
        return writer.act(case, "note", by=by, at=at, on=on, data=data, evidence_hash=table.evidence_hash)
    writer.act(
        case, "decide", by=Actor.system(), at=at, on=on, evidence_hash=table.evidence_hash,
        data={"amount_fen": amount, "step": "table_built", "version": table.version},
    )  # fmt: skip
    return writer.act(
        case, "approve", by=by, at=at, on=on, role="clerk", seen=table.evidence_hash,
        evidence_hash=table.evidence_hash, data={"level": 1},
    )  # fmt: skip


def sign(*, number: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Sign the table as the reviewer: the account is settled and put in transit, the table is sent, the way out ends.

    Args:
        number: Number of the old place's case.
        seen: Evidence hash shown on the page.
        by: A reviewer, not the clerk who made it.
        on: Business date and accounting date.
        at: The moment.

    Raises:
        Refused: table_changed (make it again), evidence_changed, two_person_rule, table_two_persons, not_on_this_side,
            transfer_step_passed, died_in_transit, retired.
    """

    def work() -> Case | Refused:
        return signed(cases.locked(number, beside=Transfer), seen=seen, by=by, on=on, at=at, writer=AT_ONCE)

    return committed(work)


def signed(case: Case, *, seen: str, by: Actor, on: date, at: datetime, writer: Writer) -> Case | Refused:
    """Plan or do `sign` on a locked case; what it returns is to be raised once it is committed."""
    row = _mine(case, (Stage.TABLE_BUILT,))
    stopped = calling_off.stop_where_needed(case, on=on, at=at, writer=writer)
    if stopped is not None:
        return stopped
    table = latest(row)
    assert table is not None
    if evidence(body_of(row, on=on), version=table.version) != table.evidence_hash:
        raise refused("table_changed")
    case = _signed_by_reviewer(case, table, seen=seen, by=by, on=on, at=at, writer=writer)
    if row.money.state == "here":
        money.depart(row, account=table.body["account"], on=on, at=at, version=table.version, writer=writer)
    table.state, table.signed_by = "sent", by.id
    writer.change(table, "state", "signed_by")
    row.stage, row.sent_on = Stage.TABLE_SENT, on
    writer.change(row, "stage", "sent_on")
    leaving.leave(row, on=on, writer=writer)
    saying.table(row, version=table, on=on, at=at, writer=writer)
    return case


def _signed_by_reviewer(
    case: Case, table: Table, *, seen: str, by: Actor, on: date, at: datetime, writer: Writer
) -> Case:
    if case.state in UNDER_REVIEW:
        # Without money to be paid nothing is left to do here but to hear that the years were loaded.
        awaits = "" if table.body["account"]["amount_fen"] else OTHER_PLACE
        data = {"level": 2, "clocks_ended": ["out"], "step": "table_sent", "version": table.version, "awaits": awaits}
        return writer.act(
            case, "approve", by=by, at=at, on=on, role="reviewer", seen=seen,
            evidence_hash=table.evidence_hash, data=data,
        )  # fmt: skip
    needs(by=by, role="reviewer", case=case)
    if by.id == table.made_by:
        raise refused("table_two_persons")
    if seen != table.evidence_hash:
        raise refuse_step("evidence_changed")
    data = {"step": "table_resent", "version": table.version}
    return writer.act(case, "note", by=by, at=at, on=on, data=data, evidence_hash=table.evidence_hash)


def _mine(case: Case, stages: tuple[Stage, ...]) -> Transfer:
    row: Transfer = case.transfer
    if row.side != OUT:
        raise refused("not_on_this_side")
    if row.stage not in stages:
        raise refused("transfer_step_passed", row.stage)
    return row


def needs(*, by: Actor, role: str, case: Case) -> None:
    """Let nobody but a role of the case's office pass.

    Raises:
        Refused: not_your_role, not_your_region.
    """
    if by.kind != "staff" or role not in by.roles:
        raise refuse_step("not_your_role", role)
    if not by.works_in(case.region):
        raise refuse_step("not_your_region", case.region)


def committed(work: Callable[[], Case | Refused]) -> Case:
    """Run work in one transaction; a refusal it returns is raised once what it wrote is kept.

    Raises:
        Refused: What the work returned, or raised with nothing written.
    """
    with transaction.atomic():
        done = work()
    if isinstance(done, Refused):
        raise done
    return done
