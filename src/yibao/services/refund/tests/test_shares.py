"""Every fen of a refund comes out of a fund that has it."""

from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.money import Money
from yibao.services.refund.actions.shares import FundedLine, by_receiver, fund_shares

amounts = st.integers(min_value=0, max_value=10**9).map(Money)


def line(refund, *, offset=0, months=6, covered=12, large=0, credited=0):
    return FundedLine(Money(refund), Money(offset), months, covered, Money(large), Money(credited))


def test_credits_that_were_not_offset_come_back_out_of_the_personal_account():
    shares = fund_shares(line=line(293700, large=53400, credited=98790), account_balance=Money(200000))

    assert shares == {"pool": 293700 - 98790 - 26700, "account": 98790, "large_claim": 26700}


def test_an_account_that_was_spent_gives_only_what_it_has_and_the_pool_the_rest():
    shares = fund_shares(line=line(293700, credited=98790), account_balance=Money(1000))

    assert shares == {"pool": 292700, "account": 1000, "large_claim": 0}


def test_a_price_that_is_corrected_comes_out_of_the_pool_alone():
    assert fund_shares(line=line(146000, months=0, large=53400), account_balance=Money(0)) == {
        "pool": 146000,
        "account": 0,
        "large_claim": 0,
    }


@given(amounts, amounts, amounts, amounts, amounts, st.integers(0, 60))
def test_the_shares_add_up_and_none_is_negative(refund, offset, large, credited, balance, months):
    shares = fund_shares(line=FundedLine(refund, offset, months, 60, large, credited), account_balance=balance)

    assert sum(shares.values()) == refund.fen
    assert all(fen >= 0 for fen in shares.values())
    assert shares["account"] <= balance.fen


def test_what_a_receiver_gets_is_summed_in_the_order_of_the_decision():
    parts = [
        {"receiver": "unit", "amount": "3.00"},
        {"receiver": "person", "amount": "0.00"},
        {"receiver": "unit", "amount": "0.05"},
        {"receiver": "finance", "amount": "1.00"},
    ]
    assert by_receiver(parts) == {"unit": Money(305), "finance": Money(100)}
