"""What each step refuses, with its code, and that it changes nothing."""

from contextlib import contextmanager
from datetime import date

import pytest

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.casework.refusals import REFUSALS as HOUSE
from yibao.kernel.errors import InputInvalid, Refused
from yibao.services.refund import actions
from yibao.services.refund.actions.refusals import REFUSALS
from yibao.services.refund.models import RefundedMonth
from yibao.store.models import BenefitUse, Case, CaseAction, JournalTransaction, Payment
from yibao.store.refusals import REFUSALS as STORE

pytestmark = pytest.mark.django_db


@contextmanager
def refuses(code, status=None):
    with pytest.raises(Refused) as caught:
        yield
    refusal = caught.value.refusal
    assert refusal.code == code
    assert refusal.zh
    assert refusal.en
    assert refusal.next_zh
    assert refusal.next_en
    if status is not None:
        assert refusal.status == status


def test_a_refusal_has_one_home_and_one_sentence():
    assert not set(REFUSALS) & set(HOUSE)
    assert not (set(REFUSALS) | set(HOUSE)) & set(STORE)


@contextmanager
def nothing_changes(walk):
    before = (walk.case.state, walk.case.chain_hash, CaseAction.objects.count(), JournalTransaction.objects.count())
    yield
    assert before == (
        walk.case.state,
        walk.case.chain_hash,
        CaseAction.objects.count(),
        JournalTransaction.objects.count(),
    )


def test_every_refusal_says_why_and_what_to_do():
    for code, refusal in REFUSALS.items():
        assert refusal.code == code
        assert all([refusal.zh, refusal.en, refusal.next_zh, refusal.next_en])
        assert 400 <= refusal.status < 500


def test_submitting_needs_a_payment(walk):
    case = actions.open_draft(person_id=walk.person.pk, region="500000", by=walk.citizen, **walk.now())
    walk.number = case.number
    with nothing_changes(walk), refuses("nothing_selected", 422):
        actions.submit(number=walk.number, key="k", by=walk.citizen, **walk.now())


def test_submitting_needs_an_account(walk):
    walk.drafted()
    request = walk.case.refund
    request.bank_account = None
    request.save()
    with nothing_changes(walk), refuses("no_account", 422):
        actions.submit(number=walk.number, key="k", by=walk.citizen, **walk.now())


def test_a_payment_of_another_person_is_an_input_error(walk, record):
    other = record.chen(identity="500112197603011979")
    row = other.enrolments.first().contributions.first()
    walk.drafted()
    with nothing_changes(walk), pytest.raises(InputInvalid) as caught:
        actions.save_answers(number=walk.number, answers={"payments": [f"p{row.pk}"]}, by=walk.citizen, **walk.now())
    assert [problem.where for problem in caught.value.problems] == ["payments"]


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        pytest.param({"reason": "greed"}, ["reason"], id="a reason that is not listed"),
        pytest.param({"payments": ["x"]}, [], id="texts that are no payment are left out"),
        pytest.param({"payments": 3}, ["payments"], id="no list of payments"),
        pytest.param({"channel": "fax"}, ["channel"], id="an unknown channel"),
        pytest.param({"colour": "red"}, ["colour"], id="an unknown answer"),
        pytest.param(
            {"bank_name": "演示银行", "bank_holder": "陈", "bank_number": "6222020000000000001"},
            ["bank_number"],
            id="a card number with a wrong check digit",
        ),
        pytest.param({"bank_name": "演示银行"}, ["bank_holder", "bank_number"], id="half an account"),
    ],
)
def test_wrong_answers_are_told_at_their_fields(walk, answers, where):
    walk.drafted()
    if not where:
        actions.save_answers(number=walk.number, answers=answers, by=walk.citizen, **walk.now())
        assert not walk.case.refund.payments.exists()
        return
    with nothing_changes(walk), pytest.raises(InputInvalid) as caught:
        actions.save_answers(number=walk.number, answers=answers, by=walk.citizen, **walk.now())
    assert [problem.where for problem in caught.value.problems] == where


def test_only_staff_may_answer_for_the_agency(walk):
    walk.drafted()
    with nothing_changes(walk), refuses("not_staff", 403):
        actions.save_answers(
            number=walk.number, answers={"seen_at_window": ["payment_proof"]}, by=walk.citizen, **walk.now()
        )


