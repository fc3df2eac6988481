"""The decision about years: until a place has written its rules, a person decides."""

from dataclasses import dataclass
from typing import Any

from yibao.policy import Packs, Region
from yibao.services.relocation.rules.texts import refusal_text
from yibao.services.relocation.rules.years.shape import YearsCase

NAME = "years"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer about years.

    Attributes:
        decision: manual.
        region: Code of the rules.
        version: Of the rules.
        detail: Words of the refusal.
    """

    decision: str
    region: str
    version: str
    detail: tuple[tuple[str, str], ...]

    def json(self) -> dict[str, Any]:
        """Return the published form of the decision, ready for JSON."""
        told = {"code": "no_rule_in_force", **refusal_text(code="no_rule_in_force", detail=dict(self.detail))}
        pack = {"region": self.region, "version": self.version}
        return {
            "service": NAME,
            "decision": self.decision,
            "steps": [],
            "sources": [],
            "refusals": [told],
            "pack": pack,
        }

    def trace_lines(self, language: str) -> list[str]:
        """Return the reasons as sentences in `zh` or `en`."""
        return [refusal_text(code="no_rule_in_force", detail=dict(self.detail))[language]]


def decide(*, case: YearsCase, region: Region, places: Packs) -> Decision:
    """Return the decision about the years of a case file.

    Args:
        case: The case file; `on` picks the rules.
        region: The rules of the place asked.
        places: The rules of the other places.
    """
    return Decision("manual", region.code, region.version, (("on", case.on.isoformat()),))
