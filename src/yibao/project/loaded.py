"""What the site's process has loaded before it opens its door."""

from django.urls import get_resolver

from yibao import services
from yibao.store import rings


def load() -> None:
    """Read what every page needs, before the process parts into several.

    They share it then, and no first visitor waits for it.

    Raises:
        PackErrors: The packs were never good; the site must not open its door.
    """
    services.packs()
    # The addresses name the pages, so that reading them reads every page's module.
    _ = get_resolver().url_patterns
    rings.settle()
