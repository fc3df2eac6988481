"""Payments drawn month by month, so that months paid twice are seen at a glance."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MONTHS_IN_YEAR = 12
YEARS_MAX = 3


def strips(payments: Sequence[Mapping[str, Any]], *, years_max: int = YEARS_MAX) -> list[dict[str, Any]]:
    """Return the years of payments, newest first, each with a row per payment and twelve cells.

    Args:
        payments: Mappings with `label`, and `first` and `end`, half-open month indexes (year * 12 + month - 1).
        years_max: How many years to show; years with months paid twice come before others.

    Examples:
        >>> whole, half = {"label": "甲", "first": 24264, "end": 24276}, {"label": "乙", "first": 24264, "end": 24270}
        >>> shown = strips([whole, half])
        >>> shown[0]["year"], shown[0]["rows"][0]["cells"][5:7], shown[0]["twice"]
        (2022, ['twice', 'paid'], 6)
    """
    counted = Counter(month for payment in payments for month in range(payment["first"], payment["end"]))
    years = {month // MONTHS_IN_YEAR for month in counted}
    twice = {month // MONTHS_IN_YEAR for month, count in counted.items() if count > 1}
    kept = sorted(years, key=lambda year: (year not in twice, -year))[:years_max]
    return [_year(payments, counted, year) for year in sorted(kept, reverse=True)]


def _year(payments: Iterable[Mapping[str, Any]], counted: Counter[int], year: int) -> dict[str, Any]:
    months = range(year * MONTHS_IN_YEAR, (year + 1) * MONTHS_IN_YEAR)
    rows = [
        _row(payment, counted, months)
        for payment in payments
        if payment["first"] < months.stop and payment["end"] > months.start
    ]
    return {"year": year, "rows": rows, "twice": sum(counted[month] > 1 for month in months)}


def _row(payment: Mapping[str, Any], counted: Counter[int], months: range) -> dict[str, Any]:
    cells = [_cell(payment, counted, month) for month in months]
    return {
        "label": payment["label"],
        "cells": cells,
        "paid": len(cells) - cells.count("unpaid"),
        "twice": cells.count("twice"),
    }


def _cell(payment: Mapping[str, Any], counted: Counter[int], month: int) -> str:
    if not payment["first"] <= month < payment["end"]:
        return "unpaid"
    return "twice" if counted[month] > 1 else "paid"
