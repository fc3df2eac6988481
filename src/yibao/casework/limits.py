"""How often one person or one address may ask for a thing, as data beside the page that gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
WINDOW_SECONDS_MAX = 60 * 60
"""No window is longer; so long after it began, what was counted in it holds up nobody."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests within a window of time.

    At pages staff, whose every step is on record, are not counted; programs are, whatever token they have.

    Attributes:
        name: What is counted; pages of one name are counted together.
        most: Requests let through in one window, 1 or more.
        seconds: Length of the window, 1 to `WINDOW_SECONDS_MAX`.
        method: Which requests count, GET or POST; empty for all.

    Raises:
        ValueError: The window is longer, or has no length.
    """

    name: str
    most: int
    seconds: int
    method: str = "POST"

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= WINDOW_SECONDS_MAX:
            raise ValueError(f"a window has 1 to {WINDOW_SECONDS_MAX} seconds, not {self.seconds}")

    def window(self, at: datetime) -> int:
        """Return when the window a moment lies in began, in seconds since 1970.

        Examples:
            >>> from datetime import UTC
            >>> Limit("check", 60, 60).window(datetime(1970, 1, 1, 0, 2, 5, tzinfo=UTC))
            120
        """
        return int(at.timestamp()) // self.seconds * self.seconds

    def wait(self, at: datetime) -> int:
        """Return the seconds until the next window begins, 1 or more.

        Examples:
            >>> from datetime import UTC
            >>> Limit("check", 60, 60).wait(datetime(1970, 1, 1, 0, 2, 5, tzinfo=UTC))
            55
        """
        return self.seconds - int(at.timestamp()) % self.seconds


SIGN_IN = Limit("sign_in", 100, 5 * 60)
APPLICATION = Limit("application", 20, 60 * 60)
WINDOW_CODE = Limit("window_code", 12, 10 * 60)
EMPLOYEE = Limit("employee", 30, 60 * 60)
UPLOAD = Limit("upload", 120, 10 * 60)
CHECK = Limit("check", 60, 60, "GET")
# Of the interface for programs; an installation may let more or fewer through.
PROGRAM_TOKEN = Limit("api_token", 300, 60, "")
PROGRAM_ADDRESS = Limit("api_address", 1200, 60, "")
# Of the door for messages of other areas, for one address.
EXCHANGE = Limit("exchange", 1200, 60, "")


def limited(limit: Limit) -> Callable[[View], View]:
    """Return a decorator that puts a limit beside a view.

    Examples:
        >>> @limited(CHECK)
        ... def page(request): ...
        >>> limit_of(page).most
        60
    """

    def put(view: View) -> View:
        view.limit = limit  # type: ignore[attr-defined]
        return view

    return put


def limit_of(view: Any) -> Limit | None:
    """Return the limit beside a view, or None."""
    return getattr(view, "limit", None)
