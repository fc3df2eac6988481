"""Every component is compared with the fixtures that GOV.UK Frontend publishes for it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.utils.safestring import mark_safe

from yibao.web.components import render

PUBLISHED = Path(__file__).parents[5] / "node_modules/govuk-frontend/dist/govuk/components"

# Options of the published macros that no page of ours uses; fixtures with them are left out.
LEFT_OUT = {
    "back-link": set(),
    "breadcrumbs": set(),
    "button": {"is_start_button"},
    "checkboxes": {"before_inputs", "after_inputs"},
    "date-input": {"before_inputs", "after_inputs", "pattern", "day", "month", "year"},
    "details": set(),
    "error-message": set(),
    "error-summary": set(),
    "fieldset": set(),
    "file-upload": {"javascript", "before_input", "after_input", "value"},
    "hint": set(),
    "input": {"before_input", "after_input", "input_wrapper"},
    "inset-text": set(),
    "label": set(),
    "notification-banner": set(),
    "pagination": set(),
    "panel": {"actions"},
    "radios": {"before_inputs", "after_inputs"},
    "select": {"before_input", "after_input"},
    "skip-link": set(),
    "summary-list": {"card"},
    "table": set(),
    "tag": set(),
    "task-list": set(),
    "textarea": {"before_input", "after_input"},
    "warning-text": set(),
}
# Another kind of panel, and values that only exist in JavaScript.
LEFT_OUT_NAMES = {"interruption with custom classes", "interruption, no actions", "with falsy values"}
HTML_OPTIONS = ("html", "title_html", "description_html", "summary_html")


class Reader(HTMLParser):
    """Read HTML as tags, attributes and words, so that spacing and the order of attributes and classes do not count."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, sorted((name, _value(name, value or "")) for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words:
            self.parts.append(words)


def _value(name: str, value: str) -> str:
    words = value.split()
    return " ".join(sorted(words) if name == "class" else words)


def read(html: str) -> list[object]:
    reader = Reader()
    reader.feed(html)
    return reader.parts


def snake(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        keep_names = key in ("attributes", "values")
        return {
            name if keep_names else _snake_name(name): snake(item, _snake_name(name)) for name, item in value.items()
        }
    if isinstance(value, list):
        return [snake(item) for item in value]
    return mark_safe(value) if key in HTML_OPTIONS and isinstance(value, str) else value


def _snake_name(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def names_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for item in value.values() for name in names_in(item)}
    if isinstance(value, list):
        return {name for item in value for name in names_in(item)}
    return set()


def published() -> list[Any]:
    cases = []
    for component, left_out in LEFT_OUT.items():
        for fixture in json.loads((PUBLISHED / component / "fixtures.json").read_text())["fixtures"]:
            options = snake(fixture["options"])
            if not names_in(options) & left_out and fixture["name"] not in LEFT_OUT_NAMES:
                cases.append(pytest.param(component, options, fixture["html"], id=f"{component}: {fixture['name']}"))
    return cases


@pytest.mark.parametrize(("component", "options", "html"), published())
def test_a_component_is_drawn_as_published(component: str, options: dict[str, Any], html: str) -> None:
    assert read(render(component.replace("-", "_"), options)) == read(html)


def test_most_published_fixtures_are_compared() -> None:
    assert len(published()) >= 450
