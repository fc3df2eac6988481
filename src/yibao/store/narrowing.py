"""Filters upon a work list at a bounded price: so many cases are looked through, in the list's own order."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from yibao.kernel.identifiers import mask_name
from yibao.store import ranges, ready
from yibao.store.models import Case
from yibao.store.ranges import Range

LOOKED_MAX = 2000
LOOKED_UP_MAX = 750
"""Where a condition is upon other tables, each case is looked up there."""
NAMES_LOOKED_MAX = 400
"""Names lie sealed and are opened one by one."""
HEAD_TIMES = 16
"""So many times the rows of a page are looked through before the rest."""
STATEMENTS_MAX = 256
HIDDEN = "*"
_INSIDE = {"postgresql": "strpos({column}, %s) > 0", "sqlite": "instr({column}, %s) > 0"}
_HELD = {"me": "{column} = %s", "others": "{column} <> %s", "nobody": "COALESCE({column}, 0) = %s"}
NOBODY = 0
_COLUMN = re.compile(rf'"{Case._meta.db_table}"\."(\w+)"')

Refine = Callable[[QuerySet[Case]], QuerySet[Case]]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last, both inside."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a case must be to stand in a narrowed list; nothing asked lets every case pass.

    Attributes:
        service: Its public service.
        level: Level of approval it waits at.
        holder: Who has taken it: `me:NUMBER`, `others:NUMBER` or `nobody`.
        fen_from: Its amount at the least.
        fen_until: Its amount at the most.
        number: Part of its number.
        name: The masked name of its person (`张**`), or the beginning of the name.
        refine: Conditions of the services.
    """

    service: str = ""
    level: int | None = None
    holder: str = ""
    fen_from: int | None = None
    fen_until: int | None = None
    number: str = ""
    name: str = ""
    refine: tuple[Refine, ...] = ()

    def __bool__(self) -> bool:
        return self != Narrow()

    def reach(self) -> int:
        """Return how many cases are looked through at most for one page."""
        if self.name:
            return NAMES_LOOKED_MAX
        return LOOKED_UP_MAX if self.refine else LOOKED_MAX

    def own(self, vendor: str) -> list[tuple[str, str, Any]]:
        """Return what a list answers from its own columns: each column, the condition upon it, and its parameter.

        Args:
            vendor: The database.
        """
        who, _, user_id = self.holder.partition(":")
        every = [
            ("service", "{column} = %s", self.service or None),
            ("level", "{column} = %s", self.level),
            ("amount_fen", "{column} >= %s", self.fen_from),
            ("amount_fen", "{column} <= %s", self.fen_until),
            ("number", _INSIDE[vendor], self.number or None),
            ("holder_id", _HELD.get(who, ""), int(user_id or NOBODY) if who else None),
        ]
        return [one for one in every if one[-1] is not None]

    def names(self, name: str) -> bool:
        """Return whether a person's name is the one asked for.

        Examples:
            >>> [Narrow(name=asked).names("张小红") for asked in ("张", "张**", "张*", "李")]
            [True, True, False, False]
        """
        return mask_name(name) == self.name if HIDDEN in self.name else name.startswith(self.name)


def looked_through(
    lists: Sequence[Range], *, narrow: Narrow, wanted: int
) -> tuple[list[Case], tuple[date, int] | None]:
    """Return the cases among the first rows that pass, and where looking ended before the lists did.

    Args:
        lists: Each is read from its beginning; a case may stand in several.
        narrow: What a case must be.
        wanted: Enough cases.

    Returns:
        The cases, and deadline and case of the last row looked at; None where the lists ended before.
    """
    shapes, values = ranges.of(lists), ranges.values_of(lists)
    test, asked = _asked(narrow)
    # A case taken by the reader is found by its holder; there are few.
    if narrow.holder.startswith("me:"):
        behind = f"{test.behind} AND {test.own('store_case')} AND ({ranges.standing(shapes)})"
        return _of_holder(behind, [*asked, *values], narrow, wanted), None
    if narrow.name:
        source = (
            f"({ranges.keys(shapes, count=NAMES_LOOKED_MAX, beside=test.columns)}) queue {test.passed(person=True)}"
        )
        sql = f"SELECT queue.queued, store_person.name FROM {source} ORDER BY queue.due_on, queue.queued"
        found = _named(sql, [*values, *asked], narrow, wanted)
        return found, None if len(found) >= wanted else _last(lists, NAMES_LOOKED_MAX)
    sql = _first(shapes, test, wanted, narrow.reach())
    rows = ranges.read(sql, values=[*values, *values, *asked, *asked])
    day, last, *_ = rows[0]
    found = list(ranges.cases_of([row[2:] for row in rows if row[2] is not None]))
    return found, None if last is None else (_day(day), last)


