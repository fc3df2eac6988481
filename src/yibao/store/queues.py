"""Work lists as stored queries: whose turn, by deadline; a page costs the same however many cases there are."""

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import QuerySet, Value
from django.db.models.lookups import Exact

from yibao.casework.actors import prefix_of
from yibao.casework.projection import NO_LIMIT
from yibao.casework.standing import OTHER_PLACE
from yibao.casework.states import State
from yibao.store import narrowing, ranges
from yibao.store.models import Case
from yibao.store.models.cases import area
from yibao.store.narrowing import Narrow, Span
from yibao.store.ranges import Range

PAGE_SIZE = 20
COUNTED_MAX = 1000
DAYS_OF_WEEK = 7


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
        looked: How many cases were looked through before the page was given up as it stands; 0 when it is whole.
    """

    rows: list[Case]
    next: Cursor | None
    looked: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases wait for the reader's roles, counted up to `COUNTED_MAX` and no further.

    Beyond that nobody reads the number, and counting on would make the page slower with every case that waits.

    Attributes:
        total: All.
        overdue: Past their deadline.
        today: Deadline today.
        week: Deadline later this week.
        later: Deadline after this week.
        unstarted: No clock runs yet: nobody has accepted them.
        stopped: Wait for their applicants; the office's clock stands still, and nobody's role has them.
        elsewhere: Wait for an agency elsewhere, and nobody's role here has them.
    """

    total: int
    overdue: int
    today: int
    week: int
    later: int
    unstarted: int
    stopped: int
    elsewhere: int


def urgency(*, due_on: date | None, on: date) -> str:
    """Return which group of the list a deadline falls into: overdue, today, week, later or unstarted.

    A week ends with its Sunday.

    Examples:
        >>> friday = date(2023, 2, 10)
        >>> [urgency(due_on=friday + timedelta(days=n), on=friday) for n in (-1, 0, 2, 3)]
        ['overdue', 'today', 'week', 'later']
        >>> urgency(due_on=None, on=friday)
        'unstarted'
    """
    day = due_on or NO_LIMIT
    return next(name for name, span in spans(on=on).items() if span.first <= day <= span.last)


@lru_cache(maxsize=DAYS_OF_WEEK)
def spans(*, on: date) -> Mapping[str, Span]:
    """Return the deadlines of each group of the list, first to last, both inside it."""
    sunday = on + timedelta(days=DAYS_OF_WEEK - on.isoweekday())
    day = timedelta(days=1)
    return {
        "overdue": Span(date.min, on - day),
        "today": Span(on, on),
        "week": Span(on + day, sunday),
        "later": Span(max(sunday, on) + day, NO_LIMIT - day),
        "unstarted": Span(NO_LIMIT, NO_LIMIT),
    }


def queue(
    *,
    roles: Collection[str],
    region: str,
    within: Span | None = None,
    narrow: Narrow | None = None,
    after: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Return one page of the cases whose turn it is for any of the roles.

    Args:
        roles: Roles whose turn it is.
        region: Office of the reader; what lies below it is included.
        within: Only deadlines inside it, when given.
        narrow: Only cases it lets pass, when given; so many cases are looked through and no more, so that a
            filter which hardly anything passes costs no more than another.
        after: Where the page before ended.
        size: Most rows, 1 to 100.
    """
    return _page(_waiting(roles, region), within=within, narrow=narrow, after=after, size=size)


def stopped(
    *,
    region: str,
    within: Span | None = None,
    narrow: Narrow | None = None,
    after: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Return one page of the cases that wait for their applicants, by the applicants' own deadline.

    The arguments are those of `queue`.
    """
    return _page([Range(None, region)], within=within, narrow=narrow, after=after, size=size)


def _page(
    lists: Sequence[Range], *, within: Span | None, narrow: Narrow | None, after: Cursor | None, size: int
) -> Page:
    size = max(1, min(size, 100))
    if within is not None:
        lists = [one.between(first=within.first, last=within.last) for one in lists]
    if after is not None:
        lists = [one.behind((after.due_on, after.case_id)) for one in lists]
    seen_to = None
    if narrow is None or not narrow:
        found = ranges.first_of(lists, count=size + 1)
    else:
        found, seen_to = narrowing.looked_through(lists, narrow=narrow, wanted=size + 1)
    if len(found) > size:
        last = found[size - 1]
        return Page(found[:size], Cursor(last.due_on or NO_LIMIT, last.pk))
    if seen_to is not None:
        return Page(found, Cursor(*seen_to), narrow.reach() if narrow else 0)
    return Page(found, None)


def counts(*, roles: Collection[str], region: str, on: date) -> Counts:
    """Return the numbers above the work list, in one statement.

    Args:
        roles: Roles of the reader.
        region: Office of the reader.
        on: Today.
    """
    groups = spans(on=on)
    lists = _waiting(roles, region)
    asked = [[one.between(first=span.first, last=span.last) for one in lists] for span in groups.values()]
    asked += [[Range(None, region)], _waiting([OTHER_PLACE], region)]
    sql = ranges.counting(tuple(ranges.of(group) for group in asked), most=COUNTED_MAX)
    values = [value for group in asked for value in ranges.values_of(group)]
    ((*found, halted, elsewhere),) = ranges.read(sql, values=values)
    # A case has one deadline, whoever it waits for: no two groups have the same case.
    by_group = dict(zip(groups, found, strict=True))
    return Counts(total=min(sum(found), COUNTED_MAX), stopped=halted, elsewhere=elsewhere, **by_group)


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


def _waiting(roles: Collection[str], region: str) -> list[Range]:
    """Return the list of each role: together they have no order an index keeps."""
    return [Range(role, region) for role in sorted(roles) or [""]]


def _in_region(rows: QuerySet, region: str) -> QuerySet:
    prefix = prefix_of(region)
    if len(prefix) == ranges.WHOLE_CODE:
        return rows.filter(region=region)
    return rows.filter(Exact(area(len(prefix)), Value(prefix)))
