"""The three officers (三员), whose powers no login may unite, neither with one another nor with work on cases."""

from __future__ import annotations

from collections.abc import Iterable

SYSTEM_OFFICER, SECURITY_OFFICER, AUDIT_OFFICER = "system_officer", "security_officer", "audit_officer"
OFFICERS = frozenset({SYSTEM_OFFICER, SECURITY_OFFICER, AUDIT_OFFICER})
NOWHERE = "000000"
"""The office of officers: its code covers no region, so that no case is ever in their reach."""


def compatible(roles: Iterable[str]) -> bool:
    """Return whether one login may hold all of these roles: one officer's alone, or none.

    Examples:
        >>> compatible(["clerk", "reviewer"]), compatible([AUDIT_OFFICER]), compatible([AUDIT_OFFICER, "auditor"])
        (True, True, False)
    """
    held = frozenset(roles)
    return len(held) <= 1 or not held & OFFICERS