@dataclass(frozen=True, slots=True)
class _Test:
    """What the rows of a list are held against; what depends on who asks goes in as parameters.

    Attributes:
        more: What comes behind `FROM store_case` for the conditions of the services; empty without any.
        listed: What the list answers from its own columns, each with its condition.
        vendor: The database.
    """

    more: str
    listed: tuple[tuple[str, str], ...]
    vendor: str

    @property
    def behind(self) -> str:
        """Return what comes behind `FROM store_case`."""
        return self.more or " WHERE TRUE"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return which columns of the list are asked for."""
        return tuple(dict.fromkeys(column for column, _ in self.listed))

    def own(self, table: str) -> str:
        """Return the conditions upon the columns of the list, as those of a table."""
        return " AND ".join(
            [condition.format(column=f"{table}.{column}") for column, condition in self.listed] or ["TRUE"]
        )

    def passed(self, *, person: bool = False) -> str:
        """Return what keeps the rows of a `queue` that pass, as `store_person` with the name of its person.

        A case is looked up only for what the list does not answer, and each by itself: however large a database thinks
        the rest of the list is, it reads nothing else.
        """
        if not person and not self.more:
            return f"WHERE {self.own('queue')}"
        behind = self.behind
        if not person and set(_COLUMN.findall(behind)) <= {"id"}:
            # Nothing is asked of the case itself: the list stands for it.
            cases, behind = "", _COLUMN.sub("queue.queued", behind)
        else:
            beside = " JOIN store_person ON store_person.id = store_case.person_id" if person else ""
            cases, behind = f"store_case{beside}", f"{behind} AND store_case.id = queue.queued"
        if self.vendor != "postgresql":
            return f"{f'CROSS JOIN {cases}{behind}' if cases else behind} AND {self.own('queue')}"
        # OFFSET keeps the server from joining the list with whole tables.
        asked = f"SELECT {'store_person.name' if person else '1'} FROM {cases or '(SELECT 1) page'}{behind} OFFSET 0"
        return f"CROSS JOIN LATERAL ({asked}) {'store_person' if person else 'passed'} WHERE {self.own('queue')}"


def _asked(narrow: Narrow) -> tuple[_Test, list[Any]]:
    """Return what is asked, whatever the names, and its parameters in their order."""
    own = narrow.own(connection.vendor)
    more, values = _services(narrow.refine) if narrow.refine else ("", ())
    listed = tuple((column, condition) for column, condition, _ in own)
    return _Test(more, listed, connection.vendor), [*values, *(value for *_, value in own)]


@lru_cache(maxsize=STATEMENTS_MAX)
def _services(refine: tuple[Refine, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return what comes behind `FROM store_case` for the conditions of the services, and its values."""
    found = Case.objects.order_by()
    for condition in refine:
        found = condition(found)
    sql, values = found.values("pk").query.sql_with_params()
    _, table, behind = sql.partition(f'FROM "{Case._meta.db_table}"')
    if not table:
        raise AssertionError(f"no condition upon cases: {sql}")
    return behind if " WHERE " in behind else f"{behind} WHERE TRUE", tuple(values)


