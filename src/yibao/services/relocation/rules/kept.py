"""Which of two records stays where somebody is insured twice at once: one row of the pack, read from the relations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yibao.kernel.months import Month
from yibao.policy import NoRuleInForce, Region
from yibao.policy.casefile import Enrolment
from yibao.policy.documents import Citation
from yibao.policy.types import Value
from yibao.services.relocation.rules.decision import MANUAL, NAME
from yibao.services.relocation.rules.shape import RelocationCase
from yibao.services.relocation.rules.texts import words

TABLE = "duplicate"
EMPLOYEE, CROSS, STUDENT = "employee", "cross", "student"


@dataclass(frozen=True, slots=True)
class Kept:
    """Which record stays.

    Attributes:
        which: Code of the outcome in the pack; `manual` where no rule says.
        enrolment: Id of the relation, None where the record alone does not tell which one it is.
        rule: Id of the row.
        citations: What the row and the values it read rest on.
        low_confidence: Whether these are hints only.
    """

    which: str
    enrolment: str | None
    rule: str
    citations: tuple[Citation, ...]
    low_confidence: bool

    def json(self) -> dict[str, Any]:
        """Return the published form, with its sentence in both languages."""
        return {"code": self.which, "enrolment": self.enrolment, "rule": self.rule, **words()["kept"][self.which]}


def kept(*, running: Sequence[Enrolment], case: RelocationCase, region: Region) -> Kept | None:
    """Return which of the relations in force stays; None where there are not two.

    Args:
        running: The relations in force on the day.
        case: The whole record.
        region: Whose rules count.
    """
    if len(running) <= 1:
        return None
    facts: dict[str, Value] = {
        "applied_on": case.on,
        "overlap": _overlap(running),
        "student_among": any(each.relation == STUDENT for each in running),
        "employee_months": _employee_months(case),
    }
    try:
        trace = region.table(NAME, TABLE, on=case.on).trace(facts)
    except NoRuleInForce:
        return Kept(MANUAL, None, "", (), low_confidence=False)
    which = str(trace.members["kept"])
    row, used = trace.table.row(trace.row), trace.parameters_used
    citations = tuple(dict.fromkeys([*row.sources, *(source for use in used for source in use.sources)]))
    weak = bool(row.sources) and (row.low_confidence or any(use.low_confidence for use in used))
    return Kept(which, _the_one(which, running), row.id, citations, weak)


def _overlap(running: Sequence[Enrolment]) -> str:
    schemes = {each.scheme for each in running}
    return schemes.pop() if len(schemes) == 1 else CROSS


def _the_one(which: str, running: Sequence[Enrolment]) -> str | None:
    """Return the employee record where it stays and there is one; where somebody works or lives is not on record."""
    found = [each.id for each in running if each.scheme == EMPLOYEE] if which == EMPLOYEE else []
    return found[0] if len(found) == 1 else None


def _employee_months(case: RelocationCase) -> int:
    """Return the whole months in a row before this one in which an employee relation stood, wherever it was."""
    now = Month.of(case.on).index
    stood: set[int] = set()
    for each in case.enrolments:
        if each.scheme == EMPLOYEE:
            end = now if each.end is None else Month.of(each.end).index + 1
            stood.update(range(Month.of(each.start).index, min(end, now)))
    length = 0
    while now - 1 - length in stood:
        length += 1
    return length
