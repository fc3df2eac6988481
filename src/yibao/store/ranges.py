"""Statements of work lists: one list is one index range, read from its beginning; each text is written once and kept.

What is asked for goes in as parameters, so that a list has the same text whoever reads it: nothing is built anew for a
page, and PostgreSQL keeps its plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from yibao.casework.actors import prefix_of
from yibao.casework.states import State
from yibao.store import ready
from yibao.store.models import Case, Person

WHOLE_CODE = 6
_CASES = ready.Reader(Case)
_PERSON = ("id", "name")
_NAME = Person._meta.get_field("name")
_HOLDER = ("id", "username", "first_name", "last_name")
COLUMNS = ", ".join(
    [_CASES.columns, "store_person.name", *(f"holder.{name}" for name in _HOLDER)],
)
"""What a list shows of its cases, of their persons and of those who have them in hand."""
BESIDE = (
    "JOIN store_person ON store_person.id = store_case.person_id"
    " LEFT JOIN auth_user holder ON holder.id = store_case.holder_id"
)
# As the answer of a query a day tells the server nothing of how many rows it bounds: it plans once for all days.
_DAY = {"postgresql": "(SELECT %s::date)", "sqlite": "%s"}

Shape = tuple[bool, int, bool, bool, str]


@dataclass(frozen=True, slots=True)
class Range:
    """One list in order of deadline and case: a role's, or that of the cases that wait for their applicants.

    Attributes:
        role: Whose turn it is; None for the cases that wait for their applicants.
        region: An office with all below it.
        first: Earliest deadline; None with `last` for all, and for those without one.
        last: Latest deadline.
        after: Deadline and case of the row before the first one.
    """

    role: str | None
    region: str
    first: date | None = None
    last: date | None = None
    after: tuple[date, int] | None = None

    def between(self, *, first: date, last: date) -> "Range":
        """Return the part of the list with deadlines from the first to the last."""
        return replace(self, first=first, last=last)

    def behind(self, after: tuple[date, int]) -> "Range":
        """Return the part of the list behind a row.

        Args:
            after: Deadline and case of the row.
        """
        # The deadline alone is what the index can begin from.
        first = max(after[0], self.first or date.min)
        return replace(self, first=first, last=self.last or date.max, after=after)

    @property
    def shape(self) -> Shape:
        """Return what the text of its statements depends on."""
        bounded, behind = self.first is not None, self.after is not None
        return (self.role is not None, len(prefix_of(self.region)), bounded, behind, connection.vendor)

    def values(self) -> list[Any]:
        """Return the parameters of its condition."""
        day = connection.ops.adapt_datefield_value
        found: list[Any] = [] if self.role is None else [self.role]
        found.append(prefix_of(self.region))
        if self.first is not None:
            found += [day(self.first), day(self.last)]
        if self.after is not None:
            found += [day(self.after[0]), day(self.after[0]), self.after[1]]
        return found


Shapes = tuple[Shape, ...]


def of(lists: Sequence[Range]) -> Shapes:
    """Return the shapes of lists."""
    return tuple(one.shape for one in lists)


def values_of(lists: Sequence[Range]) -> list[Any]:
    """Return the parameters of lists, one list after the other."""
    return [value for one in lists for value in one.values()]


@cache
def _where(shape: Shape) -> str:
    of_role, digits, bounded, behind, vendor = shape
    key = "case_id" if of_role else "id"
    # Written out, so that the databases see that the index of stopped cases has them all.
    asked = ["role = %s" if of_role else f"state = '{State.CORRECTION_DUE}'"]
    # The indexes keep the first digits of a province and of a city.
    asked.append("region = %s" if digits == WHOLE_CODE else f"SUBSTR(region, 1, {digits}) = %s")
    if bounded:
        asked.append(f"due_on >= {_DAY[vendor]} AND due_on <= {_DAY[vendor]}")
    if behind:
        asked.append(f"(due_on > %s OR (due_on = %s AND {key} > %s))")
    return " AND ".join(asked)


def _source(shape: Shape) -> tuple[str, str]:
    return ("store_caseturn", "case_id") if shape[0] else ("store_case", "id")


@cache
def keys(shapes: Shapes, *, count: int, beside: tuple[str, ...] = ()) -> str:
    """Return the statement that gives deadline (`due_on`) and case (`queued`) of the first rows, in their order.

    Args:
        shapes: Of the lists; a case may stand in several and is given once.
        count: How many rows.
        beside: More columns of each, among those by which lists are narrowed.
    """
    each = [_keys(shape, count, beside) for shape in shapes]
    if len(each) == 1:
        return each[0]
    parts = " UNION ".join(f"SELECT * FROM ({sql}) list_{place}" for place, sql in enumerate(each))
    return f"{parts} ORDER BY due_on, queued LIMIT {count}"


def _keys(shape: Shape, count: int, beside: tuple[str, ...]) -> str:
    table, key = _source(shape)
    dated = "" if shape[0] else " AND due_on IS NOT NULL"
    told = ", ".join(["due_on", f"{key} AS queued", *beside])
    return f"SELECT {told} FROM {table} WHERE {_where(shape)}{dated} ORDER BY due_on, {key} LIMIT {count}"


@cache
def counting(groups: tuple[Shapes, ...], *, most: int) -> str:
    """Return the statement that counts groups of lists in one row, each case of a group once, up to the most.

    Args:
        groups: Each the shapes of its lists.
        most: Where counting ends.
    """
    return f"SELECT {', '.join(f'({_counting(shapes, most)})' for shapes in groups)}"


def _counting(shapes: Shapes, most: int) -> str:
    each = [
        f"SELECT {key} AS queued FROM {table} WHERE {_where(shape)} LIMIT {most}"
        for shape in shapes
        for table, key in (_source(shape),)
    ]
    every = " UNION ".join(f"SELECT * FROM ({sql}) list_{place}" for place, sql in enumerate(each))
    if len(each) == 1:
        return f"SELECT COUNT(*) FROM ({each[0]}) counted"
    return f"SELECT COUNT(*) FROM (SELECT * FROM ({every}) every LIMIT {most}) counted"


@cache
def standing(shapes: Shapes) -> str:
    """Return the condition that a case stands in any of lists of roles or of applicants."""
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} list WHERE list.{key} = store_case.id AND {_where(shape)})"
        for shape in shapes
        for table, key in (_source(shape),)
    )


def read(sql: str, *, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that stays prepared.

    Args:
        sql: The statement, with `%s` for each value.
        values: The values.
    """
    with ready.prepared() as cursor:
        cursor.execute(sql, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def first_of(lists: Sequence[Range], *, count: int) -> list[Case]:
    """Return the first cases of lists, in the lists' order, with person and holder.

    Args:
        lists: A case may stand in several.
        count: How many cases.
    """
    return list(cases_of(read(_first(of(lists), count), values=values_of(lists))))


@cache
def _first(shapes: Shapes, count: int) -> str:
    return (
        f"SELECT {COLUMNS} FROM ({keys(shapes, count=count)}) queue"
        f" JOIN store_case ON store_case.id = queue.queued {BESIDE} ORDER BY queue.due_on, queue.queued"
    )


def cases_of(rows: Sequence[Sequence[Any]]) -> Iterator[Case]:
    """Give the cases of rows of `COLUMNS`, with their persons and those who have them in hand.

    Args:
        rows: As the driver gives them.
    """
    width = len(_CASES.fields)
    for row in rows:
        case = _CASES.made(row[:width])
        case.person = ready.held(Person, names=_PERSON, values=(case.person_id, name_of(row[width])))
        case.holder = None if case.holder_id is None else ready.held(User, names=_HOLDER, values=row[width + 1 :])
        yield case


def name_of(sealed: Any) -> str:
    """Return a person's name as it was stored, opened."""
    return str(_NAME.from_db_value(sealed, None, connection))
