"""How long somebody waits, from when it is counted, and on which day cover begins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yibao.kernel.months import Month
from yibao.services.relocation.rules.history import History

EVERY_YEAR, FIRST_FREE = "every_year", "first_free"
DAYS = "day"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The waiting of one row.

    Attributes:
        amount: How long, 0 for none; None where it is not known.
        unit: month or day; None where no row says.
        anchor: From when it is counted; None where no source says.
        fixed: The fixed part, None where the row has none.
        variable: What the missed years add, before repair.
        repaired: What paying for missed years takes off.
        floor: The least waiting, where it holds.
        reading: How missed years were counted.
        must_keep_paying: Whether paying must go on while waiting; None where no source says.
    """

    amount: int | None = None
    unit: str | None = None
    anchor: str | None = None
    fixed: int | None = None
    variable: int | None = None
    repaired: int | None = None
    floor: int | None = None
    reading: str | None = None
    must_keep_paying: bool | None = None

    def json(self) -> dict[str, Any]:
        """Return the waiting in the published form."""
        return {name: getattr(self, name) for name in self.__slots__}


def waiting(*, members: Mapping[str, Any], history: History) -> Waiting:
    """Return the waiting a row sets.

    Args:
        members: The outputs of the row.
        history: Whose missed and repaired years count.
    """
    plain = {name: members[name] for name in ("unit", "anchor")}
    keep = members["keep_paying"]
    fixed = members["fixed"]
    if fixed is None:
        return Waiting(amount=members["amount"], must_keep_paying=keep, **plain)
    free = members["free_years"]
    missed = history.missed_years
    variable = max(missed - (free or 0), 0) * (members["per_year"] or 0)
    repaired = min(history.case.request.repair_years * (members["per_year"] or 0), variable)
    floor = members["floor"] if members["floor_from"] is not None and missed >= members["floor_from"] else None
    return Waiting(
        amount=max(fixed + variable - repaired, floor or 0),
        fixed=fixed,
        variable=variable,
        repaired=repaired,
        floor=floor,
        reading=None if free is None else (FIRST_FREE if free else EVERY_YEAR),
        must_keep_paying=keep,
        **plain,
    )


def _month_start(day: date, onward: int = 0) -> date:
    return Month.of(day).plus(onward).first_day


_ANCHORS: dict[str, Callable[[History], date]] = {
    "paid_on": lambda history: history.paid_on,
    "month_paid": lambda history: _month_start(history.paid_on),
    "month_after_payment": lambda history: _month_start(history.paid_on, 1),
    "month_after_all_paid": lambda history: _month_start(history.paid_on, 1),
    "registered_on": lambda history: _month_start(history.registered_on),
    "credited_on": lambda history: history.credited_on,
    "january": lambda history: date(history.insured_year, 1, 1),
}
_OF_A_YEAR = "january"


def day_of(*, anchor: str, history: History) -> date:
    """Return the day from which something is counted.

    Args:
        anchor: Its name in the vocabulary.
        history: Whose days of payment and registration count.
    """
    return _ANCHORS[anchor](history)


def begins(*, found: Waiting, history: History) -> date | None:
    """Return the first day of cover; None where no source fixes it.

    Months are whole calendar months after the anchor, the same day of a later month where the anchor is a day;
    days are days, never months.

    Args:
        found: The waiting, with its anchor.
        history: Whose days of payment and registration are the anchors.
    """
    if found.anchor is None or found.amount is None:
        return None
    anchor = day_of(anchor=found.anchor, history=history)
    first = anchor + timedelta(days=found.amount) if found.unit == DAYS else _months_on(anchor, found.amount)
    return first if found.anchor == _OF_A_YEAR else max(first, history.joined.start)


def _months_on(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where it has no such day."""
    month = Month.of(day).plus(months)
    return min(month.first_day + timedelta(days=day.day - 1), month.plus(1).first_day - timedelta(days=1))
