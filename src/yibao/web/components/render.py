"""Turn a component's name and options into its HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString

Options = Mapping[str, Any]

REPEATED = frozenset({"button", "select", "skip_link", "tag"})
"""What stands on page after page with the same options, and never holds what somebody typed: drawn once and kept."""
REPEATED_EMPTY = frozenset({"input"})
"""The same for these while nothing is written in them, and nothing is wrong with what was."""
DRAWINGS_MAX = 512

DEFAULTS: dict[str, dict[str, str]] = {
    "error_message": {"visually_hidden_text": "Error"},
    "warning_text": {"icon_fallback_text": "Warning"},
    "date_input": {"fieldset_role": "group"},
    "back_link": {"text": "Back"},
}


def render(name: str, options: Options) -> SafeString:
    """Return the HTML of one component.

    Args:
        name: File name in `templates/components`, for example `radios`.
        options: The options of the GOV.UK Frontend macro of the same name, in snake case. `html` members must be
            `SafeString`s; anything else is escaped.

    Returns:
        Safe HTML of the component.

    Raises:
        django.template.TemplateDoesNotExist: no such component; that is a bug in the page.

    Examples:
        >>> from yibao.web.components import render
        >>> render("tag", {"text": "等您补充", "classes": "app-tag--turn"})  # doctest: +SKIP
    """
    key = frozen(options) if _repeats(name, options) else None
    return _draw(name, options) if key is None else _drawn(_Drawing(name, options, key))


def _repeats(name: str, options: Options) -> bool:
    empty = name in REPEATED_EMPTY and not options.get("value") and not options.get("error_message")
    return empty or name in REPEATED


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A component to draw; two with the same name and the same options are the same drawing."""

    name: str
    options: Options = field(compare=False)
    key: tuple[Any, ...] = ()


@lru_cache(maxsize=DRAWINGS_MAX)
def _drawn(drawing: _Drawing) -> SafeString:
    return _draw(drawing.name, drawing.options)


def frozen(value: Any) -> Any:
    """Return what tells options apart, to look a drawing up by; None where something in them cannot be compared.

    Text that is safe as HTML is told apart from the same text that is not.

    Examples:
        >>> frozen({"text": "是", "items": [1, True]})
        (('text', '是'), ('items', ('list', (('int', 1), ('bool', True)))))
        >>> frozen({"text": SafeString("<b>")}), frozen({"text": object()})
        ((('text', ('SafeString', '<b>')),), None)
    """
    if type(value) is str:
        return value
    if isinstance(value, Mapping):
        members = [(name, frozen(member)) for name, member in value.items()]
        return None if any(member is None for _, member in members) else tuple(members)
    if isinstance(value, (list, tuple)):
        each = tuple(map(frozen, value))
        return None if None in each else ("list", each)
    return (type(value).__name__, value) if isinstance(value, (str, int, type(None))) else None


def _draw(name: str, options: Options) -> SafeString:
    context = {**DEFAULTS.get(name, {}), **options}
    if context.get("error_message"):
        context["error_message"] = {"visually_hidden_text": "Error", **context["error_message"]}
    if name in PREPARED:
        context.update(PREPARED[name](context))
    return SafeString(get_template(f"components/{name}.html").render(context).strip())


def described_by(*, given: str | None, base: str, hint: object, error: object) -> str:
    """Return the ids that describe a field, in the order in which they are read out.

    Examples:
        >>> described_by(given="intro", base="name", hint={"text": "h"}, error=None)
        'intro name-hint'
    """
    ids = [given or "", f"{base}-hint" if hint else "", f"{base}-error" if error else ""]
    return " ".join(part for part in ids if part)


def _field(options: Options) -> dict[str, Any]:
    base = options.get("id") or options.get("name") or ""
    ids = described_by(
        given=options.get("described_by"), base=base, hint=options.get("hint"), error=options.get("error_message")
    )
    return {"id": base, "described_by": ids}


def _group(options: Options) -> dict[str, Any]:
    base = options.get("id_prefix") or options.get("id") or options.get("name") or ""
    fieldset = options.get("fieldset")
    given = (fieldset or {}).get("described_by") or options.get("described_by")
    ids = described_by(given=given, base=base, hint=options.get("hint"), error=options.get("error_message"))
    return {"base": base, "described_by": ids}


def _choices(options: Options) -> dict[str, Any]:
    prepared = _group(options)
    chosen = set(options.get("values") or ()) | ({options["value"]} if options.get("value") else set())
    items = [
        _choice(item, prepared["base"], index, chosen)
        for index, item in enumerate(options.get("items") or (), start=1)
        if item
    ]
    return {**prepared, "items": items}


def _choice(item: Options, base: str, index: int, chosen: set[str]) -> dict[str, Any]:
    checked = item.get("checked")
    if not checked:
        checked = checked is not False and item.get("value") in chosen
    item_id = item.get("id") or (base if index == 1 else f"{base}-{index}")
    return {**item, "id": item_id, "checked": checked}


def _boxes(options: Options) -> dict[str, Any]:
    prepared = _group(options)
    prefix = f"{options['name_prefix']}-" if options.get("name_prefix") else ""
    items = options.get("items") or ({"name": "day"}, {"name": "month"}, {"name": "year"})
    marked = any(item.get("error") or "govuk-input--error" in (item.get("classes") or "") for item in items if item)
    boxes = [_box(options, item, prefix, marked=marked) for item in items if item]
    return {**prepared, "boxes": boxes}


def _box(options: Options, item: Options, prefix: str, *, marked: bool) -> dict[str, Any]:
    name = item["name"]
    values = options.get("values") or {}
    own = item.get("error") or "govuk-input--error" in (item.get("classes") or "")
    wrong = own or (item.get("error") is not False and options.get("error_message") and not marked)
    given = (item.get("classes") or "").replace("govuk-input--error", "").strip()
    classes = ["govuk-date-input__input", "govuk-input--error" if wrong else ""]
    if "govuk-input--width-" not in given:
        classes.append("govuk-input--width-4" if name == "year" else "govuk-input--width-2")
    value = item.get("value")
    return {
        "label": {"text": item.get("label") or name.capitalize(), "classes": "govuk-date-input__label"},
        "id": item.get("id") or f"{options.get('id')}-{name}",
        "name": prefix + name,
        "classes": " ".join(part for part in [*classes, given] if part),
        "value": value if value is not None else values.get(name, values.get(prefix + name)),
        "inputmode": item.get("inputmode") or "numeric",
        "autocomplete": item.get("autocomplete"),
        "attributes": item.get("attributes"),
    }


def _summary(options: Options) -> dict[str, Any]:
    rows = [row for row in options.get("rows") or () if row]
    return {"rows": rows, "any_actions": any((row.get("actions") or {}).get("items") for row in rows)}


def _banner(options: Options) -> dict[str, Any]:
    word = "Success" if options.get("type") == "success" else "Important"
    return {"title_text": options.get("title_text") or word}


def _pages(options: Options) -> dict[str, Any]:
    hidden = SafeString('<span class="govuk-visually-hidden"> page</span>')
    return {
        name: {"html": SafeString(word + hidden), **link} if not link.get("text") else link
        for name, word in (("previous", "Previous"), ("next", "Next"))
        if (link := options.get(name))
    }


PREPARED = {
    **dict.fromkeys(("input", "textarea", "select", "file_upload", "password_input"), _field),
    **dict.fromkeys(("radios", "checkboxes"), _choices),
    "date_input": _boxes,
    "summary_list": _summary,
    "notification_banner": _banner,
    "pagination": _pages,
}
