"""Which fund gives up which part of a refund, and who receives how much. Pure arithmetic on whole fen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yibao.kernel.money import Money, Rounding, Unit


@dataclass(frozen=True, slots=True)
class FundedLine:
    """One line of a decision with what the record says of its payment.

    Attributes:
        refund: What is given back.
        offset: What the person keeps in the personal account and is therefore not given back.
        months: Months given back.
        months_covered: Months the payment covers, at least 1.
        large_claim: What of the payment went to the large-claim fund.
        credited: What the personal account was credited for these months.
    """

    refund: Money
    offset: Money
    months: int
    months_covered: int
    large_claim: Money
    credited: Money


def fund_shares(*, line: FundedLine, account_balance: Money) -> dict[str, int]:
    """Return the fen each fund gives up; they add up to the refund.

    Credits that are not offset come back out of the personal account, as far as it holds them; the large-claim
    fund gives up its months; the pool gives the rest.

    Args:
        line: The line and its payment.
        account_balance: What the personal account holds now; it is never taken below zero.

    Example:
        >>> line = FundedLine(Money(194910), Money(98790), 6, 12, Money(53400), Money(98790))
        >>> fund_shares(line=line, account_balance=Money(197580))
        {'pool': 168210, 'account': 0, 'large_claim': 26700}
    """
    refund = line.refund.fen
    account = max(0, min(line.credited.fen - line.offset.fen, account_balance.fen, refund))
    whole_large = line.large_claim.share(line.months, line.months_covered).round(Unit.FEN, Rounding.HALF_UP).fen
    large = min(whole_large, refund - account)
    return {"pool": refund - account - large, "account": account, "large_claim": large}


def by_receiver(parts: Iterable[Mapping[str, str]]) -> dict[str, Money]:
    """Return what each receiver gets over all lines, in the order of the decision; zeros are left out.

    Example:
        >>> by_receiver([{"receiver": "person", "amount": "1.00"}, {"receiver": "person", "amount": "0.50"}])
        {'person': Money(fen=150)}
    """
    total: dict[str, Money] = {}
    for part in parts:
        amount = Money.parse(part["amount"])
        if amount.fen:
            total[part["receiver"]] = total.get(part["receiver"], Money(0)) + amount
    return total
