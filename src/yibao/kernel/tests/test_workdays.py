"""Working days follow the published calendar, with its working weekends, and say when there is none yet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.workdays import add_working_days, is_working_day, last_published_year, working_days_between


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2024, 2, 4), True, id="a Sunday worked for Spring Festival"),
        pytest.param(date(2024, 2, 15), False, id="a Thursday off for it"),
        pytest.param(date(2024, 10, 12), True, id="a Saturday worked for National Day"),
        pytest.param(date(2023, 6, 24), False, id="an ordinary Saturday"),
        pytest.param(date(2023, 2, 10), True, id="an ordinary Friday"),
    ],
)
def test_the_calendar_of_the_notices_decides(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_the_day_itself_is_not_counted() -> None:
    assert add_working_days(day=date(2023, 2, 10), n=1).day == date(2023, 2, 13)
    assert add_working_days(day=date(2023, 2, 11), n=1).day == date(2023, 2, 13)
    assert add_working_days(day=date(2023, 2, 11), n=0).day == date(2023, 2, 11)


def test_a_day_beyond_the_published_calendar_is_provisional() -> None:
    last = last_published_year()
    assert not add_working_days(day=date(last, 3, 2), n=5).provisional
    assert add_working_days(day=date(last, 12, 31), n=1).provisional


@given(st.dates(date(2015, 1, 1), date(2025, 1, 1)), st.integers(1, 60))
def test_counting_on_and_counting_between_agree(day: date, n: int) -> None:
    due = add_working_days(day=day, n=n).day
    assert is_working_day(due)
    assert working_days_between(start=day, end=due) == n
    assert working_days_between(start=due, end=day) == -n
    assert working_days_between(start=day, end=due - timedelta(days=1)) == n - 1


@given(st.dates(date(2015, 1, 1), date(2025, 1, 1)), st.integers(0, 1200))
def test_counting_between_is_counting_day_by_day(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    one_by_one = sum(is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))
    assert working_days_between(start=start, end=end) == one_by_one


def test_counting_backwards_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cannot count"):
        add_working_days(day=date(2023, 1, 1), n=-1)
