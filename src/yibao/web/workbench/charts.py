"""Bars over days and bars beside names, as whole numbers for a drawing; the table beside it says the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH = 1000
HEIGHT = 160
GAP = 4
LEAST = 3
"""What is more than nothing is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where its bar stands and how high it is, in units of the drawing; number and words of it."""

    x: int
    y: int
    width: int
    height: int
    day: date
    number: int


def days(numbers: Mapping[date, int], period: Iterable[date]) -> list[Bar]:
    """Return one bar for each day of a period, the highest as high as the drawing.

    Examples:
        >>> first, second = days({date(2023, 2, 10): 4, date(2023, 2, 11): 2}, [date(2023, 2, 10), date(2023, 2, 11)])
        >>> (first.x, first.height, second.x, second.height)
        (2, 160, 502, 80)
    """
    every = list(period)
    most = max((numbers.get(day, 0) for day in every), default=0) or 1
    step = WIDTH // max(len(every), 1)
    gap = GAP if step > 2 * GAP else 0
    return [
        _bar(place * step + gap // 2, step - gap, numbers.get(day, 0) * HEIGHT // most, day, numbers.get(day, 0))
        for place, day in enumerate(every)
    ]


def _bar(x: int, width: int, height: int, day: date, number: int) -> Bar:
    high = max(height, LEAST) if number else 0
    return Bar(x, HEIGHT - high, width, high, day, number)


def shares(rows: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return names with their numbers, the largest first, each with its bar's length in thousandths of the largest.

    Examples:
        >>> shares([("a", 1), ("b", 4)])
        [{'label': 'b', 'number': 4, 'length': 1000}, {'label': 'a', 'number': 1, 'length': 250}]
    """
    ordered = sorted(rows, key=lambda row: -row[1])
    return in_order(ordered)


def in_order(rows: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return the same in the order given, for what has an order of its own."""
    given = list(rows)
    most = max((number for _, number in given), default=0) or 1
    return [{"label": label, "number": number, "length": number * WIDTH // most} for label, number in given]
