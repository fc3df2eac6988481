"""The template tag that draws payments month by month."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template import Context

from yibao.web.strips import YEARS_MAX, strips

register = template.Library()


@register.inclusion_tag("parts/month_strips.html", takes_context=True)
def month_strips(context: Context, payments: Sequence[Mapping[str, Any]], years: int = YEARS_MAX) -> dict[str, Any]:
    """Draw the years of payments; months paid twice are marked in colour and in words."""
    shown = strips(payments, years_max=years)
    return {
        "years": shown,
        "request": context.get("request"),
        "any_twice": any(year["twice"] for year in shown),
    }
