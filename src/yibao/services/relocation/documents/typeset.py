"""A paper of a transfer as PDF: the same bytes for the same record, in the font of the wheel."""

import json
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import typst

from yibao.services.relocation.documents.papers import Paper

_TEMPLATES = Path(__file__).parent / "templates"


def typeset(paper: Paper) -> bytes:
    """Return a paper as PDF.

    Args:
        paper: What it states; texts are passed as data and never read as markup.

    Examples:
        >>> from datetime import date
        >>> typeset(Paper("contact_letter", "ZY-1", "太原", date(2026, 3, 2), (("姓名", "name", "陈*国"),)))[:5]
        b'%PDF-'
    """
    compiler = typst.Compiler(root=str(_TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True)
    pdf = compiler.compile(
        input=str(_TEMPLATES / "transfer.typ"),
        format="pdf",
        sys_inputs={"paper": json.dumps(paper.json(), ensure_ascii=False)},
        timestamp=datetime.combine(paper.made_on, time(), tzinfo=UTC),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a paper is one file")
    return pdf


@cache
def _fonts() -> typst.Fonts:
    with as_file(files("manimgx_fonts_cjk")) as folder:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])
