"""Printing a paper of a refund again, where its kind is not one that money is paid against."""

from datetime import date, datetime

from yibao.casework.actors import Actor
from yibao.services.papers import reprinting
from yibao.services.refund.actions.papers import SLIP
from yibao.services.refund.actions.refusals import refused
from yibao.store import cases


def reprint(*, number: str, paper: str, key: str, by: Actor, on: date, at: datetime) -> int:
    """Write down that a paper is printed again; see `yibao.services.papers.reprinting`.

    Args:
        number: Number of the case.
        paper: Number of the paper.
        key: Made with the page that shows the button.
        by: The person themselves, or staff of the case's region.
        on: Business date.
        at: The moment.

    Raises:
        Refused: no_such_print, paper_void, slip_at_window (a citizen asks for a 退款单), paper_deleted, not_your_case.
        FileDamaged: The kept file is gone or was changed.
    """
    if by.kind == "citizen" and reprinting.issued_paper(case=cases.get(number), paper=paper).kind == SLIP:
        raise refused("slip_at_window")
    return reprinting.reprint(number=number, paper=paper, key=key, by=by, on=on, at=at)
