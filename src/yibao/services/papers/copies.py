"""A paper printed again: the kept file itself, each page marked; nothing is typeset anew that was issued once."""

import io
import json
from datetime import date
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from yibao.services.papers.compiling import compiled

_TEMPLATES = Path(__file__).parent / "templates"


def marked(*, content: bytes, times: int, on: date) -> bytes:
    """Return a kept paper with every page marked as a reprint.

    Args:
        content: The file as it was issued.
        times: Which reprint it is, 1 for the first.
        on: The day it is printed again.

    Returns:
        The file; its own text is the issued one, whatever the record says today. The same bytes for the same arguments.

    Examples:
        >>> paper = _mark(times=1, on=date(2026, 1, 5))
        >>> again = marked(content=paper, times=2, on=date(2026, 1, 6))
        >>> "补打第 2 次" in PdfReader(io.BytesIO(again)).pages[0].extract_text()
        True
    """
    mark = PdfReader(io.BytesIO(_mark(times=times, on=on))).pages[0]
    copy = PdfWriter(clone_from=io.BytesIO(content))
    for page in copy.pages:
        page.merge_page(mark)
    out = io.BytesIO()
    copy.write(out)
    return out.getvalue()


def _mark(*, times: int, on: date) -> bytes:
    """Return the page that is laid over a paper printed again: an empty one with the mark in its top margin."""
    told = {"times": times, "on": {"zh": f"{on.year}年{on.month}月{on.day}日", "iso": on.isoformat()}}
    return compiled(
        templates=_TEMPLATES, template="reprint_mark", inputs={"mark": json.dumps(told, ensure_ascii=False)}, on=on
    )
