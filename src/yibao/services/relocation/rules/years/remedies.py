"""What can be done about a shortfall, and what it costs where a source gives the price."""

from collections.abc import Iterator
from datetime import date

from yibao.kernel.money import Money, Rounding, Unit
from yibao.kernel.months import MONTHS_PER_YEAR
from yibao.policy import NoRuleInForce, Region, UnknownValue
from yibao.services.relocation.rules.years.choosing import Choice
from yibao.services.relocation.rules.years.counting import DOMAIN
from yibao.services.relocation.rules.years.decision import Remedy
from yibao.services.relocation.rules.years.judging import Facts, Judgement

_INDIVIDUAL = "individual_tariff"
_ONE_SUM, _YEARLY, _OTHER_SCHEME = "one_sum", "yearly", "resident_scheme"
_TREATY, _TOP_UP = "treaty", "top_up"


def remedies(*, choice: Choice, on: date) -> tuple[Remedy, ...]:
    """Return the ways to fill a shortfall.

    Those of the place asked come first, then those of the place paid in longest where the order of a province names it,
    then that of an agreement.

    Args:
        choice: What the places say; something is short.
        on: The day of handling.

    Source:
        Table `ways` of the region's pack; tariffs of its domain `contribution`.
    """
    found = list(_of_place(choice.asked, on))
    longest = choice.longest_elsewhere
    if longest is not None:
        found += _of_place(longest, on)
    treaty = choice.treaty
    if treaty is not None and treaty.lacking:
        found += [Remedy(_TREATY, treaty.lacking, None, place, treaty.name) for place in treaty.longest]
        if treaty.topped_up:
            found.append(Remedy(_TOP_UP, treaty.topped_up, None, choice.asked.place, treaty.name))
    return tuple(found)


def _of_place(judged: Judgement, on: date) -> Iterator[Remedy]:
    """Yield the ways to fill what is short in one place, by that place's own table."""
    months = judged.shortfall
    if not months:
        return
    last = max(
        (each.stretch for each in judged.sums.shares if each.stretch.place == judged.place),
        key=lambda each: (max(each.months, default=0), each.enrolment),
        default=None,
    )
    facts = Facts({"applied_on": on, "last_relation": last.relation if last is not None else "unit"})
    table = judged.region.table(DOMAIN, "ways", on=on)
    hit = table.decide(facts)
    tier = last.tier if last is not None else None
    priced = hit.members["price"] == _INDIVIDUAL
    for way in _listed(hit.members["ways"]):
        cost = _tariff(judged.region, way, tier, months, on) if priced else None
        yield Remedy(way, None if way == _OTHER_SCHEME else months, cost, judged.place, hit.row)


def _listed(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()


def _tariff(region: Region, way: str, tier: int | None, months: int, on: date) -> int | None:
    """Return the price by the published tariff of individual payers, in fen; None where none is published.

    Months that are no whole year are taken at a twelfth of the year each, rounded once.
    """
    if way not in (_ONE_SUM, _YEARLY) or tier is None:
        return None
    facts = Facts({"tariff_on": on, "tier": tier, "lump_sum": way == _ONE_SUM})
    try:
        year = region.table("contribution", "tariff", on=on).decide(facts).amounts["normal"]
    except (NoRuleInForce, UnknownValue):
        return None
    if not isinstance(year, int):
        return None
    return Money(year * months).share(1, MONTHS_PER_YEAR).round(Unit.FEN, Rounding.HALF_UP).fen
