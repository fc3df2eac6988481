"""What happens when something changes on the way: evidence, amount, account, mind."""

from datetime import date

import pytest

from yibao.kernel.errors import Refused
from yibao.ledger.accounts import Account, AccountKind
from yibao.services.refund import actions
from yibao.services.refund.actions import papers
from yibao.services.refund.models import RefundedMonth
from yibao.store import posting, verify
from yibao.store.models import BenefitUse, IssuedPaper, JournalTransaction, Payment, Unit

pytestmark = pytest.mark.django_db
LONG = ("county_agency", "county_hrss", "county_finance", "city_agency", "city_hrss", "city_finance")


@pytest.fixture
def long_walk(record, make_walk):
    """A lump sum at a county's own standard: the agency determines the amount, four levels sign."""
    person = record.person("500112196705230020", born=date(1967, 5, 23))
    own = record.enrol(person, "individual", date(2016, 1, 1), date(2021, 1, 1), tier=1)
    row = record.pay(
        own, "2016-01", "2020-12", 1425000, kind="lump_sum", paid_on=date(2016, 6, 2), years=5, standard="county"
    )
    record.post(row)
    record.happened(person, "concession_recognised", date(2021, 4, 12), **{"from": "2016-01-01", "to": "2020-12-31"})
    return make_walk(
        person,
        reason="concession",
        materials=("payment_proof", "id_document", "bank_card", "concession_proof"),
        on=date(2021, 6, 1),
    )


def determine(walk, amount="7300.00"):
    answers = {"determined": {"amount": amount, "worksheet": "按区县标准核定"}}
    return actions.save_answers(number=walk.number, answers=answers, by=walk.staff["clerk2"], **walk.now())


def visit(walk):
    BenefitUse.objects.create(
        enrolment=walk.person.enrolments.first(), on=date(2022, 3, 1), kind="outpatient", amount_fen=100
    )


def refused_with(code, step, *arguments, **options):
    with pytest.raises(Refused) as caught:
        step(*arguments, **options)
    assert caught.value.refusal.code == code


def test_the_long_chain_needs_both_offices_at_two_levels(long_walk):
    long_walk.submitted()
    determine(long_walk)
    long_walk.accept()
    seen = []
    for name in LONG:
        seen.append(long_walk.case.level)
        long_walk.approve(by=name, confirmed=True)
    assert seen == [1, 2, 2, 3, 4, 4]
    assert (long_walk.case.state, long_walk.case.amount_fen) == ("approved", 730000)


def test_the_long_chain_cannot_be_cut_short_by_accepting_before_the_amount_is_there(long_walk):
    long_walk.submitted()
    refused_with("amount_not_determined", long_walk.accept)
    determine(long_walk)
    assert len(long_walk.accept().process) == 4


def test_other_levels_than_at_acceptance_need_a_new_acceptance(record, make_walk):
    person = record.person("500112196308080027", born=date(1963, 8, 8), died_on=date(2025, 1, 18))
    own = record.enrol(person, "individual", date(2025, 1, 1), date(2026, 1, 1), tier=1)
    row = record.pay(own, "2025-01", "2025-12", 307500, paid_on=date(2025, 1, 3))
    record.post(row)
    walk = make_walk(
        person,
        reason="death",
        applicant="heir",
        channel="window",
        materials=("payment_proof", "id_document", "bank_card", "death_certificate", "heir_relation_proof"),
        on=date(2025, 3, 3),
    )
    walk.submitted(by=walk.staff["clerk2"]).accept()
    assert len(walk.case.process) == 1
    BenefitUse.objects.create(enrolment=own, on=date(2025, 1, 9), kind="outpatient", amount_fen=100)
    refused_with("evidence_changed", walk.approve)
    refused_with("chain_changed", walk.approve)
    items = [{"field": "benefits", "note": "已有待遇，须加审"}]
    actions.ask_correction(number=walk.number, items=items, seen=walk.seen, by=walk.staff["reviewer"], **walk.now())
    actions.resubmit(number=walk.number, by=walk.staff["clerk2"], **walk.now())
    assert len(walk.accept().process) == 2
    walk.approve(by="reviewer")
    assert walk.approve(by="reviewer2").state == "approved"
    assert walk.pay().receiver == "heir"


