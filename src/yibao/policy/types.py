"""The types of the rule language and the values they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import lru_cache

from yibao.kernel.money import MAX_FEN, Money, MoneyError, display_fen
from yibao.kernel.months import Month, MonthError

Value = bool | int | str | date | tuple[str, ...] | None

MAX_COUNT = 10**6
MAX_RATE = 10**5
MAX_MONTH = 9999 * 12 + 11
INT64 = 2**63


class Kind(Enum):
    """The kinds of values; the value is the word used in the vocabularies."""

    BOOL = "bool"
    INT = "int"
    MONEY = "money"
    RATE = "rate"
    DATE = "date"
    MONTH = "month"
    REGION = "region"
    TEXT = "text"
    ENUM = "enum"
    LIST = "list"
    UNROUNDED = "unrounded"
    UNROUNDED_COUNT = "unrounded count"


LABELS = {
    Kind.BOOL: ("是或否", "yes or no"),
    Kind.INT: ("整数", "a whole number"),
    Kind.MONEY: ("金额", "money"),
    Kind.RATE: ("比率", "a rate"),
    Kind.DATE: ("日期", "a date"),
    Kind.MONTH: ("月份", "a month"),
    Kind.REGION: ("地区代码", "a region code"),
    Kind.TEXT: ("文字", "text"),
    Kind.UNROUNDED: ("未取整的金额", "money not yet rounded"),
    Kind.UNROUNDED_COUNT: ("未取整的数量", "a number not yet rounded"),
}
ORDERED = {Kind.INT, Kind.MONEY, Kind.RATE, Kind.DATE, Kind.MONTH}
UNROUNDED = {Kind.UNROUNDED, Kind.UNROUNDED_COUNT}
ZERO_FITS = {Kind.MONEY, Kind.RATE, *UNROUNDED}
_FORMS = {
    Kind.BOOL: ("“是”或“否”", "true or false"),
    Kind.INT: ("整数", "a whole number"),
    Kind.MONEY: ("“1949.10”样子的金额", "money like 1949.10"),
    Kind.RATE: ("“3.7%”样子的比率", "a rate like 3.7%"),
    Kind.DATE: ("“2020-08-01”样子的日期", "a date like 2020-08-01"),
    Kind.MONTH: ("“2020-08”样子的月份", "a month like 2020-08"),
    Kind.REGION: ("六位地区代码", "a region code of six digits"),
    Kind.TEXT: ("文字", "text"),
}
TRUE_WORDS = ("是", "true", "yes")
FALSE_WORDS = ("否", "false", "no")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RATE = re.compile(r"([0-9]{1,5})(?:\.([0-9]{1,2}))?%")


@dataclass(frozen=True, slots=True)
class Type:
    """A type of the rule language.

    Attributes:
        kind: what sort of value.
        name: of an enum, or of the enum a list holds.
        maybe: whether the value may be missing.
        unit: of a whole number (月, 年, 天 ...), empty where it has none.
    """

    kind: Kind
    name: str = ""
    maybe: bool = False
    unit: str = ""

    @property
    def sure(self) -> Type:
        """Return the same type without the possibility of a missing value."""
        return replace(self, maybe=False) if self.maybe else self

    def same(self, other: Type) -> bool:
        """Return whether values of both types may be compared or exchanged, units apart."""
        return self.kind is other.kind and self.name == other.name

    @property
    def zh(self) -> str:
        """Return what a person calls it in Chinese."""
        if self.kind in LABELS:
            return LABELS[self.kind][0]
        return f"“{self.name}”的值" if self.kind is Kind.ENUM else f"“{self.name}”的列表"

    @property
    def en(self) -> str:
        """Return what a person calls it in English."""
        if self.kind in LABELS:
            return LABELS[self.kind][1]
        return f"a value of {self.name}" if self.kind is Kind.ENUM else f"a list of {self.name}"

    @property
    def form(self) -> tuple[str, str]:
        """Return how a value of this type is written, in Chinese and English."""
        return _FORMS.get(self.kind, (self.zh, self.en))


BOOL, INT, MONEY, RATE = Type(Kind.BOOL), Type(Kind.INT), Type(Kind.MONEY), Type(Kind.RATE)
DATE, MONTH, REGION, TEXT = Type(Kind.DATE), Type(Kind.MONTH), Type(Kind.REGION), Type(Kind.TEXT)


def default_bounds(kind: Kind) -> tuple[int, int] | None:
    """Return the least and greatest value a fact of this kind has where the vocabulary does not say.

    Example:
        >>> default_bounds(Kind.INT)
        (0, 1000000)
    """
    bounds = {
        Kind.INT: (0, MAX_COUNT),
        Kind.MONEY: (0, MAX_FEN),
        Kind.RATE: (0, MAX_RATE),
        Kind.MONTH: (0, MAX_MONTH),
    }
    return bounds.get(kind)


def parse_rate(text: str) -> int | None:
    """Return a rate in ten-thousandths, or None where the text is no rate.

    Example:
        >>> parse_rate("3.7%"), parse_rate("12.345%")
        (370, None)
    """
    match = _RATE.fullmatch(text)
    return None if match is None else int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


@lru_cache(maxsize=4096)
def parse_date(text: str) -> date | None:
    """Return the day written as YYYY-MM-DD, or None where there is no such day.

    Example:
        >>> parse_date("2020-02-30") is None
        True
    """
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _parse_money(text: str) -> int | None:
    try:
        return Money.parse(text.replace(",", "")).fen
    except MoneyError:
        return None


def _parse_month(text: str) -> int | None:
    try:
        return Month.parse(text).index
    except MonthError:
        return None


def _parse_bool(text: str) -> bool | None:
    return True if text in TRUE_WORDS else False if text in FALSE_WORDS else None


def _parse_int(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _parse_region(text: str) -> str | None:
    return text if re.fullmatch(r"[0-9]{6}", text) else None


_PARSERS = {
    Kind.BOOL: _parse_bool,
    Kind.INT: _parse_int,
    Kind.MONEY: _parse_money,
    Kind.RATE: parse_rate,
    Kind.DATE: parse_date,
    Kind.MONTH: _parse_month,
    Kind.REGION: _parse_region,
    Kind.TEXT: str,
}


def parse_value(*, kind: Kind, text: str) -> Value:
    """Return the value a text stands for in a kind, or None where it stands for none; not for enums and lists.

    Example:
        >>> parse_value(kind=Kind.MONEY, text="1949.10")
        194910
    """
    parser = _PARSERS.get(kind)
    return None if parser is None else parser(text)  # type: ignore[operator]


def show_value(*, kind: Kind, value: Value) -> str:
    """Return how a value is written for a person, without unit; enums by code.

    Example:
        >>> show_value(kind=Kind.RATE, value=5510), show_value(kind=Kind.MONEY, value=194910)
        ('55.1%', '1,949.10')
    """
    if kind is Kind.MONEY and isinstance(value, int):
        return display_fen(value)
    if kind is Kind.RATE and isinstance(value, int):
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
    if kind is Kind.MONTH and isinstance(value, int):
        return str(Month.from_index(value))
    return str(value)
