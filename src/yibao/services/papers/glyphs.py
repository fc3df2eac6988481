"""Signs the font of the papers does not have: rare characters of names. They are told by number, never left out."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from manimgx_fonts_cjk import __file__ as _package

_FIRST, _LAST = "\u4e00", "\u9fa5"
"""The characters every Chinese font has; only for others is the font asked."""


def told(text: str) -> str:
    """Return a text in which each character the font lacks is told by its Unicode number, to be written by hand.

    Args:
        text: What a paper is to state.

    Examples:
        >>> told("王一"), told("𠮷·木"), told("𪚥木")
        ('王一', '𠮷·木', '〔U+2A6A5〕木')
    """
    return "".join(f"〔U+{ord(sign):X}〕" if _lacking(sign) else sign for sign in text)


def legible(value: Any) -> Any:
    """Return plain data with every text in it as `told` says it.

    Args:
        value: Texts, numbers, and dicts, lists and tuples of them; a tuple comes back as a list.

    Examples:
        >>> legible({"name": "𪚥", "rows": (("木", 1),)})
        {'name': '〔U+2A6A5〕', 'rows': [['木', 1]]}
    """
    match value:
        case str():
            return told(value)
        case dict():
            return {name: legible(each) for name, each in value.items()}
        case list() | tuple():
            return [legible(each) for each in value]
        case _:
            return value


def _lacking(sign: str) -> bool:
    # Latin letters and signs come with Typst itself; only letters of other scripts can be missing.
    if sign < "\u0250" or _FIRST <= sign <= _LAST or unicodedata.category(sign) not in ("Lo", "Co", "Cn"):
        return False
    return ord(sign) not in _known()


@cache
def _known() -> frozenset[int]:
    """Return the characters of the font; every language of it has the same."""
    (file,) = Path(_package).parent.glob("*.ttc")
    with TTFont(file, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())
