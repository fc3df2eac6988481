"""The forms of the case page: one for each step the reader may take, filled with what was typed."""

from collections.abc import Iterable, Mapping
from typing import Any

ORDER = ("accept", "approve", "pay", "confirm_paid", "ask_correction", "determine", "not_accept", "refuse", "bounce")
"""The main step first; those that send a case back or end it come last and stay folded."""


def shown(verbs: Iterable[str]) -> list[dict[str, str]]:
    """Return the steps to show, in the page's order, each with its template.

    Example:
        >>> [step["verb"] for step in shown(["withdraw", "refuse", "approve"])]
        ['approve', 'refuse']
    """
    allowed = set(verbs)
    return [{"verb": verb, "template": f"refund/do/{verb}.html"} for verb in ORDER if verb in allowed]


def fields(
    say: Any, *, typed: Mapping[str, Any], tried: str, materials: list[dict[str, Any]], reasons: list[dict[str, str]]
) -> dict[str, Any]:
    """Return the fields of all forms by the name the templates know them by.

    Args:
        say: The reader's words.
        typed: What was typed into the form that was tried.
        tried: The step of that form; the others start empty.
        materials: Materials of the decision; missing ones are ticked in a new notice.
        reasons: Why a case may be refused.
    """

    def text(verb: str, name: str, label: str, **options: Any) -> dict[str, Any]:
        value = typed.get(name, "") if verb == tried else ""
        shape = {"component": "textarea", "rows": 3, "label": {"text": say(f"refund.desk.{label}")}}
        return {**shape, "id": f"{verb}-{name}", "name": name, "value": value, **options}

    return {
        "confirm_field": _confirm(say),
        "items_field": _items(say, typed if tried == "ask_correction" else {}, materials),
        "other_field": text("ask_correction", "other", "ask_other"),
        "not_accept_field": text("not_accept", "reason", "note"),
        "bounce_field": text("bounce", "reason", "bounce_why"),
        "note_field": text("refuse", "note", "note"),
        "refuse_field": _reasons(say, typed.get("reason_code", "") if tried == "refuse" else "", reasons),
        "reference_field": text("confirm_paid", "reference", "reference", component="input", spellcheck=False),
        "amount_field": text("determine", "amount", "determined", component="input", inputmode="decimal"),
        "worksheet_field": text("determine", "worksheet", "worksheet"),
    }


def _confirm(say: Any) -> dict[str, Any]:
    return {
        "component": "checkboxes",
        "id_prefix": "approve-confirmed",
        "id": "approve-confirmed",
        "name": "confirmed",
        "items": [{"value": "1", "text": say("refund.desk.confirm")}],
    }


def _reasons(say: Any, chosen: str, reasons: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "component": "radios",
        "id_prefix": "refuse-reason_code",
        "id": "refuse-reason_code",
        "name": "reason_code",
        "items": reasons,
        "value": chosen,
        "classes": "govuk-radios--small",
        "fieldset": {"legend": {"text": say("refund.desk.refuse_why"), "classes": "govuk-fieldset__legend--s"}},
    }


def _items(say: Any, typed: Mapping[str, Any], materials: list[dict[str, Any]]) -> dict[str, Any]:
    chosen = typed.get("items", [item["code"] for item in materials if not item["satisfied"]])
    return {
        "component": "checkboxes",
        "id_prefix": "ask_correction-items",
        "id": "ask_correction-items",
        "name": "items",
        "classes": "govuk-checkboxes--small",
        "values": chosen,
        "items": [{"value": item["code"], "text": item["label"]} for item in materials],
        "fieldset": {"legend": {"text": say("refund.desk.ask_items"), "classes": "govuk-fieldset__legend--s"}},
    }
