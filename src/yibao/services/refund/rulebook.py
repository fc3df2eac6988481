"""The decision upon a case file, by the packs in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yibao import services
from yibao.policy import Region, casefile
from yibao.services.refund import rules, workflow
from yibao.services.refund.rules.lines import History
from yibao.services.refund.rules.results import decide_line


def region(code: str) -> Region:
    """Return the pooling area whose rules hold at a place.

    Raises:
        UnknownRegion: No rules are known there; `known` lists the places there are.
    """
    return services.packs().region_for(code)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What a decision gives back of one payment.

    Attributes:
        months: Indexes of the months it counts.
        price: Whether only a price is corrected, so that the months stay covered.
    """

    months: tuple[int, ...]
    price: bool


def given_back(*, case_file: Mapping[str, Any], decision: rules.Decision) -> dict[str, GivenBack]:
    """Return what is given back of each payment, by payment; empty where nothing is refunded.

    Args:
        case_file: What the decision was made upon.
        decision: The decision.
    """
    given = decision.given
    if given is None:
        case = casefile.read(case_file)
        given = rules.given(decide_line(line) for line in History(case=case, region=region(case.region)).lines())
    return {payment: GivenBack(months, amount in workflow.PRICE_AMOUNTS) for payment, months, amount in given}


def decide(case_file: Mapping[str, Any]) -> rules.Decision:
    """Return the decision upon a case file, by the rules in force on its day.

    Raises:
        InputInvalid: The case file is wrong; the problems name every place.
        UnknownRegion: No rules are known at the place.
    """
    case = casefile.read(case_file)
    return rules.decide(case=case, region=region(case.region))
