"""Levels of approval: which roles sign, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Order = Literal["any", "sequence"]


@dataclass(frozen=True, slots=True)
class Level:
    """One level: every role signs once.

    Attributes:
        roles: Codes of the roles, at least one, none twice.
        order: any = whoever comes first; sequence = in the order of `roles`.

    Raises:
        ValueError: A level nobody could sign; the pack's process is wrong.
    """

    roles: tuple[str, ...]
    order: Order = "any"

    def __post_init__(self) -> None:
        if not self.roles or len(set(self.roles)) < len(self.roles) or self.order not in ("any", "sequence"):
            raise ValueError(f"a level needs different roles and a known order, not {self.roles} and {self.order!r}")

    def waiting_for(self, signed: Collection[str]) -> tuple[str, ...]:
        """Return the roles that may sign now.

        Args:
            signed: Roles that have signed at this level.

        Examples:
            >>> Level(("county_hrss", "county_finance"), "sequence").waiting_for({"county_hrss"})
            ('county_finance',)
        """
        left = tuple(role for role in self.roles if role not in signed)
        return left[:1] if self.order == "sequence" else left


def levels_of(plain: Iterable[Mapping[str, Any]]) -> tuple[Level, ...]:
    """Return the levels of a decision's `approval` list.

    Args:
        plain: Mappings with `roles` and `order`, in the order of their `level`.

    Examples:
        >>> levels_of([{"level": 1, "roles": ["reviewer"], "order": "any"}])
        (Level(roles=('reviewer',), order='any'),)
    """
    return tuple(Level(tuple(level["roles"]), level.get("order", "any")) for level in plain)


def plain_levels(levels: Iterable[Level]) -> list[dict[str, Any]]:
    """Return levels as the plain data an action carries; `levels_of` reads it back."""
    return [
        {"level": number, "roles": list(level.roles), "order": level.order} for number, level in enumerate(levels, 1)
    ]
