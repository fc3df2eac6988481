"""The record of a person as a case file: the facts a decision may look at, without a name or a number.

Nine statements, whatever the length of the record and however many persons are asked for at once. Records of
persons merged into this one count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.store.models import (
    AccountCredit,
    BenefitUse,
    Contribution,
    ContributionPart,
    ContributionRefund,
    Enrolment,
    Person,
    RecordEvent,
)

Plain = dict[str, Any]
_OF_PERSON = ("born", "sex", "died_on", "retired_on", "legal_age_on", "groups__code", "groups__start", "groups__end")
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
        person: The person's own columns, once for each group they belonged to; empty where there is no such person.
        enrolments: With their units.
        contributions: Each with its parts, credits and refunds.
        benefits: Uses of benefits.
        events: Events of the record.
    """

    person: list[Plain]
    enrolments: list[Enrolment]
    contributions: list[Contribution]
    benefits: list[BenefitUse]
    events: list[RecordEvent]


def records(person_ids: Iterable[UUID]) -> dict[UUID, Record]:
    """Return what is on record about persons, by person, in nine statements however many they are.

    Args:
        person_ids: The persons.
    """
    wanted = set(person_ids)
    # From the person downwards by key, one table after the other: a join with an "or" would read whole tables.
    merged = Person.objects.filter(merged_into_id__in=wanted).values_list("pk", "merged_into_id")
    whose = {person: person for person in wanted} | dict(merged)
    found = {person: Record([], [], [], [], []) for person in wanted}
    owner: dict[int, UUID] = {}
    for enrolment in Enrolment.objects.filter(person_id__in=whose).select_related("unit"):
        owner[enrolment.pk] = whose[enrolment.person_id]
        found[owner[enrolment.pk]].enrolments.append(enrolment)
    enrolments = {row.pk: row for record in found.values() for row in record.enrolments}
    rows = Contribution.objects.filter(enrolment_id__in=owner).prefetch_related("parts", "credits", "refunds")
    for contribution in rows:
        contribution.enrolment = enrolments[contribution.enrolment_id]
        found[owner[contribution.enrolment_id]].contributions.append(contribution)
    for benefit in BenefitUse.objects.filter(enrolment_id__in=owner):
        found[owner[benefit.enrolment_id]].benefits.append(benefit)
    for event in RecordEvent.objects.filter(person_id__in=whose):
        found[whose[event.person_id]].events.append(event)
    for row in Person.objects.filter(pk__in=wanted).order_by("groups__id").values("pk", *_OF_PERSON):
        found[row["pk"]].person.append(row)
    return found


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
        "person": _person(record.person, on),
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


def _person(rows: Sequence[Plain], on: date) -> Plain:
    if not rows:
        raise Person.DoesNotExist("there is no such person")
    first = rows[0]
    current = (row for row in rows if row["groups__code"] and _holds(row, on))
    plain = {
        "born": first["born"].isoformat(),
        "sex": first["sex"],
        # Who died after the application is decided upon as applied for; the pages tell staff and heirs.
        "died": _day(first["died_on"]) if first["died_on"] and first["died_on"] <= on else None,
        "retired_on": _day(first["retired_on"]),
        "groups": list(dict.fromkeys(row["groups__code"] for row in current)),
    }
    return plain if first["legal_age_on"] is None else {**plain, "legal_age_on": _day(first["legal_age_on"])}


def _holds(row: Mapping[str, Any], on: date) -> bool:
    start, end = row["groups__start"], row["groups__end"]
    return (start is None or start <= on) and (end is None or on < end)


def _enrolment(row: Enrolment) -> Plain:
    return _known(
        {
            "id": enrolment_key(row),
            "scheme": row.scheme,
            "as": row.category,
            "unit": row.unit.credit_code if row.unit else None,
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
    parts, credits, refunds = row.parts.all(), row.credits.all(), row.refunds.all()
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