def test_what_no_rule_covers_is_paid_by_an_amount_a_person_determined(record, make_walk):
    person = record.person("500112200303270013", sex="M", born=date(2003, 3, 27))
    own = record.enrol(person, "individual", date(2025, 1, 1), date(2026, 1, 1), tier=1)
    record.post(record.pay(own, "2025-01", "2025-12", 307500, paid_on=date(2025, 1, 6), large=61500))
    record.happened(person, "enlisted", date(2025, 9, 1))
    walk = make_walk(person, reason="enlisted", materials=("payment_proof",), on=date(2025, 10, 9))
    walk.accepted()
    refused_with("amount_not_determined", walk.approve, confirmed=True)
    determine(walk, "1025.00")
    assert (walk.case.state, walk.case.amount_fen) == ("accepted", 102500)
    refused_with("not_confirmed", walk.approve)
    walk.approve(confirmed=True)
    assert walk.pay().amount_fen == 102500
    assert walk.confirm().state == "completed"
    assert verify.verify_ledger() == []


def test_a_claim_that_the_credits_cover_is_completed_without_money(record, make_walk):
    person = record.person("500112197603011995", sex="M", born=date(1976, 3, 1))
    own = record.enrol(person, "individual", date(2022, 1, 1), date(2023, 1, 1), tier=2)
    record.post(record.pay(own, "2022-01", "2022-12", 120000, paid_on=date(2022, 1, 5), credit=10000))
    fund = record.enrol(person, "unemployed", date(2022, 1, 1), date(2022, 7, 1))
    record.pay(fund, "2022-01", "2022-06", None, kind="monthly", payer="unemployment_fund")
    walk = make_walk(person)
    walk.accepted()

    assert walk.approve().state == "completed"
    assert walk.case.amount_fen == 0
    assert not JournalTransaction.objects.filter(case_number=walk.number).exists()
    assert verify.verify_audit() == []


def test_credits_not_set_off_come_back_out_of_the_personal_account(record, make_walk):
    """Tier 2 of 2022, then an employer: the row sets nothing off, so the account gives its credits back."""
    person = record.person("500112198807120028", born=date(1988, 7, 12))
    own = record.enrol(person, "individual", date(2022, 1, 1), date(2023, 1, 1), tier=2)
    record.post(record.pay(own, "2022-01", "2022-12", 587400, paid_on=date(2022, 1, 5), large=53400, credit=14685))
    relation = record.enrol(person, "unit", date(2022, 7, 1), date(2023, 1, 1), unit=unit(1))
    record.pay(relation, "2022-07", "2022-12", 500000, kind="monthly", payer="unit")
    walk = make_walk(
        person,
        reason="moved_to_unit",
        materials=("payment_proof", "id_document", "bank_card", "employment_record"),
        on=date(2023, 3, 3),
    )
    walk.approved()

    assert walk.case.amount_fen == 293700
    posted = JournalTransaction.objects.get(case_number=walk.number)
    assert [(entry.account.kind, entry.amount_fen) for entry in posted.entries.order_by("line")] == [
        ("pool", 293700 - 6 * 14685 - 26700),
        ("personal", 6 * 14685),
        ("large_claim", 26700),
        ("refunds_payable", -293700),
    ]


def test_a_new_amount_voids_the_signatures_given(long_walk):
    long_walk.submitted()
    determine(long_walk)
    long_walk.accept()
    long_walk.approve(by="county_agency", confirmed=True)
    determine(long_walk, "6000.00")
    assert (long_walk.case.state, long_walk.case.level, long_walk.case.amount_fen) == ("accepted", 1, 600000)
    for name in LONG:
        long_walk.approve(by=name, confirmed=True)
    assert long_walk.pay().amount_fen == 600000


def test_evidence_changed_between_levels_goes_back_to_the_first(long_walk):
    long_walk.submitted()
    determine(long_walk)
    long_walk.accept()
    long_walk.approve(by="county_agency", confirmed=True)
    old = long_walk.seen
    visit(long_walk)

    refused_with("evidence_changed", long_walk.approve, by="county_hrss", confirmed=True)

    assert (long_walk.case.state, long_walk.case.level) == ("accepted", 1)
    assert long_walk.seen != old
    refused_with("evidence_changed", long_walk.approve, by="county_agency", seen=old, confirmed=True)
    long_walk.approve(by="county_agency", confirmed=True)
    assert long_walk.case.level == 2


