"""Balances are sums of entries; the sign people read depends on the kind of account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yibao.ledger.accounts import AccountKind
from yibao.ledger.postings import Posting

_DEBIT_KINDS = {AccountKind.BANK, AccountKind.TREASURY, AccountKind.RECEIVABLE}


def natural(*, kind: AccountKind, sum_fen: int) -> int:
    """Return the balance as it is read: money in the bank and money owed to a person both above zero.

    Args:
        kind: Kind of the account.
        sum_fen: Sum of its signed entries.

    Examples:
        >>> natural(kind=AccountKind.PERSONAL, sum_fen=-16465)
        16465
    """
    return sum_fen if kind in _DEBIT_KINDS else -sum_fen


def sums(postings: Iterable[Posting]) -> Mapping[str, int]:
    """Return the signed sum of each account that occurs, by account code.

    Examples:
        >>> from yibao.ledger.accounts import Account
        >>> pool = Account(AccountKind.POOL, "500000", "employee")
        >>> sums([Posting(pool, 5), Posting(pool, -2)])
        {'500000/employee/pool': 3}
    """
    found: dict[str, int] = {}
    for posting in postings:
        found[posting.account.code] = found.get(posting.account.code, 0) + posting.amount_fen
    return found
