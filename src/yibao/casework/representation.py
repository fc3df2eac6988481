"""When one person may act for another, or for a unit: a confirmed right within its period, that something can end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

GUARDIAN, PROXY, HEIR = "guardian", "proxy", "heir"
KINDS = (GUARDIAN, PROXY, HEIR)
"""Kinds of right to act for a person."""
UNIT = "unit"
"""The right of an agent to act for a unit."""


@dataclass(frozen=True, slots=True)
class Right:
    """The right of one person to act for another, as the record has it.

    Attributes:
        kind: One of `KINDS`, or `UNIT`.
        start: First day.
        end: The day after the last; None for no end.
        confirmed: Whether a clerk, or the represented person, has confirmed it.
        revoked_on: The day from which it holds no more; None where nobody revoked it.
        died_on: When the represented person died; None while they live.
    """

    kind: str
    start: date
    end: date | None = None
    confirmed: bool = False
    revoked_on: date | None = None
    died_on: date | None = None


def hindrance(*, right: Right, on: date) -> str | None:
    """Return the code of the refusal that stands in the way of a right on a day, or None where it holds.

    Args:
        right: The right.
        on: The day.

    Examples:
        >>> lapsed = Right("proxy", date(2026, 1, 1), date(2026, 7, 1), confirmed=True)
        >>> hindrance(right=lapsed, on=date(2026, 6, 30)), hindrance(right=lapsed, on=date(2026, 7, 1))
        (None, 'right_lapsed')
    """
    if right.kind == UNIT:
        return _of_an_agent(right, on)
    died = right.died_on is not None and right.died_on <= on
    found = (
        ("right_revoked", right.revoked_on is not None and right.revoked_on <= on),
        ("right_ended_by_death", died and right.kind != HEIR),
        ("right_needs_a_death", not died and right.kind == HEIR),
        ("right_not_confirmed", not right.confirmed),
        ("right_not_begun", on < right.start),
        ("right_lapsed", right.end is not None and right.end <= on),
    )
    return next((code for code, stands in found if stands), None)


def _of_an_agent(right: Right, on: date) -> str | None:
    found = (
        ("agent_right_revoked", right.revoked_on is not None and right.revoked_on <= on),
        ("agent_right_not_begun", on < right.start),
        ("agent_right_lapsed", right.end is not None and right.end <= on),
    )
    return next((code for code, stands in found if stands), None)


def birthday(*, born: date, age: int) -> date:
    """Return the day on which somebody reaches an age; 29 February is kept on 1 March in other years.

    Args:
        born: Day of birth.
        age: In years, 0 or more.

    Examples:
        >>> birthday(born=date(2012, 2, 29), age=18)
        datetime.date(2030, 3, 1)
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, born.month + 1, 1)
