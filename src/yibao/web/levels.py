"""Which level a page asks of a citizen before it shows anything of a record."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.http import HttpRequest

import yibao.services
from yibao.casework.actors import Actor
from yibao.casework.assurance import LEVELS
from yibao.casework.refusals import refuse
from yibao.services import assurance

_FILE = Path(__file__).parent / "levels.yaml"


@cache
def steps() -> dict[str, str]:
    """Return the level of each step of the shared pages, as `levels.yaml` has it."""
    read: dict[str, str] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    return read


def require(step: str, by: Actor) -> None:
    """Let a citizen take a step of the shared pages only at its level.

    Args:
        step: One of `levels.yaml`.
        by: Who acts.

    Raises:
        Refused: `level_too_low`.
    """
    level = steps()[step]
    if by.kind == "citizen" and (by.assurance is None or not by.assurance.reaches(level)):
        raise refuse("level_too_low", level)


def require_reading(request: HttpRequest) -> None:
    """Let a citizen open a page only at the level that reading asks for; signing in asks for none.

    Raises:
        Refused: `level_too_low`, or `out_of_scope` where they act for another.
    """
    match: Any = request.resolver_match
    place = match.namespaces[0] if match and match.namespaces else ""
    if place in yibao.services.find():
        assurance.require(service=place, step=assurance.READ, by=request.actor)
    elif place == "portal" and match.url_name not in _PROVING:
        require("read", request.actor)


def faults() -> list[str]:
    """Return what is wrong with the levels of pages and services; empty where every step has one."""
    own = [f"web/levels.yaml: {step}: {level}" for step, level in steps().items() if level not in LEVELS]
    return [*own, *assurance.faults()]


_PROVING = ("identity", "go_on")
"""Pages on which a low level is raised; they show nothing of a record."""
