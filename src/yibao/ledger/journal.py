"""The journal's transactions: drafted, hashed, reversed; never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.kernel.canonical import content_hash
from yibao.ledger.postings import Posting, balanced

Line = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction that may be posted: its entries sum to zero or it cannot be constructed.

    Attributes:
        key: Unique for ever; the same key posts once.
        kind: What happened, such as refund_payable.
        accounting_date: The day of the books, apart from the clock.
        postings: At least two, of one region.
        case_number: The case it belongs to, or empty.
        memo: For the reader of the books; no personal data.
        reverses: Key of the transaction this one undoes, or empty.

    Raises:
        Unbalanced: The entries do not sum to zero; that is a bug in the caller.
    """

    key: str
    kind: str
    accounting_date: date
    postings: tuple[Posting, ...]
    case_number: str = ""
    memo: str = ""
    reverses: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "postings", balanced(self.postings))

    @property
    def region(self) -> str:
        """Return the one region the transaction is of."""
        return self.postings[0].account.region

    @property
    def content_hash(self) -> str:
        """Return the hash of what is asked: the same request under the same key has the same one."""
        return hash_of(head=self.head(), entries=self.lines())

    def lines(self) -> list[Line]:
        """Return number, account code and signed fen of each entry."""
        return [(line, posting.account.code, posting.amount_fen) for line, posting in enumerate(self.postings, 1)]

    def head(self) -> dict[str, Any]:
        """Return everything but the entries, as plain values."""
        return {
            "key": self.key,
            "kind": self.kind,
            "region": self.region,
            "accounting_date": self.accounting_date,
            "case_number": self.case_number,
            "memo": self.memo,
            "reverses": self.reverses,
        }


def hash_of(*, head: Mapping[str, Any], entries: Sequence[Line]) -> str:
    """Return the content hash of a transaction.

    Args:
        head: key, kind, region, accounting_date, case_number, memo, reverses (key or empty); on record also
            posted_at, the moment in its one spelling.
        entries: Line number, account code and signed fen of each entry, in the order of its lines.
    """
    return content_hash({**head, "entries": [list(entry) for entry in entries]})


def reversal(draft: Draft, *, key: str, accounting_date: date, memo: str = "") -> Draft:
    """Return the transaction that undoes another one, line by line.

    Args:
        draft: The transaction to undo.
        key: The reversal's own key.
        accounting_date: Its day in the books, in an open period.
        memo: Why, without personal data.

    Examples:
        >>> from yibao.ledger.accounts import Account, AccountKind
        >>> bank, pool = (Account(kind, "500000", "employee") for kind in (AccountKind.BANK, AccountKind.POOL))
        >>> paid = Draft("k1", "contribution", date(2023, 1, 5), (Posting(bank, 5), Posting(pool, -5)))
        >>> back = reversal(paid, key="k1/reversal", accounting_date=date(2023, 2, 1))
        >>> [posting.amount_fen for posting in back.postings], back.reverses
        ([-5, 5], 'k1')
    """
    turned = tuple(posting.turned() for posting in draft.postings)
    return Draft(
        key=key,
        kind=f"{draft.kind}.reversal",
        accounting_date=accounting_date,
        postings=turned,
        case_number=draft.case_number,
        memo=memo,
        reverses=draft.key,
    )
