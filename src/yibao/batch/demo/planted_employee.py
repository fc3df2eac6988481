"""Planted persons of employee insurance: at least one for every row a refund can rest on."""

from datetime import date
from random import Random
from typing import Any

from yibao.batch.demo import records as r
from yibao.batch.demo.names import COUNTIES, REGION
from yibao.batch.demo.population import Setting
from yibao.kernel.money import Money
from yibao.kernel.months import Month

PROVED = ("payment_proof", "id_document", "bank_card")


def _months(first: str, last: str) -> tuple[Month, Month]:
    return Month.parse(first), Month.parse(last).plus(1)


def _individual(
    citizen: r.Citizen, setting: Setting, *, year: int, tier: int, paid_on: date | None = None
) -> r.Enrolment:
    relation = r.Enrolment("employee", "individual", REGION, date(year, 1, 1), date(year, 12, 31), tier=tier)
    relation.pays.append(setting.tariffs.annual(year=year, tier=tier, born=citizen.born, paid_on=paid_on))
    citizen.enrolments.append(relation)
    return relation


def _at_employer(
    citizen: r.Citizen, setting: Setting, rng: Random, *, first: str, last: str, salary_yuan: int = 8000
) -> r.Enrolment:
    start, end = _months(first, last)
    relation = r.Enrolment(
        "employee", "unit", REGION, start.first_day, end.plus(-1).last_day, employer=rng.choice(setting.employers)
    )
    for year in range(start.year, end.plus(-1).year + 1):
        head, tail = max(start, Month(year, 1)), min(end.plus(-1), Month(year, 12))
        relation.pays.append(setting.tariffs.unit(start=head, last=tail, salary_yuan=salary_yuan))
    citizen.enrolments.append(relation)
    return relation


def _lump(
    citizen: r.Citizen, setting: Setting, *, paid_on: date, first: str, years: int, tier: int, **more: Any
) -> r.Enrolment:
    start = Month.parse(first)
    end = start.plus(12 * years)
    relation = r.Enrolment("employee", "individual", REGION, start.first_day, end.plus(-1).last_day, tier=tier)
    relation.pays.append(
        setting.tariffs.lump(paid_on=paid_on, start=start, years=years, tier=tier, born=citizen.born, **more)
    )
    citizen.enrolments.append(relation)
    return relation