def test_evidence_changed_after_approval_reverses_what_was_owed(walk):
    walk.approved()
    visit(walk)

    refused_with("evidence_changed", walk.pay)

    assert (walk.case.state, walk.case.level) == ("accepted", 1)
    assert not Payment.objects.exists()
    assert not RefundedMonth.objects.exists()
    kinds = list(
        JournalTransaction.objects.filter(case_number=walk.number).order_by("id").values_list("kind", flat=True)
    )
    assert kinds == ["refund.payable", "refund.payable.reversal"]
    walk.approve()
    assert walk.pay().amount_fen == 194910
    walk.confirm()
    assert verify.verify_ledger() == []
    assert verify.verify_audit() == []


def test_a_correction_stops_the_clock_and_goes_on_after_it(walk):
    walk.accepted()
    case = actions.ask_correction(
        number=walk.number,
        items=[{"material": "bank_card", "note": "看不清"}],
        seen=walk.seen,
        by=walk.staff["reviewer"],
        **walk.now(),
    )
    assert case.state == "correction_due"
    assert case.clocks.get(name="decision").running_since is None
    walk.on = date(2023, 2, 17)
    walk.attach("bank_card", content=None)
    assert actions.resubmit(number=walk.number, by=walk.citizen, **walk.now()).state == "submitted"
    assert case.clocks.get(name="decision").running_since == walk.on
    assert walk.accept().state == "accepted"
    assert walk.approve().state == "approved"


@pytest.mark.parametrize("until", ["drafted", "submitted", "accepted", "approved"])
def test_an_application_can_be_withdrawn_until_money_is_on_its_way(walk, until):
    getattr(walk, until)()
    case = actions.withdraw(number=walk.number, reason="不再申请", by=walk.citizen, **walk.now())

    assert case.state == "withdrawn"
    assert not RefundedMonth.objects.exists()
    posted = JournalTransaction.objects.filter(case_number=walk.number)
    assert posted.count() == (2 if until == "approved" else 0)
    assert verify.verify_ledger() == []


def test_an_application_under_correction_can_be_withdrawn(walk):
    walk.submitted()
    items = [{"material": "bank_card", "note": "看不清"}]
    actions.ask_correction(number=walk.number, items=items, seen=walk.seen, by=walk.staff["clerk"], **walk.now())
    assert actions.withdraw(number=walk.number, reason="算了", by=walk.citizen, **walk.now()).state == "withdrawn"


@pytest.mark.parametrize("finish", [False, True], ids=["money on its way", "completed"])
def test_money_on_its_way_is_not_withdrawn(walk, finish):
    walk.paid()
    if finish:
        walk.confirm()
    before = walk.case.chain_hash
    refused_with("wrong_state", actions.withdraw, number=walk.number, reason="x", by=walk.citizen, **walk.now())
    assert walk.case.chain_hash == before


def test_bounced_money_waits_for_a_right_account_and_is_paid_again(walk):
    walk.paid()
    case = walk.bounce()

    assert case.state == "approved"
    assert "correct_account" in actions.available(case=walk.case, actor=walk.citizen)
    account = {"bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": "6222020000000000018"}
    case = actions.save_answers(number=walk.number, answers=account, by=walk.citizen, **walk.now())
    assert case.state == "approved"
    second = walk.pay(key="pay2")
    assert walk.confirm().state == "completed"
    assert [row.status for row in Payment.objects.filter(case__number=walk.number)] == ["bounced", "paid"]
    assert second.bank_account.number == "6222020000000000018"
    assert verify.verify_ledger() == []


def test_an_account_is_not_changed_after_approval_without_a_bounce(walk):
    walk.approved()
    account = {"bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": "6222020000000000018"}
    refused_with(
        "wrong_state", actions.save_answers, number=walk.number, answers=account, by=walk.citizen, **walk.now()
    )
    assert walk.case.refund.bank_account.number != "6222020000000000018"


def test_a_bounced_slip_is_void_and_a_new_one_is_numbered(walk):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    first = walk.pay()
    walk.bounce()
    second = walk.pay(key="pay2")

    assert first.slip_number != second.slip_number
    assert IssuedPaper.objects.get(number=first.slip_number).voided_at is not None
    assert IssuedPaper.objects.get(number=second.slip_number).voided_at is None


