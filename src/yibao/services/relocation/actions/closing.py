"""How a transfer ended without being done: in which way, who decided it, and why, each reason with its remedy."""

from dataclasses import dataclass
from datetime import date

from yibao.kernel.errors import Refusal
from yibao.services.relocation.actions import looking
from yibao.services.relocation.actions.employer import OBJECTS
from yibao.services.relocation.actions.refusals import REFUSALS
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.rules.decision import Refusal as RuleRefusal
from yibao.services.relocation.workflow import Stage

NOT_ACCEPTED, REFUSED, WITHDRAWN, ENDED = "not_accepted", "refused", "withdrawn", "ended"
UPON_REVIEW = "refused_by_place"
_WAYS = {UPON_REVIEW: REFUSED, "withdrawn_by_person": WITHDRAWN, OBJECTS: WITHDRAWN}
_STEPS = ("not_accept", "refuse", "withdraw")


@dataclass(frozen=True, slots=True)
class Decided:
    """The step a transfer was closed with.

    Attributes:
        place: Code of the place that decided it: this one, or the other, which told it.
        on: The day it was closed here.
        note: What the reviewer wrote who refused it; empty for every other way.
    """

    place: str
    on: date
    note: str


def way(row: Transfer) -> str:
    """Return how a transfer ended without being done.

    Args:
        row: The side with its case.

    Returns:
        NOT_ACCEPTED, REFUSED, WITHDRAWN, or ENDED for any other end; empty where it is under way or done, and where
        it was given up before it was handed in.
    """
    if row.case.submitted_on is None:
        return ""
    if row.stage == Stage.NOT_ACCEPTED:
        return NOT_ACCEPTED
    return _WAYS.get(row.ended_because, ENDED) if row.stage == Stage.CANCELLED else ""


def decided(row: Transfer) -> Decided:
    """Return the step a transfer was closed with; only where `way` names one.

    Args:
        row: The side with its case.
    """
    step = row.case.actions.filter(kind__in=_STEPS).latest("seq")
    written = row.ended_because == UPON_REVIEW and step.reason != row.ended_because
    return Decided(str(step.data.get("place", row.place)), step.business_date, step.reason if written else "")


def reasons(row: Transfer) -> list[Refusal]:
    """Return why a transfer ended, or is to end, without the years; empty where it does not.

    Args:
        row: The side.
    """
    told = [
        Refusal(*(each[name] for name in ("code", "zh", "en", "next_zh", "next_en")))
        for each in row.checks.get("reasons", ())
    ]
    return told or ([_named(row)] if row.ended_because else [])


def _named(row: Transfer) -> Refusal:
    """Return the reason that is kept by its code alone; the year its sentence may name is that of the end."""
    code, detail = row.ended_because, (("year", str(row.ended_on.year)),) if row.ended_on else ()
    return REFUSALS.get(code) or looking.told(RuleRefusal(code, detail))


def why(reason: Refusal) -> tuple[str, str]:
    """Return a reason as a sentence in Chinese and English.

    Args:
        reason: Told with or without its full stop.

    Examples:
        >>> why(Refusal("late", "已过期限", "too late", "请到窗口咨询。", "Ask at a window."))
        ('已过期限。', 'Too late.')
    """
    return f"{reason.zh.rstrip('。')}。", f"{reason.en[:1].upper()}{reason.en[1:].rstrip('.')}."
