"""Files of a case as the browser gets them: shown, never guessed at, and with nothing in them that runs."""

from django.http import FileResponse, Http404

from yibao.store import papers
from yibao.store.models import IssuedPaper


def send_paper(issued: IssuedPaper | None) -> FileResponse:
    """Return a paper as a PDF, or 404."""
    if issued is None:
        raise Http404
    return sent(content=papers.content(issued), content_type="application/pdf", name=f"{issued.number}.pdf")


def sent(*, content: bytes, content_type: str, name: str) -> FileResponse:
    """Return bytes to be shown in the browser, which may not guess another type."""
    response = FileResponse(iter([content]), content_type=content_type, filename=name)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'"
    )
    return response
