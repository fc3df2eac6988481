"""The record of a person as a case file: the facts a decision may look at, without a name or a number.

One statement, whatever the length of the record and however many persons are asked for at once. Records of persons
merged into this one count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.store import recorded, together
from yibao.store.models import (
    AccountCredit,
    BenefitUse,
    Contribution,
    ContributionPart,
    ContributionRefund,
    Enrolment,
    Person,
    PersonGroup,
    RecordEvent,
)

Plain = dict[str, Any]
_ONE_DAY = timedelta(days=1)


def case_file(
    *,
    person_id: UUID,
    region: str,
    on: date,
    request: Mapping[str, Any],
    service: str = "refund",
    applicant: Mapping[str, Any] | None = None,
    materials: Sequence[Any] = (),
) -> Plain:
    """Return what the record knows about a person, in the published form of a case file.

    Args:
        person_id: The insured person.
        region: Six digits of the place asked.
        on: Day of application.
        request: The request in its published form; payments by `payment_key`.
        service: Name of the public service.
        applicant: Who applies; the payer when left out.
        materials: Codes or items of what was handed in.

    Returns:
        A case file with the members of the contract and no name, identity number or telephone number.

    Raises:
        Person.DoesNotExist: There is no such person; that is a bug in the caller.
    """
    record = records([person_id])[person_id]
    return filed(
        record=record, region=region, on=on, request=request, service=service, applicant=applicant, materials=materials
    )


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record about one person, as it was read; records merged into theirs are part of it.

    Attributes:
        person: The person's own columns; empty where there is no such person.
        groups: Groups they belonged to.
        enrolments: With their units.
        contributions: Each with its parts, credits and refunds.
        benefits: Uses of benefits.
        events: Events of the record.
    """

    person: list[recorded.Own]
    groups: list[PersonGroup]
    enrolments: list[Enrolment]
    contributions: list[Contribution]
    benefits: list[BenefitUse]
    events: list[RecordEvent]


_OF_RECORD = {
    recorded.Own: "person",
    PersonGroup: "groups",
    Enrolment: "enrolments",
    Contribution: "contributions",
    BenefitUse: "benefits",
    RecordEvent: "events",
}
_OF_PAYMENT = {ContributionPart: "parts_held", AccountCredit: "credits_held", ContributionRefund: "refunds_held"}


def records(person_ids: Iterable[UUID]) -> dict[UUID, Record]:
    """Return what is on record about persons, by person, in one statement however many they are.

    Args:
        person_ids: The persons.
    """
    wanted = list(dict.fromkeys(person_ids))
    return records_of(*together.read(recorded.select(wanted)), person_ids=wanted) if wanted else {}


def records_of(rows: Sequence[Sequence[Any]], *, person_ids: Iterable[UUID]) -> dict[UUID, Record]:
    """Return what is on record about persons, by person.

    Args:
        rows: What `recorded.select` read of them.
        person_ids: The persons.
    """
    wanted = list(dict.fromkeys(person_ids))
    found = {person: Record([], [], [], [], [], []) for person in wanted}
    paid: dict[int, Contribution] = {}
    for owner, row in recorded.read(rows, person_ids=wanted):
        if isinstance(row, Contribution):
            row.parts_held, row.credits_held, row.refunds_held = [], [], []
            paid[row.pk] = row
        if (part := _OF_PAYMENT.get(type(row))) is not None:
            getattr(paid[row.contribution_id], part).append(row)
        else:
            getattr(found[owner], _OF_RECORD[type(row)]).append(row)
    for record in found.values():
        _in_order(record)
    return found


def _in_order(record: Record) -> None:
    enrolments = {row.pk: row for row in record.enrolments}
    for row in record.contributions:
        row.enrolment = enrolments[row.enrolment_id]
    record.groups.sort(key=_by_key)
    record.enrolments.sort(key=lambda row: (row.start, row.pk))
    record.contributions.sort(key=_by_month)
    record.benefits.sort(key=lambda row: (row.on, row.pk))
    record.events.sort(key=lambda row: (row.on or date.max, row.pk))
    for row in record.contributions:
        row.parts_held.sort(key=_by_key)
        row.credits_held.sort(key=_by_month)
        row.refunds_held.sort(key=_by_month)


def _by_key(row: Any) -> int:
    return int(row.pk)


def _by_month(row: Any) -> tuple[int, int]:
    return row.first_month, row.pk


def filed(
    *,
    record: Record,
    region: str,
    on: date,
    request: Mapping[str, Any],
    service: str = "refund",
    applicant: Mapping[str, Any] | None = None,
    materials: Sequence[Any] = (),
) -> Plain:
    """Return a record as a case file; arguments, result and errors as those of `case_file`."""
    return {
        "service": service,
        "region": region,
        "on": on.isoformat(),
        "applicant": dict(applicant or {"kind": "payer"}),
        "person": _person(record, on),
        "enrolments": [_enrolment(row) for row in record.enrolments],
        "payments": [_payment(row) for row in record.contributions],
        "benefits": [_benefit(row) for row in record.benefits],
        "events": [_event(row) for row in record.events],
        "materials": list(materials),
        "request": dict(request),
    }


