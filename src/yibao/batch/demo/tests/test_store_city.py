"""The city in the store: whole, balanced, and each planted person decided as planted."""

from datetime import date

import pytest
from django.db import transaction
from django.db.models import Sum

from yibao.batch.demo import setup
from yibao.batch.demo.load import person_key
from yibao.batch.demo.planted import KINDS
from yibao.services.refund import rulebook
from yibao.store import situations, verify
from yibao.store.models import CitizenLogin, Contribution, Entry, Person, PersonalAccountBalance

DAY = date(2026, 3, 2)
# What each kind is decided when its person asks on the day of the city; the rest is refunded.
OUTCOMES = {
    "N5": "no_refund",
    "N4": "no_refund",
    "N3": "no_refund",
    "N2": "no_refund",
    "NAT2": "no_refund",
    "N1": "accounts_merged",
    "N6": "manual",
    "MANUAL": "manual",
}


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The smallest city, with its cases under way; made once, undone after the last test of this file."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.YIBAO_DOCUMENTS_DIR", tmp_path_factory.mktemp("documents"))
        yield setup.make(persons=120, seed=2026, on=DAY, quiet=True)
        transaction.set_rollback(True)


@pytest.fixture
def town(made, db):
    """The city, with whatever the test changes undone."""
    return made


def case_file(city, citizen):
    plant, person = citizen.plant, person_key(city, citizen)
    rows = list(Contribution.objects.filter(enrolment__person_id=person).order_by("pk"))
    relations = list(dict.fromkeys(row.enrolment_id for row in rows))
    chosen = [[row for row in rows if row.enrolment_id == relations[which]][place] for which, place in plant.pays]
    request = {"reason": plant.reason, "payments": [f"p{row.pk}" for row in chosen], "channel": plant.channel}
    if plant.determined:
        request["determined"] = {"amount": str(plant.determined), "worksheet": "w", "by": "1"}
    return situations.case_file(
        person_id=person,
        region="500000",
        on=city.on,
        request=request,
        applicant={"kind": plant.applicant},
        materials=list(plant.materials),
    )


def test_everybody_is_stored_as_synthetic_and_the_books_balance(town):
    assert Person.objects.filter(synthetic=True).exclude(logins__user__username__startswith="mover").count() == 120
    assert Entry.objects.aggregate(total=Sum("amount_fen"))["total"] == 0
    assert PersonalAccountBalance.objects.filter(balance_fen__gt=0).exists()
    assert verify.verify_ledger() == []
    assert verify.verify_audit() == []
    assert not setup.is_empty()


def test_each_planted_person_is_decided_by_the_row_planted_for(town):
    for citizen in town.citizens[: len(KINDS)]:
        row = citizen.plant.row
        decision = rulebook.decide(case_file(town, citizen))
        assert (row, decision.decision) == (row, OUTCOMES.get(row, "refund"))


def test_everybodys_record_is_a_case_file_that_can_be_decided(town):
    for citizen in town.citizens:
        plain = situations.case_file(person_id=person_key(town, citizen), region="500000", on=town.on, request={})
        assert rulebook.decide(plain).decision


def test_the_walk_through_gives_what_the_readme_says(town):
    decision = rulebook.decide(case_file(town, town.citizens[0])).json()

    assert (decision["decision"], decision["amount"], decision["receiver"]) == ("refund", "1949.10", "person")


def test_making_the_city_shows_how_to_enter(town):
    text = setup.welcome()
    assert "citizen1" in text
    assert "yibao-demo-2026" in text
    assert len(setup.manifest_lines(on=DAY)) == len(KINDS)


def test_the_manifest_finds_the_person_of_each_kind(town):
    for one, citizen in zip(setup.manifest(on=DAY), town.citizens, strict=False):
        login = CitizenLogin.objects.get(user__username=one.login)
        assert (login.person_id, one.row) == (one.person_id, citizen.plant.row)
