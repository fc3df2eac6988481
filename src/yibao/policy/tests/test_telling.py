"""Every function of the rule language has words in both languages; days and months are told as people say them."""

import pytest

from yibao.policy.calls_told import call_words
from yibao.policy.functions import FUNCTIONS
from yibao.policy.tree import Call, Expression, Literal
from yibao.policy.types import DATE, INT


def told(function: str, *numbers: int | None, chinese: bool) -> str:
    """Put a call of a day and numbers into words."""
    arguments: list[Expression] = [Expression(DATE, None)]
    arguments += [Literal(INT, None, number) if number is not None else Expression(INT, None) for number in numbers]
    call = Call(DATE, None, function, tuple(arguments))
    return call_words(call, tell=lambda part: str(part.value) if isinstance(part, Literal) else "X", chinese=chinese)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
@pytest.mark.parametrize("chinese", [True, False])
def test_every_function_has_words(function: str, chinese: bool) -> None:
    words = told(function, 9, 30, chinese=chinese)
    assert f"{function}(" not in words
    assert "X" in words


@pytest.mark.parametrize(
    ("function", "by", "zh", "en"),
    [
        ("add_days", -1, "X的前一日", "the day before X"),
        ("add_days", 0, "X", "X"),
        ("add_days", 1, "X的次日", "the day after X"),
        ("add_days", 30, "X后 30 日", "30 days after X"),
        ("add_months", -12, "X前 12 个月", "12 months before X"),
        ("add_years", 2, "X后 2 年", "2 years after X"),
        ("add_months", None, "X后 X 个月", "X months after X"),
    ],
)
def test_a_day_moved_by_a_number_is_told_as_people_say_it(function: str, by: int | None, zh: str, en: str) -> None:
    assert (told(function, by, chinese=True), told(function, by, chinese=False)) == (zh, en)


def test_the_last_day_of_the_month_of_a_day_is_said_of_the_day() -> None:
    day = Expression(DATE, None)
    call = Call(DATE, None, "month_end", (Call(DATE, None, "month_of", (day,)),))
    assert call_words(call, tell=lambda part: "X" if part is day else "?", chinese=True) == "X当月末日"
