"""A case from draft to money, as the person, the agency and the books see it."""

from datetime import date

import pytest

from yibao.ledger.accounts import Account, AccountKind
from yibao.services.refund import actions
from yibao.services.refund.models import RefundedMonth
from yibao.store import cases, papers, posting, verify
from yibao.store.models import ContributionRefund, IssuedPaper, JournalTransaction, Outbox, Payment, StoredDecision

pytestmark = pytest.mark.django_db


def balance(kind, region="500000", scheme="employee"):
    return posting.balance(Account(kind, region, scheme))


def entries(case_number):
    rows = JournalTransaction.objects.filter(case_number=case_number).order_by("id")
    return [
        (row.kind, [(entry.account.kind, entry.amount_fen) for entry in row.entries.order_by("line")]) for row in rows
    ]


def test_the_published_example_is_paid_to_the_fen(walk):
    walk.paid().confirm()

    case = walk.case
    assert (case.state, case.amount_fen) == ("completed", 194910)
    assert entries(walk.number) == [
        ("refund.payable", [("pool", 168210), ("large_claim", 26700), ("refunds_payable", -194910)]),
        ("refund.paid", [("refunds_payable", 194910), ("bank", -194910)]),
    ]
    payment = Payment.objects.get(case=case)
    assert (payment.receiver, payment.amount_fen, payment.route, payment.status) == (
        "person",
        194910,
        "original",
        "paid",
    )
    assert balance(AccountKind.REFUNDS_PAYABLE) == 0


def test_the_personal_account_keeps_the_credits_that_were_offset(walk):
    before = posting.personal_balance(Account(AccountKind.PERSONAL, "500000", "employee", walk.person.pk))
    walk.paid().confirm()

    after = posting.personal_balance(Account(AccountKind.PERSONAL, "500000", "employee", walk.person.pk))
    assert before == after == 12 * 16465


def test_books_and_chains_hold_after_a_whole_life(walk):
    walk.paid().confirm()

    assert verify.verify_ledger() == []
    assert verify.verify_audit() == []


def test_the_decision_is_stored_at_acceptance_and_at_the_last_signature(walk):
    walk.approved()

    stored = list(StoredDecision.objects.filter(case__number=walk.number).order_by("id"))
    assert [(one.outcome, one.amount_fen) for one in stored] == [("refund", 194910)] * 2
    assert {one.evidence_hash for one in stored} == {walk.seen}
    assert stored[0].canonical["lines"][0]["refund"] == "1949.10"
    assert stored[0].pack_version.texts


def test_the_same_actions_give_the_same_timeline(walk):
    walk.paid().confirm()

    kinds = [action.kind for action in cases.timeline(walk.number)]
    assert kinds == ["open", "save_answers", *["attach"] * 4, "submit", "accept", "approve", "pay", "confirm_paid"]


def test_refunded_months_are_on_the_record_and_never_refunded_twice(walk, make_walk):
    walk.paid().confirm()

    rows = RefundedMonth.objects.filter(case__number=walk.number)
    assert [row.month for row in rows.order_by("month")] == list(range(2022 * 12, 2022 * 12 + 6))
    assert sum(row.amount_fen for row in rows) == 194910
    assert ContributionRefund.objects.filter(case_number=walk.number).count() == 6
    again = make_walk(walk.person)
    again.minutes = 60
    again.submitted(key="k2")
    assert actions.preview(number=again.number, on=again.on).decision == "no_refund"


def test_two_schemes_and_receivers_get_a_payment_each(record, make_walk):
    person = record.person("500112199004180026")
    unit = record.enrol(person, "unit", date(2024, 1, 1), date(2024, 7, 1))
    row = record.pay(unit, "2024-01", "2024-06", 0, kind="monthly", payer="unit")
    row.amount_fen = 6 * (68000 + 16000)
    row.save()
    row.parts.create(fund="pool", payer="unit", amount_fen=6 * 68000)
    row.parts.create(fund="pool", payer="person", amount_fen=6 * 16000)
    row.credits.create(first_month=row.first_month, end_month=row.end_month, amount_fen=16000)
    row.paid_on = date(2024, 6, 30)
    record.post(row)
    record.happened(person, "stop_requested", date(2024, 3, 20))
    record.happened(person, "stop_failed", date(2024, 3, 20), cause="system")
    walk = make_walk(
        person,
        reason="stop_failed",
        materials=("payment_proof", "id_document", "bank_card", "incident_record", "stop_proof"),
        on=date(2024, 9, 2),
    )
    walk.paid()

    paid = {row.receiver: row.amount_fen for row in Payment.objects.filter(case__number=walk.number)}
    assert paid == {"unit": 3 * 68000}
    assert walk.confirm().state == "completed"


def test_letters_wait_for_the_worker_and_gate_nothing(walk):
    walk.accepted()

    waiting = Outbox.objects.filter(case_number=walk.number).values_list("data", flat=True)
    assert [row["paper"] for row in waiting.order_by("id")] == ["application_form", "acceptance_receipt"]


@pytest.mark.parametrize("kind", ["application_form", "acceptance_receipt"])
def test_a_paper_is_made_once_and_found_by_its_check_code(walk, kind):
    walk.accepted()
    first = actions.make_paper(number=walk.number, kind=kind, by=walk.staff["clerk"], **walk.now())
    second = actions.make_paper(number=walk.number, kind=kind, by=walk.staff["clerk"], **walk.now())

    assert first.pk == second.pk
    assert papers.content(first).startswith(b"%PDF-")
    assert papers.find(number=first.number, check_code=first.check_code).pk == first.pk
    assert IssuedPaper.objects.filter(kind=kind).count() == 1


def test_a_case_at_the_window_is_paid_by_a_slip_with_the_amount_on_it(walk):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    payment = walk.pay()

    slip = IssuedPaper.objects.get(case__number=walk.number, kind="refund_slip")
    assert (payment.route, payment.slip_number) == ("slip", slip.number)
    assert slip.number.startswith("TK-CQ-2023-")
    assert slip.evidence_hash == walk.seen
    assert walk.confirm().state == "completed"
