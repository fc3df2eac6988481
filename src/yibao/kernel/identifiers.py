"""Numbers that name persons, units and accounts: their check digits, and how they are shown."""

from __future__ import annotations

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from yibao.kernel.errors import Bilingual
from yibao.kernel.typed import plain

SERIAL_LIMIT = 1000
CARD_LENGTHS = range(12, 20)
UNIT_ACCOUNT_LENGTHS = range(8, 33)
_SHOWN_AT_EACH_END = 4
_LONG_NUMBER = 8
_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")


class IdentifierError(Bilingual):
    """A number that fails its own check; show `zh` or `en` beside the field, never the number itself."""


def check_resident_id(number: str) -> str:
    """Return the resident identity number in its compact form (GB 11643).

    Args:
        number: 18 characters, the last may be X.

    Raises:
        IdentifierError: wrong length, impossible birthday or wrong check digit.

    Example:
        >>> check_resident_id(make_resident_id(area="500112", born=date(1976, 3, 1), serial=1))[:14]
        '50011219760301'
    """
    compact = str(ric.compact(plain(number).replace("-", "")))
    # stdnum's own check also wants the area code to have existed in the year of birth, which refuses real
    # numbers: a code is given on registration, and Chongqing's counties had other codes before 1997.
    if _RESIDENT_ID.fullmatch(compact) and compact[-1] == ric.calc_check_digit(compact) and _has_birthday(compact):
        return compact
    raise IdentifierError(
        "居民身份证号码不正确，请逐位核对 18 位号码",
        "the resident identity number is not valid: check all 18 characters",
    )


def check_credit_code(number: str) -> str:
    """Return the unified social credit code of a unit in its compact form (GB 32100).

    Raises:
        IdentifierError: wrong length, character or check digit.

    Example:
        >>> check_credit_code("91110000600037341L")
        '91110000600037341L'
    """
    try:
        return str(uscc.validate(number))
    except ValidationError:
        raise IdentifierError(
            "统一社会信用代码不正确，请逐位核对 18 位代码",
            "the unified social credit code is not valid: check all 18 characters",
        ) from None


def check_bank_card(number: str) -> str:
    """Return the bank card number without blanks and hyphens (12 to 19 digits, the last one by Luhn).

    Raises:
        IdentifierError: not digits, wrong length or wrong check digit.

    Example:
        >>> check_bank_card("6222 0200 0000 0000 000")
        '6222020000000000000'
    """
    compact = plain(number).replace("-", "")
    if compact.isascii() and compact.isdigit() and len(compact) in CARD_LENGTHS and luhn.is_valid(compact):
        return compact
    raise IdentifierError(
        "银行卡号不正确，请对照卡面逐位核对", "the bank card number is not valid: compare it with the card"
    )


def check_unit_account(number: str) -> str:
    """Return a unit's account number without blanks and hyphens (8 to 32 digits; these carry no check digit).

    Raises:
        IdentifierError: not digits, or a wrong length.

    Example:
        >>> check_unit_account("3100 1550-0000 5000 0001")
        '31001550000050000001'
    """
    compact = plain(number).replace("-", "")
    if compact.isascii() and compact.isdigit() and len(compact) in UNIT_ACCOUNT_LENGTHS:
        return compact
    raise IdentifierError(
        "单位银行账号不正确，请对照开户许可证或账户信息表逐位核对",
        "the unit's account number is not valid: compare it with the bank's certificate",
    )


def make_resident_id(*, area: str, born: date, serial: int) -> str:
    """Return a made-up resident identity number with a valid check digit, for synthetic persons.

    Args:
        area: six digits of the area code.
        born: the birthday.
        serial: 0 to 999; odd for men, even for women.

    Raises:
        ValueError: the serial is out of range; the caller has a bug.

    Example:
        >>> make_resident_id(area="110101", born=date(1990, 1, 1), serial=5)
        '110101199001010058'
    """
    if not 0 <= serial < SERIAL_LIMIT:
        raise ValueError(f"serial {serial} is not between 0 and {SERIAL_LIMIT - 1}")
    body = f"{area}{born:%Y%m%d}{serial:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def mask_id(number: str) -> str:
    """Return an identity number with all but the first and last four characters hidden.

    Example:
        >>> mask_id("110101199001010058")
        '1101**********0058'
    """
    return _mask_middle(number, _SHOWN_AT_EACH_END)


def mask_name(name: str) -> str:
    """Return a name with only its first character shown.

    Example:
        >>> mask_name("欧阳小明"), mask_name("")
        ('欧***', '')
    """
    return name[:1] + "*" * (len(name) - 1)


def mask_account(number: str) -> str:
    """Return a bank account with only its last four characters shown.

    Example:
        >>> mask_account("6222020000000000000")
        '***************0000'
    """
    shown = number[-_SHOWN_AT_EACH_END:] if len(number) > 2 * _SHOWN_AT_EACH_END else ""
    return "*" * (len(number) - len(shown)) + shown


def mask_phone(number: str) -> str:
    """Return a phone number with its middle hidden.

    Example:
        >>> mask_phone("13800138000")
        '138****8000'
    """
    if len(number) <= 2 * _SHOWN_AT_EACH_END:
        return "*" * len(number)
    hidden = len(number) - 2 * _SHOWN_AT_EACH_END + 1
    return number[: _SHOWN_AT_EACH_END - 1] + "*" * hidden + number[-_SHOWN_AT_EACH_END:]


def mask_email(address: str) -> str:
    """Return an e-mail address with all but its first letter and its host hidden.

    Example:
        >>> mask_email("wang.fang@example.com")
        'w***@example.com'
    """
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def holds_a_number(text: str) -> bool:
    """Return whether a text holds somebody's number: a run of eight digits or more, blanks and hyphens aside.

    Example:
        >>> holds_a_number("电话 199-0000-0000"), holds_a_number("2023 年缺 2 个月")
        (True, False)
    """
    digits = "".join(sign if sign.isdigit() else " " for sign in text.replace(" ", "").replace("-", ""))
    return any(len(run) >= _LONG_NUMBER for run in digits.split())


def _has_birthday(number: str) -> bool:
    try:
        return bool(ric.get_birth_date(number))
    except ValidationError:
        return False


def _mask_middle(text: str, shown: int) -> str:
    if len(text) <= 2 * shown:
        return "*" * len(text)
    return text[:shown] + "*" * (len(text) - 2 * shown) + text[-shown:]
