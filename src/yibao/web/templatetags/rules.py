"""Template tags for the documents that rules rest on, each with a link to where it is described."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from yibao import services
from yibao.policy import Source, UnknownRegion
from yibao.policy.overview import READINGS, Overview, Place, TableEntry, owner
from yibao.web.components import render
from yibao.web.templatetags.words import day_words, span_words
from yibao.web.words import Say, say_in

register = template.Library()


def document_href(*, region: str, source: str) -> str:
    """Return the address of a document on the public pages, from the region whose pack describes it."""
    return f"{reverse('portal:region_rules', args=[region])}#doc-{source}"


@register.simple_tag
def document_of(region: str, source: str) -> str:
    """Return the address of a document that a decision cites, empty where the packs in use no longer have it."""
    try:
        found = services.packs().region_for(region).sources.get(source)
    except UnknownRegion:
        return ""
    return "" if found is None else document_href(region=owner(found.mark.file), source=source)


@register.simple_tag
def rule_at(region: str, rule: str) -> str:
    """Return the address at which a rule of a region is told, empty where the packs in use no longer have it."""
    try:
        stacks = services.packs().region_for(region).stacks.values()
    except UnknownRegion:
        return ""
    home = next((row.region for stack in stacks for row in stack.rows if row.id == rule), None)
    return f"{reverse('portal:region_rules', args=[home])}#rule-{rule}" if home else ""


@register.simple_tag(takes_context=True)
def cited(context: Context, places: Iterable[Place]) -> SafeString:
    """Write places in documents, each as a link to its document, with its grade."""
    here = context["shown"].region.code if "shown" in context else ""
    say = say_in(context)
    links = ((_href(place, here), place.text, _grade(place.grade, say)) for place in places)
    link = '<a class="govuk-link" href="{}">{}</a><span class="app-quiet">{}</span>'
    return format_html_join(_joint(say), link, links)


def _grade(grade: str, say: Say) -> str:
    return say("portal.rules.grade_beside", name=say(f"portal.rules.grade_names.{grade}"))


def _href(place: Place, here: str) -> str:
    return f"#doc-{place.source}" if place.region == here else document_href(region=place.region, source=place.source)


@register.simple_tag(takes_context=True)
def validity(context: Context, source: Source) -> str:
    """Write since when a document is in force, or only known to have been applied, and when it ended."""
    return validity_words(source, say_in(context))


def validity_words(source: Source, say: Say) -> str:
    """Return since when a document is in force, or only known to have been applied, and when it ended."""
    if source.in_force_from is not None:
        return span_words(source.in_force_from, source.until, say)
    told = say("portal.rules.document.attested_from", day=day_words(source.starts, say))
    ended = say("portal.rules.document.ended", day=day_words(source.until, say)) if source.until else ""
    return told + ended


@register.simple_tag(takes_context=True)
def grade_words(context: Context, grade: str) -> str:
    """Write the grade of a document: its name and what that means."""
    say = say_in(context)
    return say(
        "portal.rules.grade_name_and_words",
        name=say(f"portal.rules.grade_names.{grade}"),
        words=say(f"portal.rules.grade_words.{grade}"),
    )


@register.simple_tag(takes_context=True)
def quality_tag(context: Context, quality: str) -> SafeString:
    """Draw how complete the rules of a region are."""
    return render("tag", {"text": say_in(context)(f"common.quality.{quality}"), "classes": "app-tag--quiet"})


@register.simple_tag(takes_context=True)
def words_of(context: Context, key: str, code: str) -> str:
    """Write the words of a code under a key."""
    return say_in(context)(f"{key}.{code}")


@register.simple_tag(takes_context=True)
def place_name(context: Context, code: str) -> str:
    """Return what a region is called."""
    return say_in(context).pick(services.packs().regions[code])


@register.simple_tag(takes_context=True)
def above_words(context: Context, table: TableEntry) -> str:
    """Return what the regions are called from which a table has its rules."""
    codes = dict.fromkeys(rule.region for rule in table.inherited)
    return _joint(say_in(context)).join(place_name(context, code) for code in codes)


@register.simple_tag(takes_context=True)
def readings_of(context: Context, readings: Iterable[str]) -> SafeString:
    """Write the readings a rule takes, each as a link to where it is told, here or on the page of a level above."""
    shown = context["shown"]
    own = {reading.about for reading in shown.readings}
    links = [(f"{'' if code in own else _page_of(shown, code)}#reading-{code}", code) for code in readings]
    return format_html_join(_joint(say_in(context)), '<a class="govuk-link" href="{}">{}</a>', links)


def _page_of(shown: Overview, code: str) -> str:
    """Return the address of the page of the nearest level above that tells a reading."""
    for region in shown.above:
        if any(code in told for (_, name), told in region.settings.items() if name == READINGS):
            return reverse("portal:region_rules", args=[region.code])
    return ""


def _joint(say: Say) -> str:
    return "、" if say.language == "zh" else ", "
