"""Who may open an address: a rule that stands beside each page, as data that the server and the tests read.

An address without a rule opens for nobody. What a rule says of cases and regions (`own`) the page itself keeps,
where it looks the case up; a test tries every address with everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from yibao.casework.actors import Actor
from yibao.casework.officers import OFFICERS

VISITOR, CITIZEN, AGENT, STAFF = "visitor", "citizen", "agent", "staff"
Own = Literal["", "case", "region", "self", "accounts", "installation"]
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Entry:
    """The rule of one address.

    Attributes:
        who: `visitor` (everybody), `citizen` (who acts for themselves or another person), `agent` (a citizen who
            acts for a unit), `staff` (every role of the office, no officer), or codes of roles.
        own: What must be the reader's: their `case` (staff: a case of their region), their office's `region`,
            their `self`; `accounts`: logins of staff, never their own; `installation`: how the machine fares, without
            any case or person; empty where there is nothing to own.
        fresh: Verbs of the address that ask for the second factor again when it was given too long ago;
            `post` stands for every form sent to it.
        early: Whether staff may open it before they have given the second factor.
    """

    who: frozenset[str]
    own: Own = ""
    fresh: frozenset[str] = frozenset()
    early: bool = False

    def admits(self, actor: Actor | None) -> bool:
        """Return whether somebody may enter; whether a case is theirs is asked later.

        Examples:
            >>> Entry(frozenset({STAFF})).admits(Actor(7, "", "staff", frozenset({"clerk"}), "500000"))
            True
            >>> Entry(frozenset({STAFF})).admits(Actor(7, "", "staff", frozenset({"audit_officer"}), "000000"))
            False
        """
        if VISITOR in self.who:
            return True
        if actor is None:
            return False
        if actor.kind == CITIZEN:
            return (AGENT if actor.unit_id else CITIZEN) in self.who
        return bool(self.who & actor.roles) or (STAFF in self.who and bool(actor.roles - OFFICERS))


def open_to(*who: str, own: Own = "", fresh: Iterable[str] = (), early: bool = False) -> Callable[[View], View]:
    """Return a decorator that puts a rule beside a view.

    Args:
        who: See `Entry.who`; at least one.
        own: See `Entry.own`.
        fresh: See `Entry.fresh`.
        early: See `Entry.early`.

    Examples:
        >>> @open_to("finance", own="region")
        ... def page(request): ...
        >>> sorted(rule_of(page).who)
        ['finance']
    """
    rule = Entry(frozenset(who), own, frozenset(fresh), early)

    def put(view: View) -> View:
        view.entry = rule  # type: ignore[attr-defined]
        return view

    return put


public = open_to(VISITOR)
"""Opens a view to everybody."""


def rule_of(view: Any) -> Entry | None:
    """Return the rule beside a view, or None: then nobody may enter."""
    return getattr(view, "entry", None)
