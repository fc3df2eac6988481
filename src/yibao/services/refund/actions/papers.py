"""Papers of a case: numbered in a short transaction, typeset outside any, kept once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from yibao.casework.actors import Actor
from yibao.casework.states import State
from yibao.services.papers.numbers import paper_number
from yibao.services.refund import documents
from yibao.services.refund.actions import contents, letters, notices
from yibao.services.refund.actions.refusals import refused
from yibao.store import cases, papers, ready
from yibao.store.models import Case, IssuedPaper, Outbox, PaperNumber

SLIP = "refund_slip"
_MAKERS = {
    "application_form": contents.application_form,
    "acceptance_receipt": contents.acceptance_receipt,
    "correction_notice": contents.correction_notice,
    "decision_letter": letters.decision_letter,
    "not_accepted_notice": notices.not_accepted_notice,
    "withdrawal_confirmation": notices.withdrawal_confirmation,
    "payment_notice": notices.payment_notice,
    "bounced_notice": notices.bounced_notice,
}
KINDS = (*_MAKERS, SLIP)


@dataclass(frozen=True, slots=True)
class Begun:
    """A paper that has its number and is still to be typeset.

    Attributes:
        case: The case as read, not locked.
        kind: Code of the template.
        occasion: What it is made of.
        paper: What it states.
        stamp: Its number and check code.
    """

    case: Case
    kind: str
    occasion: str
    paper: documents.Paper
    stamp: documents.Stamp

    def typeset(self) -> bytes:
        """Return the file; the database is not asked, so that any thread may do it."""
        return documents.typeset(paper=self.paper, stamp=self.stamp)


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
    return _finished(begin_paper(number=number, kind=kind, on=on, at=at), by=by, at=at)


def follows(*, numbers: Iterable[str], kind: str, at: datetime, beside: ready.Writes | None = None) -> None:
    """Leave papers of cases for the worker: they gate nothing, so nobody waits for them.

    Args:
        numbers: Numbers of the cases.
        kind: One of `KINDS`.
        at: The moment.
        beside: What they are written along with; at once where it is left out.
    """
    made = [
        ready.new(Outbox, kind="refund.paper", case_number=number, data={"paper": kind}, due_at=at)
        for number in numbers
    ]
    (ready.insert if beside is None else beside.insert)(made)


def void(*, case: Case, kind: str, at: datetime) -> None:
    """Say of the papers of one kind that they are valid no more, as when what they tell was taken back."""
    _live(case, kind).update(voided_at=at)


def _finished(begun: Begun | IssuedPaper, *, by: Actor, at: datetime) -> IssuedPaper:
    if isinstance(begun, IssuedPaper):
        return begun
    return keep_paper(begun=begun, content=begun.typeset(), by=by, at=at)


def begin_paper(*, number: str, kind: str, on: date, at: datetime) -> Begun | IssuedPaper:
    """Return a paper that was made before, or number it: what is to be done before it can be typeset.

    Args:
        number: Number of the case.
        kind: One of `KINDS`.
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
    return known or _numbered(case, kind, occasion, paper, on=on, at=at)


def keep_paper(*, begun: Begun, content: bytes, by: Actor, at: datetime) -> IssuedPaper:
    """Keep a paper that was typeset; of two made at once the first stays, and is returned.

    Args:
        begun: What `begin_paper` returned.
        content: The file.
        by: Who wants it.
        at: The moment.
    """
    with transaction.atomic():
        now = cases.locked(begun.case.number)
        return _same(now, begun.kind, begun.occasion) or papers.issue(
            case=now,
            kind=begun.kind,
            number=begun.stamp.number,
            check_code=begun.stamp.check_code,
            content=content,
            evidence_hash=begun.occasion,
            by=by,
            at=at,
            on=begun.stamp.issued_on,
        )


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
    void(case=case, kind=SLIP, at=at)
    paper = contents.refund_slip(case=case, plain=plain)
    return _finished(_numbered(case, SLIP, evidence_hash, paper, on=on, at=at), by=by, at=at)


def _live(case: Case, kind: str) -> QuerySet[IssuedPaper]:
    return IssuedPaper.objects.filter(case=case, kind=kind, voided_at=None)


def _used(case: Case) -> list[str]:
    return list(case.payments.exclude(slip_number="").values_list("slip_number", flat=True))


def _same(case: Case, kind: str, occasion: str) -> IssuedPaper | None:
    """Return the valid paper of one occasion; a slip money was sent by is used up when that money came back."""
    known = _live(case, kind).filter(evidence_hash=occasion)
    if kind == SLIP and case.state == State.APPROVED:
        known = known.exclude(number__in=_used(case))
    return known.last()


def _numbered(
    case: Case, kind: str, occasion: str, paper: documents.Paper, *, on: date, at: datetime
) -> Begun | IssuedPaper:
    def number() -> str:
        return paper_number(prefix=paper.prefix, region=case.region, on=on)

    with transaction.atomic():
        now = cases.locked(case.number)
        if known := _same(now, kind, occasion):
            return known
        taken = papers.take(case=now, kind=kind, occasion=occasion, number=number, at=at)
    return Begun(case, kind, occasion, paper, stamp(case=case, taken=taken, on=on))


def stamp(*, case: Case, taken: PaperNumber, on: date) -> documents.Stamp:
    """Return what a paper carries beside what it states.

    Args:
        case: The case.
        taken: The number that was taken for it.
        on: Date of issue.
    """
    base = settings.YIBAO_PUBLIC_URL
    return documents.Stamp(
        number=taken.number,
        case_number=case.number,
        issued_on=on,
        agency=contents.agency(case),
        check_code=taken.check_code,
        check_address=documents.check_address(base=base, number=taken.number, code=taken.check_code),
        synthetic=case.person.synthetic,
    )
