"""Hash chains and the root over all of them: one changed byte anywhere shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yibao.kernel.canonical import content_hash, moment


@dataclass(frozen=True, slots=True)
class Action:
    """One thing somebody did to a case; `data` holds no personal data.

    Attributes:
        seq: 1, 2, 3 … within the case.
        kind: The verb.
        actor_kind: citizen, staff or system.
        actor_id: Login number as text; empty for the system.
        role: The role acted in; empty for citizens and the system.
        at: The moment, with its time zone.
        business_date: The day it counts for.
        reason: Why, in the actor's words.
        evidence_hash: Hash of what the actor saw.
        data: What the verb needs, plain values only.
    """

    seq: int
    kind: str
    actor_kind: str
    actor_id: str
    role: str
    at: datetime
    business_date: date
    reason: str = ""
    evidence_hash: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def action_hash(*, case_number: str, previous: str, action: Action) -> str:
    """Return the hash of an action: it covers the action, its case, and the action before.

    Args:
        case_number: The case the chain belongs to.
        previous: Hash of the action before; empty for the first.
        action: The action.
    """
    return content_hash(
        {
            "case": case_number,
            "previous": previous,
            "seq": action.seq,
            "kind": action.kind,
            "actor_kind": action.actor_kind,
            "actor_id": action.actor_id,
            "role": action.role,
            "at": moment(action.at),
            "business_date": action.business_date,
            "reason": action.reason,
            "evidence_hash": action.evidence_hash,
            "data": dict(action.data),
        }
    )


def merkle_root(leaves: Iterable[str]) -> str:
    """Return the root over texts in their given order, 64 hexadecimal digits; empty when there is none.

    Leaves and inner nodes are hashed with different prefixes, so that no inner node can pass for a leaf;
    an odd node at the end of a row moves up unchanged.

    Examples:
        >>> merkle_root(["a", "b"]) == merkle_root(["b", "a"])
        False
        >>> merkle_root([])
        ''
    """
    row = [hashlib.sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves]
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = pairs + ([row[-1]] if len(row) % 2 else [])
    return row[0].hex() if row else ""
