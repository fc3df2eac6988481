"""The rules of this service: facts from the case file, one table of the pack, an answer with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from yibao.policy import NoRuleInForce, Region
from yibao.policy.casefile import CaseFile
from yibao.policy.types import Value

_FOLDER = Path(__file__).parent
DOMAIN = _FOLDER.name


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request.

    Attributes:
        decision: granted, or manual where a person decides.
        refusals: names of the reasons, in published order.
        rule: id of the row that holds, empty where there is none.
        sources: ids of the documents it rests on.
        region: code of the rules.
        version: of the rules.
    """

    decision: str
    refusals: tuple[str, ...]
    rule: str
    sources: tuple[str, ...]
    region: str
    version: str

    def json(self) -> dict[str, Any]:
        """Return the published form of the decision, ready for JSON."""
        return {
            "service": DOMAIN,
            "decision": self.decision,
            "rule": self.rule,
            "refusals": [{"code": code, **_refusal(code)} for code in self.refusals],
            "sources": [{"id": name} for name in self.sources],
            "pack": {"region": self.region, "version": self.version},
        }

    def trace_lines(self, language: str) -> list[str]:
        """Return the reasons as sentences in `zh` or `en`."""
        return [_refusal(code)[language] for code in self.refusals]


@cache
def _refusal(code: str) -> dict[str, str]:
    words = yaml.load((_FOLDER / "text.yaml").read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    told: dict[str, str] = words["refusals"][code]
    return told


def enrolled(case: CaseFile) -> bool:
    """Return whether an enrolment of the person runs on the day of application."""
    return any(
        each.start <= case.on and (each.end is None or case.on <= each.end) and each.status == "normal"
        for each in case.enrolments
    )


def decide(*, case: CaseFile, region: Region) -> Decision:
    """Return the decision of a case file.

    Args:
        case: The case file; `on` is the day of application and picks the rules.
        region: The rules of the place asked.

    Returns:
        A decision; where the region has no rules for this service it is `manual`.
    """
    facts: Mapping[str, Value] = {"applied_on": case.on, "enrolled": enrolled(case)}
    try:
        table = region.table(DOMAIN, "situation", on=case.on)
    except NoRuleInForce:
        return Decision("manual", ("no_rule_in_force",), "", (), region.code, region.version)
    hit = table.decide(facts)
    sources = tuple(citation.source.id for citation in table.row(hit.row).sources)
    return Decision(str(hit.members["outcome"]), (), hit.row, sources, region.code, region.version)
