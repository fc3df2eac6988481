"""Template tags that draw page parts: `{% component "button" text=word %}`."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from yibao.web.components import render
from yibao.web.words import say_in

register = template.Library()


@register.simple_tag
def component(kind: str, options: Mapping[str, Any] | None = None, **flat: Any) -> SafeString:
    """Draw one component; `label__text=word` stands for `{"label": {"text": word}}`, and an empty text drops it."""
    return render(kind, {**(options or {}), **nested(flat)})


@register.simple_tag(takes_context=True)
def field(context: Context, options: Mapping[str, Any]) -> SafeString:
    """Draw a form's field, which names its own component, with what the page says is wrong with it."""
    errors = context.get("errors") or {}
    error = errors.get(options.get("id") or options["name"])
    shown = {"text": error, "visually_hidden_text": say_in(context)("common.error_word")} if error else None
    return render(options["component"], {**options, "error_message": shown})


@register.simple_tag(takes_context=True)
def error_summary(context: Context) -> SafeString:
    """Draw the summary of everything wrong on the page, each line linked to its field."""
    links = [{"text": text, "href": f"#{name}"} for name, text in context["errors"].items()]
    return render("error_summary", {"title_text": say_in(context)("common.problem"), "error_list": links})


@register.filter
def html_attributes(attributes: Mapping[str, Any] | str | None) -> SafeString | str:
    """Write a mapping as HTML attributes, each with a space before it."""
    if not isinstance(attributes, Mapping):
        return attributes or ""
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in attributes.items()))


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with double underscores unfolded into nested mappings.

    Examples:
        >>> nested({"name": "day", "label__text": "日", "hint__text": ""})
        {'name': 'day', 'label': {'text': '日'}}
    """
    options: dict[str, Any] = {}
    for path, value in flat.items():
        if "__" not in path:
            options[path] = value
        elif value not in (None, ""):
            *parents, last = path.split("__")
            place = options
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = value
    return options
