"""Template tags of the workbench that every service's case page uses."""

from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString

from yibao.casework.projection import NO_LIMIT
from yibao.casework.states import CLOSED
from yibao.store.holding import received
from yibao.store.models import Case
from yibao.store.queues import Cursor
from yibao.web.templatetags.words import masked
from yibao.web.words import Say, say_in
from yibao.web.workbench.lists import KEPT, address_of, received_words

register = template.Library()

ROWS_MAX = 2048


@register.simple_tag(takes_context=True)
def queue_row(context: Context, row: dict[str, Any]) -> SafeString:
    """Draw one row of the work list; the same row is drawn once for all who read it, and kept for the next time.

    Nothing is kept but what stands on the page, and nothing that a colleague wrote.
    """
    shown = {**row, "person": masked(row["person"], "name")}
    key = tuple(tuple(value.items()) if isinstance(value, dict) else value for value in shown.values())
    drawing = _Row(say_in(context).language, key, shown)
    return _draw(drawing) if row["got"] else _drawn(drawing)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row to draw; two that say the same in one language are the same drawing."""

    language: str
    key: tuple[Any, ...]
    shown: dict[str, Any] = field(compare=False)


@lru_cache(maxsize=ROWS_MAX)
def _drawn(row: _Row) -> SafeString:
    return _draw(row)


def _draw(row: _Row) -> SafeString:
    words = {"row": row.shown, "request": SimpleNamespace(say=Say(row.language))}
    return SafeString(get_template("workbench/queue_row.html").template.render(Context(words)).strip())


@register.inclusion_tag("workbench/next_form.html", takes_context=True)
def next_case(context: Context, case: Case) -> dict[str, Any]:
    """Draw the button that takes the next case of the list the reader came from."""
    after = Cursor(case.due_on or NO_LIMIT, case.pk).text()
    return {**context.flatten(), "where": _query(context), "after": after, "next_key": {"accesskey": "n"}}


@register.simple_tag(takes_context=True)
def queue_address(context: Context) -> str:
    """Write the address of the list the reader came from, with its filters."""
    return f"{reverse('workbench:queue')}?{_query(context)}".rstrip("?")


@register.simple_tag
def case_address(case: Case) -> str:
    """Write the address of a case's page on the desk."""
    return address_of(case.service, case.number)


@register.inclusion_tag("workbench/holding.html", takes_context=True)
def in_hand(context: Context, case: Case) -> dict[str, Any]:
    """Draw who has the case in hand, how it came to the reader, and what they may do about it."""
    if case.state in CLOSED:
        return {"over": True}
    mine = case.holder_id is not None and case.holder_id == context["request"].actor.user_id
    got = received_words(received([case]).get(case.pk), context["request"].say) if mine else ""
    return {**context.flatten(), "case": case, "mine": mine, "got": got}


def _query(context: Context) -> str:
    return context["request"].session.get(KEPT, "")