def test_another_citizen_may_not_touch_the_case(walk, record):
    walk.drafted()
    stranger = Actor(None, "", "citizen", person_id=record.chen(identity="500112197603011979").pk, assurance=PROVED)
    for step in ("submit", "withdraw"):
        options = {"key": "k"} if step == "submit" else {"reason": "x"}
        with nothing_changes(walk), refuses("not_your_case", 403):
            getattr(actions, step)(number=walk.number, by=stranger, **options, **walk.now())


def test_a_second_application_for_the_same_payment_waits(walk, make_walk):
    walk.submitted()
    again = make_walk(walk.person)
    again.minutes = 60
    again.drafted()
    with nothing_changes(again), refuses("case_open_already", 409):
        actions.submit(number=again.number, key="k2", by=again.citizen, **again.now())


def test_incomplete_cases_are_not_accepted_and_one_notice_lists_everything(walk):
    walk.materials = ("payment_proof",)
    walk.submitted()
    with nothing_changes(walk), refuses("materials_missing"):
        walk.accept()
    actions.ask_correction(number=walk.number, items=[], seen=walk.seen, by=walk.staff["clerk"], **walk.now())
    asked = walk.case.actions.get(kind="ask_correction")
    assert {item["material"] for item in asked.data["items"]} == {"id_document", "bank_card", "unemployment_record"}


def test_a_notice_that_lists_nothing_is_not_sent(walk):
    walk.submitted()
    with nothing_changes(walk), refuses("no_items", 422):
        actions.ask_correction(number=walk.number, items=[], seen=walk.seen, by=walk.staff["clerk"], **walk.now())


def test_roles_are_kept_apart(walk):
    walk.submitted()
    with nothing_changes(walk), refuses("not_your_role", 403):
        walk.accept(by="reviewer")
    walk.accept()
    with nothing_changes(walk), refuses("not_your_role", 403):
        walk.approve(by="clerk")
    walk.approve()
    with nothing_changes(walk), refuses("not_your_role", 403):
        walk.pay(by="reviewer")


def test_who_accepted_may_not_sign(walk):
    clerk = walk.staff["clerk"]
    both = Actor(clerk.user_id, clerk.name, "staff", frozenset({"clerk", "reviewer"}), clerk.region)
    walk.staff["both"] = both
    walk.submitted().accept(by="both")
    with nothing_changes(walk), refuses("two_person_rule"):
        walk.approve(by="both")


def test_who_entered_at_the_window_may_not_sign_and_who_signed_may_not_pay(walk):
    clerk = walk.staff["clerk2"]
    walk.staff["many"] = Actor(
        clerk.user_id, clerk.name, "staff", frozenset({"clerk", "reviewer", "finance"}), clerk.region
    )
    walk.submitted(by=walk.staff["many"]).accept()
    with nothing_changes(walk), refuses("two_person_rule"):
        walk.approve(by="many")
    reviewer = walk.staff["reviewer"]
    walk.staff["signer"] = Actor(
        reviewer.user_id, reviewer.name, "staff", frozenset({"reviewer", "finance"}), reviewer.region
    )
    walk.approve(by="signer")
    with nothing_changes(walk), refuses("two_person_rule"):
        walk.pay(by="signer")


def test_staff_of_another_region_may_not_act(walk):
    walk.submitted()
    walk.staff["far"] = Actor(walk.staff["clerk"].user_id, "x", "staff", frozenset({"clerk"}), "510100")
    with nothing_changes(walk), refuses("not_your_region", 403):
        walk.accept(by="far")


def test_a_stale_page_is_refused(walk):
    walk.submitted()
    with nothing_changes(walk), refuses("evidence_changed", 409):
        walk.accept(seen="0" * 64)


def test_a_level_that_was_passed_is_not_signed_again(walk):
    walk.accepted()
    with nothing_changes(walk), refuses("level_unknown"):
        walk.approve(level=2)
    walk.approve()
    with nothing_changes(walk), refuses("wrong_state"):
        walk.approve(by="reviewer2", level=1)


def test_a_decision_that_pays_nothing_is_not_approved(walk, make_walk, record):
    person = record.person("500112199104180029")
    own = record.enrol(person, "individual", date(2025, 1, 1), date(2026, 1, 1), tier=1)
    record.pay(own, "2025-01", "2025-12", 307500, paid_on=date(2025, 1, 6))
    wish = make_walk(person, reason="tier_change", materials=("payment_proof",), on=date(2025, 5, 6))
    wish.accepted()
    with nothing_changes(wish), refuses("decision_does_not_pay"):
        wish.approve()
    case = actions.refuse(
        number=wish.number, reason_code="no_refund", note="", seen=wish.seen, by=wish.staff["reviewer"], **wish.now()
    )
    assert case.state == "refused"


