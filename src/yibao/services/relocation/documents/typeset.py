"""A paper of a transfer as PDF: the same bytes for the same record."""

import json
from pathlib import Path

from yibao.services.papers.check import Stamp, qr_svg
from yibao.services.papers.compiling import compiled
from yibao.services.papers.glyphs import legible
from yibao.services.relocation.documents.papers import Paper

_TEMPLATES = Path(__file__).parent / "templates"


def typeset(*, paper: Paper, stamp: Stamp) -> bytes:
    """Return a paper as PDF.

    Args:
        paper: What it states; texts are passed as data and never read as markup.
        stamp: Its number, date and check code.

    Returns:
        The file; the same paper and stamp always give the same bytes.

    Examples:
        >>> from datetime import date
        >>> on = date(2026, 3, 2)
        >>> stamp = Stamp("LX-1", "ZY-1", on, "太原", "AAAA", "http://localhost/check/LX-1/AAAA")
        >>> paper = Paper("contact_letter", "ZY-1", "太原", on, (("姓名", "name", "陈*国"),))
        >>> typeset(paper=paper, stamp=stamp)[:5]
        b'%PDF-'
    """
    stated = json.dumps(legible(paper.json()), ensure_ascii=False)
    borne = {
        "number": stamp.number, "case_number": stamp.case_number, "check_code": stamp.check_code,
        "check_address": stamp.check_address, "issued_on": stamp.issued_on.isoformat(),
        "synthetic": paper.synthetic,
    }  # fmt: skip
    inputs = {
        "paper": stated,
        "stamp": json.dumps(borne, ensure_ascii=False),
        "qr": qr_svg(stamp.check_address),
        "lacking": "yes" if "〔U+" in stated else "",
    }
    return compiled(templates=_TEMPLATES, template="transfer", inputs=inputs, on=stamp.issued_on)
