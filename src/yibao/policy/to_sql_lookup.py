"""What the number of a row decides alone: DuckDB reads it out of one list, other engines compare numbers in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yibao.policy.to_sql import DUCKDB, Dialect
from yibao.policy.to_sql_cases import among, case_of

# Numbers below 0 say why no row was found; a list of DuckDB counts from 1, and below 0 from its end.
FIRST = -4


@dataclass(frozen=True, slots=True)
class Picked:
    """The test of a case of an amount.

    Attributes:
        numbers: of the rows for which it may hold; None for any.
        kept: the text of what else must hold, empty for nothing.
        faults: whether `kept`, computed where it was not asked for, could fault.
    """

    numbers: frozenset[int] | None
    kept: str
    faults: bool

    def text(self, row: str) -> str:
        """Return the whole test, empty where it always holds."""
        parts = [] if self.numbers is None else [among(column=row, numbers=sorted(self.numbers))]
        return " AND ".join(parts + ([self.kept] if self.kept else []))

    def holds(self, number: int, *, kept: bool) -> bool:
        """Return whether it holds for a row, given whether `kept` does."""
        return (self.numbers is None or number in self.numbers) and (kept or not self.kept)


def by_row(*, dialect: Dialect, row: str, values: Mapping[int, str], type_: str, written: bool) -> str:
    """Return the text of a value that depends on the number of the row.

    Args:
        dialect: of the engine.
        row: column of the number.
        values: their texts by number; other numbers have none.
        type_: of the values.
        written: whether all of them are written values, so that a list of them costs nothing.

    Example:
        >>> by_row(dialect=DUCKDB, row="r", values={1: "'a'", 2: "'b'"}, type_="VARCHAR", written=True)
        "(CAST([NULL, NULL, NULL, NULL, NULL, 'a', 'b'] AS VARCHAR[]))[r + 5]"
    """
    if written and dialect is DUCKDB and len(set(values.values())) > 1:
        return f"(CAST({_listed(values)} AS {type_}[]))[{row} + {1 - FIRST}]"
    numbers: dict[str, list[int]] = {}
    for number, text in values.items():
        numbers.setdefault(text, []).append(number)
    branches = [f"WHEN {among(column=row, numbers=each)} THEN {text}" for text, each in numbers.items()]
    return case_of(branches=branches, last="NULL")


def _listed(values: Mapping[int, str]) -> str:
    return "[" + ", ".join(values.get(number, "NULL") for number in range(FIRST, max(values) + 1)) + "]"


def first_picked(*, dialect: Dialect, row: str, numbers: Iterable[int], picks: Sequence[Picked]) -> str:
    """Return the text of the number of the first case that holds; empty where comparing in turn is the way.

    Args:
        dialect: of the engine.
        row: column of the number of the row.
        numbers: of all rows.
        picks: the tests of the cases, in order.
    """
    kept = {each.kept for each in picks if each.kept}
    if dialect is not DUCKDB or len(kept) > 1 or any(each.faults for each in picks):
        return ""
    found = [_first(list(numbers), picks, kept=held) for held in (True, False)]
    if not all(found):
        return ""
    held, rest = (f"{_listed(each)}[{row} + {1 - FIRST}]" for each in found)
    return f"CASE WHEN {kept.pop()} THEN {held} ELSE {rest} END" if kept else held


def _first(numbers: Sequence[int], picks: Sequence[Picked], *, kept: bool) -> dict[int, str]:
    found: dict[int, str] = {}
    for number in numbers:
        for at, each in enumerate(picks, start=1):
            if each.holds(number, kept=kept):
                found[number] = str(at)
                break
    return found
