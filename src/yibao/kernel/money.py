"""Money in whole fen, and the only places where a fraction of a fen may live and be rounded away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from yibao.kernel.errors import Bilingual

FEN_PER_YUAN = 100
RATE_SCALE = 10_000
MAX_FEN = 10**12
_YUAN = re.compile(r"(?P<yuan>[0-9]{1,16})(?:\.(?P<fen>[0-9]{1,2}))?")


class MoneyError(Bilingual):
    """An amount that is not money: negative, finer than a fen, too large or no number at all."""


class Rounding(Enum):
    """How a fraction of a unit is dropped; the value is the word used in the packs."""

    HALF_UP = "四舍五入"
    UP = "进一"
    DOWN = "舍去"


class Unit(Enum):
    """What an amount is rounded to; the value is the word used in the packs."""

    FEN = "分"
    JIAO = "角"
    YUAN = "元"
    TEN_YUAN = "十元"

    @property
    def fen(self) -> int:
        """Return the size of the unit in fen.

        Example:
            >>> Unit.TEN_YUAN.fen
            1000
        """
        return {"分": 1, "角": 10, "元": 100, "十元": 1000}[self.value]


def round_to_step(*, numerator: int, denominator: int, step: int, rounding: Rounding) -> int:
    """Return the whole multiple of `step` that `numerator / denominator` is rounded to.

    A negative value is rounded like its size, so that a correction is always the mirror of what it corrects.

    Args:
        numerator: any whole number.
        denominator: at least 1.
        step: at least 1, in the unit of the value (fen for money).
        rounding: what happens to the rest.

    Example:
        >>> round_to_step(numerator=5, denominator=2, step=1, rounding=Rounding.HALF_UP)
        3
    """
    size, whole = abs(numerator), denominator * step
    if rounding is Rounding.HALF_UP:
        units = (2 * size + whole) // (2 * whole)
    elif rounding is Rounding.UP:
        units = -(-size // whole)
    else:
        units = size // whole
    return units * step if numerator >= 0 else -units * step


def display_fen(fen: int) -> str:
    """Return an amount of whole fen as a person reads it, in yuan with commas.

    Example:
        >>> display_fen(-5)
        '-0.05'
    """
    if fen < 0:
        return f"-{-fen // FEN_PER_YUAN:,}.{-fen % FEN_PER_YUAN:02d}"
    return f"{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Unrounded:
    """An exact amount that may hold a part of a fen; only `round` makes money of it again.

    Attributes:
        fen: the amount in fen, exact.
    """

    fen: Fraction

    def __add__(self, other: Unrounded) -> Unrounded:
        return Unrounded(self.fen + other.fen)

    def __sub__(self, other: Unrounded) -> Unrounded:
        return Unrounded(self.fen - other.fen)

    def share(self, n: int, of: int) -> Unrounded:
        """Return `n` parts of the `of` equal parts of this amount, still exact.

        Args:
            n: parts wanted, 0 or more.
            of: parts in all, 1 or more.

        Example:
            >>> Money.parse("100.00").times(275).share(7, 12).round(Unit.FEN, Rounding.HALF_UP)
            Money(fen=160)
        """
        return Unrounded(self.fen * Fraction(n, of))

    def round(self, unit: Unit, rounding: Rounding) -> Money:
        """Return the amount in whole units.

        Args:
            unit: fen, jiao, yuan or ten yuan.
            rounding: half up, up or down.

        Example:
            >>> str(Money.parse("42639.00").times(500).round(Unit.TEN_YUAN, Rounding.UP))
            '2140.00'
        """
        return Money(
            round_to_step(
                numerator=self.fen.numerator, denominator=self.fen.denominator, step=unit.fen, rounding=rounding
            )
        )


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of money in whole fen; negative only as the difference of two amounts.

    Attributes:
        fen: whole fen.

    Example:
        >>> Money.parse("1949.10") + Money(90)
        Money(fen=195000)
    """

    fen: int

    @classmethod
    def parse(cls, text: str) -> Money:
        """Return the money written as yuan with at most two decimals.

        Args:
            text: digits, optionally a point and one or two digits; at most 10^12 fen.

        Raises:
            MoneyError: the text is no amount; show `zh` or `en` beside the field.

        Example:
            >>> Money.parse("1949.1").fen
            194910
        """
        match = _YUAN.fullmatch(text)
        if match is None:
            raise _no_amount(text)
        fen = int(match["yuan"]) * FEN_PER_YUAN + int((match["fen"] or "").ljust(2, "0"))
        if fen > MAX_FEN:
            raise MoneyError(
                f"金额过大：{text}，最多 100 亿元，请核对小数点",
                f"{text} is too large, at most 10^10 yuan: check the point",
            )
        return cls(fen)

    def __str__(self) -> str:
        return f"{'-' if self.fen < 0 else ''}{abs(self.fen) // FEN_PER_YUAN}.{abs(self.fen) % FEN_PER_YUAN:02d}"

    def display(self) -> str:
        """Return the amount as a person reads it, in yuan with commas.

        Example:
            >>> Money(194910).display()
            '1,949.10'
        """
        return display_fen(self.fen)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def share(self, n: int, of: int) -> Unrounded:
        """Return `n` parts of the `of` equal parts of this amount, exact.

        Args:
            n: parts wanted, 0 or more.
            of: parts in all, 1 or more.

        Raises:
            ValueError: a count is out of range; the caller has a bug.

        Example:
            >>> Money.parse("100.00").share(1, 3).round(Unit.FEN, Rounding.HALF_UP)
            Money(fen=3333)
        """
        if n < 0 or of < 1:
            raise ValueError(f"share({n}, {of}): n must be 0 or more and of 1 or more")
        return Unrounded(Fraction(self.fen * n, of))

    def times(self, rate: int) -> Unrounded:
        """Return this amount times a rate, exact.

        Args:
            rate: in ten-thousandths (3.7 % is 370).

        Example:
            >>> Money.parse("100.05").times(370).round(Unit.FEN, Rounding.DOWN)
            Money(fen=370)
        """
        return Unrounded(Fraction(self.fen * rate, RATE_SCALE))


def _no_amount(text: str) -> MoneyError:
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", text):
        return MoneyError(
            f"金额最多两位小数：{text}，请精确到分", f"{text} has more than two decimals: write whole fen"
        )
    if re.fullmatch(r"-[0-9]+(\.[0-9]+)?", text):
        return MoneyError(
            f"金额不能为负数：{text}，请填写大于或等于 0 的数", f"{text} is negative: write an amount of 0 or more"
        )
    return MoneyError(
        f"不是金额：“{text}”，请按“1949.10”的样子填写", f"{text!r} is not an amount: write it like 1949.10"
    )
