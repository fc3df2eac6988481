"""What a decision about years is: months, places and row ids, with the published form made from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yibao.kernel.money import Money
from yibao.policy.answers import Step
from yibao.services.relocation.rules.decision import MANUAL, Refusal
from yibao.services.relocation.rules.texts import words

NAME = "years"
QUALIFIES, SHORT = "qualifies", "short"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to fill a shortfall.

    Attributes:
        way: Its code.
        months: How many months, None where none are paid.
        cost: What they cost (fen), None where no source gives the price.
        place: Code of the place where it is done.
        rule: Id of the rule.
    """

    way: str
    months: int | None
    cost: int | None
    place: str
    rule: str

    def json(self) -> dict[str, Any]:
        """Return the way in the published form."""
        label = words()["ways"][self.way]
        cost = None if self.cost is None else str(Money(self.cost))
        told = {"way": self.way, "months": self.months, "cost": cost, "place": self.place, "rule": self.rule}
        return {**told, "label": label["zh"], "label_en": label["en"]}


@dataclass(frozen=True, slots=True)
class TestTold:
    """One number a place asks for, and what there is.

    Attributes:
        place: Code of the place; of an agreement its name in the pack.
        decision: requirement, alternative or treaty.
        test: What is counted.
        required: Months, None where the number is not known.
        have: Months there are.
        met: Whether it is reached, None where nobody can say.
        rule: Id of the rule.
    """

    place: str
    decision: str
    test: str
    required: int | None
    have: int
    met: bool | None
    rule: str

    def json(self) -> dict[str, Any]:
        """Return the test in the published form."""
        told = {"place": self.place, "decision": self.decision, "test": self.test}
        return {**told, "required_months": self.required, "have_months": self.have, "met": self.met, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question about years.

    Attributes:
        decision: qualifies, short or manual.
        places: Where benefits can be drawn, sorted.
        cumulative: Months that count, each once; None, like the next three, where no rule was in force.
        actual: Those of them that count as paid.
        deemed: Those that count as deemed.
        converted: Those that come from conversion; also in one of the two.
        shortfall: Months to pay on here until every test is met; None where nobody can say.
        ways: What can be done about it.
        tests: Every number that was looked at.
        refusals: In published order.
        low_confidence: Whether it rests on hints only.
        cited: Documents by id, in the published form.
        region: Code of the rules.
        version: Of the rules.
        explain: Makes the steps when they are read.
    """

    decision: str
    places: tuple[str, ...]
    cumulative: int | None
    actual: int | None
    deemed: int | None
    converted: int | None
    shortfall: int | None
    ways: tuple[Remedy, ...]
    tests: tuple[TestTold, ...]
    refusals: tuple[Refusal, ...]
    low_confidence: bool
    cited: tuple[Mapping[str, Any], ...]
    region: str
    version: str
    explain: Callable[[], list[Step]] = field(compare=False, repr=False)

    @property
    def qualifies(self) -> bool | None:
        """Whether benefits can be drawn in some place; None where nobody can say."""
        return None if self.decision == MANUAL else self.decision == QUALIFIES

    @property
    def steps(self) -> list[Step]:
        """The steps in the order in which they changed the result."""
        return self.explain()

    def trace_lines(self, language: str) -> list[str]:
        """Return the steps as sentences in `zh` or `en`."""
        position = ("zh", "en").index(language)
        return [f"{step.label[position]}: {step.value[position]} — {step.source[position]}" for step in self.steps]

    def json(self) -> dict[str, Any]:
        """Return the published form of the decision, ready for JSON."""
        return {
            "service": NAME,
            "decision": self.decision,
            "qualifies": self.qualifies,
            "places": list(self.places),
            "cumulative_months": self.cumulative,
            "actual_months": self.actual,
            "deemed_months": self.deemed,
            "converted_months": self.converted,
            "shortfall_months": self.shortfall,
            "ways": [each.json() for each in self.ways],
            "tests": [each.json() for each in self.tests],
            "low_confidence": self.low_confidence,
            "steps": [each.json() for each in self.steps],
            "sources": [dict(each) for each in self.cited],
            "refusals": [each.json() for each in self.refusals],
            "pack": {"region": self.region, "version": self.version},
        }

    def canonical(self) -> dict[str, Any]:
        """Return codes, values and row ids without sentences: what is stored and compared."""
        plain = self.json()
        told = {"steps", "sources"}
        return {
            **{name: value for name, value in plain.items() if name not in told},
            "ways": [{k: v for k, v in each.items() if not k.startswith("label")} for each in plain["ways"]],
            "refusals": [each.code for each in self.refusals],
        }
