"""The questions of "will my years be enough" as fields, and the answers in words."""

from collections.abc import Mapping
from typing import Any

from yibao.services.relocation import forms_cover
from yibao.services.relocation import forms_years as forms
from yibao.services.relocation.pages.cover_fields import boxes, day_words, month_words
from yibao.services.relocation.pages.places import place_words, with_rules

Typed = Mapping[str, str]
DAY = ("year", "month", "day")


def groups(*, step: str, typed: Typed, rows: int, say: Any) -> list[dict[str, Any]]:
    """Return the fields of one page in groups; a group with a title is one period.

    Args:
        step: Which page.
        typed: What stands in them.
        rows: How many periods are asked for.
        say: The reader's words.
    """
    if step == "place":
        label = {"text": say("relocation.years.ask.place"), "classes": "govuk-label--l", "is_page_heading": True}
        return [{"title": "", "fields": [_select("place", label, _places(say, []), typed["place"], say)]}]
    if step == "person":
        return [{"title": "", "fields": [_sex(typed, say), *(_day(name, typed, say) for name in forms.DAYS)]}]
    return [_period(row, typed, say) for row in range(rows)]


def _places(say: Any, first: list[dict[str, str]]) -> list[dict[str, str]]:
    known = [{"value": each.code, "text": place_words(each.code, say)} for each in with_rules("years", "requirement")]
    return [*first, *known]


def _select(name: str, label: Any, items: list[dict[str, str]], value: str, say: Any) -> dict[str, Any]:
    empty = {"value": "", "text": say("relocation.cover.choose")}
    return {"component": "select", "name": name, "label": label, "items": [empty, *items], "value": value}


def _sex(typed: Typed, say: Any) -> dict[str, Any]:
    legend = {"text": say("relocation.years.field.sex"), "classes": "govuk-fieldset__legend--s"}
    items = [{"value": code, "text": say(f"relocation.years.sex.{code}")} for code in forms.SEXES]
    return {"component": "radios", "name": "sex", "fieldset": {"legend": legend}, "items": items, "value": typed["sex"]}


def _day(name: str, typed: Typed, say: Any) -> dict[str, Any]:
    return _boxes(
        name, f"relocation.years.field.{name}", typed, DAY, say.find(f"relocation.years.hint.{name}") or "", say
    )


def _boxes(name: str, key: str, typed: Typed, parts: tuple[str, ...], hint: str, say: Any) -> dict[str, Any]:
    made = boxes(say, name, typed, parts, hint, legend=say(key))
    return made


def _period(row: int, typed: Typed, say: Any) -> dict[str, Any]:
    here = {"value": forms_cover.HERE, "text": say("relocation.cover.here")}
    kinds = [{"value": code, "text": say(f"relocation.years.kind.{code}")} for code in forms.KINDS]
    where = {"text": say("relocation.cover.field.where")}
    kind = {"text": say("relocation.years.field.kind")}
    month = ("year", "month")
    fields = [
        _select(f"r{row}-where", where, _places(say, [here]), typed[f"r{row}-where"], say),
        _select(f"r{row}-kind", kind, kinds, typed[f"r{row}-kind"], say),
        _boxes(f"r{row}-first", "relocation.years.field.first", typed, month, "", say),
        _boxes(f"r{row}-last", "relocation.years.field.last", typed, month, "", say),
    ]
    return {"title": say("relocation.years.period", number=row + 1), "fields": fields}


def errors(found: Mapping[str, str], say: Any) -> dict[str, str]:
    """Return what is wrong in words, by field; those of periods name which period.

    Args:
        found: Field to code.
        say: The reader's words.
    """
    told = {}
    for name, code in found.items():
        row, _, part = name.partition("-")
        period = say("relocation.years.period", number=int(row[1:]) + 1) + say("common.colon") if part else ""
        told[name] = period + say(f"relocation.years.error.{part or name}.{code}")
    return told


def told(*, step: str, kept: Typed, say: Any) -> str:
    """Return the answers of a page in words.

    Args:
        step: Which page.
        kept: All answers.
        say: The reader's words.
    """
    joint = say("relocation.joint")
    if step == "place":
        return place_words(kept["place"], say)
    if step == "person":
        days = [
            f"{say(f'relocation.years.field.{name}')} {day_words(found, say)}"
            for name in forms.DAYS
            if (found := forms_cover.day(kept, name=name))
        ]
        return str(joint.join([say(f"relocation.years.sex.{kept['sex']}"), *days]))
    lines = []
    for where, kind, first, last in forms.periods(kept):
        name = say("relocation.cover.here") if where == forms_cover.HERE else place_words(where, say)
        months = {"first": month_words(first, say), "last": month_words(last, say)}
        lines.append(
            say("relocation.cover.told.last", place=f"{say(f'relocation.years.kind.{kind}')} {name}", **months)
        )
    return str(say("relocation.semicolon").join(lines))
