"""What a unit may ask back: what it paid itself for the person, and nothing else of the record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse
from yibao.kernel.money import Money
from yibao.services.refund.actions import payees
from yibao.services.refund.actions.refusals import refused
from yibao.services.refund.rules import Decision
from yibao.store.models import Case, Contribution

UNIT = "unit"
TOLD = frozenset(
    {"missing_material", "incomplete_refused", "late", "too_early", "already_refunded", "no_payment", "amount_unknown"}
)
"""Refusals that speak of the payment and the application; the others may tell of the person's health or other work."""
KEPT = {
    "code": "kept_from_unit",
    "zh": "按现有记录，这笔缴费目前不能确定退给单位。",
    "en": "As the record stands, it is not certain that this payment goes back to the unit.",
    "next_zh": "涉及职工本人的情况不向单位显示；可以先提交，由经办人员核对后答复。",
    "next_en": "What concerns the employee is not shown to the unit; you may apply, and staff will check and answer.",
}


def payments(*, person_id: UUID, unit_id: UUID) -> QuerySet[Contribution]:
    """Return what a unit paid for a person, by number.

    Args:
        person_id: The insured person.
        unit_id: The unit.
    """
    paid = Contribution.objects.filter(enrolment__person_id=person_id, enrolment__unit_id=unit_id, payer=UNIT)
    return paid.order_by("pk")


def check_employee(*, person_id: UUID, by: Actor) -> None:
    """Let an agent apply only about somebody the unit paid for, and never about themselves.

    Args:
        person_id: The insured person.
        by: Who applies; nothing is asked of who acts for no unit.

    Raises:
        Refused: `own_matter`, `not_your_employee`.
    """
    if by.acting is None or by.unit_id is None:
        return
    if by.acting.person_id == person_id:
        raise refuse("own_matter")
    if not payments(person_id=person_id, unit_id=by.unit_id).exists():
        raise refuse("not_your_employee")


def check_receivers(*, case: Case, decision: Decision) -> None:
    """Let a unit hand in only what can be paid out: a part of the person's needs an account of the person's.

    Args:
        case: The case.
        decision: What would be decided now.

    Raises:
        Refused: `no_account_of_employee`.
    """
    if case.unit_id is None or payees.original(case=case, of_person=True) is not None:
        return
    parts = [part for line in decision.json()["lines"] for part in line["parts"]]
    if any(part["receiver"] in payees.PERSONAL and part["amount"] != "0.00" for part in parts):
        raise refused("no_account_of_employee")


def shown(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a unit is told of a decision: its own part, the papers, and nothing of how the person stands.

    Args:
        plain: The decision as the contract states it.
    """
    lines = [_own_part(line) for line in plain["lines"]]
    told = [refusal for refusal in plain["refusals"] if refusal["code"] in TOLD]
    kept = [KEPT] if len(told) < len(plain["refusals"]) else []
    total = sum(Money.parse(part["amount"]).fen for line in lines for part in line["parts"])
    amount = None if plain["amount"] is None else str(Money(total))
    return {**plain, "amount": amount, "lines": lines, "steps": [], "refusals": [*told, *kept]}


def told(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a unit is shown of a decision that is not final: what is kept from it leaves the outcome open.

    Args:
        plain: The decision as the contract states it.
    """
    found = shown(plain)
    return {**found, "decision": "manual"} if KEPT in found["refusals"] else found


def _own_part(line: Mapping[str, Any]) -> dict[str, Any]:
    parts = [part for part in line["parts"] if part["receiver"] == UNIT]
    fen = sum(Money.parse(part["amount"]).fen for part in parts)
    return {**line, "parts": parts, "refund": str(Money(fen)), "offset": "0.00"}
