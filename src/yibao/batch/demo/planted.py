"""Which persons are planted, in which order, born when: the manifest of the demo city."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from yibao.batch.demo import planted_employee as employee
from yibao.batch.demo import planted_others as others
from yibao.batch.demo.names import COUNTIES
from yibao.batch.demo.population import Setting, make_citizen
from yibao.batch.demo.records import Citizen, Plant


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of planted person."""

    code: str
    make: Callable[[Citizen, Setting, Random], Plant]
    born: date
    sex: str


KINDS = (
    Kind("unemployment", employee.unemployment, date(1976, 3, 1), "M"),
    Kind("moved_to_unit", employee.moved_to_unit, date(1988, 7, 12), "F"),
    Kind("resident_died", others.resident_died, date(1951, 2, 3), "M"),
    Kind("concession_lump", employee.concession_lump, date(1966, 11, 9), "M"),
    Kind("concession_county", employee.concession_county, date(1967, 5, 23), "F"),
    Kind("concession_annual", employee.concession_annual, date(1969, 9, 30), "M"),
    Kind("stop_failed", employee.stop_failed, date(1990, 4, 18), "F"),
    Kind("years_redetermined", employee.years_redetermined, date(1962, 1, 27), "M"),
    Kind("retired_overpaid", employee.retired_overpaid, date(1962, 6, 14), "M"),
    Kind("laid_off", employee.laid_off, date(1970, 4, 6), "F"),
    Kind("mis_posted", employee.mis_posted, date(1984, 12, 2), "M"),
    Kind("late_formalities", employee.late_formalities, date(1964, 9, 1), "M"),
    Kind("lump_died_in_january", others.lump_died_in_january, date(1958, 3, 19), "M"),
    Kind("annual_died_in_january", others.annual_died_in_january, date(1963, 8, 8), "F"),
    Kind("lump_died_later", others.lump_died_later, date(1975, 10, 25), "M"),
    Kind("annual_died_later", others.annual_died_later, date(1974, 2, 16), "F"),
    Kind("first_tier_died", others.first_tier_died, date(1966, 6, 6), "M"),
    Kind("student_twice", others.student_twice, date(2005, 5, 5), "F"),
    Kind("employee_and_resident", others.employee_and_resident, date(1992, 1, 31), "M"),
    Kind("elsewhere_before", others.elsewhere_before, date(1979, 12, 12), "F"),
    Kind("aid_elsewhere", others.aid_elsewhere, date(1948, 7, 1), "M"),
    Kind("aided_later", others.aided_later, date(1955, 4, 4), "F"),
    Kind("season_wish", others.season_wish, date(1982, 8, 21), "M"),
    Kind("after_september", others.after_september, date(1971, 3, 3), "F"),
    Kind("two_units", employee.two_units, date(1986, 10, 10), "M"),
    Kind("two_counties", employee.two_counties, date(1968, 2, 29), "F"),
    Kind("base_resettlement", employee.base_resettlement, date(1991, 11, 11), "M"),
    Kind("tier_wish", employee.tier_wish, date(1987, 6, 20), "F"),
    Kind("period_begun", others.period_begun, date(1960, 9, 9), "M"),
    Kind("employee_later", others.employee_later, date(1999, 1, 8), "F"),
    Kind("enlisted", employee.enlisted, date(2003, 3, 27), "M"),
)
"""Every kind, the walk-through first. The first persons of a city are these, one each, in this order."""

CASE_KINDS = (
    *("unemployment", "moved_to_unit", "concession_county", "stop_failed", "employee_and_resident", "tier_wish"),
    *("unemployment", "after_september", "mis_posted", "concession_annual", "two_units", "aided_later"),
    *("unemployment", "concession_lump", "resident_died", "retired_overpaid", "moved_to_unit", "period_begun"),
    *("unemployment", "concession_county", "late_formalities", "years_redetermined", "enlisted", "student_twice"),
    *("unemployment", "employee_and_resident", "annual_died_in_january", "base_resettlement", "unemployment"),
    *("moved_to_unit", "after_september", "unemployment", "stop_failed", "concession_annual", "unemployment"),
    *("employee_and_resident", "aided_later", "unemployment", "mis_posted", "unemployment"),
)
"""The kinds of the next persons: one each for the cases that are under way when the city opens."""

EXTRA_PER_THOUSAND = 12
_BY_CODE = {kind.code: kind for kind in KINDS}
_EXTRA = tuple(
    kind for kind in KINDS if kind.code in {"unemployment", "moved_to_unit", "employee_and_resident", "two_units"}
)


def make_planted(rng: Random, *, index: int, kind: Kind, taken: set[str], setting: Setting) -> Citizen:
    """Return the person of one kind; the first of each kind lives in the first county."""
    county = COUNTIES[0][0] if index < len(KINDS) else rng.choice(COUNTIES)[0]
    citizen = make_citizen(rng, index=index, taken=taken, sex=kind.sex, born=kind.born, county=county)
    citizen.plant = kind.make(citizen, setting, rng)
    return citizen


def kind_at(index: int, rng: Random) -> Kind | None:
    """Return the kind planted at a position of the city, None for an ordinary person."""
    if index < len(KINDS):
        return KINDS[index]
    if index < len(KINDS) + len(CASE_KINDS):
        return _BY_CODE[CASE_KINDS[index - len(KINDS)]]
    return extra_kind(rng)


def extra_kind(rng: Random) -> Kind | None:
    """Return a kind for a further planted person now and then, None for an ordinary one."""
    return rng.choice(_EXTRA) if rng.randrange(1000) < EXTRA_PER_THOUSAND else None
