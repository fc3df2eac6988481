"""Filters upon a work list at a bounded price: so many cases are looked through, in the list's own order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from yibao.kernel.identifiers import mask_name
from yibao.store.models import Case, CaseTurn

LOOKED_MAX = 2000
NAMES_LOOKED_MAX = 400
"""Names lie sealed and are opened one by one."""
HIDDEN = "*"

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
        if who == "nobody":
            return found.filter(holder__isnull=True)
        if who == "me":
            return found.filter(holder_id=int(user_id))
        return found.exclude(holder_id=int(user_id)).filter(holder__isnull=False) if who == "others" else found

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


def cases_of(rows: QuerySet) -> list[Case]:
    """Return the cases of rows of the list, each with person and holder, as often as they stand there."""
    if rows.model is Case:
        return list(rows.select_related("person", "holder"))
    return [turn.case for turn in rows.select_related("case__person", "case__holder")]


def looked_through(rows: QuerySet, *, narrow: Narrow, wanted: int) -> tuple[list[Case], tuple[date, int] | None]:
    """Return the cases among the first rows that pass, and where looking ended before the list did.

    Args:
        rows: The list in its order, not yet cut.
        narrow: What a case must be.
        wanted: Enough rows.

    Returns:
        The cases, and deadline and case of the last row looked at; None where the list ended before.
    """
    key = key_of(rows)
    passes = Exists(narrow.cases().filter(pk=OuterRef(key)))
    # A case taken by the reader is found by its holder; there are few.
    few = narrow.holder.startswith("me:")
    window = rows if few else rows.model._default_manager.filter(pk__in=rows.values("pk")[: narrow.reach()])
    found = window.filter(passes).order_by("due_on", key)
    chosen = cases_of(_by_name(found, narrow) if narrow.name else found[:wanted])
    if few or len(chosen) >= wanted:
        return chosen, None
    last = rows.values_list("due_on", key)[narrow.reach() - 1 : narrow.reach()]
    return chosen, next(iter(last), None)


def _by_name(found: QuerySet, narrow: Narrow) -> QuerySet:
    path = "case__person__name" if found.model is CaseTurn else "person__name"
    names = found.values_list("pk", path)[:NAMES_LOOKED_MAX]
    return found.filter(pk__in=[pk for pk, name in names if narrow.names(name)])
