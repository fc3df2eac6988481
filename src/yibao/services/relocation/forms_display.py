"""What people send about the display, read into the words the action takes."""

from collections.abc import Mapping
from dataclasses import dataclass

KEY_MAX = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """Which relation is wanted on the display; None where none of those offered was chosen."""

    enrolment: int | None
    key: str


def choice(*, post: Mapping[str, str], offered: Mapping[str, int]) -> Choice:
    """Read a choice; only relations offered count.

    Args:
        post: As sent.
        offered: Keys of the relations by the code of their answer.
    """
    return Choice(offered.get(post.get("shown", "")), post.get("key", "")[:KEY_MAX])
