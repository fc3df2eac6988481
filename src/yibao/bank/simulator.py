"""A bank to try things with: it pays most orders, rejects some, and its answers get lost, come twice and crossed.

What becomes of an order depends on the seed and the order alone, so a second run that loses nothing tells the rest
of the same story; which messages get lost depends on the round as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from yibao.bank import pain002
from yibao.bank.orders import Bulk, Order
from yibao.bank.pain002 import Line, StatusReport

PERCENT = 100
REASONS = ("户名与账号不符", "账户已销户", "账户状态不正常", "开户行行号错误")
LINES_MAX = 3


@dataclass(frozen=True, slots=True)
class Temper:
    """How the bank behaves, in percent.

    Attributes:
        seed: The same seed tells the same story.
        bounce: Orders rejected.
        drop: Messages that never arrive.
        repeat: Messages that arrive twice.
        reorder: Whether messages arrive in another order than they were sent.
        round: Tells one run from another; it changes what gets lost, never what is true.
    """

    seed: int
    bounce: int = 10
    drop: int = 10
    repeat: int = 20
    reorder: bool = True
    round: int = 1


def answers(*, bulk: Bulk, temper: Temper) -> list[bytes]:
    """Return the bank's messages in the order in which they arrive.

    Each order is first said to be on the way, then paid or rejected, in messages of a few orders.

    Args:
        bulk: What the bank was told.
        temper: How it behaves.

    Examples:
        >>> from datetime import date, datetime
        >>> from yibao.bank.orders import Party
        >>> someone = Party("甲", "6222020000000000000", "102653000012")
        >>> at = datetime(2023, 2, 10, 9, tzinfo=pain002.BANK_TIME)
        >>> bulk = Bulk("PB-1", at, date(2023, 2, 10), someone, (Order("P000000000001", 1, someone),))
        >>> told = [pain002.read(one) for one in answers(bulk=bulk, temper=Temper(1, 0, 0, 0, reorder=False))]
        >>> [line.status for one in told for line in one.lines]
        ['ACSP', 'ACSC']
    """
    chance = Random(f"{temper.seed}/{temper.round}/{bulk.message_id}")
    arriving: list[bytes] = []
    for message in _told(bulk, temper):
        if chance.randrange(PERCENT) < temper.drop:
            continue
        content = pain002.write(message)
        arriving.append(content)
        if chance.randrange(PERCENT) < temper.repeat:
            arriving.append(content)
    if temper.reorder:
        chance.shuffle(arriving)
    return arriving


def _told(bulk: Bulk, temper: Temper) -> list[StatusReport]:
    groups = [bulk.orders[place : place + LINES_MAX] for place in range(0, len(bulk.orders), LINES_MAX)]
    said = [[_line(order, "ACSP", temper) for order in group] for group in groups]
    said += [[_line(order, "", temper) for order in group] for group in groups]
    return [
        StatusReport(
            message_id=f"SIM{temper.seed}-{bulk.message_id[-14:]}-{place}",
            made_at=bulk.made_at + timedelta(minutes=place),
            batch=bulk.message_id,
            lines=tuple(lines),
            count=len(bulk.orders),
            total_fen=bulk.total_fen,
        )
        for place, lines in enumerate(said, 1)
    ]


def _line(order: Order, status: str, temper: Temper) -> Line:
    fate = Random(f"{temper.seed}/{order.end_to_end}")
    rejected = fate.randrange(PERCENT) < temper.bounce
    reason = fate.choice(REASONS)
    told = status or ("RJCT" if rejected else "ACSC")
    return Line(
        end_to_end=order.end_to_end,
        status=told,
        reason=reason if told == "RJCT" else "",
        amount_fen=order.amount_fen,
        reference=f"SIM{order.end_to_end}" if told == "ACSC" else "",
    )
