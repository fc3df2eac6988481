"""The answers to "will my years be enough": read, checked, and made into a case file; they stay in the session."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yibao.kernel.months import Month
from yibao.services.relocation.forms_cover import HERE, MISSING, TOO_EARLY, WRONG, Page, Typed, day, month

STEPS = ("place", "person", "periods")
SEXES = ("M", "F")
DAYS = ("born", "legal", "work", "pension")
PARTS = ("where", "kind", "first-year", "first-month", "last-year", "last-month")
ROWS_MAX, ROWS_FIRST = 8, 2
ROWS = "rows"
YEAR_FIRST = 1930
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a period counts as: scheme, relation, kind of years (empty for residents), and who paid."""

    scheme: str
    relation: str
    years: str
    payer: str


KINDS = {
    "unit": Kind("employee", "unit", "actual", "unit"),
    "individual": Kind("employee", "individual", "actual", "person"),
    "unemployed": Kind("employee", "unemployed", "actual", "unemployment_fund"),
    "deemed": Kind("employee", "unit", "deemed", ""),
    "military": Kind("employee", "unit", "military", ""),
    "resident": Kind("resident", "resident", "", "person"),
}


def names(*, step: str, rows: int) -> tuple[str, ...]:
    """Return the fields of a page.

    Args:
        step: One of `STEPS`.
        rows: How many periods are asked for.
    """
    if step == "place":
        return ("place",)
    if step == "person":
        return ("sex", *(f"{name}-{part}" for name in DAYS for part in ("year", "month", "day")))
    return tuple(f"r{row}-{part}" for row in range(rows) for part in PARTS)


def rows_of(kept: Typed) -> int:
    """Return how many periods the page asks for.

    Examples:
        >>> rows_of({}), rows_of({"rows": "3"}), rows_of({"rows": "99"})
        (2, 3, 8)
    """
    text = kept.get(ROWS, "")
    return min(int(text), ROWS_MAX) if text.isascii() and text.isdigit() else ROWS_FIRST


def read(*, step: str, sent: Typed, kept: Typed, places: Iterable[str], on: date) -> Page:
    """Read one page; what is wrong is named, and nothing typed is lost.

    Args:
        step: One of `STEPS`.
        sent: As sent, or as kept before.
        kept: The answers of the other pages.
        places: Codes of the places that may be chosen.
        on: Today.
    """
    page = Page({name: sent.get(name, "").strip() for name in names(step=step, rows=rows_of(kept))})
    if step == "place" and page.typed["place"] not in places:
        page.errors["place"] = MISSING
    if step == "person":
        _person(page, on)
    if step == "periods":
        _periods(page, tuple(places), rows_of(kept), on)
    return page


def open_step(*, kept: Typed, places: Iterable[str], on: date) -> str:
    """Return the first step without a good answer; empty where all are answered.

    Args:
        kept: The answers so far.
        places: Codes of the places that may be chosen.
        on: Today.
    """
    known = tuple(places)
    wrong = (step for step in STEPS if read(step=step, sent=kept, kept=kept, places=known, on=on).errors)
    return next(wrong, "")


def _person(page: Page, on: date) -> None:
    if page.typed["sex"] not in SEXES:
        page.errors["sex"] = MISSING
    for name in DAYS:
        typed = any(page.typed[f"{name}-{part}"] for part in ("year", "month", "day"))
        found = day(page.typed, name=name)
        if (typed or name == "born") and (found is None or found.year < YEAR_FIRST or (name == "born" and found > on)):
            page.errors[name] = WRONG


def _periods(page: Page, places: tuple[str, ...], rows: int, on: date) -> None:
    filled = [row for row in range(rows) if _filled(page.typed, row)]
    for row in filled or [0]:
        _period(page, row, places, on)


def _filled(typed: Typed, row: int) -> bool:
    return any(typed.get(f"r{row}-{part}", "") for part in PARTS)


def _period(page: Page, row: int, places: tuple[str, ...], on: date) -> None:
    if page.typed[f"r{row}-where"] not in (HERE, *places):
        page.errors[f"r{row}-where"] = MISSING
    if page.typed[f"r{row}-kind"] not in KINDS:
        page.errors[f"r{row}-kind"] = MISSING
    first, last = month(page.typed, name=f"r{row}-first"), month(page.typed, name=f"r{row}-last")
    for end, found in (("first", first), ("last", last)):
        if found is None or found.year < YEAR_FIRST or found.index > Month.of(on).index:
            page.errors[f"r{row}-{end}"] = WRONG
    if first and last and first.index > last.index:
        page.errors[f"r{row}-last"] = TOO_EARLY


def periods(kept: Typed) -> list[tuple[str, str, Month, Month]]:
    """Return the periods that were filled in: where, kind, first and last month."""
    found = []
    for row in range(rows_of(kept)):
        first, last = month(kept, name=f"r{row}-first"), month(kept, name=f"r{row}-last")
        if first is not None and last is not None and _filled(kept, row):
            found.append((kept[f"r{row}-where"], kept[f"r{row}-kind"], first, last))
    return found


def case_file(*, kept: Typed, on: date) -> dict[str, Any]:
    """Return the question as a case file in its published form.

    Args:
        kept: All answers.
        on: Today.
    """
    days = {"born": "born", "legal": "legal_age_on", "work": "work_started_on", "pension": "pension_from"}
    known = {member: found.isoformat() for name, member in days.items() if (found := day(kept, name=name))}
    enrolments, payments = [], []
    for place, (where, code, first, last) in enumerate(periods(kept), 1):
        kind, region = KINDS[code], kept["place"] if where == HERE else where
        relation = {"id": f"e{place}", "scheme": kind.scheme, "as": kind.relation, "region": region}
        ends = {"from": first.first_day.isoformat(), "to": (last.plus(1).first_day - ONE_DAY).isoformat()}
        enrolments.append({**relation, **ends, **({"years_kind": kind.years} if kind.years else {})})
        if kind.payer:
            paid = {"id": f"p{place}", "enrolment": f"e{place}", "kind": "monthly", "amount": None}
            payments.append({**paid, "from": str(first), "to": str(last), "payer": kind.payer})
    ground: Mapping[str, Any] = {"benefits": [], "events": [], "materials": [], "request": {}}
    person = {"sex": kept["sex"], **known}
    head = {"service": "years", "region": kept["place"], "on": on.isoformat(), "applicant": {"kind": "payer"}}
    return {**head, "person": person, "enrolments": enrolments, "payments": payments, **ground}
