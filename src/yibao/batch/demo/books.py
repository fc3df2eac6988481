"""Posts what a city paid: each planted person's payments one by one, everybody else's by day and kind."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from yibao.batch.demo import records as r
from yibao.batch.demo.load import person_key
from yibao.batch.demo.names import REGION
from yibao.kernel.months import Month, MonthSpan
from yibao.ledger.accounts import Account
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.ledger.recipes import contribution_received
from yibao.store import posting

PERSONS_PER_CALL = 20_000
"""So many at a time, because a statement may name only so many accounts."""
PERSONS_PER_DRAFT = 500
"""So many personal accounts in one transaction, because the database sums a transaction at every entry."""


def post_city(city: r.City, *, at: datetime) -> int:
    """Post all contributions of a city to the journal; its key is the city's seed, so a repeat changes nothing.

    Payments to other pooling areas and those of unknown amount are not in these books.

    Returns:
        How many transactions were posted.
    """
    posted = posting.post_many(drafts=_planted(city), at=at)
    for start in range(0, len(city.citizens), PERSONS_PER_CALL):
        drafts = _ordinary(city, city.citizens[start : start + PERSONS_PER_CALL], start)
        posted += posting.post_many(drafts=drafts, at=at)
    return posted


def _planted(city: r.City) -> Iterator[Draft]:
    for citizen in city.citizens:
        if citizen.plant is None:
            continue
        for number, (relation, pay) in enumerate(_paid_here(citizen)):
            key = f"demo/{city.seed}/{citizen.index}/{number}"
            postings = _postings(relation, pay, person_key(city, citizen), city.on)
            yield Draft(key, "contribution_received", _booked_on(pay, city.on), tuple(postings))


def _ordinary(city: r.City, citizens: tuple[r.Citizen, ...], start: int) -> Iterator[Draft]:
    groups: dict[tuple[date, str, int], dict[Account, int]] = defaultdict(lambda: defaultdict(int))
    for citizen in citizens:
        if citizen.plant is not None:
            continue
        person = person_key(city, citizen)
        for relation, pay in _paid_here(citizen):
            part = citizen.index // PERSONS_PER_DRAFT if pay.credit else 0
            group = groups[_booked_on(pay, city.on), pay.kind, part]
            for entry in _postings(relation, pay, person, city.on):
                group[entry.account] += entry.amount_fen
    for (day, kind, part), sums in sorted(groups.items(), key=lambda item: item[0]):
        key = f"demo/{city.seed}/{day.isoformat()}/{kind}/{start}/{part}"
        yield Draft(key, "contribution_received", day, tuple(Posting(*entry) for entry in sums.items() if entry[1]))


def _paid_here(citizen: r.Citizen) -> Iterator[tuple[r.Enrolment, r.Pay]]:
    for relation in citizen.enrolments:
        for pay in relation.pays:
            if pay.amount is not None and pay.amount.fen and relation.region[:2] == REGION[:2]:
                yield relation, pay


def _booked_on(pay: r.Pay, on: date) -> date:
    return pay.paid_on or min(pay.end.plus(-1).last_day, on)


def _postings(relation: r.Enrolment, pay: r.Pay, person: UUID, on: date) -> tuple[Posting, ...]:
    parts: dict[str, int] = defaultdict(int)
    for part in pay.parts:
        parts[part.fund] += part.amount.fen
    begun = max(0, len(MonthSpan(pay.start, max(pay.start, min(pay.end, Month.of(on).plus(1))))))
    credit = pay.credit.fen * begun if pay.credit else 0
    return contribution_received(
        region=REGION, scheme=relation.scheme, person_id=person, parts=parts, credit_fen=credit
    )
