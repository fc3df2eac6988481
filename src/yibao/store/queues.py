"""Work lists as stored queries: whose turn, by deadline; a page costs the same however many cases there are."""

import sys
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import IntegerField, Q, QuerySet, Subquery

from yibao.casework.actors import prefix_of
from yibao.casework.projection import NO_LIMIT
from yibao.casework.states import State
from yibao.store.models import Case, CaseTurn

PAGE_SIZE = 20
WHOLE_CODE = 6
COUNTED_MAX = 1000


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after this deadline and case."""

    due_on: date
    case_id: int

    def text(self) -> str:
        """Return the cursor as it stands in an address.

        Examples:
            >>> Cursor(date(2023, 3, 1), 12).text()
            '2023-03-01~12'
        """
        return f"{self.due_on.isoformat()}~{self.case_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Return the cursor of an address; None when the text is none, so that the first page is shown.

        Examples:
            >>> Cursor.parse("2023-03-01~12") == Cursor(date(2023, 3, 1), 12), Cursor.parse("x")
            (True, None)
        """
        day, _, case_id = text.partition("~")
        try:
            found = cls(date.fromisoformat(day), int(case_id))
        except ValueError:
            return None
        return found if abs(found.case_id) < sys.maxsize else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Attributes:
        rows: Cases with person and holder loaded, first deadline first.
        next: Cursor of the next page, or None on the last one.
    """

    rows: list[Case]
    next: Cursor | None


class _Counted(Subquery):
    """How many rows a query gives, as one value of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases wait for the reader's roles, counted up to `COUNTED_MAX` and no further.

    Beyond that nobody reads the number, and counting on would make the page slower with every case that waits.

    Attributes:
        total: All.
        overdue: Past their deadline.
        due_soon: Deadline today or within the days asked for.
        mine: Taken by the reader.
        by_role: Waiting for each role; a case that waits for two offices counts in both.
    """

    total: int
    overdue: int
    due_soon: int
    mine: int
    by_role: dict[str, int]


def queue(
    *,
    roles: Collection[str],
    region: str,
    service: str = "",
    state: str = "",
    overdue_on: date | None = None,
    due_by: date | None = None,
    holder: int | None = None,
    after: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Return one page of the cases whose turn it is for any of the roles, in one statement.

    Args:
        roles: Roles of the reader.
        region: Office of the reader; what lies below it is included.
        service: Only this service, when given.
        state: Only this state, when given.
        overdue_on: Only cases overdue on this day, when given.
        due_by: Only cases with a deadline up to this day, when given.
        holder: Only cases taken by this user, when given.
        after: Where the page before ended.
        size: Most rows, 1 to 100.
    """
    turns = _waiting(roles, region)
    if service:
        turns = turns.filter(service=service)
    if state:
        turns = turns.filter(case__state=state)
    if overdue_on is not None:
        turns = turns.filter(due_on__lt=overdue_on)
    if due_by is not None:
        turns = turns.filter(due_on__lte=due_by)
    if holder is not None:
        turns = turns.filter(case__holder_id=holder)
    if after is not None:
        # The first condition alone is what the index can begin from.
        turns = turns.filter(due_on__gte=after.due_on)
        turns = turns.filter(Q(due_on__gt=after.due_on) | Q(case_id__gt=after.case_id))
    size = max(1, min(size, 100))
    # A case that waits for two roles of the reader stands twice, side by side.
    found = turns.select_related("case__person", "case__holder").order_by("due_on", "case_id")
    rows = list(dict.fromkeys(turn.case for turn in found[: (size + 1) * max(len(roles), 1)]))
    shown = rows[:size]
    last = shown[-1] if len(rows) > size else None
    return Page(shown, Cursor(last.due_on or NO_LIMIT, last.pk) if last else None)


def counts(*, roles: Collection[str], region: str, on: date, soon: date, user_id: int | None = None) -> Counts:
    """Return the numbers above the work list, in one statement.

    Args:
        roles: Roles of the reader.
        region: Office of the reader.
        on: Today.
        soon: Last day that counts as soon.
        user_id: The reader, for the number of cases they have taken.
    """
    waiting = _waiting(roles, region)
    taken = Case.objects.filter(holder_id=user_id).values("pk")
    wanted = {
        "total": waiting,
        "overdue": waiting.filter(due_on__lt=on),
        "due_soon": waiting.filter(due_on__gte=on, due_on__lte=soon),
        "mine": waiting.filter(case_id__in=taken),
        **{f"role {role}": waiting.filter(role=role) for role in sorted(roles)},
    }
    # Any one row carries the numbers; where there is none, there is nothing to count.
    numbers = [_Counted(rows.order_by().values("case_id").distinct()[:COUNTED_MAX]) for rows in wanted.values()]
    found = dict(zip(wanted, CaseTurn.objects.values_list(*numbers).first() or [0] * len(wanted), strict=True))
    by_role = {role: found.pop(f"role {role}") for role in sorted(roles)}
    return Counts(**found, by_role=by_role)


def search(
    *,
    region: str,
    state: str = "",
    service: str = "",
    number: str = "",
    before_id: int | None = None,
    size: int = PAGE_SIZE,
) -> list[Case]:
    """Return cases of an office, newest first, whosever turn it is; drafts of citizens stay theirs.

    Args:
        region: Office of the reader.
        state: Only this state, when given.
        service: Only this service, when given.
        number: Only this case, when given.
        before_id: Where the page before ended: `pk` of its last case.
        size: Most rows.
    """
    found = _in_region(Case.objects.exclude(state=State.DRAFT), region)
    wanted = {"state": state, "service": service, "number": number}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(found.select_related("person", "holder").order_by("-pk")[:size])


def of_person(person_id: object) -> list[Case]:
    """Return a person's cases, newest first."""
    return list(Case.objects.filter(person_id=person_id).order_by("-pk")[:100])


def _waiting(roles: Collection[str], region: str) -> QuerySet[CaseTurn]:
    return _in_region(CaseTurn.objects.filter(role__in=sorted(roles)), region)


def _in_region(rows: QuerySet, region: str) -> QuerySet:
    prefix = prefix_of(region)
    return rows.filter(region=region) if len(prefix) == WHOLE_CODE else rows.filter(region__startswith=prefix)
