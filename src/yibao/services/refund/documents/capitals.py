"""Amounts in the capital numerals of Chinese accounting (大写金额), which cannot be altered by one stroke."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital_amount(fen: int) -> str:
    """Return an amount written in capital numerals, as a voucher states it.

    Args:
        fen: Amount in fen, 0 or more, below 10^16 yuan.

    Returns:
        Yuan, jiao and fen in capitals; closed with 整 when there are no fen.

    Raises:
        ValueError: The amount is negative; a voucher never states one.

    Source:
        正确填写票据和结算凭证的基本规定 (annex to 支付结算办法), on writing amounts.

    Examples:
        >>> capital_amount(194910)
        '壹仟玖佰肆拾玖元壹角整'
        >>> capital_amount(1000005)
        '壹万元零伍分'
        >>> capital_amount(0)
        '零元整'
    """
    if fen < 0:
        raise ValueError(f"a voucher states no negative amount: {fen} fen")
    yuan, rest = divmod(fen, 100)
    jiao, last = divmod(rest, 10)
    whole = f"{_integer(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"{whole}整"
    tenth = f"{_DIGITS[jiao]}角" if jiao else ("零" if whole else "")
    return f"{whole}{tenth}{_DIGITS[last]}分" if last else f"{whole}{tenth}整"


def _integer(number: int) -> str:
    """Write a whole number; a zero stands once between non-zero digits and never at the end of a group."""
    if number == 0:
        return "零"
    written, gap = "", False
    for group in range(len(_GROUPS) - 1, -1, -1):
        value = number // 10_000**group % 10_000
        if value == 0:
            gap = bool(written)
            continue
        if written and (gap or value < 1_000):
            written += "零"
        written += _below_ten_thousand(value) + _GROUPS[group]
        gap = False
    return written


def _below_ten_thousand(value: int) -> str:
    written, gap = "", False
    for place in range(len(_PLACES) - 1, -1, -1):
        digit = value // 10**place % 10
        if digit == 0:
            gap = bool(written)
            continue
        written += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return written
