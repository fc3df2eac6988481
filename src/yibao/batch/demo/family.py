"""Rights to act for others in the demo city: one that holds, one that waits, one of a unit's agent."""

from datetime import date, datetime, timedelta

from yibao.batch.demo import records as r
from yibao.batch.demo.load import person_key
from yibao.casework.actors import Actor
from yibao.casework.representation import PROXY
from yibao.store import agencies, representations
from yibao.store.models import CitizenLogin, Contribution, Person, Representation, UnitAgent

DAYS = 180
_LETTER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def make_family(city: r.City, *, on: date, at: datetime) -> None:
    """Let `citizen1` act for the living person behind `citizen2`, and a third ask to act for `citizen1`.

    Args:
        city: Its persons and logins are stored already.
        on: First day of the rights.
        at: The moment they were asked for.
    """
    people = [Person.objects.get(pk=person_key(city, citizen)) for citizen in city.citizens]
    living = [person for person in people if person.died_on is None]
    first, second, third = living[:3]
    for holder, whom, holds in ((first, second, True), (third, first, False)):
        asked = representations.ask(
            kind=PROXY,
            representative=holder.pk,
            represented=whom,
            services=["refund"],
            start=on,
            end=on + timedelta(days=DAYS),
            paper=("application/pdf", _LETTER),
            at=at,
        )
        if holds:
            Representation.objects.filter(pk=asked.pk).update(confirmed_at=at, confirmed_as=representations.SELF)


def make_agent(*, clerk: Actor, on: date, at: datetime) -> UnitAgent | None:
    """Let `citizen1` act for a unit that paid for somebody else; None where the city has no such unit.

    Args:
        clerk: Who saw the unit's letter.
        on: First day of the right.
        at: The moment it was recorded.
    """
    agent = CitizenLogin.objects.get(user__username="citizen1").person
    paid = Contribution.objects.filter(payer="unit", enrolment__unit__isnull=False).exclude(enrolment__person=agent)
    relation = paid.select_related("enrolment__unit").order_by("pk").first()
    if relation is None or relation.enrolment.unit is None:
        return None
    return agencies.record(
        unit=relation.enrolment.unit, agent=agent, services=["refund", "relocation"], start=on,
        end=on + timedelta(days=DAYS), paper=("application/pdf", _LETTER), by=clerk, at=at,
    )  # fmt: skip
