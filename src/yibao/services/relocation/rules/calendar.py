"""Cover month by month, in runs without a hole between them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from yibao.kernel.months import Month
from yibao.services.relocation.rules.history import History

FULL, PARTIAL, NONE = "full", "partial", "none"
_WHILE_WAITING = ("old_scheme", "outpatient", "account")
_OF_LATE_MONTHS = {"full": FULL, "account_only": "account", "by_kind": "by_kind"}


@dataclass(frozen=True, slots=True)
class Cover:
    """What is known about cover.

    Attributes:
        begins: First day of cover.
        until: Last day, None where it is open.
        retroactive: What months paid late give.
        meanwhile: What may be used while waiting.
        meanwhile_from: The first day of that, None where it is there from the beginning.
    """

    begins: date
    until: date | None
    retroactive: str | None
    meanwhile: Collection[str]
    meanwhile_from: date | None = None


def runs(*, cover: Cover, history: History) -> list[dict[str, Any]]:
    """Return the months from the first one asked about to the last covered one, equal ones together.

    Args:
        cover: From when to when there is cover.
        history: Whose late months and old relations count.

    Returns:
        `from`, `to` (None in the last run where cover is open) and `cover`: full, partial (begins inside the month),
        none, old_scheme, outpatient, account or by_kind.
    """
    begins = Month.of(cover.begins).index
    first = min(Month.of(history.joined.start).index, begins, *history.late)
    last = begins + 1 if cover.until is None else Month.of(cover.until).index
    if last < first:
        return []
    kinds = ((month, _kind(month, begins, cover, history)) for month in range(first, last + 1))
    found = [_run(kind, [month for month, _ in months]) for kind, months in groupby(kinds, key=lambda each: each[1])]
    if cover.until is None:
        found[-1]["to"] = None
    return found


def _run(kind: str, months: list[int]) -> dict[str, Any]:
    return {"from": str(Month.from_index(months[0])), "to": str(Month.from_index(months[-1])), "cover": kind}


def _kind(month: int, begins: int, cover: Cover, history: History) -> str:
    if month > begins or (month == begins and cover.begins == Month.from_index(begins).first_day):
        return FULL
    if history.late and month >= min(history.late):
        late = _OF_LATE_MONTHS.get(cover.retroactive or "")
        if late == FULL or (late is not None and month in history.late):
            return late
    if month == begins:
        return PARTIAL
    return next((kind for kind in _usable(month, cover, history)), NONE)


def _usable(month: int, cover: Cover, history: History) -> Iterable[str]:
    if cover.meanwhile_from is not None and month < Month.of(cover.meanwhile_from).index:
        return
    for kind in _WHILE_WAITING:
        old_scheme = kind == _WHILE_WAITING[0]
        if kind in cover.meanwhile and (not old_scheme or month in history.before):
            yield kind
