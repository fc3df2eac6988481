"""Printing a paper again: counted, in the chain of the case, and said on every page of the copy."""

from datetime import date, datetime

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.services.refund import documents
from yibao.services.refund.actions.papers import SLIP
from yibao.services.refund.actions.refusals import refused
from yibao.store import cases, keys, papers
from yibao.store.models import Case, IssuedPaper

PRINT = "print"


def reprint(*, number: str, paper: str, key: str, by: Actor, on: date, at: datetime) -> int:
    """Write down that a paper is printed again; the same key of the same person again is the same reprint.

    Args:
        number: Number of the case.
        paper: Number of the paper.
        key: Made with the page that shows the button.
        by: The person themselves, or staff of the case's region.
        on: Business date.
        at: The moment.

    Returns:
        Which reprint it is, 1 for the first; `reprinted` gives the file.

    Raises:
        Refused: no_such_print, paper_void, slip_at_window (a citizen asks for a 退款单), paper_deleted, not_your_case.
        FileDamaged: The kept file is gone or was changed.
    """
    case = cases.get(number)
    issued = _paper(case, paper)
    if issued.kind == SLIP and by.kind == "citizen":
        raise refused("slip_at_window")
    papers.content(issued)
    who = by.id or by.person_id
    with transaction.atomic():
        case = cases.locked(number)
        if _paper(case, paper).voided_at is not None:
            raise refused("paper_void", paper)
        wanted = {"number": number, "paper": paper}
        with keys.once(key=f"refund/print/{paper}/{who}/{key}", content=wanted, at=at, passing=True) as slot:
            if not slot.repeated:
                slot.answer = papers.reprint(paper)
                data = {"paper": paper, "times": slot.answer, "sha256": issued.sha256}
                cases.act(number=number, kind=PRINT, by=by, on=on, at=at, data=data)
    return int(slot.answer)


def reprinted(*, case: Case, paper: str, times: int) -> bytes:
    """Return the copy of a reprint that was written down: the kept file, marked with its count and day.

    Args:
        case: The case.
        paper: Number of the paper.
        times: What `reprint` returned.

    Raises:
        Refused: no_such_print, paper_deleted.
        FileDamaged: The kept file is gone or was changed.
    """
    issued = _paper(case, paper)
    for action in case.actions.filter(kind=PRINT):
        if (action.data.get("paper"), action.data.get("times")) == (paper, times):
            return documents.marked(content=papers.content(issued), times=times, on=action.business_date)
    raise refused("no_such_print", paper, times)


def _paper(case: Case, number: str) -> IssuedPaper:
    issued = case.papers.filter(number=number).first()
    if issued is None:
        raise refused("no_such_print", number)
    return issued
