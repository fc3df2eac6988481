"""The people a measurement needs: staff of three roles and as many applicants as it asks for."""

import io
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, models
from PIL import Image

from yibao.casework.actors import Actor
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.store.models import AccountCredit, Contribution, ContributionPart, Enrolment, Person, StaffRole

REGION = "500000"
COUNTY = "500112"
BORN = date(1976, 3, 1)
MATERIALS = ("payment_proof", "id_document", "bank_card", "unemployment_record")


def picture() -> bytes:
    """Return a small picture to upload."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 210, 220)).save(out, "PNG")
    return out.getvalue()


def staff(*more: str) -> dict[str, Actor]:
    """Make one clerk, one reviewer, one at the pay-out desk, and one of each further role."""
    made = {}
    for role in dict.fromkeys(("clerk", "reviewer", "finance", *more)):
        user = get_user_model().objects.create(username=role, first_name=role)
        StaffRole.objects.create(user=user, role=role, region=REGION)
        made[role] = Actor(user.pk, role, "staff", frozenset({role}), REGION)
    return made


def counted(*filled: type[models.Model]) -> None:
    """Let PostgreSQL count tables that were just filled.

    A site's server has done so by itself, within minutes; before that it reads whole tables for each person.

    Args:
        filled: The tables' models; not those that are still empty, which it takes for as large as they may become.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(model._meta.db_table for model in filled))


def applicant(serial: int) -> tuple[Person, int]:
    """Make somebody who paid for 2022 while the unemployment fund paid January to June.

    Returns:
        The person, and the key of their own payment.
    """
    identity = make_resident_id(area=COUNTY, born=BORN, serial=serial)
    person = Person.objects.create(identity=identity, name="测量", sex="M", born=BORN, region=COUNTY, synthetic=True)
    own = _enrol(person, "individual", date(2023, 1, 1), tier=2)
    paid = _pay(own, months=12, amount_fen=587400, payer="person", kind="annual", paid_on=date(2022, 1, 5))
    ContributionPart.objects.create(contribution=paid, fund="pool", payer="person", amount_fen=534000)
    ContributionPart.objects.create(contribution=paid, fund="large_claim", payer="person", amount_fen=53400)
    AccountCredit.objects.create(
        contribution=paid, first_month=paid.first_month, end_month=paid.end_month, amount_fen=16465
    )
    fund = _enrol(person, "unemployed", date(2022, 7, 1), tier=None)
    _pay(fund, months=6, amount_fen=None, payer="unemployment_fund", kind="monthly", paid_on=None)
    return person, paid.pk


def _enrol(person: Person, category: str, end: date, *, tier: int | None) -> Enrolment:
    return Enrolment.objects.create(
        person=person, scheme="employee", category=category, tier=tier, region=REGION, start=date(2022, 1, 1), end=end
    )


def _pay(enrolment: Enrolment, **paid: Any) -> Contribution:
    made = contribution(enrolment, **paid)
    made.save(force_insert=True)
    return made


def contribution(
    enrolment: Enrolment, *, months: int, amount_fen: int | None, payer: str, kind: str, paid_on: date | None
) -> Contribution:
    """Return a payment from January 2022 on, not yet stored."""
    first = Month(2022, 1).index
    return Contribution(
        enrolment=enrolment,
        kind=kind,
        first_month=first,
        end_month=first + months,
        paid_on=paid_on,
        amount_fen=amount_fen,
        payer=payer,
        collector="tax",
    )
