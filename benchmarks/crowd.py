"""Thousands of accepted cases of as many persons, made with the store's own writers, a few statements per thousand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from benchmarks import city
from yibao.casework.actors import Actor
from yibao.casework.chain import Action
from yibao.casework.standing import Standing, opened
from yibao.kernel.identifiers import make_resident_id
from yibao.services.refund.actions import evidence, promises
from yibao.services.refund.models import RefundRequest
from yibao.store import cases, posting
from yibao.store.models import (
    AccountCredit,
    BankAccount,
    Case,
    CaseAction,
    CaseClock,
    CaseTurn,
    Contribution,
    ContributionPart,
    Document,
    Enrolment,
    Entry,
    JournalTransaction,
    LedgerAccount,
    Person,
    PersonalAccountBalance,
    StoredDecision,
)

CHUNK = 500
FILLED = (
    Person, Enrolment, Contribution, ContributionPart, AccountCredit, BankAccount, Document, Case, CaseAction, CaseTurn,
    CaseClock, RefundRequest, StoredDecision, JournalTransaction, Entry, LedgerAccount, PersonalAccountBalance,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """When everything happens."""

    on: date
    at: datetime


def accepted(*, count: int, first: int, clerk: Actor, now: Moment) -> list[str]:
    """Make accepted cases and return their numbers.

    Args:
        count: How many.
        first: Serial number of the first person.
        clerk: Who accepts.
        now: When.
    """
    numbers: list[str] = []
    before = Contribution.objects.aggregate(last=Max("pk"))["last"] or 0
    for start in range(first, first + count, CHUNK):
        serials = range(start, min(start + CHUNK, first + count))
        numbers += _chunk(serials, clerk, now)
    paid = Contribution.objects.filter(pk__gt=before, payer="person")
    posting.record_contributions(contributions=paid, on=now.on, at=now.at)
    city.counted(*FILLED)
    return numbers


def _chunk(serials: range, clerk: Actor, now: Moment) -> list[str]:
    persons = Person.objects.bulk_create(
        Person(
            identity=make_resident_id(area=f"5001{12 + serial // 900:02d}", born=city.BORN, serial=serial % 900 + 1),
            name="测量", sex="M", born=city.BORN, region=city.COUNTY, synthetic=True,
        )
        for serial in serials
    )  # fmt: skip
    paid = _records(persons)
    held = Case.objects.bulk_create(
        Case(number=f"CQ-{now.on.year}-9{serial:05d}", service="refund", region=city.REGION, person=person,
             state="draft", opened_on=now.on)
        for serial, person in zip(serials, persons, strict=True)
    )  # fmt: skip
    _answers(held, persons, paid, now)
    _steps(held, clerk, now)
    return [case.number for case in held]


def _records(persons: list[Person]) -> list[Contribution]:
    def enrol(category: str, end: date, tier: int | None) -> list[Enrolment]:
        shape = {"scheme": "employee", "category": category, "tier": tier, "region": city.REGION}
        return Enrolment.objects.bulk_create(
            Enrolment(person=person, start=date(2022, 1, 1), end=end, **shape) for person in persons
        )

    own, fund = enrol("individual", date(2023, 1, 1), 2), enrol("unemployed", date(2022, 7, 1), None)
    paid = Contribution.objects.bulk_create(
        city.contribution(one, months=12, amount_fen=587400, payer="person", kind="annual", paid_on=date(2022, 1, 5))
        for one in own
    )
    Contribution.objects.bulk_create(
        city.contribution(one, months=6, amount_fen=None, payer="unemployment_fund", kind="monthly", paid_on=None)
        for one in fund
    )
    parts = (("pool", 534000), ("large_claim", 53400))
    ContributionPart.objects.bulk_create(
        ContributionPart(contribution=one, fund=name, payer="person", amount_fen=fen)
        for one in paid
        for name, fen in parts
    )
    AccountCredit.objects.bulk_create(
        AccountCredit(contribution=one, first_month=one.first_month, end_month=one.end_month, amount_fen=16465)
        for one in paid
    )
    return paid


def _answers(held: list[Case], persons: list[Person], paid: list[Contribution], now: Moment) -> None:
    accounts = BankAccount.objects.bulk_create(
        BankAccount(person=person, bank_name="测量银行", holder="测量", number="6222020000000000000", added_at=now.at)
        for person in persons
    )
    RefundRequest.objects.bulk_create(
        RefundRequest(case=case, reason="unemployment_overlap", bank_account=account)
        for case, account in zip(held, accounts, strict=True)
    )
    through = RefundRequest.payments.through
    through.objects.bulk_create(
        through(refundrequest_id=case.pk, contribution_id=one.pk) for case, one in zip(held, paid, strict=True)
    )
    Document.objects.bulk_create(
        Document(case=case, material=material, name="a.png", content_type="image/png", size=100, sha256="0" * 64,
                 added_at=now.at)
        for case in held
        for material in city.MATERIALS
    )  # fmt: skip


def _steps(held: list[Case], clerk: Actor, now: Moment) -> None:
    cases.write(list(_first(held, now)))
    for case in held:
        case.refund = RefundRequest.objects.get(pk=case.pk)
    found = evidence.gather_all([(case, case.refund) for case in held], on=now.on)
    citizens = {case.pk: Actor(None, "", "citizen", person_id=case.person_id) for case in held}
    standings = cases.standings(held)
    _take(held, standings, "submit", {pk: cases.Acting(by, now.at, now.on) for pk, by in citizens.items()}, found, {})
    decision = evidence.decided(found[held[0].pk])
    evidence.keep_rules(decision, at=now.at)
    cases.record_decisions(
        (
            evidence.to_keep(case=case, request=case.refund, evidence=found[case.pk], decision=decision, on=now.on)
            for case in held
        ),
        at=now.at,
    )
    plain = decision.canonical()
    data = {
        "levels": [{key: level[key] for key in ("level", "roles", "order")} for level in decision.approval],
        "amount_fen": evidence.amount_fen(plain=plain, request=held[0].refund),
        "pack": decision.version,
        "clocks": promises.clocks(evidence.rulebook.region(city.REGION), verb="accept"),
    }
    acting = {case.pk: cases.Acting(clerk, now.at, now.on) for case in held}
    _take(held, cases.standings(held), "accept", acting, found, data)


def _first(held: list[Case], now: Moment) -> Iterator[cases.Step]:
    for case in held:
        facts = {"service": "refund", "region": case.region, "person": str(case.person_id)}
        action = Action(1, "open", "citizen", "", "", now.at, now.on, data=facts)
        yield cases.Step(case, action, None, opened(action))


def _take(
    held: list[Case],
    standings: dict[int, Standing],
    kind: str,
    acting: dict[int, cases.Acting],
    found: dict[int, evidence.Evidence],
    data: dict[str, Any],
) -> None:
    cases.write(
        [
            cases.step(
                case=case,
                before=standings[case.pk],
                kind=kind,
                acting=acting[case.pk],
                evidence_hash=found[case.pk].hash,
                data=data,
            )
            for case in held
        ]
    )
