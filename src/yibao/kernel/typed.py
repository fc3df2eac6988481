"""What people type on a phone, read kindly: full-width signs, blanks, commas, currency signs."""

import re
import unicodedata

from yibao.kernel.money import Money

_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣", "-"))
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<part>\.[0-9]+)?")


def plain(text: str) -> str:
    """Return a number or code without blanks and invisible signs, full-width signs made ordinary.

    Examples:
        >>> plain("１１０１０１　1990 0101－００５x")
        '11010119900101-005x'
    """
    folded = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    return "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Cc"))


def amount(text: str) -> Money:
    """Return an amount of yuan as people write it.

    Args:
        text: digits with or without commas, 元, ￥ or ¥, full width or not.

    Raises:
        MoneyError: no amount, or commas in odd places, which may hide a slip.

    Examples:
        >>> [str(amount(text)) for text in ("￥１，２３４．５０", "1,949.10元", "¥ 12")]
        ['1234.50', '1949.10', '12.00']
    """
    bare = plain(text).replace("，", ",").replace("。", ".").strip("¥￥元")
    found = _AMOUNT.fullmatch(bare)
    if found is None:
        return Money.parse(bare)
    return Money.parse(found["whole"].replace(",", "") + (found["part"] or ""))
