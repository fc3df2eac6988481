"""Template tags of the workbench that every service's case page uses."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from yibao.casework.projection import NO_LIMIT
from yibao.casework.states import CLOSED
from yibao.store.holding import received
from yibao.store.models import Case
from yibao.store.queues import Cursor
from yibao.web.workbench.lists import KEPT, received_words

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


@register.simple_tag
def case_address(case: Case) -> str:
    """Write the address of a case's page on the desk."""
    return reverse(f"workbench_{case.service}:case", args=[case.number])


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
