"""Postings: a signed amount on an account; together they sum to zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibao.ledger.accounts import Account

FEN_MAX = 10**15


class Unbalanced(ValueError):
    """Postings that do not sum to zero are a bug in the caller and are never written."""


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount on an account.

    Attributes:
        account: Where.
        amount_fen: Debit above zero, credit below; never zero, at most ten thousand billion yuan.

    Raises:
        ValueError: The amount is zero or beyond the limit.
    """

    account: Account
    amount_fen: int

    def __post_init__(self) -> None:
        if self.amount_fen == 0 or abs(self.amount_fen) > FEN_MAX:
            raise ValueError(f"{self.amount_fen} fen cannot be posted")

    def turned(self) -> Posting:
        """Return the posting that undoes this one."""
        return Posting(self.account, -self.amount_fen)


def balanced(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """Return the postings when they may stand together.

    Args:
        postings: At least two, of one region, summing to zero.

    Raises:
        Unbalanced: They do not sum to zero, are fewer than two, or span regions.

    Examples:
        >>> from yibao.ledger.accounts import AccountKind
        >>> bank, pool = (Account(kind, "500000", "employee") for kind in (AccountKind.BANK, AccountKind.POOL))
        >>> len(balanced([Posting(bank, 5), Posting(pool, -5)]))
        2
        >>> balanced([Posting(bank, 5), Posting(pool, -4)])
        Traceback (most recent call last):
        ...
        yibao.ledger.postings.Unbalanced: the entries sum to 1 fen, not to zero
    """
    total = sum(posting.amount_fen for posting in postings)
    if total:
        raise Unbalanced(f"the entries sum to {total} fen, not to zero")
    if len(postings) < 2:
        raise Unbalanced("a transaction has at least two entries")
    regions = sorted({posting.account.region for posting in postings})
    if len(regions) > 1:
        raise Unbalanced(f"a transaction stays in one region, not {', '.join(regions)}: use the accounts in transit")
    return tuple(postings)
