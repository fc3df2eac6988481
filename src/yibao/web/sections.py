"""What each public service adds to the shared pages, found by looking at its `pages`."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest

import yibao.services


def contributions(hook: str, request: HttpRequest) -> list[Any]:
    """Return what every service with a function `hook` in its `pages` answers for this request, empty answers left out.

    A service offers `portal_section` (a template and its context for the citizen's first page), `portal_tasks`
    (what waits for the citizen), `portal_open` (a link for visitors) and `workbench_nav` (items of the staff's
    navigation).
    """
    answers = (function(request) for function in _hooks(hook))
    return [answer for answer in answers if answer]


def _hooks(hook: str) -> Iterator[Callable[[HttpRequest], Any]]:
    for name in sorted(yibao.services.find()):
        module = f"yibao.services.{name}.pages"
        if find_spec(module):
            function = getattr(import_module(module), hook, None)
            if function is not None:
                yield function