def payment_key(contribution: Contribution | int) -> str:
    """Return the identifier of a contribution in case files.

    Examples:
        >>> payment_key(12)
        'p12'
    """
    return f"p{contribution if isinstance(contribution, int) else contribution.pk}"


def enrolment_key(enrolment: Enrolment | int) -> str:
    """Return the identifier of an enrolment in case files.

    Examples:
        >>> enrolment_key(7)
        'e7'
    """
    return f"e{enrolment if isinstance(enrolment, int) else enrolment.pk}"


def contribution_ids(keys: Iterable[str]) -> list[int]:
    """Return the contributions that case-file identifiers stand for; texts that stand for none are left out.

    Examples:
        >>> contribution_ids(["p12", "p3", "x", "p"])
        [12, 3]
    """
    return [int(key[1:]) for key in keys if key.startswith("p") and key[1:].isascii() and key[1:].isdigit()]


def _person(record: Record, on: date) -> Plain:
    if not record.person:
        raise Person.DoesNotExist("there is no such person")
    own = record.person[0]
    plain = {
        "born": own.born.isoformat(),
        "sex": own.sex,
        # Who died after the application is decided upon as applied for; the pages tell staff and heirs.
        "died": _day(own.died_on) if own.died_on and own.died_on <= on else None,
        "retired_on": _day(own.retired_on),
        "groups": list(dict.fromkeys(row.code for row in record.groups if _holds(row, on))),
    }
    return plain if own.legal_age_on is None else {**plain, "legal_age_on": _day(own.legal_age_on)}


def _holds(row: PersonGroup, on: date) -> bool:
    return (row.start is None or row.start <= on) and (row.end is None or on < row.end)


def _enrolment(row: Enrolment) -> Plain:
    return _known(
        {
            "id": enrolment_key(row),
            "scheme": row.scheme,
            "as": row.category,
            "unit": row.unit_code,
            "tier": row.tier,
            "region": row.region,
            "from": row.start.isoformat(),
            "to": _day(row.end - _ONE_DAY if row.end else None),
            "status": row.status if row.status != "normal" else None,
            "benefits_from": _day(row.benefits_from),
            "years_kind": row.years_kind or None,
        }
    )


def _payment(row: Contribution) -> Plain:
    parts, credits, refunds = row.parts_held, row.credits_held, row.refunds_held
    known = _known(
        {
            "id": payment_key(row),
            "enrolment": enrolment_key(row.enrolment_id),
            "kind": row.kind,
            "paid_on": _day(row.paid_on),
            "from": _month(row.first_month),
            "to": _month(row.end_month - 1),
            "payer": row.payer,
            "collector": row.collector or None,
            "standard": row.standard or None,
            "years": row.years,
            "parts": [_part(part) for part in parts] or None,
            "account_credit_monthly": _monthly(row, [one for one in credits if one.kind == "credit"]),
            "retiree_credit_monthly": _monthly(row, [one for one in credits if one.kind == "retiree"]),
            "refunded": [_run(one) for one in refunds] or None,
        }
    )
    return {**known, "amount": None if row.amount_fen is None else _yuan(row.amount_fen)}


def _part(row: ContributionPart) -> Plain:
    return {"fund": row.fund, "payer": row.payer, "amount": _yuan(row.amount_fen)}


def _monthly(row: Contribution, credits: list[AccountCredit]) -> str | list[Plain] | None:
    if not credits:
        return None
    whole = credits[0]
    if len(credits) == 1 and (whole.first_month, whole.end_month) == (row.first_month, row.end_month):
        return _yuan(whole.amount_fen)
    return [_run(one) for one in credits]


def _run(row: AccountCredit | ContributionRefund) -> Plain:
    return {"from": _month(row.first_month), "to": _month(row.end_month - 1), "amount": _yuan(row.amount_fen)}


def _benefit(row: BenefitUse) -> Plain:
    return {
        "enrolment": enrolment_key(row.enrolment_id),
        "on": row.on.isoformat(),
        "kind": row.kind,
        "amount": _yuan(row.amount_fen),
    }


def _event(row: RecordEvent) -> Plain:
    return {**_known({"kind": row.kind, "on": _day(row.on)}), **row.data}


def _known(members: Plain) -> Plain:
    return {name: value for name, value in members.items() if value is not None}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _month(index: int) -> str:
    return str(Month.from_index(index))


def _yuan(fen: int) -> str:
    return str(Money(fen))
