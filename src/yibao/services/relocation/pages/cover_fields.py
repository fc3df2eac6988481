"""The questions of "from which day am I covered" as fields, and the answers in words."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest

from yibao.kernel.months import Month
from yibao.services.relocation import forms_cover as forms
from yibao.services.relocation.pages.places import place_words, with_rules

Typed = Mapping[str, str]


def fields(*, step: str, typed: Typed, kept: Typed, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the fields of one page.

    Args:
        step: Which page.
        typed: What stands in them.
        kept: The answers of the other pages.
        request: The reader's.
    """
    made: list[dict[str, Any]] = _FIELDS[step](typed, kept, request)
    return made


def _heading(say: Any, step: str) -> dict[str, Any]:
    return {"text": say(f"relocation.cover.ask.{step}"), "classes": "govuk-label--l", "is_page_heading": True}


def _legend(say: Any, step: str) -> dict[str, Any]:
    return {**_heading(say, step), "classes": "govuk-fieldset__legend--l"}


def places(say: Any, first: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the places whose rules are known as choices, after some others."""
    found = [{"value": each.code, "text": place_words(each.code, say)} for each in with_rules("relocation", "cover")]
    return [*first, *found]


def _place(typed: Typed, kept: Typed, request: HttpRequest) -> list[dict[str, Any]]:
    say = request.say  # type: ignore[attr-defined]
    items = places(say, [{"value": "", "text": say("relocation.cover.choose")}])
    hint = {"text": say("relocation.cover.hint.place")}
    return [_select("place", _heading(say, "place"), items, typed["place"], hint)]


def _select(name: str, label: Any, items: Any, value: str, hint: Any = None) -> dict[str, Any]:
    return {"component": "select", "name": name, "label": label, "hint": hint, "items": items, "value": value}


def _radios(step: str, codes: tuple[str, ...]) -> Callable[[Typed, Typed, HttpRequest], list[dict[str, Any]]]:
    def made(typed: Typed, kept: Typed, request: HttpRequest) -> list[dict[str, Any]]:
        say = request.say  # type: ignore[attr-defined]
        items = []
        for code in codes:
            hint = say.find(f"relocation.cover.{step}_hint.{code}")
            found = {"value": code, "text": say(f"relocation.cover.{step}.{code}")}
            items.append({**found, "hint": {"text": hint}} if hint else found)
        fieldset = {"legend": _legend(say, step)}
        return [{"component": "radios", "name": step, "fieldset": fieldset, "items": items, "value": typed[step]}]

    return made


def boxes(say: Any, name: str, typed: Typed, parts: tuple[str, ...], hint: str, legend: str = "") -> dict[str, Any]:
    """Return a date or a month as boxes."""
    text = legend or say(f"relocation.cover.field.{name}")
    items = [{"name": part, "label": say(f"relocation.cover.box.{part}")} for part in parts]
    return {
        "component": "date_input",
        "id": name,
        "name": name,
        "name_prefix": name,
        "fieldset": {"legend": {"text": text, "classes": "govuk-fieldset__legend--s"}},
        "hint": {"text": hint} if hint else None,
        "items": items,
        "values": {f"{name}-{part}": typed.get(f"{name}-{part}", "") for part in parts},
    }


def _last(typed: Typed, kept: Typed, request: HttpRequest) -> list[dict[str, Any]]:
    say = request.say  # type: ignore[attr-defined]
    here = {"value": forms.HERE, "text": say("relocation.cover.here")}
    label = {"text": say("relocation.cover.field.where")}
    items = places(say, [{"value": "", "text": say("relocation.cover.choose")}, here])
    month = ("year", "month")
    return [
        _select("where", label, items, typed["where"]),
        boxes(say, "first", typed, month, say("relocation.cover.hint.first")),
        boxes(say, "last", typed, month, say("relocation.cover.hint.last")),
    ]


def _paid(typed: Typed, kept: Typed, request: HttpRequest) -> list[dict[str, Any]]:
    say, on = request.say, request.on  # type: ignore[attr-defined]
    day = ("year", "month", "day")
    today = {"paid-year": str(on.year), "paid-month": str(on.month), "paid-day": str(on.day)}
    shown = typed if any(typed[f"paid-{part}"] for part in day) or request.method == "POST" else {**typed, **today}
    made = [boxes(say, "paid", shown, day, say("relocation.cover.hint.paid"))]
    if kept.get("joining") in forms.BY_YEAR:
        kind = "school_year" if kept["joining"] == forms.STUDENT else "insured_year"
        items = [
            {"value": year, "text": say(f"relocation.cover.{kind}", year=year)} for year in forms.insured_years(on)
        ]
        legend = {"text": say("relocation.cover.field.year"), "classes": "govuk-fieldset__legend--s"}
        radios = {"component": "radios", "name": "year", "fieldset": {"legend": legend}}
        made.append({**radios, "items": items, "value": typed["year"]})
    if kept.get("joining") == forms.NEWBORN:
        made.append(boxes(say, "born", typed, day, ""))
    return made


_FIELDS: dict[str, Any] = {
    "place": _place,
    "joining": _radios("joining", forms.JOINING),
    "before": _radios("before", forms.BEFORE),
    "last": _last,
    "paid": _paid,
}


def month_words(month: Month | None, say: Any) -> str:
    """Return a month in words, empty for none."""
    return "" if month is None else str(say("common.one_month", year=month.year, month=month.month))


def day_words(day: date | None, say: Any) -> str:
    """Return a day in words, empty for none."""
    if day is None:
        return ""
    return str(say("common.date", year=day.year, month=day.month, day=day.day, month_name=f"{day:%B}"))


def told(*, step: str, kept: Typed, say: Any, place: Callable[[str, Any], str]) -> str:
    """Return an answer in words.

    Args:
        step: Which page.
        kept: All answers.
        say: The reader's words.
        place: Names a place.
    """
    if step == "place":
        return place(kept["place"], say)
    if step in ("joining", "before"):
        return str(say(f"relocation.cover.{step}.{kept[step]}"))
    if step == "last":
        where = kept["where"]
        name = say("relocation.cover.here") if where == forms.HERE else place(where, say)
        first, last = (month_words(forms.month(kept, name=end), say) for end in ("first", "last"))
        return str(say("relocation.cover.told.last", place=name, first=first, last=last))
    paid, born = (day_words(forms.day(kept, name=name), say) for name in ("paid", "born"))
    if kept.get("joining") in forms.BY_YEAR:
        return str(say("relocation.cover.told.paid_year", day=paid, year=kept["year"]))
    if kept.get("joining") == forms.NEWBORN:
        return str(say("relocation.cover.told.paid_born", day=paid, born=born))
    return str(say("relocation.cover.told.paid", day=paid))
