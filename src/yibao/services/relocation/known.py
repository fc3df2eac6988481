"""What a person's own record already answers of the two interviews, so that nobody is asked what is on record."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from yibao import services
from yibao.kernel.months import Month, MonthSpan
from yibao.policy import UnknownRegion
from yibao.services.relocation import forms_cover, forms_years
from yibao.store import situations

KNOWN = "known"
"""Stands among the answers where a record gave them."""
ALL = "000000"
NORMAL, RESIDENT, BACK = "normal", "resident", "back"
_BEFORE = {"student": RESIDENT, "newborn": RESIDENT}
Plain = Mapping[str, Any]
Answers = dict[str, str]


def cover(*, person_id: UUID, on: date, places: Collection[str]) -> Answers:
    """Return what the record answers of "from which day am I covered".

    Asked about is the newest relation in force; where there is none, only the time before is known.

    Args:
        person_id: Whose record.
        on: Today.
        places: Codes of the places that may be chosen.
    """
    record = _record(person_id, on)
    relations = record["enrolments"]
    joined = max((each for each in relations if _runs(each, on)), key=lambda each: str(each["from"]), default=None)
    earlier = [each for each in relations if each is not joined and (joined is None or each["from"] < joined["from"])]
    found = {} if joined is None else _joined(joined, record, on, places)
    if earlier:
        found |= _before(earlier, record, on, places, found.get("place", ""))
    return {**found, KNOWN: "1"} if found else {}


def years(*, person_id: UUID, on: date, places: Collection[str]) -> Answers:
    """Return what the record answers of "will my years be enough".

    Args:
        person_id: Whose record.
        on: Today.
        places: Codes of the places that may be chosen.
    """
    record = _record(person_id, on)
    person, relations = record["person"], record["enrolments"]
    found: Answers = {}
    if relations:
        latest = max(relations, key=lambda each: (_runs(each, on), str(each["from"])))
        found["place"] = _offered(latest["region"], places)
    found["sex"] = person["sex"]
    for name, member in (("born", "born"), ("legal", "legal_age_on")):
        found |= _day(name, person.get(member))
    rows = _rows(record, on, places)
    if len(rows) <= forms_years.ROWS_MAX:
        found[forms_years.ROWS] = str(max(len(rows), forms_years.ROWS_FIRST))
        for row, (region, kind, span) in enumerate(rows):
            where = forms_cover.HERE if region and region == found.get("place") else region
            found |= {f"r{row}-where": where, f"r{row}-kind": kind, **_span(span, f"r{row}-")}
    return {**{name: text for name, text in found.items() if text}, KNOWN: "1"}


def _record(person_id: UUID, on: date) -> dict[str, Any]:
    return situations.case_file(person_id=person_id, region=ALL, on=on, request={})


def _runs(relation: Plain, on: date) -> bool:
    last = relation.get("to")
    begun = date.fromisoformat(relation["from"]) <= on
    return relation.get("status", NORMAL) == NORMAL and begun and (last is None or date.fromisoformat(last) >= on)


def _offered(region: str, places: Collection[str]) -> str:
    """Return the place whose rules hold for a relation; empty where it may not be chosen."""
    try:
        code = services.packs().region_for(region).code
    except UnknownRegion:
        return ""
    return code if code in places else ""


def _joined(relation: Plain, record: Plain, on: date, places: Collection[str]) -> Answers:
    kind = relation["as"] if relation["as"] in forms_cover.JOINING else ""
    found = {"place": _offered(relation["region"], places), "joining": kind}
    days = [each["paid_on"] for each in _payments(relation, record) if each["kind"] != BACK and each.get("paid_on")]
    found |= _day("paid", min(days, default=None))
    year = relation["from"][:4]
    if kind in forms_cover.BY_YEAR and year in forms_cover.insured_years(on):
        found["year"] = year
    if kind == forms_cover.NEWBORN:
        found |= _day("born", record["person"]["born"])
    return {name: text for name, text in found.items() if text}


def _before(earlier: list[Plain], record: Plain, on: date, places: Collection[str], place: str) -> Answers:
    """Return the last relation before, with what led up to it without a gap in the same way."""
    covered = [(months, each) for each in earlier if (months := _months(each, record, on))]
    if not covered:
        return {}
    last = max(covered, key=lambda each: max(each[0]))[1]
    kind, where = _kind_before(last), _offered(last["region"], places)
    alike = [months for months, each in covered if _kind_before(each) == kind]
    span = _spans(set().union(*alike))[-1]
    found = {"before": kind, "where": forms_cover.HERE if where and where == place else where, **_span(span, "")}
    return {name: text for name, text in found.items() if text}


def _kind_before(relation: Plain) -> str:
    kind = str(relation["as"])
    return _BEFORE.get(kind, kind)


def _rows(record: Plain, on: date, places: Collection[str]) -> list[tuple[str, str, MonthSpan]]:
    """Return where, as what and from when until when somebody was insured, in the order of time."""
    months: dict[tuple[str, str], set[int]] = {}
    for each in record["enrolments"]:
        key = (_offered(each["region"], places), _years_kind(each))
        months.setdefault(key, set()).update(_months(each, record, on))
    rows = [(*key, span) for key, found in months.items() for span in _spans(found)]
    return sorted(rows, key=lambda row: row[2].start)


def _years_kind(relation: Plain) -> str:
    kind = relation.get("years_kind", "")
    if kind in forms_years.KINDS:
        return str(kind)
    return RESIDENT if relation["scheme"] == RESIDENT else str(relation["as"])


def _payments(relation: Plain, record: Plain) -> list[Plain]:
    return [each for each in record["payments"] if each["enrolment"] == relation["id"]]


def _months(relation: Plain, record: Plain, on: date) -> set[int]:
    """Return the months of a relation until today: those paid, else those it stood; one without an end has none."""
    now = Month.of(on).index
    if paid := _payments(relation, record):
        spans = [(Month.parse(each["from"]).index, Month.parse(each["to"]).index) for each in paid]
    elif relation.get("to") is None and relation.get("status", NORMAL) != NORMAL:
        spans = []
    else:
        ends = (relation["from"], relation.get("to") or on.isoformat())
        spans = [tuple(Month.of(date.fromisoformat(day)).index for day in ends)]
    return {month for first, last in spans for month in range(first, min(last, now) + 1)}


def _spans(months: set[int]) -> list[MonthSpan]:
    """Return months as spans without a hole, in the order of time."""
    starts = sorted(month for month in months if month - 1 not in months)
    ends = sorted(month + 1 for month in months if month + 1 not in months)
    return [MonthSpan(Month.from_index(start), Month.from_index(end)) for start, end in zip(starts, ends, strict=True)]


def _span(span: MonthSpan, prefix: str) -> Answers:
    ends = (("first", span.start), ("last", span.end.plus(-1)))
    return {f"{prefix}{name}-{part}": str(getattr(month, part)) for name, month in ends for part in ("year", "month")}


def _day(name: str, day: str | None) -> Answers:
    if day is None:
        return {}
    found = date.fromisoformat(day)
    return {f"{name}-{part}": str(getattr(found, part)) for part in ("year", "month", "day")}
