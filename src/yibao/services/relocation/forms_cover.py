"""The answers to "from which day am I covered": read, checked against one another, and made into case files.

Answers stay in the session as they were typed; nothing of them is stored or stands in an address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from yibao import services
from yibao.kernel.months import Month
from yibao.policy import UnknownRegion, UnknownValue

STEPS = ("place", "joining", "before", "last", "paid")
JOINING = ("unit", "individual", "resident", "student", "newborn")
BEFORE = ("none", "unit", "individual", "unemployed", "resident")
BY_YEAR = ("resident", "student")
NEVER, NEWBORN, STUDENT, RESIDENT = "none", "newborn", "student", "resident"
SCHEMES = {"unit": "employee", "individual": "employee", "unemployed": "employee"}
HERE = "here"
YEARS_AHEAD = 1
YEAR_FIRST = 1950
MONTHS_MAX = 720
SCHOOL_BEGINS = "school_year_month"
ONE_DAY = timedelta(days=1)
MISSING, WRONG, TOO_EARLY = "missing", "wrong", "early"
Typed = Mapping[str, str]


@dataclass(slots=True)
class Page:
    """One page of answers.

    Attributes:
        typed: What was typed, by field.
        errors: Field to the code of what is wrong with it; empty when the answers may be kept.
    """

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


FIELDS = {
    "place": ("place",),
    "joining": ("joining",),
    "before": ("before",),
    "last": ("where", "first-year", "first-month", "last-year", "last-month"),
    "paid": ("paid-year", "paid-month", "paid-day", "year", "born-year", "born-month", "born-day"),
}


def steps(kept: Typed) -> tuple[str, ...]:
    """Return the steps that are asked after what was answered: who was never insured has no last place.

    Examples:
        >>> steps({"joining": "unit", "before": "none"})
        ('place', 'joining', 'before', 'paid')
        >>> steps({"joining": "newborn"})
        ('place', 'joining', 'paid')
    """
    left = {"before", "last"} if kept.get("joining") == NEWBORN else set()
    if kept.get("before") == NEVER:
        left.add("last")
    return tuple(step for step in STEPS if step not in left)


def read(*, step: str, sent: Typed, kept: Typed, places: Iterable[str], on: date) -> Page:
    """Read one page; what is wrong is named, and nothing typed is lost.

    Args:
        step: One of `STEPS`.
        sent: As sent, or as kept before.
        kept: The answers of the other pages.
        places: Codes of the places that may be chosen.
        on: Today.
    """
    page = Page({name: sent.get(name, "").strip() for name in FIELDS[step]})
    _READERS[step](page, kept, tuple(places), on)
    return page


def open_step(*, kept: Typed, places: Iterable[str], on: date) -> str:
    """Return the first step without a good answer; empty where all are answered.

    Args:
        kept: The answers so far.
        places: Codes of the places that may be chosen.
        on: Today.
    """
    known = tuple(places)
    for step in steps(kept):
        if read(step=step, sent=kept, kept=kept, places=known, on=on).errors:
            return step
    return ""


def _one_of(page: Page, name: str, allowed: Iterable[str]) -> None:
    if page.typed[name] not in allowed:
        page.errors[name] = MISSING


def _place(page: Page, kept: Typed, places: tuple[str, ...], on: date) -> None:
    _one_of(page, "place", places)


def _joining(page: Page, kept: Typed, places: tuple[str, ...], on: date) -> None:
    _one_of(page, "joining", JOINING)


def _before(page: Page, kept: Typed, places: tuple[str, ...], on: date) -> None:
    _one_of(page, "before", BEFORE)


def _last(page: Page, kept: Typed, places: tuple[str, ...], on: date) -> None:
    _one_of(page, "where", (HERE, *places))
    first, last = month(page.typed, name="first"), month(page.typed, name="last")
    for name, found in (("first", first), ("last", last)):
        if found is None or found.year < YEAR_FIRST or found.index > Month.of(on).index + MONTHS_MAX:
            page.errors[name] = WRONG
    if first and last and not page.errors and (first.index > last.index or last.index - first.index > MONTHS_MAX):
        page.errors["last"] = TOO_EARLY


def _paid(page: Page, kept: Typed, places: tuple[str, ...], on: date) -> None:
    paid = day(page.typed, name="paid")
    if paid is None or paid.year < YEAR_FIRST or paid > on + timedelta(days=366):
        page.errors["paid"] = WRONG
    joining = kept.get("joining", "")
    if joining in BY_YEAR and page.typed["year"] not in insured_years(on):
        page.errors["year"] = MISSING
    born = day(page.typed, name="born")
    if joining == NEWBORN and (born is None or born > on or (paid is not None and born > paid)):
        page.errors["born"] = WRONG
    if not page.errors and NEVER not in (kept.get("before"), joining) and "last" in steps(kept):
        last = month(kept, name="last")
        if last is not None and last.first_day >= _starts({**kept, **page.typed}):
            page.errors["paid"] = TOO_EARLY


_READERS = {"place": _place, "joining": _joining, "before": _before, "last": _last, "paid": _paid}


def insured_years(on: date) -> tuple[str, ...]:
    """Return the years residents may ask about: this one and the next."""
    return tuple(str(on.year + ahead) for ahead in range(YEARS_AHEAD + 1))


def month(typed: Typed, *, name: str) -> Month | None:
    """Return the month of two boxes, None where they hold none.

    Examples:
        >>> str(month({"last-year": "2026", "last-month": "7"}, name="last")), month({}, name="last")
        ('2026-07', None)
    """
    year, number = typed.get(f"{name}-year", ""), typed.get(f"{name}-month", "")
    try:
        return Month(int(year), int(number)) if year.isascii() and number.isascii() else None
    except ValueError:
        return None


def day(typed: Typed, *, name: str) -> date | None:
    """Return the day of three boxes, None where they hold none.

    Examples:
        >>> day({"paid-year": "2026", "paid-month": "2", "paid-day": "30"}, name="paid") is None
        True
    """
    boxes = [typed.get(f"{name}-{part}", "") for part in ("year", "month", "day")]
    try:
        return date(*map(int, boxes)) if all(box.isascii() for box in boxes) else None
    except ValueError:
        return None


def _starts(kept: Typed) -> date:
    """Return the first day of the relation that is joined: of the month paid, the insured year, or the birth."""
    joining, paid = kept["joining"], day(kept, name="paid") or date.min
    if joining == NEWBORN:
        return day(kept, name="born") or paid
    if joining == STUDENT:
        return _school_begins(kept, paid)
    return date(int(kept["year"]), 1, 1) if joining == RESIDENT else paid.replace(day=1)


def _school_begins(kept: Typed, paid: date) -> date:
    """Return the first day of the school year at the place; where no source says, of the month paid in that year."""
    year = int(kept["year"])
    try:
        begins = services.packs().region_for(kept["place"]).parameter(SCHOOL_BEGINS, on=paid).value
    except (UnknownValue, UnknownRegion):
        begins = None
    if isinstance(begins, int):
        return date(year, begins, 1)
    return min(max(paid.replace(day=1), date(year, 1, 1)), date(year, 12, 1))


def _ends(kept: Typed, start: date) -> date | None:
    """Return the last day of the year that was asked about; how long students and newborns stay is for the place."""
    return date(start.year, 12, 31) if kept["joining"] == RESIDENT else None


def gap(kept: Typed) -> tuple[Month, ...]:
    """Return the whole months between the last one insured and the first one now; empty where there is no gap."""
    last = month(kept, name="last") if "last" in steps(kept) else None
    if last is None:
        return ()
    return tuple(Month.from_index(index) for index in range(last.index + 1, Month.of(_starts(kept)).index))


def case_file(*, kept: Typed, on: date, back: Iterable[Month] = (), repair: int = 0) -> dict[str, Any]:
    """Return the question as a case file in its published form.

    Args:
        kept: All answers.
        on: Today.
        back: Months paid late.
        repair: Missed years paid for.
    """
    start, paid = _starts(kept), (day(kept, name="paid") or on).isoformat()
    joining, place = kept["joining"], kept["place"]
    joined = _relation("e2", joining, place, start, _ends(kept, start))
    request: dict[str, Any] = {"ask": "cover", "enrolment": "e2", "registered_on": paid, "paid_on": paid}
    if months := [str(each) for each in back]:
        request["back_pay"] = months
    if repair:
        request["repair_years"] = repair
    born = day(kept, name="born") if joining == NEWBORN else None
    return {
        "service": "relocation",
        "region": place,
        "on": on.isoformat(),
        "applicant": {"kind": "payer"},
        "person": {} if born is None else {"born": born.isoformat()},
        "enrolments": [*_history(kept, place), joined],
        "payments": [],
        "benefits": [],
        "events": [],
        "materials": [],
        "request": request,
    }


def _history(kept: Typed, place: str) -> list[dict[str, Any]]:
    first, last = month(kept, name="first"), month(kept, name="last")
    if "last" not in steps(kept) or first is None or last is None:
        return []
    where = place if kept["where"] == HERE else kept["where"]
    return [_relation("e1", kept["before"], where, first.first_day, last.plus(1).first_day - ONE_DAY)]


def _relation(key: str, kind: str, region: str, start: date, end: date | None) -> dict[str, Any]:
    scheme = SCHEMES.get(kind, "resident")
    days = {"from": start.isoformat(), "to": None if end is None else end.isoformat()}
    return {"id": key, "scheme": scheme, "as": kind, "region": region, **days}
