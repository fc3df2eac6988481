"""Months count by index, across years, and refuse what is no month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.months import Month, MonthError, MonthSpan

INDEX = st.integers(12, 9999 * 12 + 11)
SPANS = st.tuples(st.integers(2000 * 12, 2100 * 12), st.integers(0, 400)).map(
    lambda pair: MonthSpan(Month.from_index(pair[0]), Month.from_index(pair[0] + pair[1]))
)


@given(INDEX)
def test_index_and_text_read_back_the_same(index: int) -> None:
    month = Month.from_index(index)
    assert month.index == index
    assert Month.parse(str(month)) == month == Month.of(month.first_day)


@pytest.mark.parametrize(
    "text", ["2022-13", "2022-00", "0000-01", "2022-1", "2022/01", "２０２２-01", "2022-01-01", ""]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(MonthError) as caught:
        Month.parse(text)
    assert caught.value.zh
    assert caught.value.en


@given(SPANS, SPANS)
def test_an_intersection_holds_exactly_the_months_of_both(one: MonthSpan, other: MonthSpan) -> None:
    common = one.intersection(other)
    assert set(common or ()) == set(one) & set(other)


def test_a_span_ends_before_its_end() -> None:
    span = MonthSpan(Month(2022, 1), Month(2022, 3))
    assert [str(month) for month in span] == ["2022-01", "2022-02"]
    assert Month(2022, 3) not in span


def test_a_span_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        MonthSpan(Month(2022, 3), Month(2022, 1))


def test_the_last_day_knows_leap_years() -> None:
    assert Month(2023, 2).last_day == date(2023, 2, 28)
    assert Month(2000, 2).last_day == date(2000, 2, 29)
    assert Month(2022, 12).last_day == date(2022, 12, 31)
