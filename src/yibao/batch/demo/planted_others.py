"""Planted persons who died, and those of resident insurance."""

from datetime import date, timedelta
from random import Random

from yibao.batch.demo import records as r
from yibao.batch.demo.names import REGION
from yibao.batch.demo.planted_employee import PROVED, _at_employer, _individual, _lump
from yibao.batch.demo.population import Setting

_DEATH = (*PROVED, "death_certificate", "heir_relation_proof")


def _resident(
    citizen: r.Citizen, setting: Setting, *, year: int, paid_on: date | None = None, joined_as: str = "resident"
) -> r.Enrolment:
    relation = r.Enrolment("resident", joined_as, REGION, date(year, 1, 1), date(year, 12, 31), tier=1)
    day = paid_on or date(year - 1, 10, 20)
    relation.pays.append(setting.tariffs.resident(year=year, paid_on=day))
    citizen.enrolments.append(relation)
    return relation


def _died(row: str, label: str, en: str) -> r.Plant:
    return r.Plant(row, label, en, "death", materials=_DEATH, applicant="heir", channel="window")


def resident_died(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid for 2026 and died before it began."""
    _resident(citizen, setting, year=2026)
    citizen.died = date(2025, 12, 10)
    return _died("R4a", "居民在待遇享受期前去世", "a resident died before the benefit period")


def lump_died_in_january(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid a lump sum for cover from January and died within that month."""
    _lump(citizen, setting, paid_on=date(2022, 11, 15), first="2023-01", years=5, tier=2)
    citizen.died = date(2023, 1, 20)
    return _died("D31L", "趸缴次年1月31日前去世", "died by 31 January after a lump sum")


def annual_died_in_january(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid the year 2025 and died on 18 January."""
    _individual(citizen, setting, year=2025, tier=1, paid_on=date(2025, 1, 3))
    citizen.died = date(2025, 1, 18)
    return _died("D31A", "按年缴费后1月31日前去世", "died by 31 January of the year paid")


def lump_died_later(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Died within the term of a lump sum of tier 2: the account credits that remain come back."""
    _lump(citizen, setting, paid_on=date(2022, 1, 6), first="2022-01", years=5, tier=2)
    citizen.died = date(2022, 8, 3)
    return _died("DLUMP", "趸缴期内去世（二档）", "died within the term of a lump sum")


def annual_died_later(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Died in August of a year paid in tier 2."""
    _individual(citizen, setting, year=2022, tier=2)
    citizen.died = date(2022, 8, 3)
    return _died("DANN", "按年缴费年度内去世（二档）", "died within a year paid in tier 2")


def first_tier_died(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Died in June of a year paid in tier 1: nothing comes back."""
    _individual(citizen, setting, year=2024, tier=1)
    citizen.died = date(2024, 6, 9)
    return _died("N5", "一档参保生效期间去世", "died while cover of tier 1 ran")


def student_twice(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """A student enrolled at school and at home."""
    _resident(citizen, setting, year=2025)
    _resident(citizen, setting, year=2025, joined_as="student", paid_on=date(2024, 9, 12))
    return r.Plant("STU", "大学生与居民重复缴费", "paid as student and as resident", "duplicate", materials=PROVED)


def employee_and_resident(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Had employee cover already when the resident fee was paid."""
    _resident(citizen, setting, year=2025, paid_on=date(2024, 11, 10))
    _at_employer(citizen, setting, rng, first="2023-01", last="2025-12")
    return r.Plant(
        "EMPRES", "已有职工医保又缴居民医保", "employee cover already in force", "duplicate", materials=PROVED
    )


def elsewhere_before(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid for next year, then joined another place; the period has not begun."""
    year = setting.on.year + 1
    _resident(citizen, setting, year=year, paid_on=setting.on - timedelta(days=20))
    other = _resident(citizen, setting, year=year, paid_on=setting.on - timedelta(days=9))
    other.region = "510100"
    return r.Plant(
        "NAT1",
        "待遇期前在外地参保",
        "joined elsewhere before the period",
        "elsewhere",
        materials=(*PROVED, "other_place_certificate"),
    )


def aid_elsewhere(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Aided and already paid for in another place."""
    _resident(citizen, setting, year=2025)
    other = _resident(citizen, setting, year=2025, paid_on=date(2025, 2, 20))
    other.region = "510100"
    citizen.events.append(_aided(setting, year=2025))
    return r.Plant(
        "NAT4",
        "资助参保对象在外地已参保",
        "aided and paid for elsewhere",
        "elsewhere",
        materials=(*PROVED, "other_place_certificate", "subsidy_proof"),
    )


def aided_later(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid the full fee, recognised for aid afterwards."""
    _resident(citizen, setting, year=2025)
    citizen.events.append(_aided(setting, year=2025))
    return r.Plant(
        "SUB",
        "缴费后认定为资助对象",
        "recognised for aid after paying",
        "subsidy",
        materials=(*PROVED, "subsidy_proof"),
    )


def _aided(setting: Setting, *, year: int) -> r.Event:
    fee = setting.tariffs.resident(year=year, paid_on=date(year - 1, 10, 20)).amount
    values = (("from", f"{year}-01-01"), ("to", f"{year}-12-31"), ("group", "extreme_poverty"), ("amount", str(fee)))
    return r.Event("subsidy_recognised", date(year, 2, 17), values)


def season_wish(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Wants another tier for next year while the season still runs."""
    _resident(citizen, setting, year=setting.on.year + 1, paid_on=setting.on - timedelta(days=12))
    return r.Plant("SEASON", "集中参保期内转档", "another tier within the season", "tier_change", materials=PROVED)


def after_september(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Paid for the running year after 30 September."""
    _resident(citizen, setting, year=2025, paid_on=date(2025, 10, 15))
    return r.Plant(
        "SEP30", "9月30日后误缴当年费用", "paid for the year after 30 September", "after_season", materials=PROVED
    )


def period_begun(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Enrolled in two places as a resident; the year had begun."""
    _resident(citizen, setting, year=2025)
    other = _resident(citizen, setting, year=2025, paid_on=date(2025, 2, 6))
    other.region = "510100"
    return r.Plant(
        "NAT2",
        "待遇期开始后才申请",
        "asked after the period began",
        "elsewhere",
        materials=(*PROVED, "other_place_certificate"),
    )


def employee_later(citizen: r.Citizen, setting: Setting, rng: Random) -> r.Plant:
    """Found work within a year already paid as a resident."""
    _resident(citizen, setting, year=2025)
    _at_employer(citizen, setting, rng, first="2025-03", last="2025-12")
    return r.Plant(
        "N2",
        "居民参保后又参加职工医保",
        "joined an employer within the resident year",
        "duplicate",
        pays=((1, 0),),
        materials=PROVED,
    )
