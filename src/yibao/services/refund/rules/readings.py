"""Decisions under every reading of what the documents leave open: one that all readings share stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from yibao.policy import Region
from yibao.services.refund.rules.decision import MANUAL, Decision, Entry, Refusal

Made = Sequence[tuple[Mapping[str, str], Decision]]


def settled(*, made: Made, region: Region) -> Decision:
    """Return the decision all readings share; where they differ a person decides, with each result beside it.

    Args:
        made: the readings taken, by parameter, with the decision under them; at least one.
        region: whose parameters are open.

    Returns:
        The first decision, or one that is `manual` with the refusal `open_reading` and the member `readings`.

    Source:
        Values of the pack that stand under several readings.
    """
    first = made[0][1]
    if all(_result(decision) == _result(first) for _, decision in made):
        return first
    names = {name: region.series[name].term for taken, _ in made for name in taken}
    detail = (
        ("names", "、".join(term.label for term in names.values())),
        ("names_en", ", ".join(term.en or name for name, term in names.items())),
        ("results", "；".join(_told(taken, decision) for taken, decision in made)),
    )
    payments = dict.fromkeys(entry.payment for _, decision in made for entry in decision.entries)
    return replace(
        first,
        decision=MANUAL,
        amount=None,
        entries=tuple(Entry(payment=payment, rules=()) for payment in payments),
        refusals=(Refusal("open_reading", detail=detail),),
        papers=(),
        approval=(),
        payout=None,
        extra={"readings": [_member(taken, decision) for taken, decision in made]},
        earliest=None,
        latest=None,
    )


def _result(decision: Decision) -> dict[str, Any]:
    """Return what a decision comes to, without the rows it came by."""
    plain = decision.canonical()
    return {**plain, "lines": [{**line, "rules": None} for line in plain["lines"]]}


def _member(taken: Mapping[str, str], decision: Decision) -> dict[str, Any]:
    plain = decision.canonical()
    return {"taken": dict(taken), "decision": plain["decision"], "amount": plain["amount"]}


def _told(taken: Mapping[str, str], decision: Decision) -> str:
    plain = _member(taken, decision)
    amount = "" if plain["amount"] is None else f" {plain['amount']}"
    return f"{'+'.join(taken.values())} → {plain['decision']}{amount}"
