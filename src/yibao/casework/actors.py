"""Who acts: a citizen, a member of staff in their roles, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from yibao.casework.assurance import Acting, Assurance

ActorKind = Literal["citizen", "staff", "system"]
REGION_DIGITS = 2
PLATFORM = "platform"
"""Role of the system where it carries out what two agencies agreed by message."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts on cases.

    Attributes:
        user_id: Number of the login; None for the system.
        name: Shown to colleagues; never written into an action.
        kind: citizen, staff or system.
        roles: Roles held in `region`; empty for citizens.
        region: Six digits of the office; None for citizens.
        person_id: The insured person a citizen acts as: their own, or the one they act for; None for a unit.
        assurance: How sure it is who the citizen is; without it no step is open that asks for a level.
        acting: By what right a citizen acts for another; None for themselves.

    Examples:
        >>> Actor(7, "审核员", "staff", frozenset({"reviewer"}), "500000").works_in("500112")
        True
    """

    user_id: int | None
    name: str
    kind: ActorKind
    roles: frozenset[str] = field(default_factory=frozenset)
    region: str | None = None
    person_id: UUID | None = None
    assurance: Assurance | None = None
    acting: Acting | None = None

    @classmethod
    def system(cls) -> Actor:
        """Return the system itself, as the worker acts."""
        return cls(None, "系统", "system")

    @classmethod
    def platform(cls) -> Actor:
        """Return the system as it carries out what was agreed with another agency: it accepts, closes and withdraws.

        Examples:
            >>> Actor.platform().kind, Actor.platform().roles
            ('system', frozenset({'platform'}))
        """
        return cls(None, "系统", "system", frozenset({PLATFORM}))

    @property
    def id(self) -> str:
        """Return the text an action is signed with; empty for the system."""
        return "" if self.user_id is None else str(self.user_id)

    @property
    def unit_id(self) -> UUID | None:
        """Return the unit a citizen acts for; None where they act for themselves or another person."""
        return self.acting.unit_id if self.acting else None

    def concerns(self, *, person_id: UUID, unit_id: UUID | None) -> bool:
        """Return whether a case is that of the citizen who acts: the unit's for its agents, else the person's.

        Args:
            person_id: The insured person of the case.
            unit_id: The unit that applied; None where the person did.

        Examples:
            >>> one = Actor(1, "", "citizen", person_id=UUID(int=1))
            >>> one.concerns(person_id=UUID(int=1), unit_id=None)
            True
            >>> one.concerns(person_id=UUID(int=1), unit_id=UUID(int=9))
            False
        """
        if self.unit_id is not None or unit_id is not None:
            return self.unit_id == unit_id
        return self.person_id == person_id

    def evidence(self) -> dict[str, Any]:
        """Return what every action keeps of a citizen: the level, and the right where they act for another."""
        kept = {"assurance": self.assurance, "acting": self.acting}
        return {name: one.plain() for name, one in kept.items() if one is not None}

    def works_in(self, region: str) -> bool:
        """Return whether the actor's office covers a region: itself, or what lies below it."""
        return self.region is not None and covers(office=self.region, region=region)


def covers(*, office: str, region: str) -> bool:
    """Return whether an office answers for a region.

    Args:
        office: Six digits; zeros at the end stand for everything below.
        region: Six digits of the case.

    Examples:
        >>> covers(office="500000", region="500112"), covers(office="500112", region="500000")
        (True, False)
    """
    return region.startswith(prefix_of(office))


def prefix_of(office: str) -> str:
    """Return the digits that every region below an office begins with.

    Examples:
        >>> prefix_of("500000"), prefix_of("330100"), prefix_of("500112")
        ('50', '3301', '500112')
    """
    while len(office) > REGION_DIGITS and office.endswith("00"):
        office = office[:-REGION_DIGITS]
    return office
