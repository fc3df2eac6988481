"""Limits that a service keeps beside its cases, because they may outlive them: escalated and counted again.

A service takes part when its `actions` have `late_beside`, `escalate_beside`, `recountable_beside` and
`recount_beside`.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import yibao.services


@dataclass(frozen=True, slots=True)
class Due:
    """One limit to be looked at: the number of its case, and what is to be done, which says whether it was."""

    number: str
    work: Callable[[], bool]


def escalations(*, on: date, at: datetime, waiting: Collection[str], most: int) -> Iterator[Due]:
    """Yield the limits that have passed untold.

    Args:
        on: Business date.
        at: The moment.
        waiting: Numbers of the cases to leave alone for now.
        most: Most of each service.
    """
    for actions in _services():
        for row in actions.late_beside(on=on).exclude(number__in=waiting)[:most]:
            yield Due(row.number, partial(actions.escalate_beside, number=row.number, on=on, at=at))


def recounts(*, waiting: Collection[str], most: int) -> Iterator[Due]:
    """Yield the limits whose last day can be counted anew; the arguments are those of `escalations`."""
    for actions in _services():
        for row in actions.recountable_beside().exclude(number__in=waiting)[:most]:
            yield Due(row.number, partial(_recounted, actions, row.number))


def _recounted(actions: ModuleType, number: str) -> bool:
    actions.recount_beside(number=number)
    return True


@cache
def _services() -> tuple[ModuleType, ...]:
    names = [f"yibao.services.{name}.actions" for name in sorted(yibao.services.find())]
    found = [import_module(name) for name in names if find_spec(name)]
    return tuple(actions for actions in found if hasattr(actions, "late_beside"))