@pytest.mark.parametrize(
    ("code", "note", "refusal"),
    [("greed", "", "reason_unknown"), ("other", " ", "no_reason")],
    ids=["a reason that is not listed", "another reason without a word"],
)
def test_refusing_needs_a_named_reason(walk, code, note, refusal):
    walk.accepted()
    with nothing_changes(walk), refuses(refusal, 422):
        actions.refuse(
            number=walk.number, reason_code=code, note=note, seen=walk.seen, by=walk.staff["reviewer"], **walk.now()
        )


def test_texts_a_person_reads_may_not_be_empty(walk):
    walk.submitted()
    with nothing_changes(walk), refuses("no_reason", 422):
        actions.not_accept(number=walk.number, reason=" ", seen=walk.seen, by=walk.staff["clerk"], **walk.now())
    with nothing_changes(walk), refuses("no_reason", 422):
        actions.withdraw(number=walk.number, reason="", by=walk.citizen, **walk.now())


def test_the_desk_needs_a_reference_and_a_reason(walk):
    walk.paid()
    with nothing_changes(walk), refuses("no_reference", 422):
        walk.confirm(reference=" ")
    with nothing_changes(walk), refuses("no_reason", 422):
        walk.bounce(reason=" ")


def test_money_is_not_paid_before_the_last_signature(walk):
    walk.accepted()
    with nothing_changes(walk), refuses("wrong_state"):
        walk.pay()
    assert not Payment.objects.exists()


def test_months_reserved_by_another_case_are_refused_at_the_last_signature(walk, record):
    walk.accepted()
    row = walk.case.refund.payments.get()
    other = Case.objects.create(
        number="CQ-0", service="refund", region="500000", person=walk.person, state="approved", opened_on=walk.on
    )
    RefundedMonth.objects.create(contribution=row, month=row.first_month, ground="cover", case=other, amount_fen=1)
    with nothing_changes(walk), refuses("already_refunded"):
        walk.approve()


def test_refunds_together_never_exceed_what_was_paid(walk):
    walk.accepted()
    row = walk.case.refund.payments.get()
    other = Case.objects.create(
        number="CQ-0", service="refund", region="500000", person=walk.person, state="approved", opened_on=walk.on
    )
    RefundedMonth.objects.create(
        contribution=row, month=row.first_month, ground="price", case=other, amount_fen=587400 - 194910 + 1
    )
    with nothing_changes(walk), refuses("more_than_paid"):
        walk.approve()


def test_a_weak_decision_needs_a_confirmation_in_words(record, make_walk):
    person = record.person("500112198807120028", born=date(1988, 7, 12))
    own = record.enrol(person, "individual", date(2024, 1, 1), date(2025, 1, 1), tier=1)
    row = record.pay(own, "2024-01", "2024-12", 291000, paid_on=date(2024, 1, 6), large=58200)
    record.post(row)
    unit = record.enrol(person, "unit", date(2024, 7, 1), date(2025, 1, 1))
    record.pay(unit, "2024-07", "2024-12", 500000, kind="monthly", payer="unit")
    walk = make_walk(
        person,
        reason="moved_to_unit",
        materials=("payment_proof", "id_document", "bank_card", "employment_record"),
        on=date(2025, 3, 3),
    )
    walk.accepted()
    with nothing_changes(walk), refuses("not_confirmed", 422):
        walk.approve()
    assert walk.approve(confirmed=True).state == "approved"


def test_a_closed_month_takes_no_refund(walk):
    from django.utils import timezone

    from yibao.kernel.months import Month
    from yibao.store import posting

    walk.accepted()
    posting.close_period(region="500000", month=Month(2023, 2), by=walk.staff["finance"], at=timezone.now())
    with nothing_changes(walk), refuses("period_closed"):
        walk.approve()


def test_benefits_used_meanwhile_are_new_evidence(walk):
    walk.accepted()
    BenefitUse.objects.create(
        enrolment=walk.person.enrolments.first(), on=date(2022, 3, 1), kind="outpatient", amount_fen=100
    )
    with refuses("evidence_changed", 409):
        walk.approve()
    assert walk.case.state == "accepted"
