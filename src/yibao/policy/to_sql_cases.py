"""Branches of CASE: how a case of an amount is picked, and how branches are written."""

from __future__ import annotations

from yibao.policy.to_sql_variants import Entry
from yibao.policy.tree import (
    Compare,
    Expression,
    Known,
    Literal,
    Local,
    Not,
    Within,
    facts_of,
    parameters_of,
    walk,
)
from yibao.policy.types import Value


def deciding_rows(*, cell: Expression, rows: list[tuple[int, Entry]]) -> list[int] | None:
    """Return the rows for which a test on one written output holds; None where it is another test."""
    names = {part.name for part in walk(cell) if isinstance(part, Local)}
    if len(names) != 1 or facts_of(cell) or parameters_of(cell):
        return None
    (name,) = names
    numbers = []
    for number, entry in rows:
        output = dict(entry.shape.outputs).get(name)
        if not isinstance(output, Literal):
            return None
        holds = _holds(cell, output.value)
        if holds is None:
            return None
        if holds:
            numbers.append(number)
    return numbers


def _holds(cell: Expression, value: Value) -> bool | None:
    match cell:
        case Not(operand=operand):
            inner = _holds(operand, value)
            return None if inner is None else not inner
        case Known(operand=Local()):
            return value is not None
        case Within(operand=Local(), options=options):
            return value in options
        case Compare(operator="==", left=Local(), right=Literal(value=wanted)):
            return value == wanted
        case Compare(operator="!=", left=Local(), right=Literal(value=wanted)):
            return value != wanted
        case _:
            return None


def among(*, column: str, numbers: list[int]) -> str:
    """Return the test whether a column holds one of some numbers.

    Example:
        >>> among(column="r", numbers=[2]), among(column="r", numbers=[1, 3]), among(column="r", numbers=[])
        ('r = 2', 'r IN (1, 3)', 'FALSE')
    """
    if not numbers:
        return "FALSE"
    return f"{column} = {numbers[0]}" if len(numbers) == 1 else f"{column} IN ({', '.join(map(str, numbers))})"


def numbered(*, stops: list[tuple[str, str]], tests: list[str]) -> list[str]:
    """Return the branches that give the number of the first case that holds, from 1."""
    return branches_of(stops=stops, tests=tests, values=[str(number) for number in range(1, len(tests) + 1)])


def branches_of(*, stops: list[tuple[str, str]], tests: list[str], values: list[str]) -> list[str]:
    """Return the branches of cases in order: stop where an unknown is met, else the value of the first that holds."""
    found = []
    for at, (test, value) in enumerate(zip(tests, values, strict=True)):
        stop, told = stops[at] if stops else ("", "")
        found += [f"WHEN {stop} THEN {told}"] if stop else []
        found.append(f"WHEN {test or 'TRUE'} THEN {value}")
        if not test:
            break
    return found


def case_of(*, branches: list[str], last: str) -> str:
    """Return a CASE over branches; one that always holds ends it."""
    if branches and branches[-1].startswith("WHEN TRUE THEN "):
        last = branches[-1].removeprefix("WHEN TRUE THEN ")
        branches = branches[:-1]
    if not branches:
        return last
    ending = "" if last == "NULL" else f" ELSE {last}"
    return f"CASE {' '.join(branches)}{ending} END" if len(branches) == 1 else _tall(branches, ending)


def _tall(branches: list[str], ending: str) -> str:
    lines = "".join(f"\n    {branch}" for branch in branches)
    return f"CASE{lines}{f'{chr(10)}   {ending}' if ending else ''} END"


def indented(text: str) -> str:
    """Return a text one step further to the right."""
    return "\n".join(f"  {line}" for line in text.splitlines())
