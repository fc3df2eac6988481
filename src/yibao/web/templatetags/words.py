"""Template tags and filters for words, dates, money and masked personal data."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

import yibao.services
from yibao.kernel import identifiers
from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.policy import UnknownRegion
from yibao.web.components import render
from yibao.web.states import tag
from yibao.web.words import Say, say_in

register = template.Library()

ACCOUNT_SHOWN = 4
MASKS = {
    "name": identifiers.mask_name,
    "id": identifiers.mask_id,
    "account": lambda number: f"**** {identifiers.mask_account(number)[-ACCOUNT_SHOWN:]}",
    "phone": identifiers.mask_phone,
    "sms": identifiers.mask_phone,
    "email": identifiers.mask_email,
}


@register.simple_tag(takes_context=True)
def t(context: Context, key: str, **values: Any) -> str:
    """Write the words under a key: `{% t "refund.apply.title" count=3 %}`."""
    return say_in(context)(key, **values)


@register.simple_tag
def t_english(key: str) -> str:
    """Write the English words under a key, on a page that does not know its reader."""
    return Say("en")(key)


@register.simple_tag(takes_context=True)
def pick(context: Context, thing: Any) -> str:
    """Write the reader's language of something that carries both."""
    return say_in(context).pick(thing) if thing else ""


@register.simple_tag(takes_context=True)
def day(context: Context, on: date | str | None) -> SafeString | str:
    """Write a date as `2026年11月21日` or `21 November 2026`, readable by machines as well."""
    if not on:
        return ""
    known = date.fromisoformat(on) if isinstance(on, str) else on
    return format_html('<time datetime="{}">{}</time>', known.isoformat(), day_words(known, say_in(context)))


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime) -> SafeString:
    """Write a point in time with its minute."""
    local = timezone.localtime(at)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), moment_words(context, at))


@register.simple_tag(takes_context=True)
def moment_words(context: Context, at: datetime) -> str:
    """Return a point in time in words alone, to be put into a sentence."""
    local = timezone.localtime(at)
    return f"{day_words(local.date(), say_in(context))} {local:%H:%M}"


@register.simple_tag(takes_context=True)
def months(context: Context, first: str, last: str) -> str:
    """Write a run of months, `YYYY-MM` to `YYYY-MM`, both inside it."""
    say, start, end = say_in(context), Month.parse(first), Month.parse(last)
    if start == end:
        return say("common.one_month", year=start.year, month=start.month)
    if start.year == end.year:
        return say("common.months_of_year", year=start.year, first=start.month, last=end.month)
    return say("common.months", year=start.year, month=start.month, last_year=end.year, last_month=end.month)


@register.simple_tag(takes_context=True)
def since_month(context: Context, first: str) -> str:
    """Write that something holds from a month on, `YYYY-MM`."""
    say, start = say_in(context), Month.parse(first)
    return say("common.since", day=say("common.one_month", year=start.year, month=start.month))


@register.simple_tag(takes_context=True)
def span(context: Context, first: int, end: int) -> str:
    """Write a half-open run of month indexes as the store keeps them."""
    return months(context, str(Month.from_index(first)), str(Month.from_index(end - 1)))


@register.simple_tag(takes_context=True)
def rules_of(context: Context, region: Any) -> str:
    """Write whose rules decide here, how finished they are, and when somebody last looked."""
    say = say_in(context)
    quality = say(f"common.quality.{region.quality}")
    return say(
        "common.rules",
        place=say.pick(region),
        quality=quality,
        day=day_words(date.fromisoformat(region.checked_on), say),
    )


@register.simple_tag(takes_context=True)
def place_name(context: Context, code: str) -> str:
    """Write the name of the area whose rules hold at a place; nothing where none is known."""
    try:
        return say_in(context).pick(yibao.services.packs().region_for(code))
    except UnknownRegion:
        return ""


@register.simple_tag(takes_context=True)
def state_tag(context: Context, state: str) -> SafeString:
    """Draw the tag of a case's state."""
    return render("tag", tag(state, say_in(context)))


@register.simple_tag(takes_context=True)
def due_words(context: Context, due: Mapping[str, Any]) -> str:
    """Write how many working days are left, from `late` and `days`."""
    say = say_in(context)
    if due["late"]:
        return say("common.due.late", days=due["days"])
    if due["days"] <= 1:
        return say("common.due.one" if due["days"] else "common.due.today")
    return say("common.due.left", days=due["days"])


@register.simple_tag(takes_context=True)
def purpose(context: Context, code: str) -> str:
    """Write why somebody looked at a record; a purpose without words is shown as it was written."""
    return say_in(context).find(f"portal.reads.purposes.{code}") or code


def day_words(on: date, say: Say) -> str:
    """Return a date in words.

    Examples:
        >>> day_words(date(2026, 11, 21), Say("zh")), day_words(date(2026, 11, 21), Say("en"))
        ('2026年11月21日', '21 November 2026')
    """
    return say("common.date", year=on.year, month=on.month, day=on.day, month_name=f"{on:%B}")


def span_words(from_: date, until: date | None, say: Say) -> str:
    """Return a half-open run of days in words, with its last day inside.

    Examples:
        >>> span_words(date(2020, 8, 1), None, Say("zh")), span_words(date(2020, 8, 1), date(2021, 1, 1), Say("zh"))
        ('2020年8月1日起', '2020年8月1日至2020年12月31日')
    """
    if until is None:
        return say("common.since", day=day_words(from_, say))
    return say("common.from_to", first=day_words(from_, say), last=day_words(until - timedelta(days=1), say))


@register.simple_tag(takes_context=True)
def day_text(context: Context, on: date) -> str:
    """Return a date in words alone, to be put into a sentence."""
    return day_words(on, say_in(context))


@register.simple_tag(takes_context=True)
def days_of(context: Context, entry: Any) -> str:
    """Write the days on which something holds, from its `from_` and `until`."""
    return span_words(entry.from_, entry.until, say_in(context))


@register.filter
def yuan(amount: str | int | Money | None) -> str:
    """Write an amount with its thousands: `1,949.10`; text is yuan, a whole number is fen.

    Examples:
        >>> yuan("1949.10"), yuan(194910), yuan("-987.90"), yuan(None)
        ('1,949.10', '1,949.10', '−987.90', '')
    """
    if amount is None or amount == "":
        return ""
    if isinstance(amount, int):
        return ("−" if amount < 0 else "") + Money(abs(amount)).display()
    if isinstance(amount, str):
        return "−" + Money.parse(amount[1:]).display() if amount.startswith("-") else Money.parse(amount).display()
    return amount.display()


@register.filter
def masked(value: str | None, kind: str) -> str:
    """Write personal data masked; the only way it reaches a page.

    Examples:
        >>> masked("张小红", "name"), masked(None, "id")
        ('张**', '')
    """
    return MASKS[kind](value) if value else ""
