"""A paper printed again: the kept file itself, each page marked; nothing is typeset anew that was issued once."""

import io
from datetime import date

from pypdf import PdfReader, PdfWriter

from yibao.services.refund.documents.typeset import reprint_mark


def marked(*, content: bytes, times: int, on: date) -> bytes:
    """Return a kept paper with every page marked as a reprint.

    Args:
        content: The file as it was issued.
        times: Which reprint it is, 1 for the first.
        on: The day it is printed again.

    Returns:
        The file; its own text is the issued one, whatever the record says today. The same bytes for the same arguments.

    Examples:
        >>> from yibao.services.refund.documents.typeset import typeset
        >>> from yibao.services.refund.documents.papers import CorrectionNotice, Stamp
        >>> notice = CorrectionNotice("张三", "退费", date(2026, 1, 5), None, (("银行卡", "请补交"),))
        >>> stamp = Stamp("GZ-1", "CQ-2026-000001", date(2026, 1, 5), "演示", "AAAA", "http://localhost/check/GZ-1/AAAA")
        >>> again = marked(content=typeset(paper=notice, stamp=stamp), times=2, on=date(2026, 1, 6))
        >>> "补打第 2 次" in PdfReader(io.BytesIO(again)).pages[0].extract_text()
        True
    """
    mark = PdfReader(io.BytesIO(reprint_mark(times=times, on=on))).pages[0]
    copy = PdfWriter(clone_from=io.BytesIO(content))
    for page in copy.pages:
        page.merge_page(mark)
    out = io.BytesIO()
    copy.write(out)
    return out.getvalue()
