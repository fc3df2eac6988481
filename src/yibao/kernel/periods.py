"""Spans of days, half-open, as law and insurance count them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` up to but not including `end`; `end` None means still open.

    Raises:
        ValueError: `end` is before `start`; the caller checks input first.

    Example:
        >>> date(2021, 1, 1) in Period(date(2020, 1, 1), date(2021, 1, 1))
        False
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Return whether the two periods share at least one day.

        Example:
            >>> Period(date(2020, 1, 1), date(2020, 2, 1)).overlaps(Period(date(2020, 2, 1)))
            False
        """
        return self.intersection(other) is not None

    def intersection(self, other: Period) -> Period | None:
        """Return the days both periods share, or None where they share none.

        Example:
            >>> Period(date(2020, 1, 1)).intersection(Period(date(2019, 1, 1), date(2020, 2, 1)))
            Period(start=datetime.date(2020, 1, 1), end=datetime.date(2020, 2, 1))
        """
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return Period(start, end) if end is None or start < end else None
