"""What the applicant does, or a clerk at the window for them: open, answer, hand in, submit, correct, withdraw."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.states import CLOSED, State
from yibao.policy.casefile import codes
from yibao.services.assurance import require
from yibao.services.refund.actions import answers as answering
from yibao.services.refund.actions import employer, evidence, money, numbers, papers, payees
from yibao.services.refund.actions.refusals import refused
from yibao.services.refund.models import RefundRequest
from yibao.services.refund.rules import Decision
from yibao.store import cases, documents, keys, uploads
from yibao.store.models import Case, Contribution, Document

REASON_MAX = 500


def open_draft(
    *,
    person_id: UUID,
    region: str,
    by: Actor,
    on: date,
    at: datetime,
    applicant: str = "payer",
    channel: str = "app",
) -> Case:
    """Open an application that nobody but its author sees yet.

    Args:
        person_id: The insured person whose payments are meant.
        region: Pooling area that decides.
        by: The person, or a clerk at the window.
        on: Business date.
        at: The moment.
        applicant: Who applies, in the words of the case file; somebody who acts by a right applies by that right.
        channel: Where it comes in.

    Raises:
        Refused: The actor may not act for this person or region; own_matter and not_your_employee for an agent.
    """
    require(service="refund", step="open", by=by)
    employer.check_employee(person_id=person_id, by=by)
    number = numbers.case_number(region=region, on=on)
    with transaction.atomic():
        case = cases.open_case(number=number, service="refund", region=region, person_id=person_id, by=by, at=at, on=on)
        who = by.acting.kind if by.acting else applicant
        RefundRequest.objects.create(case=case, applicant=who, channel=channel)
        return case


def save_answers(*, number: str, answers: Mapping[str, Any], by: Actor, on: date, at: datetime) -> Case:
    """Keep answers; those not given stay as they were.

    While the case is under review only two things may still be answered: the amount an agency determines, which
    sends the case back to the first level, and the account after a payment bounced, which does not.

    Args:
        number: Number of the case.
        answers: reason, payments, channel, applicant, bank_name with bank_holder and bank_number,
            seen_at_window and determined (staff only).
        by: Who answers.
        on: Business date.
        at: The moment.

    Raises:
        InputInvalid: Answers are wrong; nothing was kept, show each problem at its field.
        Refused: wrong_state, not_your_case, not_staff.
    """
    changes_account = not set(answering.ACCOUNT_ANSWERS).isdisjoint(answers)
    require(service="refund", step="change_account" if changes_account else "save_answers", by=by)
    with transaction.atomic():
        case = cases.locked(number)
        request = case.refund
        verb = "decide" if _late_answer(case, answers) else "save_answers"
        answering.write(case=case, request=request, given=answers, by=by, at=at)
        found = evidence.gather(case=case, request=request, on=on)
        data: dict[str, Any] = {"answers": sorted(answers)}
        if verb == "decide":
            data["amount_fen"] = evidence.amount_fen(plain=evidence.decided(found).json(), request=request)
        return cases.act(number=number, kind=verb, by=by, at=at, on=on, evidence_hash=found.hash, data=data)


def _late_answer(case: Case, given: Mapping[str, Any]) -> bool:
    names = set(given)
    if names <= set(answering.ACCOUNT_ANSWERS):
        return case.state == State.APPROVED and money.has_bounced(case)
    return names == {"determined"} and case.state in (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)


def attach(*, number: str, material: str, name: str, content: bytes, by: Actor, on: date, at: datetime) -> Document:
    """Keep an uploaded file as one material of the case.

    Raises:
        Refused: The file is empty, too large, of another kind, not what its name says, or broken; or the
            case takes no files now.
    """
    require(service="refund", step="attach", by=by)
    if material not in get_args(codes.Material):
        raise refused("material_unknown", material)
    upload = uploads.checked(
        name=name,
        content=content,
        bytes_max=settings.YIBAO_UPLOAD_BYTES_MAX,
        photo_bytes_max=settings.YIBAO_PHOTO_BYTES_MAX,
    )
    with transaction.atomic():
        case = cases.locked(number)
        document = documents.add(
            case=case, material=material, name=upload.name, content_type=upload.content_type,
            content=upload.content, by=by, at=at,
        )  # fmt: skip
        found = evidence.gather(case=case, request=case.refund, on=on)
        data = {"material": material, "sha256": document.sha256}
        cases.act(number=number, kind="attach", by=by, at=at, on=on, evidence_hash=found.hash, data=data)
        return document


def detach(*, number: str, document_id: int, by: Actor, on: date, at: datetime) -> Case:
    """Take a file back out of the case; it stays on record as removed.

    Raises:
        Refused: document_not_found, or the case is past the point where files may be taken back.
    """
    require(service="refund", step="detach", by=by)
    with transaction.atomic():
        case = cases.locked(number)
        document = case.documents.filter(pk=document_id, removed_at=None).first()
        if document is None:
            raise refused("document_not_found")
        documents.remove(document_id=document.pk, at=at)
        found = evidence.gather(case=case, request=case.refund, on=on)
        data = {"material": document.material, "sha256": document.sha256}
        return cases.act(number=number, kind="detach", by=by, at=at, on=on, evidence_hash=found.hash, data=data)


def preview(*, number: str, on: date) -> Decision:
    """Return the decision as it would be made now; nothing is stored.

    Raises:
        InputInvalid: The record holds something no case file may; the problems name it.
    """
    case = cases.get(number)
    return evidence.decided(evidence.gather(case=case, request=case.refund, on=on))


def submit(*, number: str, key: str, by: Actor, on: date, at: datetime) -> Case:
    """Hand the application in. The same key again returns the same case and does nothing.

    Args:
        number: Number of the draft.
        key: Made with the page that shows the button, so that a second click carries the same one.
        by: The applicant, or the clerk.
        on: Business date: the day of application.
        at: The moment.

    Raises:
        Refused: nothing_selected, no_account, no_account_of_employee, case_open_already, payment_moved, wrong_state.
    """
    require(service="refund", step="submit", by=by)
    with transaction.atomic():
        case = cases.locked(number)
        with keys.once(key=f"refund/submit/{number}/{key}", content={"number": number}, at=at, passing=True) as slot:
            if slot.repeated:
                return case
            request = case.refund
            chosen = evidence.selected(request)
            _check_complete(case, request, chosen)
            found = evidence.gather(case=case, request=request, on=on)
            decision = evidence.decided(found)
            employer.check_receivers(case=case, decision=decision)
            plain = decision.json()
            data = {"outcome": plain["decision"], "amount_fen": evidence.amount_fen(plain=plain, request=request)}
            case = cases.act(number=number, kind="submit", by=by, at=at, on=on, evidence_hash=found.hash, data=data)
            slot.answer = {"number": number}
        papers.follows(numbers=[number], kind="application_form", at=at)
        return case


def _check_complete(case: Case, request: RefundRequest, chosen: list[int]) -> None:
    if not chosen:
        raise refused("nothing_selected")
    if payees.account_of(case=case, request=request) is None:
        raise refused("no_account")
    # Locked, so that of two applications for one payment the second sees the first.
    list(Contribution.objects.select_for_update().filter(pk__in=chosen).order_by("pk"))
    others = RefundRequest.objects.filter(payments__in=chosen).exclude(case=case)
    running = others.exclude(case__state__in=[*CLOSED, State.DRAFT]).values_list("case__number", flat=True)
    if first := running.first():
        raise refused("case_open_already", first)
    evidence.check_here(chosen)


def resubmit(*, number: str, by: Actor, on: date, at: datetime) -> Case:
    """Hand the corrected application in again.

    Raises:
        Refused: nothing_selected, no_account, no_account_of_employee, case_open_already, payment_moved, wrong_state.
    """
    require(service="refund", step="resubmit", by=by)
    with transaction.atomic():
        case = cases.locked(number)
        request = case.refund
        _check_complete(case, request, evidence.selected(request))
        found = evidence.gather(case=case, request=request, on=on)
        decision = evidence.decided(found)
        employer.check_receivers(case=case, decision=decision)
        plain = decision.json()
        data = {"outcome": plain["decision"], "amount_fen": evidence.amount_fen(plain=plain, request=request)}
        return cases.act(number=number, kind="resubmit", by=by, at=at, on=on, evidence_hash=found.hash, data=data)


def withdraw(*, number: str, reason: str, by: Actor, on: date, at: datetime) -> Case:
    """Take the application back, at any time before money is on its way; what was posted is reversed.

    Raises:
        Refused: wrong_state once the money is on its way; no_reason.
    """
    require(service="refund", step="withdraw", by=by)
    if not reason.strip():
        raise refused("no_reason")
    with transaction.atomic():
        case = cases.locked(number)
        before = case.state
        case = cases.act(number=number, kind="withdraw", by=by, at=at, on=on, reason=reason.strip()[:REASON_MAX])
        if before == State.APPROVED:
            money.take_back(case=case, on=on, at=at, why="withdrawn")
            papers.void(case=case, kind="decision_letter", at=at)
        if case.submitted_on is not None:
            papers.follows(numbers=[number], kind="withdrawal_confirmation", at=at)
        return case