def test_a_slip_left_by_a_killed_process_is_used_by_the_next_call(walk, monkeypatch):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    from yibao.services.refund.actions import paying

    def killed(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(paying, "_send", killed)
    with pytest.raises(KeyboardInterrupt):
        walk.pay()
    monkeypatch.undo()
    left = IssuedPaper.objects.get(kind=papers.SLIP)
    assert walk.case.state == "approved"

    payment = walk.pay()

    assert payment.slip_number == left.number
    assert IssuedPaper.objects.filter(kind=papers.SLIP).count() == 1


def test_a_slip_made_of_other_evidence_is_never_paid_by(walk, monkeypatch):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    from yibao.services.refund.actions import paying

    real = paying._slip

    def slip_then_change(**options):
        made = real(**options)
        visit(walk)
        return made

    monkeypatch.setattr(paying, "_slip", slip_then_change)
    refused_with("evidence_changed", walk.pay)
    assert not Payment.objects.exists()
    assert walk.case.state == "accepted"


def test_buttons_are_what_the_server_allows(walk):
    walk.submitted()
    assert {"accept", "not_accept", "ask_correction"} <= set(
        actions.available(case=walk.case, actor=walk.staff["clerk"])
    )
    assert "withdraw" in actions.available(case=walk.case, actor=walk.citizen)
    assert "accept" not in actions.available(case=walk.case, actor=walk.staff["reviewer"])
    walk.accept()
    assert {"approve", "refuse"} <= set(actions.available(case=walk.case, actor=walk.staff["reviewer"]))
    walk.approve()
    assert "pay" in actions.available(case=walk.case, actor=walk.staff["finance"])
    assert "pay" not in actions.available(case=walk.case, actor=walk.staff["reviewer"])


def test_two_relations_are_merged_and_nothing_is_paid(record, make_walk):
    person = record.person("500112198610100016", sex="M", born=date(1986, 10, 10))
    for number, (start, end) in enumerate([(date(2024, 1, 1), date(2025, 1, 1)), (date(2024, 7, 1), date(2025, 7, 1))]):
        relation = record.enrol(person, "unit", start, end, unit=unit(number))
        row = record.pay(
            relation, str(start)[:7], "2024-12" if number == 0 else "2025-06", 1000000, kind="monthly", payer="unit",
            credit=16000,
        )  # fmt: skip
        row.paid_on = date(2025, 6, 30)
        record.post(row)
    walk = make_walk(person, reason="duplicate", materials=("payment_proof",), on=date(2025, 9, 1))
    walk.accepted()
    case = walk.approve()

    assert case.state == "completed"
    assert not Payment.objects.exists()
    assert verify.verify_ledger() == []


def test_the_accounts_of_two_identities_become_one(record, make_walk):
    """A newborn's temporary identity was merged; both records were credited by a unit for the same months."""
    kept, earlier = (record.person(number, sex="M") for number in ("500112198610100016", "500112198610100032"))
    for person in (kept, earlier):
        relation = record.enrol(
            person, "unit", date(2024, 1, 1), date(2025, 1, 1), unit=unit(len(person.identity[-2:]))
        )
        row = record.pay(relation, "2024-01", "2024-12", 1000000, kind="monthly", payer="unit", credit=16000)
        row.paid_on = date(2024, 12, 31)
        record.post(row)
    earlier.merged_into = kept
    earlier.save()
    walk = make_walk(kept, reason="duplicate", materials=("payment_proof",), on=date(2025, 9, 1))
    walk.accepted().approve()

    assert walk.case.state == "completed"
    balances = [
        posting.personal_balance(Account(AccountKind.PERSONAL, "500000", "employee", one.pk)) for one in (kept, earlier)
    ]
    assert balances == [2 * 12 * 16000, 0]
    merged = JournalTransaction.objects.get(case_number=walk.number)
    assert merged.kind == "accounts_merged"
    assert verify.verify_ledger() == []


def unit(number):
    return Unit.objects.get_or_create(
        credit_code=f"91500112MA000000{number}X", defaults={"name": f"演示{number}", "region": "500112"}
    )[0]
