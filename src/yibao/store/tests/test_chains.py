"""Where many cases stand: what was computed before is not computed again, and the chain is still looked at."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import F

from yibao.store import cases, chains
from yibao.store.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch) -> None:
    monkeypatch.setattr(chains, "_remembered", {})


@pytest.fixture
def never_computed(monkeypatch) -> None:
    def fails(_):
        raise AssertionError("computed again")

    monkeypatch.setattr(chains, "standing_of", fails)


def test_a_case_that_is_remembered_is_not_computed_again(desk, make_person, request) -> None:
    case = desk.accepted(make_person())
    standing = cases.standing(case)
    chains.remember(chain_hash=case.chain_hash, standing=standing)
    request.getfixturevalue("never_computed")
    assert chains.standings([case]) == {case.pk: standing}


def test_one_that_is_not_remembered_is_read_beside_one_that_is(desk, make_person) -> None:
    known, other = (desk.accepted(make_person(), number=number) for number in ("C1", "C2"))
    chains.remember(chain_hash=known.chain_hash, standing=cases.standing(known))
    assert chains.standings([known, other]) == cases.standings([known, other])


def test_a_chain_that_went_on_elsewhere_is_read(desk, make_person, staff) -> None:
    case = desk.accepted(make_person())
    chains.remember(chain_hash=case.chain_hash, standing=cases.standing(case))
    at = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
    now = cases.act(number=case.number, kind="take", by=staff("reviewer", "reviewer"), at=at, on=date(2023, 2, 10))
    assert chains.standings([now])[now.pk].holder


def test_a_remembered_chain_whose_end_is_gone_is_noticed(desk, make_person) -> None:
    case = desk.accepted(make_person())
    chains.remember(chain_hash=case.chain_hash, standing=cases.standing(case))
    Case.objects.filter(pk=case.pk).update(action_count=F("action_count") + 1)
    with pytest.raises(chains.ChainBroken):
        chains.standings([case])


def test_nobody_asked_for_stands_nowhere() -> None:
    assert chains.standings([]) == {}


def test_only_so_many_are_remembered_and_the_oldest_is_forgotten_first(desk, make_person, monkeypatch) -> None:
    monkeypatch.setattr(chains, "_REMEMBERED_MAX", 2)
    standing = cases.standing(desk.accepted(make_person()))
    for name in ("first", "second", "third"):
        chains.remember(chain_hash=name, standing=standing)
    assert list(chains._remembered) == ["second", "third"]
