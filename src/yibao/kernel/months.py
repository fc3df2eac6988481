"""Months, the unit in which contributions are counted; never turned into days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from yibao.kernel.errors import Bilingual

MONTHS_PER_YEAR = 12
MAX_YEAR = 9999
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


class MonthError(Bilingual):
    """A text or number that names no month."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month.

    Attributes:
        year: 1 to 9999.
        month: 1 to 12.

    Raises:
        MonthError: there is no such month; show `zh` or `en` beside the field.

    Example:
        >>> Month.parse("2022-12").plus(1)
        Month(year=2023, month=1)
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= MONTHS_PER_YEAR and 1 <= self.year <= MAX_YEAR):
            raise MonthError(
                f"没有这个月份：{self.year}-{self.month:02d}，月份为 01 到 12",
                f"there is no month {self.year}-{self.month:02d}: months run from 01 to 12",
            )

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month written as `YYYY-MM`.

        Raises:
            MonthError: the text names no month.

        Example:
            >>> str(Month.parse("2022-01"))
            '2022-01'
        """
        match = _MONTH.fullmatch(text)
        if match is None:
            raise MonthError(
                f"不是月份：“{text}”，请按“2022-01”的样子填写", f"{text!r} is not a month: write it like 2022-01"
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def from_index(cls, index: int) -> Month:
        """Return the month of a month index (`year * 12 + month - 1`).

        Example:
            >>> Month.from_index(Month(2022, 5).index)
            Month(year=2022, month=5)
        """
        return cls(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1)

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month a day lies in.

        Example:
            >>> Month.of(date(2022, 5, 31))
            Month(year=2022, month=5)
        """
        return cls(day.year, day.month)

    @property
    def index(self) -> int:
        """Return `year * 12 + month - 1`, the number the rules count with."""
        return self.year * MONTHS_PER_YEAR + self.month - 1

    @property
    def first_day(self) -> date:
        """Return the first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Return the last day of the month.

        Example:
            >>> Month(2024, 2).last_day
            datetime.date(2024, 2, 29)
        """
        return date.fromordinal(self.plus(1).first_day.toordinal() - 1)

    def plus(self, n: int) -> Month:
        """Return the month `n` months later, or earlier where `n` is negative."""
        return Month.from_index(self.index + n)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class MonthSpan:
    """Months from `start` up to but not including `end`.

    Raises:
        ValueError: `end` is before `start`; the caller checks input first.

    Example:
        >>> len(MonthSpan(Month(2022, 1), Month(2023, 1)))
        12
        >>> [str(month) for month in MonthSpan(Month(2022, 11), Month(2023, 1))]
        ['2022-11', '2022-12']
    """

    start: Month
    end: Month

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a span of months cannot end ({self.end}) before it starts ({self.start})")

    def __iter__(self) -> Iterator[Month]:
        return (Month.from_index(index) for index in range(self.start.index, self.end.index))

    def __len__(self) -> int:
        return self.end.index - self.start.index

    def __contains__(self, month: Month) -> bool:
        return self.start <= month < self.end

    def intersection(self, other: MonthSpan) -> MonthSpan | None:
        """Return the months both spans share, or None where they share none.

        Example:
            >>> year = MonthSpan(Month(2022, 1), Month(2023, 1))
            >>> year.intersection(MonthSpan(Month(2023, 1), Month(2024, 1))) is None
            True
        """
        start, end = max(self.start, other.start), min(self.end, other.end)
        return MonthSpan(start, end) if start < end else None
