"""Daily heads: one signed root over everything written since the head before, which it covers too."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from yibao.casework.chain import merkle_root
from yibao.kernel.canonical import canonical_json

LAST = {"case": "last_action_id", "journal": "last_transaction_id", "read": "last_read_id", "login": "last_login_id"}
# Heads from before logins were covered say nothing of them.
LOGINS = LAST["login"]
SIGNED = (
    *("day", "last_action_id", "last_transaction_id", "last_read_id"),
    *("leaf_count", "root", "previous_root", "made_at"),
)


def leaf(*, kind: str, chain: str, end: str) -> str:
    """Return the text that stands for one chain in a head.

    Args:
        kind: case, journal, read or login.
        chain: Case number, key of the transaction, name of the chain of reads, or number of the login.
        end: Number and hash of the chain's last link, or the transaction's content hash.

    Examples:
        >>> leaf(kind="case", chain="CQ-2023-000127", end="6 ab12")
        'case CQ-2023-000127 6 ab12'
    """
    return f"{kind} {chain} {end}"


def root_of(*, previous_root: str, leaves: Iterable[str]) -> str:
    """Return the root of a head: over the root before it and its own leaves in alphabetical order."""
    return merkle_root([previous_root, *sorted(leaves)])


def signed_text(head: Mapping[str, Any]) -> str:
    """Return the text a head's signature is of; heads from before logins were covered say nothing of them."""
    names = (*SIGNED, LOGINS) if LOGINS in head else SIGNED
    return canonical_json({name: head[name] for name in names})


class HeadBook:
    """The heads on record and what falls under each, gathered while the records stream by.

    Args:
        signed: Whether a head's signature is that of the right key.
    """

    def __init__(self, signed: Callable[[Mapping[str, Any]], bool]) -> None:
        self._signed = signed
        self._heads: list[Mapping[str, Any]] = []
        self._leaves: list[dict[tuple[str, str], tuple[int, str]]] = []

    def add(self, head: Mapping[str, Any]) -> None:
        """Take in a head; all of them come before what they cover, by rising day."""
        self._heads.append(head)
        self._leaves.append({})

    def note(self, *, kind: str, id_: int, chain: str, end: str) -> None:
        """Take in one link of a chain; the last one under each head counts."""
        place = bisect_left([head.get(LAST[kind], 0) for head in self._heads], id_)
        if place < len(self._heads):
            known = self._leaves[place].get((kind, chain))
            if known is None or known[0] < id_:
                self._leaves[place][kind, chain] = (id_, end)

    def faults(self) -> Iterator[str]:
        """Return every head that does not cover what is on record, or is not signed by the right key."""
        previous = ""
        for head, found in zip(self._heads, self._leaves, strict=True):
            day = head["day"]
            leaves = [leaf(kind=kind, chain=chain, end=end) for (kind, chain), (_, end) in found.items()]
            root = root_of(previous_root=previous, leaves=leaves)
            if (head["root"], head["previous_root"], head["leaf_count"]) != (root, previous, len(leaves)):
                yield f"{day} 的日头与记录不符，此前记录有改动。 / The head of {day} does not cover the record."
            if not self._signed(head):
                yield f"{day} 的日头签名不对。 / The head of {day} is not signed by the right key."
            previous = head["root"]
