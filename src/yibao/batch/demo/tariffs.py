"""What people paid, from the published amounts of the region's pack: no amount is typed here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from yibao.batch.demo.records import Part, Pay
from yibao.kernel.money import Money, Rounding, Unit
from yibao.kernel.months import Month, MonthSpan
from yibao.policy import Region, UnknownValue

DOMAIN = "contribution"


class Tariffs:
    """The amounts of one region, each looked up once.

    Args:
        region: The pooling area, with its tables and parameters of the domain `contribution`.
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._known: Callable[[str, date], int | None] = cache(self._look_up)
        self._amounts: Callable[..., Mapping[str, Any]] = cache(self._decide)

    def _look_up(self, name: str, on: date) -> int | None:
        try:
            value: Any = self._region.parameter(name, on=on).value
        except UnknownValue:
            return None
        return int(value)

    def _decide(self, table: str, on: date, **facts: Any) -> Mapping[str, Any]:
        try:
            return self._region.table(DOMAIN, table, on=on).decide(facts).amounts
        except UnknownValue:
            return {}

    def _value(self, name: str, on: date) -> int:
        found = self._known(name, on)
        if found is None:
            raise LookupError(f"{name} is not published for {on}; plant this person in another year")
        return found

    def _yearly(self, *, day: date, tier: int, lump_sum: bool) -> Money:
        amount = self._amounts("tariff", day, tariff_on=day, tier=tier, lump_sum=lump_sum).get("normal")
        if amount is None:
            raise LookupError(f"no tariff is published for {day}; plant this person in another year")
        return Money(amount)

    def prices_annual(self, *, year: int) -> bool:
        """Return whether the annual fee of individuals is published for a year."""
        return self._known("individual_annual_base", date(year, 1, 1)) is not None

    def prices_resident(self, *, year: int) -> bool:
        """Return whether the resident fee is published for an insured year."""
        return self._known("resident_fee_tier_1", date(year, 1, 1)) is not None

    def annual(self, *, year: int, tier: int, born: date, paid_on: date | None = None) -> Pay:
        """Return the fee of a year paid by an individual, split by fund.

        Args:
            year: Calendar year.
            tier: 1 without, 2 with a personal account.
            born: Birthday; the credit depends on the age.
            paid_on: Day of payment; None = 6 January.
        """
        return self._single(
            "annual",
            tier=tier,
            day=date(year, 1, 1),
            base=Money(self._value("individual_annual_base", date(year, 1, 1))),
            start=Month(year, 1),
            years=1,
            born=born,
            paid_on=paid_on or date(year, 1, 6),
        )

    def lump(
        self,
        *,
        paid_on: date,
        start: Month,
        years: int,
        tier: int,
        born: date,
        standard: str | None = None,
        kind: str = "lump_sum",
    ) -> Pay:
        """Return a sum paid at once for whole years, at the tariff of the year of payment."""
        day = date(paid_on.year, 1, 1)
        base = Money(self._value("individual_lump_base", day))
        pay = self._single(kind, tier=tier, day=day, base=base, start=start, years=years, born=born, paid_on=paid_on)
        return replace(pay, years=years if kind == "lump_sum" else None, standard=standard)

    def _single(
        self, kind: str, *, tier: int, day: date, base: Money, start: Month, years: int, born: date, paid_on: date
    ) -> Pay:
        yearly = self._yearly(day=day, tier=tier, lump_sum=kind != "annual")
        large = self._amounts("large_claim", day, tariff_on=day, tier=tier, lump_sum=kind != "annual")["large_claim"]
        whole, to_large = Money(yearly.fen * years), Money(large * years)
        split = (("pool", whole - to_large), ("large_claim", to_large))
        return Pay(
            kind,
            start,
            start.plus(12 * years),
            whole,
            "person",
            paid_on=paid_on,
            parts=tuple(Part(fund, "person", amount) for fund, amount in split),
            credit=self._credit(day=day, age=day.year - born.year) if tier > 1 else None,
            base=base,
            rate=self._value(f"rate_tier_{tier}", day),
        )

    def _credit(self, *, day: date, age: int, retired: bool = False) -> Money | None:
        amount = self._amounts("credit", day, credit_month=day, age=age, retired=retired).get("credit")
        return None if amount is None else Money(amount)

    def with_retiree_credit(self, pay: Pay, *, year: int) -> Pay:
        """Return a payment with the monthly credit its payer would have had as a retired person."""
        return replace(pay, retiree_credit=self._credit(day=date(year, 1, 1), age=0, retired=True))

    def resident(self, *, year: int, paid_on: date) -> Pay:
        """Return the personal fee of resident insurance for an insured year.

        Where the fee of the year is not yet published, the payment is made at the last published one.
        """
        fee = self._known("resident_fee_tier_1", date(year, 1, 1))
        if fee is None:
            fee = self._value("resident_fee_tier_1", date(paid_on.year, 1, 1))
        start = Month(year, 1)
        amount = Money(fee)
        return Pay(
            "annual", start, start.plus(12), amount, "person", paid_on=paid_on, parts=(Part("pool", "person", amount),)
        )

    def unit(self, *, start: Month, last: Month, salary_yuan: int) -> Pay:
        """Return what an employer and a worker paid from `start` to `last`, inclusive, month by month."""
        months = len(MonthSpan(start, last.plus(1)))
        day = start.first_day
        base = Money(salary_yuan * 100)
        shares = {
            ("pool", "unit"): self._of(base, "unit_rate", day),
            ("pool", "person"): self._of(base, "person_rate", day),
            ("large_claim", "unit"): self._of(base, "unit_large_claim_rate", day),
            ("large_claim", "person"): Money(self._value("person_large_claim_monthly", day)),
        }
        parts = tuple(
            Part(fund, payer, Money(amount.fen * months)) for (fund, payer), amount in shares.items() if amount.fen
        )
        whole = Money(sum(part.amount.fen for part in parts))
        return Pay(
            "monthly",
            start,
            last.plus(1),
            whole,
            "unit",
            parts=parts,
            credit=shares["pool", "person"],
            base=base,
            rate=self._value("unit_rate", day) + self._value("person_rate", day),
        )

    def _of(self, base: Money, name: str, day: date) -> Money:
        return base.times(self._value(name, day)).round(Unit.FEN, Rounding.HALF_UP)
