"""What each public service adds to the shared pages, found by looking at its `pages`."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest

import yibao.services


def contributions(hook: str, request: HttpRequest) -> list[Any]:
    """Return what every service with a function `hook` in its `pages` answers for this request, empty answers left out.

    A service offers `portal_service` (its card), `portal_section` (a template and its context for the citizen's first
    page), `portal_tasks` (cases that wait for the citizen), `portal_under_way` (what is
    under way although the state does not say so), `unit_service` (its card on a unit's first page),
    `portal_open` (a link for visitors), `portal_blank` (the form whose check code stands in the address),
    `workbench_nav` (items of the staff's navigation), `queue_filters` (filters of the work list) and `refusal_reasons`
    (code to words).
    """
    answers = (function(request) for function in _hooks(hook))
    return [answer for answer in answers if answer]


@cache
def _hooks(hook: str) -> tuple[Callable[[HttpRequest], Any], ...]:
    modules = [f"yibao.services.{name}.pages" for name in sorted(yibao.services.find())]
    found = [getattr(import_module(module), hook, None) for module in modules if find_spec(module)]
    return tuple(function for function in found if function is not None)
