"""What the rules answer about years: sums, what is asked for, what is short, and what can be done."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from yibao import services
from yibao.services.relocation import forms_years as forms
from yibao.services.relocation.pages.places import place_words
from yibao.services.relocation.pages.sources import documents
from yibao.services.relocation.rules.years.steps import span

SUMS = ("cumulative", "actual", "deemed", "converted")
CODE_DIGITS = 6


def told(*, kept: Mapping[str, str], request: HttpRequest) -> dict[str, Any]:
    """Return everything the page of the answer shows.

    Args:
        kept: All answers.
        request: The reader's.

    Raises:
        InputInvalid: The answers contradict one another in a way no page could see.
    """
    say, on = request.say, request.on  # type: ignore[attr-defined]
    decision = services.decide(forms.case_file(kept=kept, on=on)).json()
    at, region = int(say.language == "en"), decision["pack"]["region"]
    suffix = "_en" if at else ""
    short = decision["shortfall_months"]
    return {
        "place": place_words(kept["place"], say),
        "decision": decision["decision"],
        "shortfall": span(short)[at] if short else "",
        "places": [_place(code, say) for code in decision["places"]],
        "sums": [
            {"label": say(f"relocation.steps.{name}"), "value": span(decision[f"{name}_months"])[at]}
            for name in SUMS
            if decision[f"{name}_months"] is not None
        ],
        "tests": [_test(each, say, at) for each in decision["tests"]],
        "ways": [_way(each, say, at) for each in decision["ways"]],
        "refusals": [
            {"text": each[say.language], "next": each[f"next_{say.language}"]}
            for each in decision["refusals"]
            if each["code"] != "years_short"
        ],
        "steps": [
            {name: step[f"{name}{suffix}"] for name in ("label", "value", "source")} for step in decision["steps"]
        ],
        "sources": documents(decision, region=region),
        "weak": decision["low_confidence"],
    }


def _place(code: str, say: Any) -> str:
    known = len(code) == CODE_DIGITS and code.isdigit()
    return place_words(code, say) if known else str(say("relocation.steps.treaty"))


def _test(test: Mapping[str, Any], say: Any, at: int) -> dict[str, Any]:
    required = test["required_months"]
    name = say.find(f"relocation.steps.{test['test']}") or say("relocation.steps.treaty")
    yes_no = test["test"] == "unbroken"
    met = {True: "met", False: "unmet", None: "unsure"}[test["met"]]
    return {
        "place": _place(test["place"], say),
        "name": name,
        "required": "" if yes_no or required is None else span(required)[at],
        "unknown": required is None,
        "have": "" if yes_no else span(test["have_months"])[at],
        "met": say(f"relocation.years.test.{met}"),
        "tag": "app-tag--done" if met == "met" else "app-tag--quiet",
    }


def _way(way: Mapping[str, Any], say: Any, at: int) -> dict[str, Any]:
    label = way["label_en"] if at else way["label"]
    months = way["months"]
    return {
        "label": label[:1].upper() + label[1:],
        "months": span(months)[at] if months else "",
        "place": _place(way["place"], say),
        "cost": way["cost"],
    }
