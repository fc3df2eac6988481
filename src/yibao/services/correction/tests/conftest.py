"""Somebody with a wrong record, and the staff who correct it."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.store.models import CitizenLogin, Contribution, Enrolment, Person, StaffRole

NOW = {"on": date(2023, 2, 10), "at": datetime(2023, 2, 10, 2, tzinfo=UTC)}
BORN = date(1976, 3, 1)
IDENTITY = make_resident_id(area="500112", born=BORN, serial=7)


@pytest.fixture
def person(db, settings, tmp_path):
    """Somebody whose name was registered with a wrong character, and one month of whose payment is wrong."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"
    one = Person.objects.create(identity=IDENTITY, name="陈建园", sex="M", born=date(1976, 3, 10), region="500112")
    own = Enrolment.objects.create(
        person=one, scheme="resident", category="resident", region="500000", start=date(2022, 1, 1)
    )
    Contribution.objects.create(
        enrolment=own, kind="annual", first_month=Month(2022, 1).index, end_month=Month(2023, 1).index,
        amount_fen=32000, payer="person", paid_on=date(2021, 11, 1), collector="agency",
    )  # fmt: skip
    return one


@pytest.fixture
def own(person):
    user = get_user_model().objects.create(username="chen")
    CitizenLogin.objects.create(user=user, person=person)
    return Actor(user.pk, "", "citizen", person_id=person.pk, assurance=PROVED)


@pytest.fixture
def staff(db):
    made = {}
    for name in ("clerk", "clerk2", "reviewer", "reviewer2"):
        user = get_user_model().objects.create(username=name, first_name=name)
        StaffRole.objects.create(user=user, role=name.rstrip("2"), region="500000")
        made[name] = Actor(user.pk, name, "staff", frozenset({name.rstrip("2")}), "500000")
    return made
