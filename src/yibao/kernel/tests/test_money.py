"""Money keeps every fen, refuses what is no money, and rounds only by name."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.money import MAX_FEN, Money, MoneyError, Rounding, Unit, Unrounded, round_to_step

FEN = st.integers(0, MAX_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        pytest.param("1949.10", 194910, id="two decimals"),
        pytest.param("1949.1", 194910, id="one decimal is jiao"),
        pytest.param("0", 0, id="nothing is an amount"),
        pytest.param("10000000000.00", MAX_FEN, id="the largest amount"),
    ],
)
def test_yuan_are_read_as_whole_fen(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        pytest.param("-1", "负数", id="negative"),
        pytest.param("1.005", "两位小数", id="finer than a fen"),
        pytest.param("10000000000.01", "过大", id="one fen too much"),
        pytest.param("1e3", "不是金额", id="scientific"),
        pytest.param("１２", "不是金额", id="full-width digits"),
        pytest.param("", "不是金额", id="empty"),
        pytest.param(".5", "不是金额", id="no yuan"),
        pytest.param("1,000.00", "不是金额", id="commas"),
    ],
)
def test_what_is_no_money_is_refused_with_the_reason(text: str, zh: str) -> None:
    with pytest.raises(MoneyError) as caught:
        Money.parse(text)
    assert zh in caught.value.zh
    assert caught.value.en


@given(FEN)
def test_written_money_reads_back_the_same(fen: int) -> None:
    assert Money.parse(str(Money(fen))) == Money(fen)
    assert Money(fen).display().replace(",", "") == str(Money(fen))


@given(FEN, st.integers(1, 400), st.sampled_from(list(Rounding)))
def test_all_shares_together_are_the_whole_when_not_rounded(fen: int, parts: int, rounding: Rounding) -> None:
    shares = [Money(fen).share(1, parts) for _ in range(parts)]
    assert sum((share.fen for share in shares), Fraction(0)) == fen
    assert Money(fen).share(parts, parts).round(Unit.FEN, rounding) == Money(fen)


@given(st.fractions(min_value=-(10**9), max_value=10**9), st.sampled_from(list(Unit)))
def test_rounding_stays_within_one_unit_and_in_its_direction(value: Fraction, unit: Unit) -> None:
    exact = Unrounded(value)
    down, up = (exact.round(unit, mode).fen for mode in (Rounding.DOWN, Rounding.UP))
    half = exact.round(unit, Rounding.HALF_UP).fen
    assert abs(down) <= abs(value) <= abs(up)
    assert abs(up) - abs(down) in (0, unit.fen)
    assert abs(half - value) * 2 <= unit.fen
    assert half % unit.fen == 0


@pytest.mark.parametrize(
    ("numerator", "step", "rounding", "rounded"),
    [
        pytest.param(1005, 10, Rounding.HALF_UP, 1010, id="half goes up"),
        pytest.param(1004, 10, Rounding.HALF_UP, 1000, id="less than half goes down"),
        pytest.param(1001, 1000, Rounding.UP, 2000, id="up takes the next ten yuan"),
        pytest.param(2000, 1000, Rounding.UP, 2000, id="up keeps a whole unit"),
        pytest.param(1999, 1000, Rounding.DOWN, 1000, id="down drops the rest"),
        pytest.param(-1005, 10, Rounding.HALF_UP, -1010, id="a correction mirrors what it corrects"),
    ],
)
def test_rounding_by_name(numerator: int, step: int, rounding: Rounding, rounded: int) -> None:
    assert round_to_step(numerator=numerator, denominator=1, step=step, rounding=rounding) == rounded


def test_a_share_of_no_parts_is_a_bug() -> None:
    with pytest.raises(ValueError, match="of 1 or more"):
        Money(1).share(1, 0)


def test_unrounded_amounts_add_before_they_are_rounded() -> None:
    third = Money(100).share(1, 3)
    assert (third + third).round(Unit.FEN, Rounding.HALF_UP) == Money(67)
    assert (third - third).round(Unit.FEN, Rounding.UP) == Money(0)
    assert Money(3) - Money(5) == Money(-2)
    assert str(Money(-2)) == "-0.02"
