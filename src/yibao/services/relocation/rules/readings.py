"""Decisions under every reading of what the documents leave open: one that all readings share stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from yibao.policy import Region
from yibao.services.relocation.rules.decision import MANUAL, Decision, Refusal
from yibao.services.relocation.rules.waiting import Waiting

Made = Sequence[tuple[Mapping[str, str], Decision]]
_TOLD = ("benefits_from", "cover_until")
_OPEN_PARTS = ("variable", "repaired", "floor", "reading")


def settled(*, made: Made, region: Region) -> Decision:
    """Return the decision all readings share; where they differ a person decides, with each result beside it.

    Args:
        made: The readings taken, by parameter, with the decision under them; at least one.
        region: Whose parameters are open.

    Returns:
        The shared decision, or one that is `manual` with the refusal `open_reading` and the member `readings`.
        A part of the waiting the readings differ in is None.
    """
    first = made[0][1]
    if all(_result(decision) == _result(first) for _, decision in made):
        waited = dict(first.body["waiting"])
        for part in _OPEN_PARTS:
            if any(decision.body["waiting"][part] != waited[part] for _, decision in made):
                waited[part] = None
        return replace(first, body={**first.body, "waiting": waited})
    names = {name: region.series[name].term for taken, _ in made for name in taken}
    detail = (
        ("names", "、".join(term.label for term in names.values())),
        ("names_en", ", ".join(term.en or name for name, term in names.items())),
        ("results", "；".join(_told(taken, decision) for taken, decision in made)),
    )
    body = {**first.body, "benefits_from": None, "waiting": Waiting().json(), "calendar": []}
    return replace(
        first,
        decision=MANUAL,
        body={**body, "readings": [_member(taken, decision) for taken, decision in made]},
        refusals=(Refusal("open_reading", detail),),
    )


def _result(decision: Decision) -> tuple[Any, ...]:
    return (decision.decision, decision.body["waiting"]["amount"], *(decision.body[name] for name in _TOLD))


def _member(taken: Mapping[str, str], decision: Decision) -> dict[str, Any]:
    told = {name: decision.body[name] for name in _TOLD}
    return {"taken": dict(taken), "decision": decision.decision, "waiting": decision.body["waiting"]["amount"], **told}


def _told(taken: Mapping[str, str], decision: Decision) -> str:
    return f"{'+'.join(taken.values())} → {decision.decision} {decision.body['benefits_from'] or ''}".rstrip()
