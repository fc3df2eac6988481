"""The same seed gives the same city, and everything in it is valid and synthetic."""

from datetime import date

import pytest

from yibao.batch.demo.city import PERSONS_LEAST, make_city
from yibao.batch.demo.names import REGION
from yibao.batch.demo.planted import KINDS
from yibao.batch.demo.tariffs import Tariffs
from yibao.kernel.identifiers import check_credit_code, check_resident_id
from yibao.kernel.money import Money
from yibao.services.refund import rulebook

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def tariffs():
    return Tariffs(rulebook.region(REGION))


def city(tariffs, *, seed=5, persons=200, on=DAY):
    return make_city(seed=seed, persons=persons, on=on, tariffs=tariffs)


def test_the_same_seed_gives_the_same_city(tariffs):
    assert city(tariffs).digest() == city(tariffs).digest()


@pytest.mark.parametrize(
    "other", [{"seed": 6}, {"persons": 201}, {"on": date(2026, 3, 3)}], ids=["seed", "size", "day"]
)
def test_another_seed_size_or_day_gives_another_city(tariffs, other):
    assert city(tariffs).digest() != city(tariffs, **other).digest()


def test_identity_and_credit_codes_are_valid_and_nobody_is_there_twice(tariffs):
    made = city(tariffs, persons=600)

    numbers = [check_resident_id(citizen.id_number) for citizen in made.citizens]
    assert len(set(numbers)) == 600
    assert all(citizen.id_number[6:14] == f"{citizen.born:%Y%m%d}" for citizen in made.citizens)
    assert all(check_credit_code(firm.credit_code) for firm in made.employers)


def test_parts_add_up_to_what_was_paid(tariffs):
    for citizen in city(tariffs).citizens:
        for relation in citizen.enrolments:
            for pay in relation.pays:
                if pay.amount is not None:
                    assert sum(part.amount.fen for part in pay.parts) == pay.amount.fen


def test_months_paid_lie_within_the_relation(tariffs):
    for citizen in city(tariffs, persons=400).citizens:
        for relation in citizen.enrolments:
            for pay in relation.pays:
                assert relation.start <= pay.start.first_day or pay.kind == "back"
                assert relation.end is None or pay.end.plus(-1).last_day <= relation.end or pay.kind == "back"


def test_the_first_citizen_is_the_published_example(tariffs):
    first = city(tariffs).citizens[0]
    own, fund = first.enrolments

    assert (first.born, first.sex, own.tier) == (date(1976, 3, 1), "M", 2)
    assert (own.pays[0].amount, own.pays[0].paid_on, own.pays[0].credit) == (
        Money(587400),
        date(2022, 1, 5),
        Money(16465),
    )
    assert (fund.joined_as, fund.pays[0].payer, fund.pays[0].amount) == ("unemployed", "unemployment_fund", None)


def test_one_person_of_every_kind_comes_first(tariffs):
    planted = [citizen.plant for citizen in city(tariffs).citizens[: len(KINDS)]]
    assert all(planted)
    assert len({plant.row for plant in planted}) == len(KINDS)


def test_a_city_too_small_for_every_kind_is_refused(tariffs):
    with pytest.raises(ValueError, match=str(PERSONS_LEAST)):
        city(tariffs, persons=PERSONS_LEAST - 1)
