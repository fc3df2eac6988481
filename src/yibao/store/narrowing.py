"""Filters upon a work list at a bounded price: so many cases are looked through, in the list's own order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from yibao.casework.projection import NO_LIMIT
from yibao.kernel.identifiers import mask_name
from yibao.store.models import Case, CaseTurn

LOOKED_MAX = 2000
NAMES_LOOKED_MAX = 400
"""Names lie sealed and are opened one by one."""
HIDDEN = "*"
NOBODY = 0
DEADLINE = F("due_on").asc(nulls_last=True)

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
        return NAMES_LOOKED_MAX if self.name else LOOKED_MAX

    def cases(self) -> QuerySet[Case]:
        """Return the cases that pass, whatever their persons' names."""
        asked: dict[str, Any] = {
            "service": self.service or None,
            "level": self.level,
            "amount_fen__gte": self.fen_from,
            "amount_fen__lte": self.fen_until,
            "number__contains": self.number or None,
        }
        found = Case.objects.filter(**{name: value for name, value in asked.items() if value is not None})
        found = self._held(found)
        for condition in self.refine:
            found = condition(found)
        return found

    def _held(self, found: QuerySet[Case]) -> QuerySet[Case]:
        who, _, user_id = self.holder.partition(":")
        if who == "me":
            return found.filter(holder_id=int(user_id))
        if who not in ("nobody", "others"):
            return found
        # An index of holders would lead through all their cases instead of the few that are looked through.
        found = found.alias(hand=Coalesce("holder_id", NOBODY))
        return found.filter(hand=NOBODY) if who == "nobody" else found.exclude(hand__in=(NOBODY, int(user_id)))

    def names(self, name: str) -> bool:
        """Return whether a person's name is the one asked for.

        Examples:
            >>> [Narrow(name=asked).names("张小红") for asked in ("张", "张**", "张*", "李")]
            [True, True, False, False]
        """
        return mask_name(name) == self.name if HIDDEN in self.name else name.startswith(self.name)


def key_of(rows: QuerySet) -> str:
    """Return the column that orders rows of one deadline: the case's number in the store."""
    return "case_id" if rows.model is CaseTurn else "pk"


def first_of(lists: Sequence[QuerySet], *, count: int) -> QuerySet[Case]:
    """Return the first cases of lists, in the lists' order.

    Args:
        lists: Each in order of deadline and case; a case may stand in several.
        count: How many cases.
    """
    return _among(Case.objects.all(), lists, count)


def _among(found: QuerySet[Case], lists: Sequence[QuerySet], count: int) -> QuerySet[Case]:
    sql, values = _keys(lists, count)
    return found.filter(pk__in=RawSQL(f"SELECT queued FROM ({sql}) keys", values)).order_by(DEADLINE, "pk")


def _keys(lists: Sequence[QuerySet], count: int) -> tuple[str, list[Any]]:
    """Return the statement that gives deadline and case of the first rows: each list is read from its beginning."""
    rows = [found.annotate(queued=F(key_of(found))).values("due_on", "queued")[:count] for found in lists]
    sql, values = united(rows)
    return (f"{sql} ORDER BY due_on, queued LIMIT {count}" if len(lists) > 1 else sql), values


def united(lists: Iterable[QuerySet]) -> tuple[str, list[Any]]:
    """Return the statement that gives the rows of all lists, each cut as it is and each row once, and its values."""
    found = [rows.query.sql_with_params() for rows in lists]
    if len(found) == 1:
        return found[0][0], list(found[0][1])
    each = " UNION ".join(f"SELECT * FROM ({sql}) list_{place}" for place, (sql, _) in enumerate(found))
    return each, [value for _, values in found for value in values]


def cases_of(found: QuerySet[Case]) -> list[Case]:
    """Return cases with what a list shows of their persons and of those who have them in hand."""
    shown = [field.attname for field in Case._meta.concrete_fields]
    more = ("person__name", "holder__username", "holder__first_name", "holder__last_name")
    return list(found.select_related("person", "holder").only(*shown, *more))


def looked_through(
    lists: Sequence[QuerySet], *, narrow: Narrow, wanted: int
) -> tuple[list[Case], tuple[date, int] | None]:
    """Return the cases among the first rows that pass, and where looking ended before the lists did.

    Args:
        lists: As `first_of` takes them.
        narrow: What a case must be.
        wanted: Enough cases.

    Returns:
        The cases, and deadline and case of the last row looked at; None where the lists ended before.
    """
    # A case taken by the reader is found by its holder; there are few.
    if narrow.holder.startswith("me:"):
        return cases_of(_named(_held(lists, narrow), narrow)[:wanted]), None
    window = _among(narrow.cases(), lists, narrow.reach())
    chosen = cases_of(_named(window, narrow)[:wanted])
    return chosen, None if len(chosen) >= wanted else _last(lists, narrow.reach())


def _held(lists: Sequence[QuerySet], narrow: Narrow) -> QuerySet[Case]:
    own = Q()
    for rows in lists:
        own |= Q(Exists(rows.filter(**{key_of(rows): OuterRef("pk")})))
    return narrow.cases().filter(own).order_by(DEADLINE, "pk")


def _last(lists: Sequence[QuerySet], reach: int) -> tuple[date, int] | None:
    sql, values = _keys(lists, reach)
    last = RawSQL(f"SELECT queued FROM ({sql}) keys ORDER BY due_on, queued LIMIT 1 OFFSET {reach - 1}", values)
    found = Case.objects.filter(pk__in=last).values_list("due_on", "pk").first()
    return (found[0] or NO_LIMIT, found[1]) if found else None


def _named(found: QuerySet[Case], narrow: Narrow) -> QuerySet[Case]:
    if not narrow.name:
        return found
    names = found.values_list("pk", "person__name")[:NAMES_LOOKED_MAX]
    return found.filter(pk__in=[pk for pk, name in names if narrow.names(name)])
