"""What a decision about a move is: codes and values, with the published form made from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yibao.policy.answers import Step, documents
from yibao.policy.documents import Citation
from yibao.services.relocation.rules.texts import refusal_text, words

NAME = "relocation"
MANUAL = "manual"
Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A named reason, with what to do next.

    Attributes:
        code: Name of the refusal.
        detail: Words that go into its sentence.
        rule: Id of the rule that says so, empty where none does.
    """

    code: str
    detail: tuple[tuple[str, str], ...] = ()
    rule: str = ""

    def json(self) -> dict[str, Any]:
        """Return the refusal with its sentences in both languages."""
        told = {"code": self.code, **refusal_text(code=self.code, detail=dict(self.detail))}
        return {**told, "rule": self.rule} if self.rule else told


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one question about a move, with everything needed to check it.

    Attributes:
        decision: transfer, not_transferable, too_early, not_needed, display_only, covered, waiting, incomplete or
            manual.
        body: Members of the answer by name, as they are published.
        refusals: In published order.
        low_confidence: True where it rests on hints only.
        citations: Places in documents it rests on.
        region: Code of the rules.
        version: Of the rules.
        explain: Makes the steps when they are read.
        tell: Makes the sentences of the trace when they are read.
    """

    decision: str
    body: Mapping[str, Any]
    refusals: tuple[Refusal, ...]
    low_confidence: bool
    citations: tuple[Citation, ...]
    region: str
    version: str
    explain: Callable[[], list[Step]] = field(compare=False, repr=False)
    tell: Callable[[str], list[str]] = field(compare=False, repr=False)

    def trace_lines(self, language: str) -> list[str]:
        """Return the rows looked at and why each failed or held, as sentences in `zh` or `en`."""
        return self.tell(language)

    def json(self) -> dict[str, Any]:
        """Return the published form of the decision (docs/reference/decision.md), ready for JSON."""
        return {
            "service": NAME,
            "decision": self.decision,
            "low_confidence": self.low_confidence,
            **self.body,
            "steps": [step.json() for step in self.explain()],
            "sources": documents(each.source for each in self.citations),
            "refusals": [refusal.json() for refusal in self.refusals],
            "pack": {"region": self.region, "version": self.version},
        }


def cite(citations: tuple[Citation, ...]) -> Words:
    """Return citations as they are read in Chinese and English."""
    zh = "；".join(each.shown() for each in citations)
    en = "; ".join(f"{each.source.number or each.source.en or each.shown()} {each.article}" for each in citations)
    return zh, en.strip()


def from_record(about: str) -> Words:
    """Return the record as the source of a step."""
    told = words()["record"]
    return told["zh"].format(about=about).strip(), told["en"].format(about=about).strip()
