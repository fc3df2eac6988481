"""What is sent with a transfer's pages, read into the words the actions take; nothing is judged here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from yibao.kernel.identifiers import IdentifierError, check_resident_id
from yibao.kernel.money import Money, MoneyError

STEPS = ("from", "to", "paper")
PAPERS = ("id_document", "social_security_card", "e_voucher")
TEXT_MAX = 500


@dataclass(slots=True)
class Sent:
    """One form as it was read.

    Attributes:
        value: What it says.
        error: Code of what is wrong with it; empty where nothing is.
        typed: What to show again.
    """

    value: str = ""
    error: str = ""
    typed: dict[str, str] = field(default_factory=dict)


def chosen(*, post: Mapping[str, str], name: str, offered: Collection[str]) -> Sent:
    """Read a choice; one that was not offered is none."""
    value = post.get(name, "")
    return Sent(value) if value in offered else Sent(error="none")


def text(*, post: Mapping[str, str], name: str) -> Sent:
    """Read a text that must say something."""
    value = post.get(name, "").strip()[:TEXT_MAX]
    return Sent(value, "" if value else "empty", {name: value})


def identity(*, post: Mapping[str, str]) -> Sent:
    """Read the identity number of the person who stands at the window."""
    typed = post.get("identity", "").strip()[:TEXT_MAX]
    if not typed:
        return Sent(error="empty")
    try:
        return Sent(check_resident_id(typed), typed={"identity": typed})
    except IdentifierError:
        return Sent(error="wrong", typed={"identity": typed})


def fen(typed: str) -> int | None:
    """Return an amount in fen; None where it is none.

    Examples:
        >>> fen("1,234.50"), fen("much")
        (123450, None)
    """
    try:
        return Money.parse(typed.replace(",", "").strip()).fen
    except MoneyError:
        return None


def next_step(step: str) -> str:
    """Return the question after one; empty after the last.

    Examples:
        >>> next_step("from"), next_step("paper")
        ('to', '')
    """
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else ""
