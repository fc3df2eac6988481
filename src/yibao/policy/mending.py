"""What somebody most likely meant by a value that is written wrong, ready to be copied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from yibao.policy.types import Kind, parse_date, parse_value

_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_MONTH = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*月?")
_YES = ("对", "真", "有", "y", "yes", "true", "√", "1")
_NO = ("不", "错", "假", "无", "n", "no", "false", "×", "0")
_AMOUNT = re.compile(r"[¥￥]?\s*([0-9,]+(?:\.[0-9]{1,2})?)\s*元?")
_PERCENT = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,2})?)\s*%?")
_FRACTION = re.compile(r"0?\.([0-9]{2})([0-9]{0,2})")
_WHOLE = re.compile(r"([0-9]{1,18})\s*[个月年天岁]*")
YES_NO = "是 / 否"


def mended(*, kind: Kind, text: str) -> str:
    """Return a text of a kind as it should be written, or nothing where it cannot be told.

    Example:
        >>> mended(kind=Kind.DATE, text="2024年1月5日"), mended(kind=Kind.RATE, text="0.5")
        ('2024-01-05', '50%')
        >>> mended(kind=Kind.MONEY, text="400元")
        '400.00'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    makers: dict[Kind, Callable[[str], str]] = {
        Kind.DATE: _day, Kind.MONTH: _month, Kind.BOOL: _yes_or_no, Kind.MONEY: _money, Kind.RATE: _rate,
        Kind.INT: _whole, Kind.REGION: str,
    }  # fmt: skip
    maker = makers.get(kind)
    if maker is None:
        return ""
    found = maker(plain)
    return found if found == YES_NO or parse_value(kind=kind, text=found) is not None else ""


def mended_day(text: str) -> str:
    """Return a day as it should be written, or nothing where there is no such day."""
    return mended(kind=Kind.DATE, text=text)


def no_such_day(text: str) -> bool:
    """Return whether a text is written as a day should be, and there is none."""
    return _DAY.fullmatch(text) is not None and parse_date(_day(text)) is None


def _day(plain: str) -> str:
    found = _DAY.fullmatch(plain)
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else plain


def _month(plain: str) -> str:
    found = _MONTH.fullmatch(plain)
    return f"{found[1]}-{found[2]:0>2}" if found else plain


def _yes_or_no(plain: str) -> str:
    word = plain.lower()
    return "是" if word in _YES else "否" if word in _NO else YES_NO


def _money(plain: str) -> str:
    found = _AMOUNT.fullmatch(plain)
    whole, _, rest = found[1].replace(",", "").partition(".") if found else (plain, "", "")
    return f"{whole}.{rest:0<2}" if found else plain


def _rate(plain: str) -> str:
    fraction = _FRACTION.fullmatch(plain.ljust(3, "0") if re.fullmatch(r"0?\.[0-9]", plain) else plain)
    fraction = fraction or _FRACTION.fullmatch(f"{plain}0")
    if fraction:
        rest = fraction[2].rstrip("0")
        return f"{int(fraction[1])}{'.' + rest if rest else ''}%"
    found = _PERCENT.fullmatch(plain)
    return f"{found[1]}%" if found else plain


def _whole(plain: str) -> str:
    found = _WHOLE.fullmatch(plain)
    return found[1] if found else plain


def unreadable(text: str) -> tuple[str, str]:
    """Return what is said of an expression that cannot be read, in Chinese and English.

    Example:
        >>> unreadable("a = b")[1]
        'to compare write ==, a single = has no meaning'
    """
    if re.search("且|并且", text):
        return "“且”请写成 and", "write and"
    if "或" in text:
        return "“或”请写成 or", "write or"
    if re.search(r"(?<![=!<>])=(?!=)", text):
        return "比较是否相等请写 ==，单个 = 没有意义", "to compare write ==, a single = has no meaning"
    return "括号、运算符或名称不全", "brackets, signs or names are missing"
