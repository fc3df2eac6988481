"""What a refund's decision lets happen: the service's own gates upon the core states.

The core states and their verbs are the same for every service (`yibao.casework.states`); a refund adds only this
table: which outcome lets a verb pass. Pages ask it which buttons to show, actions ask it whether they may run.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from yibao.kernel.errors import Refusal
from yibao.services.refund.rules.filing import REVIEW_FIRST

OUTCOMES = ("refund", "accounts_merged", "incomplete", "too_early", "late", "no_refund", "manual")
PAYING = frozenset({"refund", "manual"})
"""Outcomes that end in money; `manual` only with an amount an agency determined."""

PASSES: Mapping[str, frozenset[str]] = {
    "accept": frozenset({"refund", "accounts_merged", "too_early", "late", "no_refund", "manual"}),
    "approve": frozenset({"refund", "accounts_merged", "manual"}),
    "pay": frozenset({"refund", "accounts_merged", "manual"}),
}
"""Verb -> outcomes with which it may run. A verb that is not listed runs with every outcome."""

CLOCKS: Mapping[str, str] = {"decision": "accept", "correction": "ask_correction"}
"""Clock -> verb that starts it; how many working days it allows, the pack says under `NAME_days`."""

REFUSE_REASONS: Mapping[str, tuple[str, str]] = {
    "no_refund": ("不符合退费条件", "the conditions for a refund are not met"),
    "late": ("超过申请期限", "the time to apply has passed"),
    "too_early": ("未到申请时间", "the time to apply has not come"),
    "not_proved": ("材料不能证明申请事项", "the materials do not prove what is claimed"),
    "untrue": ("申请内容与核查结果不符", "what was stated differs from what was found"),
    "other": ("其他原因（须说明）", "another reason, to be explained"),
}
"""Why a case may be refused or not accepted; each is followed by a note where the last one is taken."""

CHANNELS = ("app", "tax_wechat", "window", "agency_list")
APPLICANTS = ("payer", "relative", "heir", "guardian", "proxy", "unit", "agency")
PRICE_AMOUNTS = frozenset({"concession_lump", "concession_annual", "determined", "subsidy"})
"""Amount rules that correct a price: the months stay covered, so they are not used up."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gates look at.

    Attributes:
        outcome: Outcome of the decision made last; None before the first.
        determined: An agency entered an amount and its worksheet.
        awaiting: The decision waits for an amount that an agency must determine first.
        low_confidence: The decision rests on weak sources only.
        confirmed: The person who signs has confirmed a weak decision in words.
    """

    outcome: str | None
    determined: bool = False
    awaiting: bool = False
    low_confidence: bool = False
    confirmed: bool = False


def gate(*, verb: str, standing: Standing) -> Refusal | None:
    """Return why a verb may not run with this decision, or None when it may.

    Args:
        verb: A verb of the core states.
        standing: The decision and what was entered beside it.

    Example:
        >>> gate(verb="accept", standing=Standing("incomplete")).code
        'materials_missing'
        >>> gate(verb="accept", standing=Standing("refund")) is None
        True
    """
    passes = PASSES.get(verb)
    if passes is None:
        return None
    if standing.outcome not in passes:
        return MATERIALS_MISSING if standing.outcome == "incomplete" else DOES_NOT_PAY
    if verb == "accept" and standing.awaiting:
        # Who signs depends on the amount being there: accepted without it, the short chain would be pinned.
        return NO_AMOUNT
    if verb == "approve":
        return _signature_gate(standing)
    return None


def processes(chains: Collection[str]) -> list[tuple[str, ...]]:
    """Return every row of chains a case may have to go through, one chain after the other.

    Args:
        chains: Names of those of the region.

    Example:
        >>> processes(["ordinary", "review"])
        [('ordinary',), ('review',), ('review', 'ordinary')]
    """
    reviewed = [(REVIEW_FIRST, name) for name in chains if REVIEW_FIRST in chains and name != REVIEW_FIRST]
    return [*((name,) for name in chains), *reviewed]


def _signature_gate(standing: Standing) -> Refusal | None:
    if standing.outcome == "manual" and not standing.determined:
        return NO_AMOUNT
    if (standing.low_confidence or standing.outcome == "manual") and not standing.confirmed:
        return NOT_CONFIRMED
    return None


MATERIALS_MISSING = Refusal(
    "materials_missing",
    "材料不齐，不能受理",
    "materials are missing, so the case cannot be accepted",
    "请发出一次性告知书，一次列出全部缺少的材料。",
    "Send one notice that lists everything missing.",
)
DOES_NOT_PAY = Refusal(
    "decision_does_not_pay",
    "按现行规定，这笔缴费不能退，因此不能批准",
    "under the rules in force nothing is refunded, so it cannot be approved",
    "请选择“不予批准”并注明原因；如材料有误，请要求补正。",
    "Refuse with a reason; if a material is wrong, ask for a correction.",
)
NO_AMOUNT = Refusal(
    "amount_not_determined",
    "这件事须由人工核定金额，目前还没有核定",
    "the amount must be determined by a person and has not been",
    "请先录入核定金额和计算底稿，再办理。",
    "Enter the determined amount and its worksheet first, then go on.",
)
NOT_CONFIRMED = Refusal(
    "not_confirmed",
    "决定的依据可信度低，签批前须由您确认",
    "the decision rests on weak sources and needs your confirmation before you sign",
    "请核对依据后勾选“我已核对依据”，再签批。",
    "Check the sources, tick the confirmation, then sign again.",
    status=422,
)
GATES = (MATERIALS_MISSING, DOES_NOT_PAY, NO_AMOUNT, NOT_CONFIRMED)
"""Everything that may keep a verb from running with a decision."""
