"""Interest of the account that moves: by months of the year, rounded once."""

from datetime import date

import pytest

from yibao.services.relocation.actions.money import interest_of_year


@pytest.mark.parametrize(
    ("principal_fen", "rate", "on", "interest_fen"),
    [
        # 1,000.00 at 1.5 % is 15.00 a year; seven full months of twelve are 8.75.
        (100_000, 150, date(2026, 8, 20), 875),
        # In January no month of the year is full.
        (100_000, 150, date(2026, 1, 31), 0),
        # 1.00 at 1.5 % is 1.5 fen a year; three months are 0.375 fen. Rounded by year first it would be one fen.
        (100, 150, date(2026, 4, 1), 0),
        # 1.00 at 1.5 % for four months is exactly half a fen, and goes up.
        (100, 150, date(2026, 5, 1), 1),
    ],
)
def test_interest_counts_full_months_and_is_rounded_once(
    principal_fen: int, rate: int, on: date, interest_fen: int
) -> None:
    assert interest_of_year(principal_fen=principal_fen, rate=rate, on=on) == interest_fen
