"""Cover month by month as a picture: a row of twelve months for every year, with words for whoever sees none of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from yibao.kernel.months import MONTHS_PER_YEAR, Month

YEARS_MAX = 4
OPEN_MONTHS = 12
NONE, BLANK = "none", "blank"


def picture(runs: Sequence[Mapping[str, Any]], *, since: Month | None = None) -> list[dict[str, Any]]:
    """Return the years of a calendar, each with twelve cells.

    Args:
        runs: `from`, `to` (None: open) and `cover`, as a decision tells them.
        since: A month without cover before the first run, from which the picture begins.

    Returns:
        `year` and `cells` of `month`, `cover` (blank outside the runs); at most four years.

    Examples:
        >>> shown = picture([{"from": "2026-11", "to": "2026-12", "cover": "none"},
        ...                  {"from": "2027-01", "to": None, "cover": "full"}])
        >>> [each["year"] for each in shown], [cell["cover"] for cell in shown[0]["cells"][-3:]]
        ([2026, 2027], ['blank', 'none', 'none'])
    """
    covers: dict[int, str] = {}
    if runs and since is not None:
        covers |= dict.fromkeys(range(since.index, Month.parse(runs[0]["from"]).index), NONE)
    for run in runs:
        first = Month.parse(run["from"]).index
        end = first + OPEN_MONTHS if run["to"] is None else Month.parse(run["to"]).index + 1
        covers |= dict.fromkeys(range(first, end), run["cover"])
    years = sorted({Month.from_index(index).year for index in covers})[:YEARS_MAX]
    return [{"year": year, "cells": [_cell(covers, year, number) for number in _MONTHS]} for year in years]


_MONTHS = range(1, MONTHS_PER_YEAR + 1)


def _cell(covers: Mapping[int, str], year: int, number: int) -> dict[str, Any]:
    return {"month": number, "cover": covers.get(Month(year, number).index, BLANK)}
