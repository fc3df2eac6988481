"""Who lives and works in the simulated month: officers with one role each, and people who paid twice."""

import io
from datetime import date

from django.contrib.auth import get_user_model
from django.utils import timezone
from PIL import Image

from yibao.casework.actors import Actor
from yibao.kernel.months import Month as Calendar
from yibao.store import posting
from yibao.store.models import AccountCredit, Contribution, ContributionPart, Enrolment, Person, StaffRole

REGION = "500000"
PAID_FEN, LARGE_FEN, CREDIT_FEN = 587400, 53400, 16465


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 210, 220)).save(out, "PNG")
    return out.getvalue()


PICTURE = _picture()


def account(number: str) -> dict[str, str]:
    return {"bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": number}


def officer(name: str) -> Actor:
    user = get_user_model().objects.create(username=name, first_name=name)
    role = name.rstrip("2")
    StaffRole.objects.create(user=user, role=role, region=REGION)
    return Actor(user.pk, name, "staff", frozenset({role}), REGION)


def make_person(identity: str) -> Person:
    """Return somebody who paid for 2022 while the unemployment fund paid from January to June."""
    person = Person.objects.create(
        identity=identity, name="陈建国", sex="M", born=date(1976, 3, 1), region="500112", synthetic=True
    )
    year = {"start": date(2022, 1, 1), "end": date(2023, 1, 1)}
    common = {"person": person, "scheme": "employee", "region": REGION}
    own = Enrolment.objects.create(**common, category="individual", tier=2, **year)
    first = Calendar(2022, 1).index
    paid = Contribution.objects.create(
        enrolment=own, kind="annual", first_month=first, end_month=first + 12, paid_on=date(2022, 1, 5),
        amount_fen=PAID_FEN, payer="person", collector="tax",
    )  # fmt: skip
    for fund, fen in (("pool", PAID_FEN - LARGE_FEN), ("large_claim", LARGE_FEN)):
        ContributionPart.objects.create(contribution=paid, fund=fund, payer="person", amount_fen=fen)
    AccountCredit.objects.create(
        contribution=paid, first_month=first, end_month=first + 12, amount_fen=CREDIT_FEN
    )  # fmt: skip
    fund = Enrolment.objects.create(**common, category="unemployed", start=date(2022, 1, 1), end=date(2022, 7, 1))
    Contribution.objects.create(
        enrolment=fund, kind="monthly", first_month=first, end_month=first + 6, amount_fen=None,
        payer="unemployment_fund", collector="tax",
    )  # fmt: skip
    rows = Contribution.objects.filter(pk=paid.pk)
    posting.record_contributions(contributions=rows, on=date(2022, 12, 31), at=timezone.now())
    return person