def unemployment(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid the year 2022 as an individual while the unemployment fund paid January to June."""
    _individual(citizen, setting, year=2022, tier=2, paid_on=date(2022, 1, 5))
    start, end = _months("2022-01", "2022-06")
    fund = r.Enrolment("employee", "unemployed", REGION, start.first_day, end.plus(-1).last_day)
    fund.pays.append(r.Pay("monthly", start, end, None, "unemployment_fund", collector="agency"))
    citizen.enrolments.append(fund)
    return r.Plant(
        "R3",
        "领取失业保险金期间又按年缴了费",
        "paid for the year while drawing unemployment benefit",
        "unemployment_overlap",
        materials=(*PROVED, "unemployment_record"),
    )


def moved_to_unit(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid the year 2024, then an employer paid from July."""
    _individual(citizen, setting, year=2024, tier=1)
    _at_employer(citizen, setting, rng, first="2024-07", last="2024-12")
    return r.Plant(
        "T",
        "按年缴费后转为单位参保",
        "paid for the year, then joined an employer",
        "moved_to_unit",
        materials=(*PROVED, "employment_record"),
    )


def laid_off(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """An older laid-off worker who also paid alone, and has retired since."""
    _individual(citizen, setting, year=2022, tier=1)
    _at_employer(citizen, setting, rng, first="2022-03", last="2022-12")
    citizen.retired_on = date(2025, 5, 1)
    return r.Plant(
        "LAID",
        "大龄下岗人员重复缴费",
        "an older laid-off worker who paid twice",
        "laid_off",
        materials=(*PROVED, "employment_record"),
    )


def retired_overpaid(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Retired in June 2022 with the years fulfilled, and had paid for the whole year."""
    relation = _individual(citizen, setting, year=2022, tier=2)
    relation.pays[0] = setting.tariffs.with_retiree_credit(relation.pays[0], year=2022)
    citizen.retired_on = date(2022, 6, 15)
    citizen.events.append(
        r.Event("retirement_approved", date(2022, 6, 15), (("required_months", 360), ("paid_months", 372)))
    )
    return r.Plant(
        "R5",
        "退休后仍继续缴费",
        "kept paying after retirement",
        "retired_overpay",
        materials=(*PROVED, "retirement_approval"),
    )


def years_redetermined(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid three missing years at retirement; two were owed when the years were counted again."""
    _lump(citizen, setting, paid_on=date(2022, 3, 8), first="2022-04", years=3, tier=1, kind="back")
    citizen.retired_on = date(2022, 3, 1)
    citizen.events.append(r.Event("years_redetermined", date(2024, 5, 20), (("due_months", 24),)))
    return r.Plant(
        "R4b",
        "退休补缴后重新认定年限",
        "years counted again after a back payment",
        "years_redetermined",
        materials=(*PROVED, "redetermination"),
    )


def stop_failed(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Cover was to stop in March 2024; a system failure let it run on."""
    _at_employer(citizen, setting, rng, first="2024-01", last="2024-06")
    citizen.events.append(r.Event("stop_requested", date(2024, 3, 20)))
    citizen.events.append(r.Event("stop_failed", date(2024, 3, 20), (("cause", "system"),)))
    return r.Plant(
        "R4c",
        "停保未成功多缴费",
        "cover did not stop",
        "stop_failed",
        materials=(*PROVED, "incident_record", "stop_proof"),
    )


def mis_posted(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """A payment that was posted under a wrong name."""
    _individual(citizen, setting, year=2025, tier=1)
    citizen.events.append(r.Event("mis_posted", date(2025, 2, 11), (("what", "name"),)))
    return r.Plant(
        "INFO",
        "姓名录入错误造成误缴",
        "posted under a wrong name",
        "mis_posted",
        materials=(*PROVED, "incident_record"),
    )


def late_formalities(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Retired in September 2024, while the employer paid to December."""
    _at_employer(citizen, setting, rng, first="2024-01", last="2024-12")
    citizen.retired_on = date(2024, 9, 10)
    return r.Plant(
        "LATE",
        "退休手续办理滞后",
        "retirement handled late",
        "late_formalities",
        materials=(*PROVED, "retirement_approval"),
    )


def concession_lump(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid five years in one sum at the full tariff, later recognised as entitled to the concession."""
    _lump(citizen, setting, paid_on=date(2016, 5, 10), first="2016-01", years=5, tier=1, standard="prescribed")
    citizen.groups = ("shuangjie",)
    citizen.events.append(_recognised(date(2021, 4, 12), "2016-01-01", "2020-12-31"))
    return r.Plant(
        "R1a",
        "一次性趸缴后认定享受优惠",
        "a lump sum, then recognised for the concession",
        "concession",
        materials=(*PROVED, "concession_proof"),
    )


def concession_county(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """The same at a county's own standard: the agency determines the amount, four levels sign."""
    _lump(citizen, setting, paid_on=date(2016, 6, 2), first="2016-01", years=5, tier=1, standard="county")
    citizen.groups = ("shuangjie",)
    citizen.events.append(_recognised(date(2021, 4, 12), "2016-01-01", "2020-12-31"))
    return r.Plant(
        "R1b",
        "按区县标准趸缴后认定享受优惠",
        "a lump sum at a county standard, then the concession",
        "concession",
        materials=(*PROVED, "concession_proof"),
        determined=Money(7_300_00),
    )


def concession_annual(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid a year in full, recognised for the concession in it."""
    _individual(citizen, setting, year=2016, tier=2)
    citizen.groups = ("shuangjie",)
    citizen.events.append(_recognised(date(2021, 4, 12), "2016-01-01", "2016-12-31"))
    return r.Plant(
        "R2",
        "按年缴费后认定享受优惠",
        "a year paid in full, then the concession",
        "concession",
        materials=(*PROVED, "concession_proof"),
    )


def _recognised(on: date, start: str, end: str) -> r.Event:
    return r.Event("concession_recognised", on, (("from", start), ("to", end), ("group", "shuangjie")))


def two_units(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Two employers paid the same months: the accounts are merged, nothing is paid out."""
    _at_employer(citizen, setting, rng, first="2024-01", last="2024-12")
    _at_employer(citizen, setting, rng, first="2024-07", last="2025-06", salary_yuan=6000)
    return r.Plant("N1", "两家单位同时缴费", "two employers paid at once", "duplicate", materials=PROVED)


def two_counties(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid in two counties; the date of pooling is in no source, so a person decides."""
    for county in (COUNTIES[0][0], COUNTIES[-1][0]):
        _individual(citizen, setting, year=2016, tier=1).region = county
    return r.Plant("N6", "在两个区县重复缴费", "paid in two counties", "duplicate", materials=PROVED)


def base_resettlement(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Left the employer before the average wage was published and asks for a new settlement."""
    _at_employer(citizen, setting, rng, first="2024-01", last="2024-05")
    return r.Plant(
        "N3", "停保后要求按新基数结算", "asks for a new base after leaving", "base_resettlement", materials=PROVED
    )


def tier_wish(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Chose tier 2 and would rather have tier 1."""
    _individual(citizen, setting, year=2025, tier=2)
    return r.Plant("N4", "缴费后要求转档", "wants another tier after paying", "tier_change", materials=PROVED)


def enlisted(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Joined the army; no row of the region speaks of it."""
    _individual(citizen, setting, year=2025, tier=1)
    citizen.events.append(r.Event("enlisted", date(2025, 9, 1)))
    return r.Plant(
        "MANUAL", "参军入伍后申请退费", "joined the army", "enlisted", materials=(*PROVED, "enlistment_proof")
    )
