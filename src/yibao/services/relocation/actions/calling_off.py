"""Ending a transfer before it is done. One place may decide that at a time, so that it never ends on one side only.

The old place decides until it has sent the table; with the table the word passes to the new place, which loads it or
sends it back; sent back, the old place decides again. While the checks run, the place applied at may always give up.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.states import CLOSED, State
from yibao.kernel.errors import Refused
from yibao.services.relocation.actions import leaving, looking, money, saying
from yibao.services.relocation.actions.refusals import REFUSALS, refused
from yibao.services.relocation.messages import Reason
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.workflow import BEFORE_TABLE, ENDED, IN, OUT, Stage
from yibao.store import cases
from yibao.store.models import Case
from yibao.store.planned import Apart, Writer

NOTE_MAX = 500


def may_decide(row: Transfer) -> bool:
    """Return whether this place may end the transfer by itself now."""
    if row.side == OUT:
        return row.stage in BEFORE_TABLE or row.stage in (Stage.TABLE_RETURNED, Stage.TABLE_SENT)
    return row.applied_here and row.stage == Stage.CHECKING


def too_late(row: Transfer) -> bool:
    """Return whether the table has gone, or its money."""
    return row.stage not in BEFORE_TABLE and row.stage != Stage.TABLE_RETURNED


def ask(case: Case, *, because: str, by: Actor, on: date, at: datetime) -> Case:
    """Ask the old place to end the transfer; it does unless the table has gone.

    Raises:
        Refused: withdrawal_asked when it was asked before, table_already_sent.
    """
    row = case.transfer
    if row.stage not in (Stage.PASSED, Stage.ACCEPTED):
        raise refused("table_already_sent")
    if row.ended_because:
        raise refused("withdrawal_asked")
    row.ended_because = because
    row.save(update_fields=["ended_because"])
    saying.cancellation(row, code=because, on=on, at=at)
    return cases.act(
        number=case.number, kind="note", by=Actor.system(), at=at, on=on, data={"step": "withdrawal_asked"}
    )


def end(
    case: Case, *, because: str, by: Actor, on: date, at: datetime, reason: str = "", place: str = ""
) -> Case:  # fmt: skip
    """End this side of a transfer; money in transit goes back to the account, money in the account stays there.

    Args:
        case: The locked case with its transfer.
        because: Code of the refusal that says why.
        by: Who ends it.
        on: Business date and accounting date.
        at: The moment.
        reason: Further words for the record; no personal data.
        place: Code of the other place where that decided it; empty for this one.

    Raises:
        Refused: money_on_its_way when the money was paid already.
    """
    row = case.transfer
    if row.side == OUT:
        money.back_home(row, on=on, at=at)
        leaving.stay(row)
    row.stage, row.live, row.ended_on, row.ended_because = Stage.CANCELLED, False, on, because
    row.save(update_fields=["stage", "live", "ended_on", "ended_because"])
    if case.state in CLOSED:
        return case
    data = {"step": "cancelled", "because": because, "place": place or row.place}
    return cases.act(
        number=case.number, kind="withdraw", by=by, at=at, on=on, data=data, reason=reason[:NOTE_MAX] or because
    )


def not_accepted(
    case: Case, *, reasons: Sequence[Reason], on: date, at: datetime, place: str = ""
) -> Case:  # fmt: skip
    """Close this side because a check is not met, and keep every reason.

    Args:
        case: The locked case with its transfer.
        reasons: At least one, the first one first.
        on: Business date.
        at: The moment.
        place: Code of the other place where that decided it; empty for this one.
    """
    row, because = case.transfer, reasons[0].code
    row.checks = {**row.checks, "reasons": [each.plain() for each in reasons]}
    row.stage, row.live, row.ended_on, row.ended_because = Stage.NOT_ACCEPTED, False, on, because
    row.save(update_fields=["stage", "live", "ended_on", "ended_because", "checks"])
    by, data = Actor.platform(), {"place": place or row.place}
    return cases.act(number=case.number, kind="not_accept", by=by, at=at, on=on, reason=because, data=data)


def refuse(*, number: str, note: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Refuse a transfer upon review at the old place; the new place is told and closes too.

    Raises:
        Refused: no_reason_given, not_on_this_side, money_on_its_way, two_person_rule, evidence_changed, wrong_state.
    """
    if not note.strip():
        raise refused("no_reason_given")
    with transaction.atomic():
        case = cases.locked(number, beside=Transfer)
        row = case.transfer
        if row.side == IN:
            raise refused("not_on_this_side")
        reason = note.strip()[:NOTE_MAX]
        money.back_home(row, on=on, at=at)
        leaving.stay(row)
        case = cases.act(number=number, kind="refuse", by=by, at=at, on=on, seen=seen, reason=reason)
        saying.cancellation(row, code="refused_by_place", on=on, at=at, note=reason)
        row.stage, row.live, row.ended_on, row.ended_because = Stage.CANCELLED, False, on, "refused_by_place"
        row.save(update_fields=["stage", "live", "ended_on", "ended_because"])
        return case


def stop_where_needed(case: Case, *, on: date, at: datetime, writer: Writer) -> Refused | None:
    """Look again at the old place before a table is made or signed: death and retirement end the transfer there.

    Returns:
        Why it was ended, for the caller to raise once that is committed; None where it goes on.

    Raises:
        Refused: money_on_its_way when the money was paid: then the transfer goes on and the new place holds it all.
    """
    row = case.transfer
    person, code = looking.known(row, on=on).record.person[0], ""
    if person.died_on is not None:
        code = "died_in_transit"
    elif person.retired_on is not None and person.retired_on <= on and row.type != "resident":
        code = "retired"
    if not code or row.stage in ENDED or money.paid(row):
        return None
    if writer.together:
        raise Apart
    saying.cancellation(row, code=code, on=on, at=at)
    ended = end(case, because=code, by=Actor.platform(), on=on, at=at)
    assert ended.state in (State.WITHDRAWN, *CLOSED)
    if code in REFUSALS:
        return refused(code)
    return Refused(money.rule_refusal(code))


def after(day: date) -> date:
    """Return the next day."""
    return day + timedelta(days=1)
