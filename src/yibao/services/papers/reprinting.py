"""Printing a paper again: counted, in the chain of the case, and said on every page of the copy."""

from datetime import date, datetime

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refusal, Refused
from yibao.services.papers.copies import marked
from yibao.store import cases, keys, papers
from yibao.store.models import Case, IssuedPaper

PRINT = "print"
NO_SUCH_PRINT = Refusal(
    "no_such_print",
    "这个案件没有这份文书，或没有这样补打过",
    "the case has no such paper, or it was not printed again that often",
    "请从案件页面打开文书。",
    "Open the paper from the page of the case.",
    status=404,
)
PAPER_VOID = Refusal(
    "paper_void",
    "这份文书已经作废，不能补打",
    "this paper is void and is not printed again",
    "请打印现在有效的那一份。",
    "Print the one that is valid now.",
)


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
        Refused: no_such_print, paper_void, paper_deleted, not_your_case.
        FileDamaged: The kept file is gone or was changed.
    """
    case = cases.get(number)
    issued = issued_paper(case=case, paper=paper)
    papers.content(issued)
    who = by.id or by.person_id
    with transaction.atomic():
        case = cases.locked(number)
        if issued_paper(case=case, paper=paper).voided_at is not None:
            raise Refused(PAPER_VOID)
        wanted = {"number": number, "paper": paper}
        name = f"{case.service}/print/{paper}/{who}/{key}"
        with keys.once(key=name, content=wanted, at=at, passing=True) as slot:
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
    issued = issued_paper(case=case, paper=paper)
    for action in case.actions.filter(kind=PRINT):
        if (action.data.get("paper"), action.data.get("times")) == (paper, times):
            return marked(content=papers.content(issued), times=times, on=action.business_date)
    raise Refused(NO_SUCH_PRINT)


def issued_paper(*, case: Case, paper: str) -> IssuedPaper:
    """Return a paper of a case.

    Raises:
        Refused: no_such_print.
    """
    issued = case.papers.filter(number=paper).first()
    if issued is None:
        raise Refused(NO_SUCH_PRINT)
    return issued
