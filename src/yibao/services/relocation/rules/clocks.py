"""The limits of a transfer, leg by leg, in working days; years and money end apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from yibao.kernel.money import Money
from yibao.kernel.workdays import add_working_days, working_days_between
from yibao.policy import Region, UnknownValue
from yibao.policy.documents import Citation

if TYPE_CHECKING:
    from yibao.services.relocation.rules.transfer import Move

_AT_ONCE, _STAYS = "credit_first", "stays"


@dataclass(frozen=True, slots=True)
class Known:
    """A value of a pack with where it is written."""

    value: int | str
    sources: tuple[Citation, ...]
    low_confidence: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a transfer.

    Attributes:
        known: Its limit in working days, None where no source sets one.
        due: Its last day, None before it has begun.
        late: Whether it was, or is, missed; None where there is no last day.
        provisional: Whether the holidays of the year are still to be published.
    """

    known: Known | None
    due: date | None
    late: bool | None
    provisional: bool = False

    @property
    def low_confidence(self) -> bool:
        """Whether its limit rests on hints only."""
        return self.known is not None and self.known.low_confidence

    def json(self) -> dict[str, Any]:
        """Return the leg in the published form."""
        days = None if self.known is None else self.known.value
        due = None if self.due is None else self.due.isoformat()
        found: dict[str, Any] = {"working_days": days, "due": due, "late": self.late}
        return {**found, "provisional": True} if self.provisional else found


def legs(*, move: Move) -> dict[str, Leg]:
    """Return the legs of a transfer: out, in, total and money, each with its limit and last day.

    A leg is counted from the day after the step that starts it, the way in from the day on which the table arrives.
    The old place sets the way out, the new place the rest. Days in the post are not counted in the whole where the new
    place says so.

    Args:
        move: The transfer; its steps are events of the case file.
    """
    accepted, sent, loaded = (_day(move, kind) for kind in ("transfer_accepted", "table_sent", "table_loaded"))
    received = _received(move) or sent
    arrived, credited = _day(move, "money_sent"), _day(move, "money_credited")
    posted = _in_the_post(move, sent, received)
    return {
        "out": _leg(move, move.old, "transfer_out_days", accepted, sent),
        "in": _leg(move, move.new, "transfer_in_days", received, loaded),
        "total": _leg(move, move.new, "transfer_total_days", accepted, loaded, posted),
        "money": _leg(move, move.new, "transfer_money_days", arrived, credited),
    }


def _day(move: Move, kind: str) -> date | None:
    days = [each.on for each in move.case.events if each.kind == kind]
    return days[-1] if days else None


def _received(move: Move) -> date | None:
    days = [each.received for each in move.case.events if each.kind == "table_sent"]
    return days[-1] if days else None


def _in_the_post(move: Move, sent: date | None, received: date | None) -> int:
    """Return the working days the table was in the post, where the new place leaves them out."""
    excluded = _known(move, move.new, "post_time_excluded", sent)
    if sent is None or received is None or excluded is None or not excluded.value:
        return 0
    return working_days_between(start=sent, end=received)


def _leg(move: Move, region: Region, name: str, begun: date | None, ended: date | None, posted: int = 0) -> Leg:
    known = _known(move, region, name, begun)
    if known is None or begun is None or not isinstance(known.value, int):
        return Leg(known, None, None)
    due = add_working_days(day=begun, n=known.value + posted)
    return Leg(known, due.day, (ended or move.case.on) > due.day, due.provisional)


def _known(move: Move, region: Region, name: str, on: date | None = None) -> Known | None:
    try:
        line = region.parameter(name, on=on or move.case.on, key=move.route)
    except UnknownValue:
        return None
    value = line.value if isinstance(line.value, int) else str(line.value)
    return Known(value, line.sources, line.low_confidence)


def account_mode(*, move: Move) -> Known | None:
    """Return how the personal account moves on this route; None where no source says."""
    return _known(move, move.new, "account_mode")


def account(*, move: Move, mode: Known | None) -> dict[str, Any]:
    """Return the money that moves and the day it was credited.

    Args:
        move: The transfer.
        mode: `remit` credits what has arrived, `credit_first` with the table, `stays` never.
    """
    if mode is None or mode.value == _STAYS:
        return {"amount": None, "credited_on": None}
    sent = [each.account for each in move.case.events if each.kind == "table_sent" and each.account is not None]
    credited = _day(move, "table_loaded" if mode.value == _AT_ONCE else "money_credited")
    return {
        "amount": str(Money(sent[-1])) if sent else None,
        "credited_on": None if credited is None else credited.isoformat(),
    }
