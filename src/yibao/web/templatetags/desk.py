"""Template tags of the workbench that every service's case page uses."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from yibao.casework.projection import NO_LIMIT
from yibao.store.models import Case
from yibao.store.queues import Cursor
from yibao.web.workbench.lists import KEPT

register = template.Library()


@register.inclusion_tag("workbench/next_form.html", takes_context=True)
def next_case(context: Context, case: Case) -> dict[str, Any]:
    """Draw the button that takes the next case of the list the reader came from."""
    after = Cursor(case.due_on or NO_LIMIT, case.pk).text()
    return {**context.flatten(), "where": _query(context), "after": after, "next_key": {"accesskey": "n"}}


@register.simple_tag(takes_context=True)
def queue_address(context: Context) -> str:
    """Write the address of the list the reader came from, with its filters."""
    return f"{reverse('workbench:queue')}?{_query(context)}".rstrip("?")


def _query(context: Context) -> str:
    return context["request"].session.get(KEPT, "")
