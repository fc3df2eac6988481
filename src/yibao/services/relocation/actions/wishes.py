"""What an application for a transfer says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application says.

    Attributes:
        place: Where it is made: one of the two.
        source: Code of the old place.
        target: Code of the new place.
        by: person, or unit for its employees.
        channel: app, web, window or unit.
        materials: Codes of what was handed in or seen.
        records: What the clerk or the applicant knows of the old relation (`stopped_on`, `in_hospital`).
    """

    place: str
    source: str
    target: str
    by: str = "person"
    channel: str = "app"
    materials: Sequence[str] = ()
    records: dict[str, Any] = field(default_factory=dict)
