"""Papers as PDF: one Typst template per paper, the same bytes for the same record."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yibao.kernel.money import Money
from yibao.services.papers.check import Stamp, qr_svg
from yibao.services.papers.compiling import compiled, written_out
from yibao.services.papers.glyphs import told
from yibao.services.refund.documents.capitals import capital_amount
from yibao.services.refund.documents.papers import BlankApplication, BlankAuthorisation, Paper

Blank = BlankApplication | BlankAuthorisation
_TEMPLATES = Path(__file__).parent / "templates"


def typeset(*, paper: Paper | Blank, stamp: Stamp) -> bytes:
    """Return a paper as PDF.

    Args:
        paper: What the paper states; amounts in fen, texts ready to be read (identity already masked).
        stamp: Number, date and check code.

    Returns:
        The file. The same paper and stamp always give the same bytes, so a file made twice after a
        crash has one hash.

    Raises:
        typst.TypstError: The template is broken; a bug, never caused by the record (text is passed as data).

    Examples:
        >>> from yibao.services.refund.documents.papers import CorrectionNotice
        >>> notice = CorrectionNotice("张三", "退费", date(2026, 1, 5), None, (("银行卡", "请补交"),))
        >>> stamp = Stamp("GZ-1", "CQ-2026-000001", date(2026, 1, 5), "演示", "AAAA", "http://localhost/check/GZ-1/AAAA")
        >>> typeset(paper=notice, stamp=stamp)[:5]
        b'%PDF-'
    """
    stated = json.dumps(_plain(paper), ensure_ascii=False)
    inputs = {
        "paper": stated,
        "lacking": "yes" if "〔U+" in stated else "",
        "stamp": json.dumps(_plain(stamp), ensure_ascii=False),
        "qr": qr_svg(stamp.check_address),
    }
    return compiled(templates=_TEMPLATES, template=paper.template, inputs=inputs, on=stamp.issued_on)


def wording_of(paper: Paper | Blank) -> bytes:
    """Return all words of a paper, its template's and its own; of two papers that say different things they differ."""
    layout = [written_out(templates=_TEMPLATES, template=name) for name in ("sheet", paper.template)]
    return "\n".join([*layout, json.dumps(_plain(paper), ensure_ascii=False)]).encode()


def _plain(value: Any) -> Any:
    """Turn a record into JSON values; money is shown with separators and, beside it, in capitals."""
    match value:
        case Money():
            return {"figures": value.display(), "capitals": capital_amount(value.fen)}
        case date():
            return {"zh": f"{value.year}年{value.month}月{value.day}日", "iso": value.isoformat()}
        case str():
            return told(value)
        case tuple():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value
