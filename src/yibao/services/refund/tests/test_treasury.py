"""Where the treasury pays (国库退费): no batch of ours, its own reference, and the books say so."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from yibao.ledger.accounts import Account, AccountKind
from yibao.services import payouts
from yibao.services.refund import actions
from yibao.store import cases, posting, verify
from yibao.store.models import Contribution, ContributionPart, Enrolment
from yibao.store.reconciliation import reconcile

pytestmark = pytest.mark.django_db
YONGCHENG = "411481"
DAY = date(2024, 12, 2)
FEN = 40000


@pytest.fixture
def desk(staff):
    """The staff of Yongcheng."""
    return {name: replace(actor, region=YONGCHENG) for name, actor in staff.items()}


@pytest.fixture
def clock():
    at = timezone.make_aware(datetime.combine(DAY, time(9)))

    def tick():
        nonlocal at
        at += timedelta(minutes=1)
        return {"on": DAY, "at": at}

    return tick


@pytest.fixture
def number(record, desk, files, clock, fund):
    """An approved case: 400.00 yuan paid as a resident, by somebody employed before the year began."""
    person = record.person("411481197603010028", born=date(1976, 3, 1), region=YONGCHENG)
    enrol = {"person": person, "region": YONGCHENG}
    own = Enrolment.objects.create(
        **enrol, scheme="resident", category="resident", start=date(2025, 1, 1), end=date(2026, 1, 1)
    )
    Enrolment.objects.create(**enrol, scheme="employee", category="unit", start=date(2024, 11, 25))
    paid = record.pay(own, "2025-01", "2025-12", None, paid_on=date(2024, 11, 5))
    Contribution.objects.filter(pk=paid.pk).update(amount_fen=FEN)
    ContributionPart.objects.create(contribution=paid, fund="pool", payer="person", amount_fen=FEN)
    number = actions.open_draft(person_id=person.pk, region=YONGCHENG, by=desk["clerk2"], channel="window", **clock())
    answers = {
        "reason": "moved_to_unit", "payments": [f"p{paid.pk}"], "bank_name": "演示银行", "bank_holder": "李四",
        "bank_number": record.card,
        "seen_at_window": ["payment_proof", "id_document", "bank_card", "employment_record"],
    }  # fmt: skip
    actions.save_answers(number=number.number, answers=answers, by=desk["clerk2"], **clock())
    actions.submit(number=number.number, key="k", by=desk["clerk2"], **clock())
    seen = cases.get(number.number).evidence_hash
    actions.accept(number=number.number, seen=seen, by=desk["clerk"], **clock())
    actions.approve(
        number=number.number, level=1, seen=cases.get(number.number).evidence_hash, by=desk["reviewer"], confirmed=True,
        **clock(),
    )  # fmt: skip
    return number.number


def balance(kind):
    return posting.balance(Account(kind, YONGCHENG, "resident"))


def test_it_is_named_as_no_part_of_a_batch(number, desk):
    groups, others = payouts.due(by=desk["finance"])
    assert groups == []
    assert [(one.flow, one.hindrance) for one in others] == [("treasury", "treasury")]


def test_the_treasury_pays_and_its_reference_closes_the_case(number, desk, clock):
    before = balance(AccountKind.TREASURY), balance(AccountKind.BANK)
    payment = actions.pay(number=number, key="p", by=desk["finance"], **clock())
    assert (payment.route, payment.amount_fen, payment.slip_number) == ("treasury", FEN, "")
    assert (balance(AccountKind.TREASURY), balance(AccountKind.BANK)) == (before[0] - FEN, before[1])
    assert balance(AccountKind.REFUNDS_PAYABLE) == 0

    (flow,) = reconcile(region=YONGCHENG, on=DAY).flows
    assert (flow.route, flow.case_fen, flow.ledger_fen, flow.on_way_fen) == ("treasury", FEN, FEN, FEN)

    actions.confirm_paid(number=number, reference="退库2024-7", by=desk["finance"], **clock())
    (flow,) = reconcile(region=YONGCHENG, on=DAY).flows
    assert (flow.by_hand_fen, flow.on_way_fen) == (FEN, 0)
    assert cases.get(number).state == "completed"
    assert verify.verify_ledger() == []


def test_what_the_treasury_sends_back_is_owed_again(number, desk, clock):
    actions.pay(number=number, key="p", by=desk["finance"], **clock())
    actions.bounced(number=number, reason="账户已销户", by=desk["finance"], **clock())
    assert (balance(AccountKind.TREASURY), balance(AccountKind.REFUNDS_PAYABLE)) == (0, FEN)
    assert reconcile(region=YONGCHENG, on=DAY).differences == ()
    assert cases.get(number).state == "approved"
