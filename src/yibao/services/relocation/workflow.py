"""What a transfer adds to the core states: who signs, which clocks run, its own stages, and where the money stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LEVELS: tuple[Mapping[str, Any], ...] = (
    {"level": 1, "roles": ["clerk"], "order": "any"},
    {"level": 2, "roles": ["reviewer"], "order": "any"},
)
"""At either place a clerk makes or checks the table and a reviewer signs it: two persons, by the case engine."""

CLOCKS: Mapping[str, str] = {"out": "accept", "total": "accept", "in": "decide"}
"""Clock -> verb that starts it; the money has a clock of its own beside the case, as it may outlive it."""

OUT, IN = "out", "in"
"""The side a case stands on: the old place sends out, the new place takes in."""


class Stage(StrEnum):
    """Where a transfer is at one place."""

    DRAFT = "draft"
    CHECKING = "checking"
    PASSED = "passed"
    ACCEPTED = "accepted"
    TABLE_BUILT = "table_built"
    TABLE_SENT = "table_sent"
    TABLE_RETURNED = "table_returned"
    TABLE_CHECKED = "table_checked"
    LOADED = "loaded"
    NOT_ACCEPTED = "not_accepted"
    CANCELLED = "cancelled"


ENDED = frozenset({Stage.LOADED, Stage.NOT_ACCEPTED, Stage.CANCELLED})
BEFORE_TABLE = frozenset({Stage.DRAFT, Stage.CHECKING, Stage.PASSED, Stage.ACCEPTED, Stage.TABLE_BUILT})
"""Until the table is sent the person may withdraw."""

LABELS: Mapping[Stage, tuple[str, str]] = {
    Stage.DRAFT: ("填写中", "being filled in"),
    Stage.CHECKING: ("两地校验中", "both places are checking"),
    Stage.PASSED: ("本地校验通过，等待对方", "passed here, waiting for the other place"),
    Stage.ACCEPTED: ("已受理", "accepted"),
    Stage.TABLE_BUILT: ("信息表已生成，待复核", "the table is made, to be reviewed"),
    Stage.TABLE_SENT: ("信息表已发出", "the table is sent"),
    Stage.TABLE_RETURNED: ("信息表退回更正", "the table was returned to be corrected"),
    Stage.TABLE_CHECKED: ("信息表已核对，待复核", "the table is checked, to be reviewed"),
    Stage.LOADED: ("缴费年限已转入，关系转移办结", "the years are in, the relation has moved"),
    Stage.NOT_ACCEPTED: ("未受理", "not accepted"),
    Stage.CANCELLED: ("已撤销", "called off"),
}


class Money(StrEnum):
    """Where the personal account of a transfer is, seen from one place."""

    HERE = "here"
    NONE = "none"
    STAYS = "stays"
    DEPARTED = "departed"
    PAID = "paid"
    SETTLED = "settled"
    ANNOUNCED = "announced"
    ARRIVED = "arrived"
    CREDITED = "credited"
    CLEARED = "cleared"


MONEY_LABELS: Mapping[Money, tuple[str, str]] = {
    Money.HERE: ("个人账户在本地", "the account is here"),
    Money.NONE: ("没有个人账户资金", "there is no account money"),
    Money.STAYS: ("个人账户不划转", "the account does not move"),
    Money.DEPARTED: ("已转入在途，待划款", "in transit, to be paid"),
    Money.PAID: ("已划款，在途", "paid, on its way"),
    Money.SETTLED: ("已划款，对方已收到", "paid, and the other place has it"),
    Money.ANNOUNCED: ("对方将划款", "the other place will pay"),
    Money.ARRIVED: ("已到账，待计入个人账户", "arrived, to be credited"),
    Money.CREDITED: ("已计入个人账户", "credited to the account"),
    Money.CLEARED: ("已计入并清算", "credited and cleared"),
}
MONEY_ENDED = frozenset({Money.NONE, Money.STAYS, Money.SETTLED, Money.CLEARED})
"""At the new place money that was remitted ends with its credit; see `money_ended`."""


def money_ended(*, side: str, mode: str, money: Money) -> bool:
    """Return whether the money track of a place has ended.

    Examples:
        >>> money_ended(side="in", mode="remit", money=Money.CREDITED)
        True
        >>> money_ended(side="in", mode="credit_first", money=Money.CREDITED)
        False
    """
    return money in MONEY_ENDED or (side == IN and mode == "remit" and money is Money.CREDITED)


_UNDER_WAY = {OUT: (Money.DEPARTED, Money.PAID), IN: (Money.ANNOUNCED, Money.ARRIVED)}
MONEY_FOLLOWS = ("缴费年限已转入，个人账户的钱在路上", "the years are in, the money of the account is on its way")


def money_follows(*, side: str, stage: str, money: str) -> bool:
    """Return whether the years have arrived while money of the account is still on its way.

    Examples:
        >>> money_follows(side="in", stage="loaded", money="announced")
        True
        >>> money_follows(side="in", stage="loaded", money="credited")
        False
        >>> money_follows(side="out", stage="table_sent", money="departed")
        False
    """
    return stage == Stage.LOADED and money in _UNDER_WAY[side]


def label(*, side: str, stage: str, money: str) -> tuple[str, str]:
    """Return where a transfer is in Chinese and English, true of both tracks.

    Examples:
        >>> label(side="in", stage="loaded", money="arrived")[1]
        'the years are in, the money of the account is on its way'
    """
    return MONEY_FOLLOWS if money_follows(side=side, stage=stage, money=money) else LABELS[Stage(stage)]


@dataclass(frozen=True, slots=True)
class Position:
    """What one place's books say of one transfer, each as the change its postings made; fen.

    Attributes:
        account: Of the personal account; below zero when money left it.
        interest: Credited to it by the fund at the settlement.
        transit: Owed to the other place while it is above zero, due from it while below.
        bank: Of the bank: below zero when it paid, above when it received.
    """

    account: int = 0
    interest: int = 0
    transit: int = 0
    bank: int = 0


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the money of one transfer is; the four parts are the whole of it, fen.

    Attributes:
        owed: In transit at the old place, not yet paid.
        wire: Left the old place's bank and has not arrived.
        waiting: Arrived at the new place (above zero), or credited there ahead of its arrival (below).
        credited: In the account at the new place.
    """

    owed: int
    wire: int
    waiting: int
    credited: int

    @property
    def total(self) -> int:
        """Return the sum: what left the account at the old place."""
        return self.owed + self.wire + self.waiting + self.credited


