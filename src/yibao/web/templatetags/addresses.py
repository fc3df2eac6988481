"""The template tag for addresses that are the same on every page."""

from django import template

from yibao.web import addresses

register = template.Library()


@register.simple_tag
def address(name: str) -> str:
    """Write the address of a page that takes no values: `{% address "workbench:queue" %}`."""
    return addresses.address(name)
