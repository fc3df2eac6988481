"""Periods are half-open: the day they end is not theirs."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.periods import Period

FIRST = date(2020, 1, 1)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = FIRST + timedelta(days=draw(st.integers(0, 40)))
    length = draw(st.none() | st.integers(0, 40))
    return Period(start, None if length is None else start + timedelta(days=length))


def test_the_first_day_belongs_and_the_end_does_not() -> None:
    january = Period(date(2020, 1, 1), date(2020, 2, 1))
    assert date(2020, 1, 1) in january
    assert date(2020, 1, 31) in january
    assert date(2020, 2, 1) not in january
    assert date(2999, 1, 1) in Period(date(2020, 1, 1))


@given(periods(), periods())
def test_an_intersection_holds_exactly_the_days_of_both(one: Period, other: Period) -> None:
    common = one.intersection(other)
    for offset in range(90):
        day = FIRST + timedelta(days=offset)
        assert (common is not None and day in common) == (day in one and day in other)
    assert one.overlaps(other) == other.overlaps(one) == (common is not None)


def test_a_period_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Period(date(2020, 2, 1), date(2020, 1, 1))
