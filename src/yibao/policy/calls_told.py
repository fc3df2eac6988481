"""Calls of the rule language as a person reads them, in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yibao.policy.tree import Call, Expression, Literal

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shift:
    """What moves a day or a month by a number: how one before and one after are said, and the unit."""

    before: Words
    after: Words
    unit: Words


_SHIFTS = {
    "add_days": Shift(("{}的前一日", "the day before {}"), ("{}的次日", "the day after {}"), ("日", "days")),
    "add_months": Shift(("{}前 1 个月", "1 month before {}"), ("{}后 1 个月", "1 month after {}"), ("个月", "months")),
    "add_years": Shift(("{}前 1 年", "1 year before {}"), ("{}后 1 年", "1 year after {}"), ("年", "years")),
}
_FORMS: dict[str, Words] = {
    "max": ("（{all} 中较大者）", "the greater of ({all})"),
    "min": ("（{all} 中较小者）", "the lesser of ({all})"),
    "months_between": ("{0}至{1}的月数", "the months from {0} to {1}"),
    "years_between": ("{0}至{1}的周年数", "the full years from {0} to {1}"),
    "days_between": ("{0}至{1}的天数", "the days from {0} to {1}"),
    "workdays_after": ("{0}后 {1} 个工作日", "{1} working days after {0}"),
    "nth_month": ("{0}当月算起的第 {1} 个月", "month {1} counted from that of {0}"),
    "month_of": ("{0}所在的月份", "the month of {0}"),
    "month_start": ("{0}当月首日", "the first day of the month of {0}"),
    "month_end": ("{0}当月末日", "the last day of the month of {0}"),
    "year_of": ("{0}当年", "the year of {0}"),
    "date": ("{0}的{1}月{2}日", "day {2} of month {1} of {0}"),
    "month": ("{0}的{1}月", "month {1} of {0}"),
}

_OF_A_MONTH = ("month_start", "month_end")


def call_words(node: Call, *, tell: Callable[..., str], chinese: bool) -> str:
    """Return a call in words.

    Args:
        node: the call.
        tell: puts an argument into words.
        chinese: whether in Chinese, else in English.
    """
    shift = _SHIFTS.get(node.function)
    told = [tell(_day(argument) if node.function in _OF_A_MONTH else argument) for argument in node.arguments]
    if shift is not None:
        by = node.arguments[1]
        number = by.value if isinstance(by, Literal) and isinstance(by.value, int) else told[1]
        return _shifted(shift, told[0], number, not chinese)
    joint = "、" if chinese else ", "
    return _FORMS[node.function][not chinese].format(*told, all=joint.join(told))


def _day(argument: Expression) -> Expression:
    """Return the day a month is taken of, where it is: the last day of its month is said of the day alone."""
    if isinstance(argument, Call) and argument.function == "month_of":
        return argument.arguments[0]
    return argument


def _shifted(shift: Shift, what: str, by: int | str, english: bool) -> str:
    """Return a day or month so much earlier or later; by nothing it is itself."""
    if isinstance(by, int) and abs(by) <= 1:
        return {-1: shift.before[english], 0: "{}", 1: shift.after[english]}[by].format(what)
    unit, earlier = shift.unit[english], isinstance(by, int) and by < 0
    number = abs(by) if isinstance(by, int) else by
    if english:
        return f"{number} {unit} {'before' if earlier else 'after'} {what}"
    return f"{what}{'前' if earlier else '后'} {number} {unit}"
