"""Tariffs and account credits a line needs: from the record where it says, else from the dated values of the pack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from yibao.policy import NoRuleInForce, Region, Trace, UnknownValue
from yibao.policy.casefile import MonthAmount
from yibao.policy.types import Value
from yibao.services.refund.rules.lines import Line, first_day, month_of


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value no document gives: which one, and for which day."""

    code: str
    name: str
    on: date


@dataclass(slots=True)
class Grounds:
    """What the numbers of a line rest on besides its rows.

    Attributes:
        traces: decisions of the contribution tables that were read.
        unknown: the first value that was needed and is not known.
    """

    traces: list[Trace] = field(default_factory=list)
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """Yearly tariffs of an individual payer (fen); None where no document gives them."""

    normal: int | None
    concession: int | None


def _decided(*, region: Region, table: str, on: date, facts: Mapping[str, Value], grounds: Grounds) -> Trace | None:
    try:
        trace = region.table("contribution", table, on=on).trace(facts)
    except UnknownValue as error:
        if grounds.unknown is None:
            grounds.unknown = Unknown("value_unknown", error.name, on)
        return None
    except NoRuleInForce:
        if grounds.unknown is None:
            grounds.unknown = Unknown("value_unknown", table, on)
        return None
    grounds.traces.append(trace)
    return trace


def _fen(trace: Trace | None, name: str) -> int | None:
    value = None if trace is None else trace.amounts[name]
    return value if isinstance(value, int) else None


def tariff(*, line: Line, grounds: Grounds) -> Tariff:
    """Return the tariffs of the year the payment belongs to.

    Args:
        line: A payment of an individual payer.
        grounds: Gets the rows and values read, or what is unknown.

    Returns:
        The normal and the concession tariff per year: of the year of payment for a lump sum, else of the year paid for.

    Source:
        Tables and values of the pack's contribution file.
    """
    lump = line.payment.kind == "lump_sum"
    day = line.payment.paid_on if lump and line.payment.paid_on is not None else line.payment.first_day
    on = date(day.year, 1, 1)
    facts: dict[str, Value] = {"tariff_on": on, "tier": line.enrolment.tier or 0, "lump_sum": lump}
    trace = _decided(region=line.history.region, table="tariff", on=on, facts=facts, grounds=grounds)
    normal, concession = (_fen(trace, name) for name in ("normal", "concession"))
    if (normal is None or concession is None) and grounds.unknown is None:
        grounds.unknown = Unknown("value_unknown", "tariff", on)
    return Tariff(normal, concession)


def _from_runs(*, runs: list[MonthAmount], month: int) -> int:
    for run in runs:
        if (run.start is None or run.start <= month) and (run.end is None or month <= run.end):
            return run.amount
    return 0


def _age(*, born: date, on: date) -> int:
    before_birthday = (on.month, on.day) < (born.month, born.day)
    return on.year - born.year - (1 if before_birthday else 0)


def _computed_credit(*, line: Line, month: int, grounds: Grounds) -> int | None:
    person, on = line.case.person, first_day(month)
    if person.born is None:
        grounds.unknown = grounds.unknown or Unknown("credit_unknown", "born", on)
        return None
    retired = person.retired_on is not None and person.retired_on <= on
    facts: dict[str, Value] = {"credit_month": on, "age": _age(born=person.born, on=on), "retired": retired}
    trace = _decided(region=line.history.region, table="credit", on=on, facts=facts, grounds=grounds)
    if trace is None:
        grounds.unknown = Unknown("credit_unknown", "account_credit_monthly", on)
        return None
    return _fen(trace, "credit")


def has_account(line: Line) -> bool:
    """Return whether the relation carries a personal account: not for residents and not for individuals of tier 1."""
    own = line.enrolment
    if own.scheme == "resident":
        return False
    return not (own.relation == "individual" and own.tier == 1)


def credit(*, line: Line, month: int, grounds: Grounds) -> int | None:
    """Return what one month credited to the personal account.

    Args:
        line: The payment.
        month: Month index.
        grounds: Gets the rows and values read, or what is unknown.

    Returns:
        Fen, 0 where there is no account; None where no record and no document tells.

    Source:
        The record of the payment; else the credit table of the pack, where it is in force.
    """
    runs = line.payment.account_credit_monthly
    if runs is not None:
        return _from_runs(runs=runs, month=month)
    if not has_account(line):
        return 0
    if line.enrolment.relation != "individual" or line.enrolment.tier is None:
        grounds.unknown = grounds.unknown or Unknown("credit_unknown", "account_credit_monthly", first_day(month))
        return None
    return _computed_credit(line=line, month=month, grounds=grounds)


def credits(*, line: Line, months: frozenset[int], grounds: Grounds) -> int | None:
    """Return what some months credited to the personal account in all (fen), or None where it is unknown."""
    total = 0
    for month in sorted(months):
        amount = credit(line=line, month=month, grounds=grounds)
        if amount is None:
            return None
        total += amount
    return total


def retiree_credits(*, line: Line, months: frozenset[int], grounds: Grounds) -> int | None:
    """Return what a retiree is due for some months (fen), or None where it is unknown."""
    runs = line.payment.retiree_credit_monthly
    if runs is None:
        grounds.unknown = grounds.unknown or Unknown("credit_unknown", "retiree_credit_monthly", line.payment.first_day)
        return None
    return sum(_from_runs(runs=runs, month=month) for month in months)


def credit_of_death_month(*, line: Line, grounds: Grounds) -> int | None:
    """Return the account credit of the month of death (fen), or None where it is unknown."""
    died = line.case.person.died
    if died is None:
        return None
    return credit(line=line, month=month_of(died), grounds=grounds)
