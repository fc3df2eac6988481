"""The template tag that draws payments month by month."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template import Context

from yibao.web.strips import YEARS_MAX, strips
from yibao.web.words import say_in

register = template.Library()


@register.inclusion_tag("parts/month_strips.html", takes_context=True)
def month_strips(context: Context, payments: Sequence[Mapping[str, Any]], years: int = YEARS_MAX) -> dict[str, Any]:
    """Draw the years of payments; months paid twice are marked in colour and in words."""
    shown = strips(payments, years_max=years)
    return {
        "years": shown, "months": range(1, 13), "request": context.get("request"), "say": say_in(context),
        "any_twice": any(year["twice"] for year in shown),
    }
