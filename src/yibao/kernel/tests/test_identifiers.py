"""Numbers are checked by their own digits and shown masked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.identifiers import (
    IdentifierError,
    check_bank_card,
    check_credit_code,
    check_resident_id,
    make_resident_id,
    mask_account,
    mask_id,
    mask_name,
    mask_phone,
)

BORN = date(1976, 3, 1)


@given(
    st.sampled_from(["500112", "500229", "110101", "510212"]),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)
def test_a_made_up_number_passes_and_any_wrong_digit_fails(area: str, born: date, serial: int) -> None:
    number = make_resident_id(area=area, born=born, serial=serial)
    assert check_resident_id(number.lower()) == number
    other = str((int(number[14]) + 1) % 10)
    with pytest.raises(IdentifierError):
        check_resident_id(number[:14] + other + number[15:])


@pytest.mark.parametrize("number", ["", "50011219760301001", "500112197602300010", "X" * 18, "５" * 18])
def test_what_is_no_identity_number_is_refused_without_repeating_it(number: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        check_resident_id(number)
    assert "18" in caught.value.zh
    assert not number or number not in str(caught.value)


def test_credit_codes_are_checked() -> None:
    assert check_credit_code("91110000600037341L") == "91110000600037341L"
    with pytest.raises(IdentifierError, match="信用代码"):
        check_credit_code("91110000600037342L")


@pytest.mark.parametrize("number", ["6222020000000000001", "622202", "6222020000000000O00", "", "6" * 20])
def test_what_is_no_bank_card_is_refused(number: str) -> None:
    with pytest.raises(IdentifierError, match="银行卡号"):
        check_bank_card(number)


def test_masks_hide_the_middle_and_keep_the_length() -> None:
    number = make_resident_id(area="500112", born=BORN, serial=1)
    assert mask_id(number).startswith("5001**********")
    assert str(BORN.year) not in mask_id(number)
    assert len(mask_id(number)) == len(number)
    assert mask_id("1234567") == "*******"
    assert mask_name("张三") == "张*"
    assert mask_account("6222020000000000000") == "***************0000"
    assert mask_account("12345") == "*****"
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("8000") == "****"


def test_a_serial_out_of_range_is_a_bug() -> None:
    with pytest.raises(ValueError, match="serial"):
        make_resident_id(area="500112", born=BORN, serial=1000)
