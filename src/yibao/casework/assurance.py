"""How sure the office is who acts, and for whom: the ladder L1 to L4, and one person acting for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yibao.kernel.canonical import moment

LEVELS = ("L1", "L2", "L3", "L4")
"""The ladder, weakest first: number and name; also telephone or password; also the living person; also papers seen."""


@dataclass(frozen=True, slots=True)
class Assurance:
    """How sure it is who signed in.

    Attributes:
        level: One of `LEVELS`.
        method: Code of the way: `demo`, `window`, or the name of an identity provider.
        since: When they proved it; None where no session stands behind the step.

    Examples:
        >>> Assurance("L2", "demo").reaches("L3"), Assurance("L3", "demo").reaches("L2")
        (False, True)
    """

    level: str
    method: str
    since: datetime | None = None

    def reaches(self, needed: str) -> bool:
        """Return whether the level is at least another one.

        Args:
            needed: One of `LEVELS`.
        """
        return LEVELS.index(self.level) >= LEVELS.index(needed)

    def plain(self) -> dict[str, Any]:
        """Return what an action keeps of it."""
        kept = {"level": self.level, "method": self.method}
        return kept if self.since is None else {**kept, "since": moment(self.since)}


@dataclass(frozen=True, slots=True)
class Acting:
    """On whose behalf somebody acts, and by what right.

    Attributes:
        representation: Number of the right on record.
        kind: guardian, proxy, heir or unit.
        person_id: Who really acts; the actor's own person is the one acted for.
        services: Names of the services the right covers; empty for all.
        unit_id: The unit acted for, where it is no person.

    Examples:
        >>> Acting(3, "proxy", UUID(int=1), frozenset({"refund"})).covers("wallet")
        False
    """

    representation: int
    kind: str
    person_id: UUID
    services: frozenset[str] = frozenset()
    unit_id: UUID | None = None

    def covers(self, service: str) -> bool:
        """Return whether the right reaches a service."""
        return not self.services or service in self.services

    def plain(self) -> dict[str, Any]:
        """Return what an action keeps of it."""
        kept = {"representation": self.representation, "kind": self.kind, "person": str(self.person_id)}
        return kept if self.unit_id is None else {**kept, "unit": str(self.unit_id)}


PROVED = Assurance("L3", "demo")
"""What the citizens of demonstrations and tests are taken to have proved."""
