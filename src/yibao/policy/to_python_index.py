"""An index of a long table: rows are sorted by the values their cells ask for, so that few are tried for one case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from yibao.policy.rows import Row
from yibao.policy.tree import Compare, Fact, Literal, Within, parameters_of
from yibao.policy.types import Value

# Shorter lists of rows are tried one after the other.
SHORT = 16
# An index holds a row once for each value it allows, so many times as much in all at most.
GROWTH = 4


@dataclass(frozen=True, slots=True)
class Split:
    """Rows by the value of one fact, and those for any other value; both in their order."""

    fact: str
    rows: dict[Value, list[Row]]
    others: list[Row]


@dataclass(slots=True)
class Index:
    """Prints the functions that find the first row that holds.

    Attributes:
        written: prints a value.
        maybe: the facts that may be missing.
        tried: prints the body that tries some rows one after the other.
        lines: what was printed.
    """

    written: Callable[[Value], str]
    maybe: frozenset[str]
    tried: Callable[[Sequence[Row]], list[str]]
    lines: list[str] = field(default_factory=list)
    _count: int = 0

    def function(self, rows: Sequence[Row]) -> str:
        """Print the functions for some rows; return the name of the one to call."""
        split = best_split(rows) if len(rows) > SHORT else None
        name = f"X{self._count}"
        self._count += 1
        if split is None:
            self.lines += [f"def {name}(f):", *(f"    {line}" for line in self.tried(rows))]
            return name
        found = {value: self.function(same) for value, same in split.rows.items()}
        others = self.function(split.others)
        table = ", ".join(f"{self.written(value)}: {each}" for value, each in found.items())
        read = f"f.get({split.fact!r})" if split.fact in self.maybe else f"f[{split.fact!r}]"
        self.lines += [f"T{name} = {{{table}}}", f"def {name}(f): return T{name}.get({read}, {others})(f)"]
        return name


def best_split(rows: Sequence[Row]) -> Split | None:
    """Return the split that leaves the fewest rows to try; None where none halves them."""
    asked = [_asked(row) for row in rows]
    facts = dict.fromkeys(fact for each in asked for fact in each)
    splits = [_split(fact, rows, asked) for fact in facts]
    good = [each for each in splits if _most(each) * 2 <= len(rows) and _size(each) <= GROWTH * len(rows)]
    return min(good, key=_most, default=None)


def _split(fact: str, rows: Sequence[Row], asked: Sequence[dict[str, tuple[Value, ...]]]) -> Split:
    values = dict.fromkeys(value for each in asked for value in each.get(fact, ()))
    sorted_: dict[Value, list[Row]] = {value: [] for value in values}
    others = []
    for row, each in zip(rows, asked, strict=True):
        allowed = each.get(fact)
        for value in values if allowed is None else dict.fromkeys(allowed):
            sorted_[value].append(row)
        if allowed is None:
            others.append(row)
    return Split(fact, sorted_, others)


def _most(split: Split) -> int:
    return max(len(rows) for rows in (*split.rows.values(), split.others))


def _size(split: Split) -> int:
    return sum(len(rows) for rows in (*split.rows.values(), split.others))


def _asked(row: Row) -> dict[str, tuple[Value, ...]]:
    """Return the values the cells of a row ask of facts, up to the first cell that could meet an unknown parameter."""
    found: dict[str, tuple[Value, ...]] = {}
    for cell in row.cells:
        if parameters_of(cell.condition):
            break
        match cell.condition:
            case Compare(operator="==", left=Fact() as fact, right=Literal(value=value)):
                found.setdefault(fact.name, (value,))
            case Within(operand=Fact() as fact, options=options):
                found.setdefault(fact.name, options)
    return found