def whereabouts(*, old: Position, new: Position) -> Whereabouts:
    """Return where the money of a transfer is, from the books of both places.

    Examples:
        >>> whereabouts(old=Position(account=-500, transit=0, bank=-500), new=Position())
        Whereabouts(owed=0, wire=500, waiting=0, credited=0)
    """
    return Whereabouts(old.transit, -old.bank - new.bank, new.transit, new.account)


def money_faults(*, old: Position, new: Position) -> list[str]:
    """Return what is wrong with the money of a transfer; empty where every fen is in exactly one place.

    Each of these holds in every state, whatever messages are on their way:
    what left the old account (with the interest it was given) is what is owed, on the wire, waiting or credited;
    the wire is never below zero (nothing arrives that was not paid); nothing is owed below zero at the old place;
    nothing is credited beyond what left.

    Args:
        old: The books of the old place.
        new: The books of the new place.

    Examples:
        >>> money_faults(old=Position(account=-500, transit=500), new=Position())
        []
        >>> money_faults(old=Position(account=-500, transit=500), new=Position(account=500, bank=500))
        ['wire -500: more arrived than was paid']
    """
    left = old.interest - old.account
    where = whereabouts(old=old, new=new)
    found = []
    if where.total != left:
        found.append(f"{left} fen left the account and {where.total} are accounted for")
    if where.wire < 0:
        found.append(f"wire {where.wire}: more arrived than was paid")
    if where.owed < 0 or left < 0:
        found.append(f"owed {where.owed}, left {left}: neither may be below zero")
    if not 0 <= where.credited <= left:
        found.append(f"{where.credited} fen credited of {left}")
    return found
