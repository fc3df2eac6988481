"""Who gains and who loses where other rules hold: every person of the city is decided under both."""

from datetime import date

import pytest
from click.testing import CliRunner
from django.db import transaction

from yibao.batch import compare
from yibao.batch.demo import setup
from yibao.batch.demo.load import person_key
from yibao.cli import main
from yibao.services.refund import rulebook
from yibao.store.models import Case, Person

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The smallest city, with its cases under way; made once, undone after the last test of this file."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.YIBAO_DOCUMENTS_DIR", tmp_path_factory.mktemp("documents"))
        yield setup.make(persons=90, seed=7, on=DAY, quiet=True)
        transaction.set_rollback(True)


@pytest.fixture
def town(made, db):
    """The city, with whatever the test changes undone."""
    return made


def side(code, on=DAY):
    return compare.Side(rulebook.region(code), on)


def test_the_planted_persons_come_first_and_nobody_twice(town):
    planted = {person_key(town, citizen) for citizen in town.citizens if citizen.plant}
    with_a_case = set(Case.objects.values_list("person_id", flat=True))
    everybody = compare.people(1000)

    assert len(everybody) == len(set(everybody)) == Person.objects.count()
    assert planted <= set(everybody[: len(planted | with_a_case) + 5])
    assert compare.people(3) == everybody[:3]


def test_the_same_rules_change_nothing(town):
    told = compare.effect(old=side("500000"), new=side("500000"), persons=compare.people(40))

    assert (told.persons, told.same, told.moves) == (40, 40, {})
    assert told.totals[0] == told.totals[1] > 0


def test_gains_less_losses_are_the_difference_of_the_sums(town):
    told = compare.effect(old=side("500000"), new=side("000000"), persons=compare.people(90))

    assert told.gain.persons + told.lose.persons + told.same + told.open.persons == told.persons == 90
    assert told.lose.persons > 0
    assert told.gain.fen - told.lose.fen + told.open.fen == told.totals[1] - told.totals[0]
    assert sum(group.fen for group in told.moves.values()) == told.totals[1] - told.totals[0]


def test_what_is_left_to_a_person_is_neither_gain_nor_loss(town):
    first = person_key(town, town.citizens[0])
    told = compare.effect(old=side("500000"), new=side("000000"), persons=[first])

    assert (told.open.persons, told.open.fen, told.lose.persons) == (1, -194910, 0)
    ((old, new),) = told.moves
    assert "R3" in old
    assert new.startswith("manual")


def test_the_command_tells_sentences_and_sums(town):
    arguments = ["packs", "diff", "500000", "000000", "--on", DAY.isoformat(), "--effect", "--persons", "40"]
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 0, result.output
    assert "没有 R3 领取失业保险金期间重复缴费" in result.output
    assert "40 人按两边的规则各算一次" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("500000",),
        ("500000", "990000"),
        ("500000", "000000", "--on", "2023-13-01"),
        ("500000", "000000", "--on", "2023-01-01", "2023-01-02", "2023-01-03"),
        ("500000", "000000", "--domain", "rain"),
    ],
)
def test_what_is_not_known_is_wrong_input(arguments):
    result = CliRunner().invoke(main, ["packs", "diff", *arguments])
    assert result.exit_code == 2
    assert result.output


def test_two_days_of_one_region(db):
    result = CliRunner().invoke(main, ["packs", "diff", "500000", "500000", "--on", "2020-07-31", "2020-08-01"])

    assert result.exit_code == 0
    assert "新增 EMPRES" in result.output
    assert "没有 R2-OLD " in result.output
