"""Papers of a case: numbered in a short transaction, typeset outside any, kept once."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.states import State
from yibao.services.refund import documents
from yibao.services.refund.actions import contents, letters, numbers
from yibao.services.refund.actions.refusals import refused
from yibao.store import cases, papers
from yibao.store.models import Case, IssuedPaper

SLIP = "refund_slip"
_MAKERS = {
    "application_form": contents.application_form,
    "acceptance_receipt": contents.acceptance_receipt,
    "correction_notice": contents.correction_notice,
    "decision_letter": letters.decision_letter,
}
KINDS = (*_MAKERS, SLIP)


def make_paper(*, number: str, kind: str, by: Actor, on: date, at: datetime) -> IssuedPaper:
    """Return a paper of a case; made at the first call, the same one at every later call.

    A correction notice is made anew for each round of corrections. A 退款单 is only made by paying.

    Args:
        number: Number of the case.
        kind: One of `KINDS`.
        by: Who wants it.
        on: Date of issue.
        at: The moment.

    Raises:
        Refused: paper_not_yet: the case has not come that far.
    """
    case = cases.get(number)
    if kind == SLIP:
        slip = _live(case, SLIP).last()
        if slip is None:
            raise refused("paper_not_yet")
        return slip
    made = _MAKERS[kind](case=case) if kind in _MAKERS else None
    if made is None:
        raise refused("paper_not_yet")
    paper, occasion = made
    known = case.papers.filter(kind=kind, evidence_hash=occasion).first()
    return known or _issue(case=case, kind=kind, paper=paper, evidence_hash=occasion, by=by, on=on, at=at)


def slip_for(
    *, case: Case, evidence_hash: str, plain: Mapping[str, Any], by: Actor, on: date, at: datetime
) -> IssuedPaper:
    """Return the 退款单 to pay an approved case by: the one a killed call left behind, or a new one.

    Args:
        case: The case as read, not locked.
        evidence_hash: The evidence the slip states; a slip made of other evidence is void.
        plain: The decision.
        by: Finance.
        on: Date of issue.
        at: The moment.
    """
    left = _live(case, SLIP).filter(evidence_hash=evidence_hash).exclude(number__in=_used(case)).last()
    if left is not None:
        return left
    _live(case, SLIP).update(voided_at=at)
    paper = contents.refund_slip(case=case, plain=plain)
    return _issue(case=case, kind=SLIP, paper=paper, evidence_hash=evidence_hash, by=by, on=on, at=at)


def _live(case: Case, kind: str) -> Any:
    return IssuedPaper.objects.filter(case=case, kind=kind, voided_at=None)


def _used(case: Case) -> list[str]:
    return list(case.payments.exclude(slip_number="").values_list("slip_number", flat=True))


def _issue(
    *, case: Case, kind: str, paper: documents.Paper, evidence_hash: str, by: Actor, on: date, at: datetime
) -> IssuedPaper:
    number = numbers.paper_number(prefix=paper.prefix, region=case.region, on=on)
    code = papers.new_check_code()
    base = settings.YIBAO_PUBLIC_URL
    stamp = documents.Stamp(
        number=number,
        case_number=case.number,
        issued_on=on,
        agency=contents.agency(case),
        check_code=code,
        check_address=documents.check_address(base=base, number=number, code=code),
        synthetic=case.person.synthetic,
    )
    content = documents.typeset(paper=paper, stamp=stamp)
    with transaction.atomic():
        # Two calls at once both typeset; the row lock lets only the first keep its paper.
        now = cases.locked(case.number)
        known = _live(case, kind).filter(evidence_hash=evidence_hash)
        if kind == SLIP and now.state == State.APPROVED:
            known = known.exclude(number__in=_used(case))
        return known.last() or papers.issue(
            case=case,
            kind=kind,
            number=number,
            check_code=code,
            content=content,
            evidence_hash=evidence_hash,
            by=by,
            at=at,
            on=on,
        )
