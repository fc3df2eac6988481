"""Addresses of pages that are the same for everybody: looked up once."""

from functools import cache

from django.urls import reverse


@cache
def address(name: str) -> str:
    """Return the address of a page that takes no values.

    Args:
        name: Its name with what stands before it: `workbench:queue`.
    """
    return reverse(name)
