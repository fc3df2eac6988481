"""Which level each step of a service asks of a citizen: data in its service.yaml, held against who acts."""

from collections.abc import Iterator

from yibao import services
from yibao.casework.actors import Actor
from yibao.casework.assurance import LEVELS
from yibao.casework.refusals import refuse
from yibao.casework.rights import CITIZEN_VERBS

READ = "read"
STEPS = frozenset({READ, "open", "change_account", *CITIZEN_VERBS})
"""What citizens do in a service that carries cases; `change_account` is answering where money goes."""


def needed(*, service: str, step: str) -> str:
    """Return the level a step asks for, one of L1 to L4.

    Args:
        service: Name of the service.
        step: One of its `levels`.

    Raises:
        KeyError: The service names no level for the step; the check at start-up says so first.

    Examples:
        >>> needed(service="refund", step="submit")
        'L3'
    """
    level: str = services.named(service).manifest["levels"][step]
    return level


def require(*, service: str, step: str, by: Actor) -> None:
    """Let a citizen take a step only at its level, and for another only where their right reaches.

    Args:
        service: Name of the service.
        step: What is done.
        by: Who acts; staff and the system are judged by their roles instead.

    Raises:
        Refused: `out_of_scope`, or `level_too_low` with the level needed as its detail.
    """
    if by.kind != "citizen":
        return
    if by.acting and not by.acting.covers(service):
        raise refuse("out_of_scope", service)
    level = needed(service=service, step=step)
    if by.assurance is None or not by.assurance.reaches(level):
        raise refuse("level_too_low", level)


def faults() -> Iterator[str]:
    """Yield what is wrong with the levels of all services; nothing where every step has one."""
    for name, service in services.find().items():
        levels = service.manifest.get("levels") or {}
        carries_cases = any((service.folder / name).exists() for name in ("actions", "actions.py"))
        for step in sorted((STEPS if carries_cases else {READ}) - set(levels)):
            yield f"{name}/service.yaml: 步骤 {step} 没有写身份等级 / no level for the step {step} (levels: {step}: L2)"
        for step, level in levels.items():
            if level not in LEVELS:
                yield f"{name}/service.yaml: {step}: {level} 不是身份等级 / is no level; use one of {', '.join(LEVELS)}"
