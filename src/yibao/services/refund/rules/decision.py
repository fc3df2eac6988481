"""What a refund decision is: codes, values and row ids, with the published form made from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yibao.kernel.money import Money
from yibao.policy.answers import Step
from yibao.services.refund.rules.texts import refusal_text

MONEY_DECISIONS = ("refund", "incomplete")
MANUAL = "manual"
_SENTENCES = ("others", "notes", "conflicts")


@dataclass(frozen=True, slots=True)
class Part:
    """What one receiver gets of a line (fen)."""

    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the decision: some months of one payment with one earliest day.

    Attributes:
        payment: id of the payment.
        rules: the row, the cases of the amounts and the parameters it rests on.
        months: how many months are counted.
        paid: what was paid for them (fen).
        offset: what is set off (fen).
        refund: what is refunded now (fen).
        earliest: first day on which it may be asked for, None where any day will do.
        latest: last such day, None without a limit.
        parts: who gets what.
    """

    payment: str
    rules: tuple[str, ...]
    months: int = 0
    paid: int = 0
    offset: int = 0
    refund: int = 0
    earliest: date | None = None
    latest: date | None = None
    parts: tuple[Part, ...] = ()

    def json(self) -> dict[str, Any]:
        """Return the line in the published form."""
        return {
            "payment": self.payment,
            "months": self.months,
            "paid": str(Money(self.paid)),
            "offset": str(Money(self.offset)),
            "refund": str(Money(self.refund)),
            "rules": list(self.rules),
            "earliest": _iso(self.earliest),
            "latest": _iso(self.latest),
            "parts": [{"receiver": part.receiver, "amount": str(Money(part.amount))} for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A named reason why nothing, or nothing yet, is paid.

    Attributes:
        code: name of the refusal.
        about: what it is about: a payment, a material, a value.
        detail: words that go into its sentence.
    """

    code: str
    about: str = ""
    detail: tuple[tuple[str, str], ...] = ()

    def json(self) -> dict[str, Any]:
        """Return the refusal with its sentences in both languages."""
        told: dict[str, Any] = {"code": self.code, **refusal_text(code=self.code, detail=dict(self.detail))}
        if self.about:
            told["about"] = self.about
        return told


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper the decision asks for, and whether it is there."""

    code: str
    label: str
    label_en: str
    satisfied: bool

    def json(self) -> dict[str, Any]:
        """Return the paper in the published form."""
        return {"code": self.code, "label": self.label, "label_en": self.label_en, "satisfied": self.satisfied}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request, with everything needed to check it.

    Attributes:
        decision: refund, no_refund, accounts_merged, too_early, late, incomplete or manual.
        amount: sum of all parts (fen); None where a person decides.
        entries: the lines.
        refusals: in published order.
        papers: what has to be handed in.
        approval: levels with their roles.
        payout: how the money goes back.
        extra: members that stand only where they apply: keep, then, event_by, intake, readings, conflicts, notes,
            others.
        low_confidence: True where a line rests on hints only.
        earliest: first day for the refunded, or the first due, months.
        latest: last day of the window.
        cited: documents by id, in the published form.
        version: of the rules.
        region: code of the rules.
        explain: makes the steps when they are read.
        tell: makes the sentences of the trace when they are read.
        given: payment, months and rule of the amount of each line that is refunded; None where rules that are read
            in several ways came to the decision, which name no months.
    """

    decision: str
    amount: int | None
    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    papers: tuple[Paper, ...]
    approval: tuple[Mapping[str, Any], ...]
    payout: Mapping[str, Any] | None
    extra: Mapping[str, Any]
    low_confidence: bool
    earliest: date | None
    latest: date | None
    cited: tuple[Mapping[str, Any], ...]
    version: str
    region: str
    explain: Callable[[], list[Step]] = field(compare=False, repr=False)
    tell: Callable[[str], list[str]] = field(compare=False, repr=False)
    given: tuple[tuple[str, tuple[int, ...], str], ...] | None = field(default=None, compare=False, repr=False)

    @property
    def receivers(self) -> list[str]:
        """Everybody who gets money, in order of the lines."""
        return list(dict.fromkeys(part.receiver for entry in self.entries for part in entry.parts))

    @property
    def steps(self) -> list[Step]:
        """The steps in the order in which they changed the result."""
        return self.explain()

    def trace_lines(self, language: str) -> list[str]:
        """Return the rows looked at and why each failed or held, as sentences in `zh` or `en`."""
        return self.tell(language)

    def json(self) -> dict[str, Any]:
        """Return the published form of the decision (docs/reference/decision.md), ready for JSON."""
        receivers = self.receivers
        answer: dict[str, Any] = {
            "service": "refund",
            "decision": self.decision,
            "amount": None if self.amount is None else str(Money(self.amount)),
        }
        if len(receivers) > 1:
            answer["receivers"] = receivers
        else:
            answer["receiver"] = receivers[0] if receivers else None
        answer |= {
            "low_confidence": self.low_confidence,
            "lines": [entry.json() for entry in self.entries],
            "steps": [step.json() for step in self.steps],
            "sources": [dict(each) for each in self.cited],
            "refusals": [refusal.json() for refusal in self.refusals],
            "earliest": _iso(self.earliest),
            "latest": _iso(self.latest),
            "materials": [paper.json() for paper in self.papers],
            "approval": [dict(level) for level in self.approval],
            "payout": None if self.payout is None else dict(self.payout),
            **self.extra,
            "pack": {"region": self.region, "version": self.version},
        }
        return answer

    def canonical(self) -> dict[str, Any]:
        """Return what is kept with a case: codes, values and row ids, no sentence."""
        return {
            "service": "refund",
            "decision": self.decision,
            "amount": None if self.amount is None else str(Money(self.amount)),
            "receivers": self.receivers,
            "low_confidence": self.low_confidence,
            "lines": [entry.json() for entry in self.entries],
            "refusals": [{"code": refusal.code, "about": refusal.about} for refusal in self.refusals],
            "earliest": _iso(self.earliest),
            "latest": _iso(self.latest),
            "materials": [{"code": paper.code, "satisfied": paper.satisfied} for paper in self.papers],
            "approval": [{key: level[key] for key in ("level", "roles", "order")} for level in self.approval],
            "payout": None if self.payout is None else dict(self.payout),
            **{key: value for key, value in self.extra.items() if key not in _SENTENCES},
            "pack": {"region": self.region, "version": self.version},
        }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
