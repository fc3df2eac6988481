"""The papers of a transfer as they are issued: numbered, typeset with nothing locked, kept, and valid until another is.

A paper is made once for what it states; where that has changed since, the next one takes its place and the one before
is void.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from yibao.casework.actors import Actor
from yibao.kernel.canonical import canonical_json
from yibao.services.papers.check import Stamp, check_address
from yibao.services.papers.numbers import paper_number
from yibao.services.relocation import documents
from yibao.services.relocation.actions import closing
from yibao.services.relocation.actions import papers as contents
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.workflow import IN, OUT
from yibao.store import cases, crypto, papers
from yibao.store.models import Case, IssuedPaper, PaperNumber

PREFIXES: Mapping[str, str] = {
    "application_form": "ZS",
    "acceptance_receipt": "HZ",
    "enrolment_certificate": "CB",
    "contact_letter": "LX",
    "information_table": "XX",
    "closing_notice": "JA",
}
"""Kind -> letters its numbers begin with."""
_PLACE = "relocation.paper"
_UNSTATED = ("made_on", "agency", "synthetic")


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper a case has come to have.

    Attributes:
        kind: One of `documents.KINDS`.
        title: In both languages.
        number: Of the case it belongs to.
        issued: The valid paper that states the record as it is; None where it is still to be made.
    """

    kind: str
    title: documents.Said
    number: str
    issued: IssuedPaper | None


def kinds(row: Transfer) -> list[str]:
    """Return the papers one side of a transfer has come to have, in the order they come.

    Args:
        row: The side with its case.
    """
    reached = {
        "application_form": row.applied_here and row.case.submitted_on is not None,
        "acceptance_receipt": row.applied_here and row.accepted_on is not None,
        "enrolment_certificate": row.side == OUT and row.accepted_on is not None,
        "contact_letter": row.side == IN and row.accepted_on is not None,
        "information_table": row.sent_on is not None and row.tables.exists(),
        "closing_notice": closing.way(row) != "",
    }
    return [kind for kind, there in reached.items() if there]


def offered(row: Transfer, *, on: date) -> list[Offered]:
    """Return the papers of one side, each with the valid one that was issued.

    Args:
        row: The side with its case.
        on: The day.
    """
    stated = [(kind, *_stated(row, kind, on)) for kind in kinds(row)]
    return [
        Offered(kind, paper.title, row.case.number, _known(row.case, kind, occasion))
        for kind, paper, occasion in stated
    ]


def make_paper(*, number: str, kind: str, by: Actor, on: date, at: datetime) -> IssuedPaper:
    """Return a paper of a transfer; made at the first call, the same one as long as it states the record.

    Args:
        number: Number of the case.
        kind: One of `documents.KINDS`.
        by: Who wants it.
        on: Date of issue.
        at: The moment.

    Raises:
        Refused: paper_not_yet; the case has not come that far, or this place does not make it.
    """
    row = Transfer.objects.select_related("person", "case", "money").get(case__number=number)
    if kind not in kinds(row):
        raise refused("paper_not_yet", kind)
    paper, occasion = _stated(row, kind, on)
    known = _known(row.case, kind, occasion)
    if known is not None:
        return known
    with transaction.atomic():
        now = cases.locked(number)
        taken = papers.take(
            case=now, kind=kind, occasion=occasion, at=at,
            number=lambda: paper_number(prefix=PREFIXES[kind], region=row.place, on=on),
        )  # fmt: skip
    content = documents.typeset(paper=paper, stamp=_stamp(paper, taken, on))
    return _kept(number, taken, content, by=by, on=on, at=at)


def _kept(number: str, taken: PaperNumber, content: bytes, *, by: Actor, on: date, at: datetime) -> IssuedPaper:
    """Keep a paper that was typeset; of two made at once the first stays, and one that states less is void."""
    with transaction.atomic():
        now = cases.locked(number)
        known = _known(now, taken.kind, taken.occasion)
        if known is not None:
            return known
        now.papers.filter(kind=taken.kind, voided_at=None).update(voided_at=at)
        return papers.issue(
            case=now, kind=taken.kind, number=taken.number, check_code=taken.check_code, content=content,
            evidence_hash=taken.occasion, by=by, at=at, on=on,
        )  # fmt: skip


def _known(case: Case, kind: str, occasion: str) -> IssuedPaper | None:
    found: IssuedPaper | None = case.papers.filter(kind=kind, evidence_hash=occasion, voided_at=None).last()
    return found


def _stated(row: Transfer, kind: str, on: date) -> tuple[documents.Paper, str]:
    """Return a paper and the keyed hash of what it states: periods and amounts could be guessed."""
    paper = contents.paper(number=row.case.number, kind=kind, on=on)
    stated: dict[str, Any] = {name: value for name, value in paper.json().items() if name not in _UNSTATED}
    return paper, crypto.blind_index(value=canonical_json(stated), place=_PLACE)


def _stamp(paper: documents.Paper, taken: PaperNumber, on: date) -> Stamp:
    return Stamp(
        number=taken.number,
        case_number=paper.number,
        issued_on=on,
        agency=paper.agency,
        check_code=taken.check_code,
        check_address=check_address(base=settings.YIBAO_PUBLIC_URL, number=taken.number, code=taken.check_code),
        synthetic=paper.synthetic,
    )
