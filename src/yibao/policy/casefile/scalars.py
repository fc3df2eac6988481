"""Single values of a case file: money, days, months and codes, each with its own sentence when it is wrong."""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, NoReturn

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from yibao.kernel.money import Money, MoneyError
from yibao.kernel.months import Month

FIRST_YEAR, LAST_YEAR = 1900, 2200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")


def fault(*, zh: str, en: str) -> PydanticCustomError:
    """Return an error that carries its sentence in both languages.

    Args:
        zh: What is wrong and what to do, in Chinese.
        en: The same in English.

    Returns:
        An error to raise inside a validator; `faults.sentence` reads both texts back.

    Examples:
        >>> str(fault(zh="错误", en="wrong"))
        'wrong'
    """
    return PydanticCustomError("case_file", "{en}", {"zh": zh, "en": en})


def _day(value: Any) -> date:
    return _read_day(value) if isinstance(value, str) else _no_day(value)


@lru_cache(maxsize=4096)
def _read_day(value: str) -> date:
    if not _DAY.fullmatch(value):
        _no_day(value)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise fault(
            zh=f"日历上没有 {value} 这一天，请核对后重写。",
            en=f"There is no such day as {value}; check the calendar and write it again.",
        ) from None
    _check_year(day.year, value)
    return day


def _no_day(value: object) -> NoReturn:
    raise fault(
        zh=f"日期应写成“年-月-日”，例如 2023-02-10，收到的是 {value!r}。",
        en=f"A day is written YYYY-MM-DD, for example 2023-02-10; got {value!r}.",
    )


def _check_year(year: int, value: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise fault(
            zh=f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，收到的是 {value}，请核对。",
            en=f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}; got {value}.",
        )


def _month(value: Any) -> int:
    return _read_month(value) if isinstance(value, str) else _no_month(value)


@lru_cache(maxsize=4096)
def _read_month(value: str) -> int:
    if not _MONTH.fullmatch(value):
        _no_month(value)
    try:
        month = Month.parse(value)
    except ValueError:
        raise fault(
            zh=f"没有 {value} 这个月份，月份为 01 至 12。",
            en=f"There is no such month as {value}; months run from 01 to 12.",
        ) from None
    _check_year(month.year, value)
    return month.index


def _no_month(value: object) -> NoReturn:
    raise fault(
        zh=f"月份应写成“年-月”，例如 2023-02，收到的是 {value!r}。",
        en=f"A month is written YYYY-MM, for example 2023-02; got {value!r}.",
    )


def _fen(value: Any) -> int:
    if not isinstance(value, str):
        raise fault(
            zh=f'金额应写成带引号的十进制文本，例如 "1949.10"，收到的是 {value!r}。',
            en=f'Money is written as a decimal text, for example "1949.10"; got {value!r}.',
        )
    return _read_fen(value)


@lru_cache(maxsize=4096)
def _read_fen(value: str) -> int:
    try:
        return Money.parse(value).fen
    except MoneyError as error:
        raise fault(zh=error.zh, en=error.en) from None


def _first_day(value: Any) -> date:
    if isinstance(value, str) and _MONTH.fullmatch(value):
        return Month.from_index(_month(value)).first_day
    return _day(value)


def _last_day(value: Any) -> date:
    if isinstance(value, str) and _MONTH.fullmatch(value):
        following = Month.from_index(_month(value)).plus(1).first_day
        return date.fromordinal(following.toordinal() - 1)
    return _day(value)


_DAY_SCHEMA = WithJsonSchema({"type": "string", "format": "date", "description": "YYYY-MM-DD"})
_MONTH_SCHEMA = WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "description": "YYYY-MM"})
_EITHER_SCHEMA = WithJsonSchema({"type": "string", "description": "YYYY-MM-DD or YYYY-MM"})
_FEN_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,2})?$", "description": "decimal text in yuan, not negative"}
)

Day = Annotated[date, PlainValidator(_day), _DAY_SCHEMA]
MonthIndex = Annotated[int, PlainValidator(_month), _MONTH_SCHEMA]
Fen = Annotated[int, PlainValidator(_fen), _FEN_SCHEMA]
FirstDay = Annotated[date, PlainValidator(_first_day), _EITHER_SCHEMA]
LastDay = Annotated[date, PlainValidator(_last_day), _EITHER_SCHEMA]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Identifier = Annotated[str, Field(min_length=1, max_length=64)]
Label = Annotated[str, Field(max_length=200)]
