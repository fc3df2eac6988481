"""People and cases the tests of the store stand on."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from yibao.casework.actors import Actor
from yibao.store import cases
from yibao.store.models import Case, Person

AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
ONE_LEVEL = [{"level": 1, "roles": ["reviewer"], "order": "any"}]


@pytest.fixture
def make_person() -> Callable[..., Person]:
    """Make a person; every call another one."""
    made: list[Person] = []

    def make(**changes: Any) -> Person:
        given = {
            "identity": f"5001011976030100{len(made):02d}",
            "name": "张三",
            "sex": "M",
            "born": date(1976, 3, 1),
            "region": "500000",
        }
        made.append(Person.objects.create(**{**given, **changes}))
        return made[-1]

    return make


@pytest.fixture
def staff() -> Callable[..., Actor]:
    """Make a member of staff with roles in a region; the same name gives the same person."""

    def make(name: str, *roles: str, region: str = "500000") -> Actor:
        user, _ = get_user_model().objects.get_or_create(username=name)
        return Actor(user.pk, name, "staff", frozenset(roles), region)

    return make


@pytest.fixture
def citizen() -> Callable[[Person], Actor]:
    """The login of a person."""

    def make(person: Person) -> Actor:
        user, _ = get_user_model().objects.get_or_create(username=f"citizen-{person.pk}")
        return Actor(user.pk, "本人", "citizen", person_id=person.pk)

    return make


class Desk:
    """Takes one case through its steps, as the slices do."""

    def __init__(self, staff: Callable[..., Actor], citizen: Callable[[Person], Actor]) -> None:
        self.staff, self.citizen = staff, citizen

    def submitted(self, person: Person, *, number: str = "C1", region: str = "500112", days: int = 20) -> Case:
        by = self.citizen(person)
        cases.open_case(number=number, service="refund", region=region, person_id=person.pk, by=by, at=AT, on=DAY)
        data = {"clocks": {"decision": days}, "amount_fen": 194910}
        return cases.act(number=number, kind="submit", by=by, at=AT, on=DAY, evidence_hash="e1", data=data)

    def accepted(self, person: Person, *, levels: list[dict[str, Any]] = ONE_LEVEL, **more: Any) -> Case:
        number = self.submitted(person, **more).number
        clerk = self.staff("clerk", "clerk")
        return cases.act(number=number, kind="accept", by=clerk, at=AT, on=DAY, data={"levels": levels})


@pytest.fixture
def desk(staff, citizen) -> Desk:
    """A counter where cases are entered and accepted."""
    return Desk(staff, citizen)