@lru_cache(maxsize=STATEMENTS_MAX)
def _first(shapes: ranges.Shapes, test: _Test, wanted: int, reach: int) -> str:
    """Return the statement of the first cases that pass; before each stands where looking ended, if it did.

    The first rows are looked through in the order of the list, which ends early where many pass. Only when they do not
    give enough the others are, in the order of their cases, so that those which lie side by side are read together.
    """
    passed, few = test.passed(), f"(SELECT COUNT(*) FROM head) < {wanted}"
    each = "SELECT queue.queued AS chosen, queue.due_on AS due FROM"
    near = min(reach, HEAD_TIMES * wanted)
    keys = ranges.keys(shapes, count=reach, beside=test.columns)
    rest = f"(SELECT * FROM looked WHERE {few} AND place > {near} ORDER BY queued LIMIT {reach}) queue"
    return (
        f"WITH looked AS MATERIALIZED (SELECT each.*, ROW_NUMBER() OVER (ORDER BY due_on, queued) AS place"
        f" FROM ({keys}) each), head AS MATERIALIZED"
        f" ({each} ({ranges.keys(shapes, count=near, beside=test.columns)}) queue {passed}"
        f" ORDER BY queue.due_on, queue.queued LIMIT {wanted}), reached AS"
        f" (SELECT due_on, queued FROM looked WHERE {few} AND place = {reach}), hits AS"
        f" (SELECT chosen, due FROM head UNION ALL SELECT * FROM ({each} {rest} {passed}) rest"
        f" ORDER BY due, chosen LIMIT {wanted})"
        f" SELECT reached.due_on, reached.queued, {ranges.COLUMNS} FROM (SELECT 1) page LEFT JOIN reached ON TRUE"
        f" LEFT JOIN hits ON TRUE LEFT JOIN store_case ON store_case.id = hits.chosen LEFT {ranges.BESIDE}"
        " ORDER BY hits.due, hits.chosen"
    )


def _of_holder(behind: str, values: list[Any], narrow: Narrow, wanted: int) -> list[Case]:
    """Return the first cases of one who has taken them, in the order of their deadlines."""
    order = "ORDER BY store_case.due_on ASC NULLS LAST, store_case.id"
    if narrow.name:
        source = f"FROM store_case JOIN store_person ON store_person.id = store_case.person_id{behind}"
        sql = f"SELECT store_case.id, store_person.name {source} {order} LIMIT {NAMES_LOOKED_MAX}"
        return _named(sql, values, narrow, wanted)
    # First which cases they are, so that the order of the list ends the search with the last of them.
    chosen = f"SELECT store_case.id AS chosen, store_case.due_on AS due FROM store_case{behind} {order} LIMIT {wanted}"
    rows = ranges.read(
        f"SELECT {ranges.COLUMNS} FROM ({chosen}) hits JOIN store_case ON store_case.id = hits.chosen"
        f" {ranges.BESIDE} ORDER BY hits.due ASC NULLS LAST, hits.chosen",
        values=values,
    )
    return list(ranges.cases_of(rows))


def _named(sql: str, values: list[Any], narrow: Narrow, wanted: int) -> list[Case]:
    """Return the cases whose persons have the name: names are opened in the list's order until there are enough."""
    named = (key for key, sealed in ranges.read(sql, values=values) if narrow.names(ranges.name_of(sealed)))
    keys = list(islice(named, wanted))
    if not keys:
        return []
    rows = ready.rows(f"SELECT {ranges.COLUMNS} FROM store_case {ranges.BESIDE} WHERE store_case.id {{among}}", keys)
    found = {case.pk: case for case in ranges.cases_of(rows)}
    return [found[key] for key in keys if key in found]


def _last(lists: Sequence[Range], reach: int) -> tuple[date, int] | None:
    """Return deadline and case of the last of so many rows, or None where there are fewer."""
    sql = f"SELECT due_on, queued FROM ({ranges.keys(ranges.of(lists), count=reach)}) queue"
    found = ranges.read(f"{sql} ORDER BY due_on, queued LIMIT 1 OFFSET {reach - 1}", values=ranges.values_of(lists))
    return (_day(found[0][0]), found[0][1]) if found else None


def _day(told: Any) -> date:
    return told if isinstance(told, date) else date.fromisoformat(told)
