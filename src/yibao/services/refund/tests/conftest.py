"""People, staff and a shortcut through a case, for the tests of the actions."""

import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from PIL import Image

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.months import Month
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.services.refund import actions
from yibao.store import cases, posting
from yibao.store.models import (
    AccountCredit,
    Case,
    ClearingMember,
    Contribution,
    ContributionPart,
    Enrolment,
    PayerAccount,
    Person,
    RecordEvent,
    StaffRole,
)

REGION = "500000"
CARD = "6222020000000000000"
MATERIALS = ("payment_proof", "id_document", "bank_card", "unemployment_record")
ROLES = (
    *("clerk", "clerk2", "reviewer", "reviewer2", "finance", "finance2", "county_agency", "county_hrss"),
    *("county_finance", "city_agency", "city_hrss", "city_finance"),
)


def png(colour=(200, 210, 220)):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def staff(db):
    """One member of staff for each role; a number behind the role makes a second one."""
    made = {}
    for name in ROLES:
        user = get_user_model().objects.create(username=name, first_name=name)
        role = name.rstrip("2")
        StaffRole.objects.create(user=user, role=role, region=REGION)
        made[name] = Actor(user.pk, name, "staff", frozenset({role}), REGION)
    return made


@pytest.fixture
def files(settings, tmp_path):
    """A documents folder of the test's own."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


@pytest.fixture
def chen(db):
    """The person of the published example: paid 5,874.00 for 2022 while the unemployment fund paid January to June."""
    return make_chen()


def make_chen(identity="500112197603011995"):
    person = Person.objects.create(
        identity=identity, name="陈建国", phone="19900000000", sex="M", born=date(1976, 3, 1), region="500112",
        synthetic=True,
    )  # fmt: skip
    own = enrol(person, "individual", date(2022, 1, 1), date(2023, 1, 1), tier=2)
    paid = pay(own, "2022-01", "2022-12", 587400, paid_on=date(2022, 1, 5), large=53400, credit=16465)
    fund = enrol(person, "unemployed", date(2022, 1, 1), date(2022, 7, 1))
    pay(fund, "2022-01", "2022-06", None, kind="monthly", payer="unemployment_fund")
    post_contribution(paid)
    return person


def enrol(person, category, start, end, *, tier=None, scheme="employee", **more):
    return Enrolment.objects.create(
        person=person, scheme=scheme, category=category, tier=tier, region=REGION, start=start, end=end, **more
    )


def pay(enrolment, first, last, fen, *, kind="annual", payer="person", paid_on=None, large=0, credit=0, **more):
    row = Contribution.objects.create(
        enrolment=enrolment,
        kind=kind,
        first_month=Month.parse(first).index,
        end_month=Month.parse(last).index + 1,
        paid_on=paid_on,
        amount_fen=fen,
        payer=payer,
        collector="tax",
        **more,
    )
    for fund, amount in (("pool", (fen or 0) - large), ("large_claim", large)):
        if amount:
            ContributionPart.objects.create(contribution=row, fund=fund, payer=payer, amount_fen=amount)
    if credit:
        AccountCredit.objects.create(
            contribution=row, first_month=row.first_month, end_month=row.end_month, amount_fen=credit
        )
    return row


def post_contribution(row):
    parts = {part.fund: part.amount_fen for part in row.parts.all()}
    credit = sum(one.amount_fen * (one.end_month - one.first_month) for one in row.credits.all())
    postings = contribution_received(
        region=REGION, scheme=row.enrolment.scheme, person_id=row.enrolment.person_id, parts=parts, credit_fen=credit
    )
    draft = Draft(f"contribution/{row.pk}", "contribution_received", row.paid_on, postings)
    posting.post(draft=draft, at=timezone.now())


def happened(person, kind, on, **data):
    return RecordEvent.objects.create(person=person, kind=kind, on=on, data=data)


@dataclass
class Walk:
    """A case on its way; every step takes the next minute of the day."""

    person: Person
    staff: dict
    reason: str = "unemployment_overlap"
    materials: tuple = MATERIALS
    applicant: str = "payer"
    channel: str = "app"
    on: date = date(2023, 2, 10)
    number: str = ""
    minutes: int = field(default=0)

    def now(self):
        self.minutes += 1
        start = timezone.make_aware(datetime.combine(self.on, time(9)))
        return {"on": self.on, "at": start + timedelta(minutes=self.minutes)}

    @property
    def citizen(self):
        return Actor(None, "", "citizen", person_id=self.person.pk, assurance=PROVED)

    @property
    def case(self):
        return cases.get(self.number)

    @property
    def seen(self):
        return self.case.evidence_hash

    def drafted(self, by=None, payments=None):
        by = by or self.citizen
        case = actions.open_draft(
            person_id=self.person.pk, region=REGION, by=by, applicant=self.applicant, channel=self.channel, **self.now()
        )
        self.number = case.number
        rows = Contribution.objects.filter(enrolment__person=self.person).exclude(payer="unemployment_fund")
        answers = {
            "reason": self.reason,
            "payments": payments or [f"p{row.pk}" for row in rows.order_by("pk")[:1]],
            "bank_name": "演示银行",
            "bank_holder": "陈建国",
            "bank_number": CARD,
        }
        if by.kind == "staff":
            answers["seen_at_window"] = list(self.materials)
        actions.save_answers(number=self.number, answers=answers, by=by, **self.now())
        if by.kind == "citizen":
            for material in self.materials:
                self.attach(material)
        return self

    def attach(self, material, content=None):
        return actions.attach(
            number=self.number, material=material, name=f"{material}.png", content=content or png(), by=self.citizen,
            **self.now(),
        )  # fmt: skip

    def submitted(self, by=None, key="k1", **draft):
        self.drafted(by, **draft)
        actions.submit(number=self.number, key=key, by=by or self.citizen, **self.now())
        return self

    def accept(self, by="clerk", seen=None):
        return actions.accept(number=self.number, seen=seen or self.seen, by=self.staff[by], **self.now())

    def approve(self, by="reviewer", seen=None, level=None, confirmed=False):
        case = self.case
        return actions.approve(
            number=self.number, level=level or case.level, seen=seen or case.evidence_hash, by=self.staff[by],
            confirmed=confirmed, **self.now(),
        )  # fmt: skip

    def accepted(self, **draft):
        self.submitted(**draft).accept()
        return self

    def approved(self, **draft):
        self.accepted(**draft).approve(confirmed=True)
        return self

    def pay(self, by="finance", key="pay1"):
        return actions.pay(number=self.number, key=key, by=self.staff[by], **self.now())

    def paid(self, **draft):
        self.approved(**draft).pay()
        return self

    def confirm(self, by="finance", reference="B001"):
        return actions.confirm_paid(number=self.number, reference=reference, by=self.staff[by], **self.now())

    def bounce(self, by="finance", reason="户名不符"):
        return actions.bounced(number=self.number, reason=reason, by=self.staff[by], **self.now())


@pytest.fixture
def walk(chen, staff, files):
    """The example's person with staff around, nothing applied for yet."""
    return Walk(chen, staff)


@pytest.fixture
def make_walk(staff, files):
    """Make a walk for any person."""
    return lambda person, **options: Walk(person, staff, **options)


@pytest.fixture
def fund(db):
    """The fund's own account, and the number of the bank everybody here has an account at."""
    ClearingMember.objects.create(bank_name="演示银行", code="102653000012")
    return PayerAccount.objects.create(
        region=REGION, scheme="employee", holder="演示市医保基金", number="31001500000050000001",
        clearing_code="105653000014",
    )  # fmt: skip


@pytest.fixture
def record():
    """The makers of records, for tests that need another person."""
    return Record


class Record:
    """Makers of rows of the record."""

    enrol = staticmethod(enrol)
    pay = staticmethod(pay)
    post = staticmethod(post_contribution)
    happened = staticmethod(happened)
    chen = staticmethod(make_chen)
    png = staticmethod(png)
    region = REGION
    card = CARD

    @staticmethod
    def person(identity, **more):
        facts = {"name": "李四", "sex": "F", "born": date(1970, 1, 1), "region": "500112", "synthetic": True}
        return Person.objects.create(identity=identity, **{**facts, **more})


def state(number):
    return Case.objects.get(number=number).state
