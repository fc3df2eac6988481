"""The papers of a correction: made or opened from the case, or printed again, which is counted and said on the copy."""

from typing import Any

from django.http import FileResponse, HttpRequest
from django.urls import reverse

from yibao.services.correction import issuing
from yibao.services.papers.reprinting import reprinted
from yibao.services.papers.sending import sent
from yibao.store.models import Case


def shown(held: Case, request: HttpRequest, *, space: str) -> list[dict[str, Any]]:
    """Return the papers of a case: those that are made with their addresses, the others to be made.

    Args:
        held: The case.
        request: The reader's.
        space: Name space of the addresses: the portal's or the workbench's.
    """
    return [
        {
            "label": request.say(f"correction.paper.{each.kind}"),
            "paper": each.issued,
            "make": reverse(f"{space}:make_paper", args=[held.number, each.kind]),
            "key": held.action_count,
            **(_addresses(space, held.number, each.issued.number) if each.issued else {}),
        }
        for each in issuing.offered(held)
    ]


def _addresses(space: str, number: str, paper: str) -> dict[str, str]:
    return {
        "open": reverse(f"{space}:paper", args=[number, paper]),
        "again": reverse(f"{space}:reprint", args=[number, paper]),
    }


def copy_of(held: Case, *, paper: str, times: int) -> FileResponse:
    """Return the copy of a reprint that was written down."""
    content = reprinted(case=held, paper=paper, times=times)
    return sent(content=content, content_type="application/pdf", name=f"{paper}-{times}.pdf")
