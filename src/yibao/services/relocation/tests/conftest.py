"""Two places, their staff, and a person on the way from one to the other."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.months import Month
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.services.relocation import actions
from yibao.services.relocation.actions import money
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.workflow import Position, money_faults
from yibao.store import cases, exchange, posting
from yibao.store.exchange import partners
from yibao.store.models import ClearingMember, Contribution, Enrolment, PayerAccount, Person, StaffRole

OLD, NEW = "500000", "140100"
DAY = date(2026, 3, 2)
ROLES = ("clerk", "reviewer", "finance", "finance2")
BALANCE = 123456


def staff_of(place):
    """One member of staff for each role at a place; a number behind the role makes a second one."""
    made = {}
    for name in ROLES:
        user = get_user_model().objects.create(username=f"{name}-{place}", first_name=name)
        role = name.rstrip("2")
        StaffRole.objects.create(user=user, role=role, region=place)
        made[name] = Actor(user.pk, name, "staff", frozenset({role}), place)
    return made


@pytest.fixture
def staff(db):
    """The staff of both places, and the accounts of their funds."""
    return make_staff()


def make_staff(places=(OLD, NEW)):
    ClearingMember.objects.get_or_create(bank_name="演示银行", defaults={"code": "102653000012"})
    for number, place in enumerate(places):
        partners.host(area=place, at=timezone.now())
        PayerAccount.objects.get_or_create(
            region=place,
            scheme="employee",
            defaults={
                "holder": "演示医保基金",
                "number": f"3100150005000005000{number}",
                "clearing_code": "102653000012",
            },
        )
    return {place: staff_of(place) for place in places}


def make_person(identity="500112197603011995", *, old=OLD, new=NEW, balance=BALANCE, name="陈建国"):
    """Somebody who worked at the old place until the end of 2025 and works at the new one since 2026."""
    person = Person.objects.create(
        identity=identity, name=name, phone="19900000000", sex="M", born=date(1985, 3, 1), region=old, synthetic=True
    )
    left = Enrolment.objects.create(
        person=person, scheme="employee", category="unit", region=old, start=date(2024, 1, 1), end=date(2026, 1, 1),
        status="suspended",
    )  # fmt: skip
    pay(left, "2024-01", "2024-12", base_fen=600000)
    pay(left, "2025-01", "2025-12", base_fen=650000)
    here = Enrolment.objects.create(
        person=person, scheme="employee", category="unit", region=new, start=date(2026, 1, 1)
    )
    pay(here, "2026-01", "2026-02", base_fen=700000)
    if balance:
        give(person, old, balance)
    return person


def pay(enrolment, first, last, **more):
    return Contribution.objects.create(
        enrolment=enrolment,
        kind="monthly",
        first_month=Month.parse(first).index,
        end_month=Month.parse(last).index + 1,
        payer="unit",
        **more,
    )


def give(person, place, fen):
    """Put money into the account of a person."""
    entries = contribution_received(region=place, scheme="employee", person_id=person.pk, parts={"account": fen})
    draft = Draft(f"give/{person.pk}/{place}", "contribution_received", date(2025, 12, 31), entries)
    posting.post(draft=draft, at=timezone.now())


@pytest.fixture
def person(db):
    return make_person()


@dataclass
class Walk:
    """One transfer on its way; every step takes the next minute of the day."""

    person: Person
    staff: dict
    source: str = OLD
    target: str = NEW
    at_old: bool = False
    on: date = DAY
    thread: str = ""
    minutes: int = field(default=0)

    def now(self):
        self.minutes += 1
        start = timezone.make_aware(datetime.combine(self.on, time(9)))
        return {"on": self.on, "at": start + timedelta(minutes=self.minutes)}

    @property
    def citizen(self):
        return Actor(None, "", "citizen", person_id=self.person.pk, assurance=PROVED)

    def side(self, side):
        return Transfer.objects.select_related("money", "case").get(thread=self.thread, side=side)

    def number(self, side):
        return self.side(side).case.number

    def case(self, side):
        return cases.get(self.number(side))

    def drafted(self, **more):
        wish = actions.Wish(
            self.source if self.at_old else self.target, self.source, self.target, materials=("id_document",), **more
        )
        case = actions.open_draft(person_id=self.person.pk, wish=wish, by=self.citizen, **self.now())
        self.thread = case.number
        return self

    def submitted(self, **more):
        self.drafted(**more)
        actions.submit(number=self.thread, by=self.citizen, **self.now())
        return self

    def carry(self):
        """Let every message arrive and be handled."""
        deliver(self.now()["at"])
        self.whole()
        return self

    def accepted(self, **more):
        return self.submitted(**more).carry()

    def build(self, by="clerk"):
        return actions.build(number=self.number("out"), by=self.staff[self.source][by], **self.now())

    def sign(self, by="reviewer"):
        seen = self.side("out").tables.last().evidence_hash
        return actions.sign(number=self.number("out"), seen=seen, by=self.staff[self.source][by], **self.now())

    def sent(self, **more):
        self.accepted(**more)
        self.build()
        self.sign()
        return self.carry()

    def check(self, by="clerk"):
        seen = self.case("in").evidence_hash
        return actions.check(number=self.number("in"), seen=seen, by=self.staff[self.target][by], **self.now())

    def load(self, by="reviewer"):
        seen = self.case("in").evidence_hash
        return actions.load(number=self.number("in"), seen=seen, by=self.staff[self.target][by], **self.now())

    def loaded(self, **more):
        self.sent(**more)
        self.check()
        self.load()
        return self.carry()

    def pay(self, key="p1"):
        return actions.pay(number=self.number("out"), key=key, by=self.staff[self.source]["finance"], **self.now())

    def confirm(self):
        finance = self.staff[self.source]["finance"]
        return actions.confirm_paid(number=self.number("out"), reference="B001", by=finance, **self.now())

    def arrive(self, fen=None, by="finance"):
        fen = self.side("in").money.amount_fen if fen is None else fen
        finance = self.staff[self.target][by]
        return actions.arrived(number=self.number("in"), amount_fen=fen, reference="R001", by=finance, **self.now())

    def credit(self, by="finance2"):
        return actions.credit(number=self.number("in"), by=self.staff[self.target][by], **self.now())

    def balance(self, place):
        return posting.personal_balance(Account(AccountKind.PERSONAL, place, "employee", self.person.pk))

    def whole(self):
        """Every fen is in exactly one place, whatever the state."""
        sides = {row.side: money.position(row) for row in Transfer.objects.filter(thread=self.thread)}
        assert money_faults(old=sides.get("out", Position()), new=sides.get("in", Position())) == []


def deliver(at):
    """Let everything that waits be carried and handled; nothing may fail or be refused on the way."""
    while True:
        carried, handled = exchange.deliver_due(at=at), exchange.handle_due(at=at)
        assert (carried.failures, handled.failures, handled.refused) == ([], [], 0)
        if not carried.taken + handled.done:
            return


@pytest.fixture
def walk(person, staff):
    """A person about to apply at the new place."""
    return Walk(person, staff)
