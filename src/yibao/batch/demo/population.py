"""Ordinary persons of the demo city: who they are, how they are insured, what they paid."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from yibao.batch.demo import records as r
from yibao.batch.demo.names import COUNTIES, REGION, employer_name, person_name
from yibao.batch.demo.tariffs import Tariffs
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.money import Money
from yibao.kernel.months import Month

YEARS_KEPT = 3
PERSONS_PER_EMPLOYER = 40
_CREDIT_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# Shares of a hundred persons; what is left are children and the old in resident insurance.
_SHAPES = (("unit", 42), ("individual_1", 6), ("individual_2", 8), ("student", 9), ("retired", 4), ("resident", 31))


@dataclass(frozen=True, slots=True)
class Setting:
    """What every maker of persons needs: the day of the city, the published amounts, the employers."""

    on: date
    tariffs: Tariffs
    employers: tuple[r.Employer, ...]

    @property
    def years(self) -> range:
        """Return the calendar years for which ordinary payments are made."""
        return range(self.on.year - YEARS_KEPT + 1, self.on.year + 1)


def make_employers(*, seed: int, count: int) -> tuple[r.Employer, ...]:
    """Return employers with valid credit codes, all different.

    Example:
        >>> [firm.credit_code[:2] for firm in make_employers(seed=1, count=2)]
        ['91', '91']
    """
    made = []
    for number in range(count):
        rng = Random(f"employer:{seed}:{number}")
        region = rng.choice(COUNTIES)[0]
        body = f"91{region}MA{number:07d}"
        made.append(r.Employer(_with_check_digit(body), employer_name(rng, number=number + 1), region))
    return tuple(made)


def _with_check_digit(body: str) -> str:
    total = sum(_CREDIT_CODE_LETTERS.index(c) * w for c, w in zip(body, _CREDIT_CODE_WEIGHTS, strict=True))
    return body + _CREDIT_CODE_LETTERS[-total % len(_CREDIT_CODE_LETTERS)]


def make_citizen(
    rng: Random, *, index: int, taken: set[str], sex: str | None = None, born: date, county: str
) -> r.Citizen:
    """Return a person without insurance; the identity number is valid, synthetic and not yet taken.

    Args:
        rng: Where chance comes from.
        index: Position in the city.
        taken: Identity numbers already given; the new one is added.
        sex: M or F; None leaves it to chance.
        born: Birthday.
        county: Six digits, place of the first registration and of the insurance.
    """
    sex = sex or rng.choice("MF")
    serial = rng.randrange(500) * 2 + (sex == "M")
    number = make_resident_id(area=county, born=born, serial=serial)
    while number in taken:
        serial = (serial + 2) % 1000
        number = make_resident_id(area=county, born=born, serial=serial)
    taken.add(number)
    phone = f"199{index:08d}"
    return r.Citizen(index, number, person_name(rng, sex=sex), sex, born, county, phone)


def make_ordinary(rng: Random, *, index: int, taken: set[str], setting: Setting) -> r.Citizen:
    """Return one person of the population, insured and paid up in one of the usual ways."""
    shape = _shape(rng)
    age = {"student": rng.randrange(6, 23), "retired": rng.randrange(60, 85)}.get(shape)
    if age is None:
        age = rng.randrange(22, 59) if shape != "resident" else rng.choice((0, 3, 30, 45, 62, 70, 81))
    born = setting.on - timedelta(days=365 * age + rng.randrange(1, 365))
    citizen = make_citizen(rng, index=index, taken=taken, born=born, county=rng.choice(COUNTIES)[0])
    if shape in ("unit", "retired"):
        citizen.enrolments.append(_unit_relation(rng, citizen, setting, retired=shape == "retired"))
    elif shape.startswith("individual"):
        citizen.enrolments.append(individual_relation(citizen, setting, tier=int(shape[-1]), years=setting.years))
    else:
        joined_as = "student" if shape == "student" else "resident"
        citizen.enrolments.append(resident_relation(citizen, setting, joined_as=joined_as, years=setting.years))
    if rng.randrange(100) < 20:
        _add_visit(rng, citizen, setting)
    return citizen


def _shape(rng: Random) -> str:
    drawn = rng.randrange(100)
    for shape, share in _SHAPES:
        drawn -= share
        if drawn < 0:
            return shape
    raise AssertionError("the shares add up to a hundred")


def _unit_relation(rng: Random, citizen: r.Citizen, setting: Setting, *, retired: bool) -> r.Enrolment:
    start = date(setting.years[0] - rng.randrange(1, 9), rng.randrange(1, 13), 1)
    relation = r.Enrolment("employee", "unit", REGION, start, employer=rng.choice(setting.employers))
    if retired:
        citizen.retired_on = date(citizen.born.year + 60, citizen.born.month, 1)
        relation.end = citizen.retired_on - timedelta(days=1)
        relation.start = date(relation.end.year - 30, 1, 1)
        return relation
    salary = rng.randrange(45, 180) * 100
    for year in setting.years:
        last = Month(year, 12) if year < setting.on.year else Month.of(setting.on).plus(-1)
        if last.year == year:
            relation.pays.append(setting.tariffs.unit(start=Month(year, 1), last=last, salary_yuan=salary))
    return relation


def individual_relation(citizen: r.Citizen, setting: Setting, *, tier: int, years: range) -> r.Enrolment:
    """Return an employee relation of a person who pays by the year, for the years with a published tariff."""
    priced = [year for year in years if setting.tariffs.prices_annual(year=year)]
    relation = r.Enrolment("employee", "individual", REGION, date(priced[0], 1, 1), tier=tier)
    for year in priced:
        relation.pays.append(setting.tariffs.annual(year=year, tier=tier, born=citizen.born))
    return relation


def resident_relation(citizen: r.Citizen, setting: Setting, *, joined_as: str, years: range) -> r.Enrolment:
    """Return a resident relation, paid in the autumn before each year."""
    priced = [year for year in years if setting.tariffs.prices_resident(year=year)]
    relation = r.Enrolment("resident", joined_as, REGION, date(priced[0], 1, 1), tier=1)
    for year in priced:
        day = date(year - 1, 10, 8 + citizen.index % 20)
        relation.pays.append(setting.tariffs.resident(year=year, paid_on=day))
    return relation


def _add_visit(rng: Random, citizen: r.Citizen, setting: Setting) -> None:
    day = setting.on - timedelta(days=rng.randrange(30, 700))
    kind = "inpatient" if rng.randrange(100) < 15 else "outpatient"
    amount = rng.randrange(20_00, 9_000_00 if kind == "inpatient" else 400_00)
    citizen.benefits.append(r.Benefit(0, day, kind, Money(amount)))
