"""The pay-out desk: by the original route, or by 退款单 at the finance window."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.states import State
from yibao.kernel.errors import Refused
from yibao.kernel.money import Money
from yibao.services.refund import workflow
from yibao.services.refund.actions import evidence, money, papers, payees
from yibao.services.refund.actions.refusals import refused
from yibao.services.refund.actions.reviewing import _kept, _unchanged
from yibao.services.refund.models import RefundRequest
from yibao.store import batches, cases, keys
from yibao.store.models import Case, ContributionRefund, IssuedPaper, Payment

REFERENCE_MAX = 80
REASON_MAX = 200


def pay(*, number: str, key: str, by: Actor, on: date, at: datetime, batch: str = "") -> Payment:
    """Send the money of an approved case; the same key again returns the same payment.

    A 退款单 is numbered in a short transaction and typeset outside any; only then are the books and the state
    changed, after the evidence was looked at once more. Killed in between, the next call takes the same slip.

    Args:
        number: Number of the case.
        key: Made with the page that shows the button.
        by: Finance, somebody who neither entered, accepted nor signed the case.
        on: Business date and accounting date.
        at: The moment.
        batch: Number of the released batch it is paid by; empty when it is paid alone.

    Returns:
        The first payment; `case.payments` has one row for each receiver.

    Raises:
        Refused: evidence_changed (409, back to level 1), nothing_to_pay, two_person_rule, wrong_state, in_a_batch.
    """
    slip = _slip(number=number, by=by, on=on, at=at)
    sent: list[int] = []

    def work() -> Case:
        case = cases.locked(number)
        # Looked at before the key is claimed: what it writes must outlive the refusal.
        found = _unchanged(case, on=on, at=at) if case.state == State.APPROVED else None
        with keys.once(key=f"refund/pay/{number}/{key}", content={"number": number}, at=at) as slot:
            if not slot.repeated:
                slot.answer = {"payment": _send(case, found, slip, batch, by=by, on=on, at=at).pk}
            sent.append(slot.answer["payment"])
        return case

    _kept(work)
    return Payment.objects.get(pk=sent[-1])


def _slip(*, number: str, by: Actor, on: date, at: datetime) -> IssuedPaper | None:
    """Return the slip to pay by, made now or left by a call that was killed; None on the original route."""
    with transaction.atomic():
        case = cases.locked(number)
        if case.state != State.APPROVED:
            return None
        rights.check(standing=cases.standing(case), actor=by, verb="pay")
        stored = cases.decision(number)
    if stored is None or not _may_be_by_slip(stored.canonical["payout"]):
        return None
    found = evidence.gather(case=case, request=case.refund, on=on)
    plain = evidence.decided(found).json()
    if found.hash != case.evidence_hash or not _by_slip(plain, case.refund):
        return None
    return papers.slip_for(case=case, evidence_hash=found.hash, plain=plain, by=by, on=on, at=at)


def _may_be_by_slip(payout: Mapping[str, Any] | None) -> bool:
    """Return whether the decision that was signed leads to a slip; without a route of its own the channel decides."""
    return not payout or payout.get("route") == "slip"


def _by_slip(plain: Mapping[str, Any], request: RefundRequest) -> bool:
    personal = any(receiver in payees.PERSONAL for receiver, _ in money.receivers(plain=plain, request=request))
    route = (plain["payout"] or {}).get("route") or ("slip" if request.channel == "window" else "original")
    return personal and route == "slip"


def _send(
    case: Case,
    found: evidence.Evidence | None,
    slip: IssuedPaper | None,
    batch: str,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> Payment:
    request = case.refund
    case = cases.act(number=case.number, kind="pay", by=by, at=at, on=on, data={"slip": slip.number if slip else ""})
    if found is None:
        raise refused("nothing_to_pay")
    plain = evidence.decided(found).json()
    refusal = workflow.gate(verb="pay", standing=workflow.Standing(plain["decision"]))
    if refusal is not None:
        raise Refused(refusal)
    if _by_slip(plain, request) and (slip is None or slip.evidence_hash != found.hash):
        raise refused("paper_not_yet")
    owed = _owed(case, request, plain)
    if not owed:
        raise refused("nothing_to_pay")
    made = []
    for receiver, schemes in owed.items():
        personal = receiver in payees.PERSONAL
        payment = Payment.objects.create(
            case=case,
            receiver=receiver,
            amount_fen=sum(amount.fen for amount in schemes.values()),
            route=money.route_of(plain=plain, by_slip=bool(slip) and personal),
            slip_number=slip.number if slip and personal else "",
            bank_account=payees.account_for(receiver, case=case, request=request),
            sent_on=on,
        )
        money.pay_out(case=case, payment=payment, scheme_amounts=schemes, region=plain["pack"]["region"], at=at)
        made.append(payment)
    batches.tie(case=case, batch=batch, payments=made, by=by)
    papers.follows(numbers=[case.number], kind="payment_notice", at=at)
    return made[0]


def _owed(case: Case, request: RefundRequest, plain: Mapping[str, Any]) -> dict[str, dict[str, Money]]:
    """Return what is still owed by receiver, then scheme; receivers with money on its way are left out."""
    live = set(case.payments.filter(status__in=["sent", "paid"]).values_list("receiver", flat=True))
    owed: dict[str, dict[str, Money]] = {}
    for (receiver, scheme), amount in money.receivers(plain=plain, request=request).items():
        if receiver not in live:
            owed.setdefault(receiver, {})[scheme] = amount
    return owed


def confirm_paid(*, number: str, reference: str, by: Actor, on: date, at: datetime) -> Case:
    """Record that the money arrived, and close the case; the months are given back for good.

    Args:
        number: Number of the case.
        reference: The bank's or treasury's own reference.
        by: Finance.
        on: The day it arrived.
        at: The moment.

    Raises:
        Refused: no_reason without a reference, wrong_state, not_your_role.
    """
    if not reference.strip():
        raise refused("no_reference")
    with transaction.atomic():
        case = cases.locked(number)
        text = reference.strip()[:REFERENCE_MAX]
        case = cases.act(number=number, kind="confirm_paid", by=by, at=at, on=on, data={"reference": text})
        case.payments.filter(status="sent").update(status="paid", settled_on=on, reference=text)
        _record_refunds(case)
        return case


def _record_refunds(case: Case) -> None:
    rows = case.refunded_months.order_by("contribution_id", "month")
    ContributionRefund.objects.bulk_create(
        ContributionRefund(
            contribution_id=row.contribution_id, first_month=row.month, end_month=row.month + 1,
            amount_fen=row.amount_fen, case_number=case.number,
        )
        for row in rows
        if row.ground == "cover"
    )  # fmt: skip


def bounced(*, number: str, reason: str, by: Actor, on: date, at: datetime) -> Case:
    """Record that the person's money came back; the case is approved again and waits for a right account.

    Args:
        number: Number of the case.
        reason: What the bank said; the person reads it.
        by: Finance.
        on: The day it came back; accounting date of the reversal.
        at: The moment.

    Raises:
        Refused: no_reason, wrong_state, not_your_role.
    """
    if not reason.strip():
        raise refused("no_reason")
    with transaction.atomic():
        case = cases.locked(number)
        text = reason.strip()[:REASON_MAX]
        case = cases.act(number=number, kind="bounce", by=by, at=at, on=on, reason=text)
        sent = case.payments.filter(status="sent")
        for payment in sent.filter(receiver__in=payees.applicants(case)) or sent:
            money.came_back(payment=payment, on=on, at=at)
            payment.status, payment.settled_on, payment.reason = "bounced", on, text
            payment.save(update_fields=["status", "settled_on", "reason"])
        for kind in (papers.SLIP, "payment_notice"):
            papers.void(case=case, kind=kind, at=at)
        papers.follows(numbers=[number], kind="bounced_notice", at=at)
        return case
