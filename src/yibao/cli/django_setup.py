"""Start Django, for those commands that need the store."""

import os


def prepare() -> None:
    """Load Django once; later calls change nothing.

    Commands call this inside their body, and import the store only after it,
    so that commands that need no database start without Django.

    Examples:
        >>> prepare()
        >>> prepare()
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yibao.project.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
