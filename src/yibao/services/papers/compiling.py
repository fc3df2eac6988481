"""Typst templates as PDF: the same bytes for the same data, in the font of the wheel on every machine."""

import re
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import typst

_ROOT = Path(__file__).parents[1]
"""Where the templates of all services lie, so that they can share the foot."""
_SHARED = re.compile(r'^#import "/(.+)": \*\n', re.MULTILINE)


def compiled(*, templates: Path, template: str, inputs: dict[str, str], on: date) -> bytes:
    """Return a template as PDF.

    Args:
        templates: Folder of the templates of a service; they import one another and, from `/`, what all share.
        template: Name of the one to compile.
        inputs: What it reads as `sys.inputs`; texts are data and never read as markup.
        on: The day the file says it was made.

    Raises:
        typst.TypstError: The template is broken; a bug, never caused by the record.

    Examples:
        >>> inputs = {"mark": '{"times": 1, "on": {"zh": "2026年1月5日", "iso": "2026-01-05"}}'}
        >>> own = Path(__file__).parent / "templates"
        >>> compiled(templates=own, template="reprint_mark", inputs=inputs, on=date(2026, 1, 5))[:5]
        b'%PDF-'
    """
    compiler = typst.Compiler(root=str(_ROOT), font_paths=_fonts(), ignore_system_fonts=True)
    pdf = compiler.compile(
        input=str(templates / f"{template}.typ"),
        format="pdf",
        sys_inputs=inputs,
        timestamp=datetime.combine(on, time(), tzinfo=UTC),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a paper is one file")
    return pdf


def written_out(*, templates: Path, template: str) -> str:
    """Return the text of a template with what it shares with other services in its place: all it may say by itself.

    Args:
        templates: Folder of the templates of a service.
        template: Name of one.

    Examples:
        >>> "check code" in written_out(templates=Path(__file__).parent / "templates", template="letter")
        True
    """
    text = (templates / f"{template}.typ").read_text(encoding="utf-8")
    return _SHARED.sub(lambda shared: (_ROOT / shared[1]).read_text(encoding="utf-8"), text)


@cache
def _fonts() -> typst.Fonts:
    """Only the font of the wheel and Typst's own, so that a paper looks the same on every machine."""
    with as_file(files("manimgx_fonts_cjk")) as folder:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])
