"""Money moves between accounts and never appears or vanishes."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.ledger import recipes
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.balances import natural, sums
from yibao.ledger.journal import Draft, reversal
from yibao.ledger.postings import FEN_MAX, Posting, Unbalanced

BANK = Account(AccountKind.BANK, "500000", "employee")
POOL = Account(AccountKind.POOL, "500000", "employee")
MINE = Account(AccountKind.PERSONAL, "500000", "employee", UUID(int=1))
DAY = date(2023, 2, 10)
FEN = st.integers(min_value=0, max_value=10**12)


def draft(*postings: Posting, key: str = "k", memo: str = "") -> Draft:
    return Draft(key, "test", DAY, postings, memo=memo)


class TestADraft:
    @pytest.mark.parametrize(
        ("postings", "why"),
        [
            pytest.param((Posting(BANK, 5), Posting(POOL, -4)), "sum to 1 fen", id="one fen too much"),
            pytest.param((), "at least two", id="nothing"),
            pytest.param(
                (Posting(BANK, 5), Posting(Account(AccountKind.POOL, "510000", "employee"), -5)),
                "one region",
                id="two regions",
            ),
        ],
    )
    def test_cannot_be_constructed_unbalanced(self, postings: tuple[Posting, ...], why: str) -> None:
        with pytest.raises(Unbalanced, match=why):
            draft(*postings)

    def test_has_another_hash_when_anything_in_it_differs(self) -> None:
        one = draft(Posting(BANK, 5), Posting(POOL, -5))
        others = [
            draft(Posting(BANK, 6), Posting(POOL, -6)),
            draft(Posting(BANK, 5), Posting(MINE, -5)),
            draft(Posting(POOL, -5), Posting(BANK, 5)),
            draft(Posting(BANK, 5), Posting(POOL, -5), key="k2"),
            draft(Posting(BANK, 5), Posting(POOL, -5), memo="x"),
        ]
        assert len({one.content_hash, *(other.content_hash for other in others)}) == 6

    def test_and_its_reversal_leave_every_account_as_it_was(self) -> None:
        made = draft(Posting(BANK, 5), Posting(POOL, -3), Posting(MINE, -2))
        undone = reversal(made, key="back", accounting_date=DAY)
        assert set(sums([*made.postings, *undone.postings]).values()) == {0}


@pytest.mark.parametrize("fen", [0, FEN_MAX + 1, -FEN_MAX - 1])
def test_a_posting_refuses_amounts_that_cannot_be(fen: int) -> None:
    with pytest.raises(ValueError, match="cannot be posted"):
        Posting(BANK, fen)


@pytest.mark.parametrize(
    "account", [BANK, MINE, Account(AccountKind.PROVIDER_PAYABLE, "500000", "resident", None, UUID(int=7))]
)
def test_an_account_is_read_back_from_its_code(account: Account) -> None:
    assert Account.parse(account.code) == account


def test_a_personal_account_has_a_person_and_no_other_account_has() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Account(AccountKind.PERSONAL, "500000", "employee")
    with pytest.raises(ValueError, match="cannot be"):
        Account(AccountKind.POOL, "500000", "employee", UUID(int=1))


@given(pool=FEN, account=FEN, large=FEN, credit=FEN)
def test_every_fen_of_a_contribution_is_owed_to_somebody(pool: int, account: int, large: int, credit: int) -> None:
    parts = {"pool": pool + 1, "account": account, "large_claim": large}
    entries = recipes.contribution_received(
        region="500000",
        scheme="employee",
        person_id=UUID(int=1),
        parts=parts,
        credit_fen=0 if account else min(credit, pool),
    )
    assert sum(entry.amount_fen for entry in entries) == 0
    assert entries[0].amount_fen == sum(parts.values())


def test_an_account_is_credited_by_a_part_or_by_the_pool_and_never_by_both() -> None:
    with pytest.raises(ValueError, match="not by both"):
        recipes.contribution_received(
            region="500000",
            scheme="employee",
            person_id=UUID(int=1),
            parts={"pool": 100, "account": 50},
            credit_fen=1,
        )


def test_a_refund_into_the_personal_account_is_owed_there() -> None:
    paid = recipes.refund_paid(
        region="500000", scheme="employee", amount_fen=700, from_=AccountKind.PERSONAL, person_id=UUID(int=1)
    )
    assert [(entry.account.kind, entry.account.person_id, entry.amount_fen) for entry in paid] == [
        (AccountKind.REFUNDS_PAYABLE, None, 700),
        (AccountKind.PERSONAL, UUID(int=1), -700),
    ]


def test_a_refund_ends_where_the_money_came_from() -> None:
    owed = recipes.refund_payable(region="500000", scheme="employee", shares={"pool": 150000, "large_claim": 44910})
    paid = recipes.refund_paid(region="500000", scheme="employee", amount_fen=194910)
    left = {code.rpartition("/")[2]: fen for code, fen in sums([*owed, *paid]).items() if fen}
    assert left == {"pool": 150000, "large_claim": 44910, "bank": -194910}


@pytest.mark.parametrize(("kind", "read"), [(AccountKind.BANK, 5), (AccountKind.PERSONAL, -5)])
def test_a_balance_reads_above_zero_where_people_expect_it(kind: AccountKind, read: int) -> None:
    assert natural(kind=kind, sum_fen=5) == read
