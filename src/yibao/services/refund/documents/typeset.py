"""Papers as PDF: one Typst template per paper, the same bytes for the same record."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from yibao.kernel.money import Money
from yibao.services.refund.documents.capitals import capital_amount
from yibao.services.refund.documents.check import qr_svg
from yibao.services.refund.documents.glyphs import told
from yibao.services.refund.documents.papers import BlankApplication, BlankAuthorisation, Paper, Stamp

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
    return _compiled(template=paper.template, inputs=inputs, on=stamp.issued_on)


def wording_of(paper: Paper | Blank) -> bytes:
    """Return all words of a paper, its template's and its own; of two papers that say different things they differ."""
    layout = [(_TEMPLATES / f"{name}.typ").read_text(encoding="utf-8") for name in ("sheet", paper.template)]
    return "\n".join([*layout, json.dumps(_plain(paper), ensure_ascii=False)]).encode()


def reprint_mark(*, times: int, on: date) -> bytes:
    """Return the page that is laid over a paper printed again: an empty one with the mark in its top margin.

    Args:
        times: Which reprint it is, 1 for the first.
        on: The day it is printed again.

    Examples:
        >>> reprint_mark(times=1, on=date(2026, 1, 5))[:5]
        b'%PDF-'
    """
    mark = json.dumps({"times": times, "on": _plain(on)}, ensure_ascii=False)
    return _compiled(template="reprint_mark", inputs={"mark": mark}, on=on)


def _compiled(*, template: str, inputs: dict[str, str], on: date) -> bytes:
    pdf = _compiler().compile(
        input=str(_TEMPLATES / f"{template}.typ"),
        format="pdf",
        sys_inputs=inputs,
        timestamp=datetime.combine(on, time(), tzinfo=UTC),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a paper is one file")
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """Only the font of the wheel and Typst's own, so that a paper looks the same on every machine."""
    with as_file(files("manimgx_fonts_cjk")) as folder:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])


def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(_TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True)


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
