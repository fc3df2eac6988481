"""A letter of an agency as PDF, for services whose papers need no layout of their own: facts, result, reasons."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from yibao.services.papers.check import Stamp, qr_svg
from yibao.services.papers.compiling import compiled
from yibao.services.papers.glyphs import legible

_TEMPLATES = Path(__file__).parent / "templates"

Said = tuple[str, str]
"""A sentence in Chinese and English; a text a person typed has only the first."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter states.

    Attributes:
        title: Of the paper.
        facts: Label in Chinese, in English, and the value; identity numbers are masked.
        said: Sentences below the facts.
        result: What was decided, in a frame; None where nothing was.
        listed: Title of a list in both languages and its rows; None where there is none.
        remedies: What can be done against it; None where there is nothing to go against.
    """

    title: Said
    facts: tuple[tuple[str, str, str], ...]
    said: tuple[Said, ...] = ()
    result: Said | None = None
    listed: tuple[Said, tuple[Said, ...]] | None = None
    remedies: tuple[Said, ...] | None = None


def typeset(*, letter: Letter, stamp: Stamp) -> bytes:
    """Return a letter as PDF.

    Args:
        letter: What it states; texts are passed as data and never read as markup.
        stamp: Its number, date and check code.

    Returns:
        The file; the same letter and stamp always give the same bytes.

    Examples:
        >>> on = date(2026, 3, 2)
        >>> stamp = Stamp("JD-1", "DA-1", on, "太原", "AAAA", "http://localhost/check/JD-1/AAAA")
        >>> typeset(letter=Letter(("决定书", "Decision"), (("姓名", "name", "陈*国"),)), stamp=stamp)[:5]
        b'%PDF-'
    """
    stated = json.dumps(legible(asdict(letter)), ensure_ascii=False)
    borne = {**asdict(stamp), "issued_on": _day(stamp.issued_on)}
    inputs = {
        "letter": stated,
        "stamp": json.dumps(borne, ensure_ascii=False),
        "qr": qr_svg(stamp.check_address),
        "lacking": "yes" if "〔U+" in stated else "",
    }
    return compiled(templates=_TEMPLATES, template="letter", inputs=inputs, on=stamp.issued_on)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
