"""Rights to act for another in the demo city: one that holds, one that waits, for people with logins."""

from datetime import date, datetime, timedelta

from yibao.batch.demo import records as r
from yibao.batch.demo.load import person_key
from yibao.casework.representation import PROXY
from yibao.store import representations
from yibao.store.models import Person, Representation

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
