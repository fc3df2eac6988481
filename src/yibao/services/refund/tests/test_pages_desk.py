"""The case page, the pay-out desk and their buttons: who may press them, and what a refused step leaves behind."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yibao.services.refund import actions
from yibao.store.models import CitizenLogin, ReadLog, StaffRole


def desk(case, step=""):
    return f"/workbench/refund/cases/{case.number}" + (f"/{step}" if step else "")


@pytest.fixture
def seat(staff):
    """Sign a member of staff in: `seat("clerk")` gives their browser."""

    def sit(name):
        client = Client()
        client.force_login(get_user_model().objects.get(username=name))
        return client

    return sit


@pytest.fixture
def elsewhere(db):
    """A clerk of another region."""
    user = get_user_model().objects.create(username="taiyuan", first_name="外地")
    StaffRole.objects.create(user=user, role="clerk", region="140100")
    client = Client()
    client.force_login(user)
    return client


def press(client, walk, verb, **data):
    return client.post(desk(walk.case, f"do/{verb}"), {"seen": walk.seen, **data})


class TestCasePage:
    def test_evidence_steps_and_decision_stand_on_one_page(self, seat, walk):
        walk.submitted()
        page = seat("clerk").get(desk(walk.case)).content.decode()
        for words in ("怎么算出来的", "1,949.10", "渝医保发〔2020〕39号", "材料", "我的意见", "受理"):
            assert words in page

    def test_it_says_why_every_other_rule_does_not_apply(self, seat, walk):
        walk.submitted()
        page = seat("clerk").get(desk(walk.case)).content.decode()
        assert "为什么不是别的情形" in page
        assert "R4c" in page

    def test_names_and_numbers_are_masked(self, seat, walk):
        walk.submitted()
        page = seat("clerk").get(desk(walk.case)).content.decode()
        assert "陈**" in page
        assert "陈建国" not in page
        assert walk.person.identity not in page
        assert "6222020000000000000" not in page

    def test_every_look_is_written_down(self, seat, walk):
        walk.submitted()
        seat("clerk").get(desk(walk.case))
        read = ReadLog.objects.get(person=walk.person, reader_kind="staff")
        assert (read.purpose, read.case_number, read.role) == ("case", walk.number, "clerk")

    def test_the_two_persons_stand_in_named_boxes(self, seat, walk):
        walk.accepted()
        page = seat("reviewer").get(desk(walk.case)).content.decode()
        assert "本人网上提交" in page
        assert "第 1 级 · 审核岗" in page
        assert "等您签" in page

    def test_only_the_steps_the_server_would_take_have_a_button(self, seat, walk):
        walk.accepted()
        assert "do/approve" not in seat("clerk").get(desk(walk.case)).content.decode()
        assert "do/approve" in seat("reviewer").get(desk(walk.case)).content.decode()

    def test_english_says_it_too(self, seat, walk):
        walk.submitted()
        client = seat("clerk")
        client.cookies["yibao_language"] = "en"
        page = client.get(desk(walk.case)).content.decode()
        assert "How it was worked out" in page
        assert '<html lang="en"' in page


class TestWhoMay:
    def test_a_clerk_of_another_region_may_not_look(self, elsewhere, walk):
        walk.submitted()
        assert elsewhere.get(desk(walk.case)).status_code == 403
        assert ReadLog.objects.count() == 0

    @pytest.mark.parametrize("verb", ["accept", "not_accept", "approve", "refuse", "pay", "confirm_paid", "bounce"])
    def test_a_clerk_of_another_region_may_not_act(self, elsewhere, walk, verb):
        walk.submitted()
        assert press(elsewhere, walk, verb).status_code == 403
        assert walk.case.state == "submitted"

    def test_a_citizen_may_not_enter_the_workbench(self, walk, client):
        walk.submitted()
        user = get_user_model().objects.create(username="citizen")
        CitizenLogin.objects.create(user=user, person=walk.person)
        client.force_login(user)
        assert client.get(desk(walk.case)).status_code == 403
        assert press(client, walk, "accept").status_code == 403

    def test_a_visitor_is_sent_to_the_staff_door(self, walk, client):
        walk.submitted()
        assert client.get(desk(walk.case))["Location"].startswith("/workbench/sign-in")

    def test_a_draft_is_its_author_s_alone(self, seat, walk):
        walk.drafted()
        assert seat("clerk").get(desk(walk.case)).status_code == 404

    def test_whoever_accepted_may_not_approve(self, seat, walk):
        StaffRole.objects.create(user=get_user_model().objects.get(username="clerk"), role="reviewer", region="500000")
        walk.accepted()
        page = press(seat("clerk"), walk, "approve", level=1)
        assert page.status_code == 409
        assert "经办与审核须分开" in page.content.decode()
        assert walk.case.state == "accepted"

    def test_steps_are_taken_by_a_form_only(self, seat, walk):
        walk.submitted()
        assert seat("clerk").get(desk(walk.case, "do/accept")).status_code == 405

    def test_an_unknown_step_does_not_exist(self, seat, walk):
        walk.submitted()
        assert press(seat("clerk"), walk, "dance").status_code == 404


class TestSteps:
    def test_a_refund_goes_from_acceptance_to_the_bank(self, seat, walk):
        walk.submitted()
        assert press(seat("clerk"), walk, "accept").status_code == 302
        assert press(seat("reviewer"), walk, "approve", level=1).status_code == 302
        assert press(seat("finance"), walk, "pay", key="once").status_code == 302
        assert press(seat("finance"), walk, "confirm_paid", reference="20261121-001").status_code == 302
        assert walk.case.state == "completed"

    def test_evidence_that_changed_is_told_and_nothing_is_signed(self, seat, walk):
        walk.accepted()
        page = press(seat("reviewer"), walk, "approve", level=1, seen="0" * 64)
        assert page.status_code == 409
        assert "已有变动" in page.content.decode()
        assert walk.case.signatures.count() == 0

    def test_two_reviewers_at_once_sign_once(self, seat, walk):
        walk.accepted()
        seen = walk.seen
        first = press(seat("reviewer"), walk, "approve", level=1, seen=seen)
        second = press(seat("reviewer2"), walk, "approve", level=1, seen=seen)
        assert (first.status_code, second.status_code) == (302, 409)
        assert walk.case.signatures.count() == 1

    def test_a_notice_without_anything_is_refused_with_the_input_kept(self, seat, walk):
        walk.submitted()
        page = press(seat("clerk"), walk, "ask_correction", other=" ")
        assert page.status_code == 400
        assert 'href="#ask_correction-items"' in page.content.decode()
        assert walk.case.state == "submitted"

    def test_a_notice_stops_the_case_until_the_citizen_answers(self, seat, walk):
        walk.submitted()
        press(seat("clerk"), walk, "ask_correction", items=["id_document"], other="地址不清")
        assert walk.case.state == "correction_due"

    def test_refusing_needs_a_reason_and_a_note_and_keeps_what_was_typed(self, seat, walk):
        walk.accepted()
        page = press(seat("reviewer"), walk, "refuse", note="与记录不符")
        html = page.content.decode()
        assert page.status_code == 400
        assert "与记录不符" in html
        assert 'href="#refuse-reason_code"' in html
        press(seat("reviewer"), walk, "refuse", reason_code="untrue", note="与记录不符")
        assert walk.case.state == "refused"

    def test_a_decision_on_weak_sources_needs_a_tick(self, seat, walk):
        walk.accepted()
        page = press(seat("reviewer"), walk, "approve", level=1, weak="1")
        assert page.status_code == 400
        assert "请先核对依据" in page.content.decode()
        assert walk.case.signatures.count() == 0

    def test_a_payment_pressed_twice_is_one_payment(self, seat, walk):
        walk.approved()
        client = seat("finance")
        press(client, walk, "pay", key="once")
        press(client, walk, "pay", key="once")
        assert walk.case.payments.count() == 1

    def test_a_payment_that_came_back_is_told_to_the_citizen(self, seat, walk):
        walk.paid()
        press(seat("finance"), walk, "bounce", reason="户名不符")
        assert walk.case.state == "approved"
        assert "户名不符" in seat("finance").get(desk(walk.case)).content.decode()

    def test_confirming_needs_the_bank_reference(self, seat, walk):
        walk.paid()
        assert press(seat("finance"), walk, "confirm_paid", reference="").status_code == 400
        assert walk.case.state == "executing"

    def test_papers_and_files_open_for_the_office(self, seat, walk):
        walk.submitted()
        held = walk.case.documents.first()
        assert seat("clerk").get(desk(walk.case, f"files/{held.pk}"))["X-Content-Type-Options"] == "nosniff"
        paper = seat("clerk").post(desk(walk.case, "papers/make/application_form"), follow=True)
        assert paper["Content-Type"] == "application/pdf"


class TestPayoutDesk:
    def test_it_shows_what_waits_and_what_is_on_its_way(self, seat, walk):
        walk.approved()
        assert walk.number in seat("finance").get("/workbench/refund/pay").content.decode()

    def test_it_is_for_those_who_pay(self, seat, walk):
        assert seat("reviewer").get("/workbench/refund/pay").status_code == 403
        assert 'href="/workbench/refund/pay"' not in seat("reviewer").get("/workbench/").content.decode()

    def test_it_costs_the_same_however_many_wait(self, seat, walk, make_walk, record, django_assert_max_num_queries):
        walk.approved()
        make_walk(record.chen(identity="500112197603012016")).approved()
        client = seat("finance")
        with django_assert_max_num_queries(15):
            client.get("/workbench/refund/pay")


class TestLateApplications:
    def test_an_application_that_does_not_pay_can_only_be_refused(self, seat, walk):
        walk.reason = "wish"
        walk.submitted()
        actions.accept(number=walk.number, seen=walk.seen, by=walk.staff["clerk"], **walk.now())
        page = seat("reviewer").get(desk(walk.case)).content.decode()
        assert "do/approve" not in page
        assert "do/refuse" in page


class TestDeterminedAmounts:
    def test_an_amount_a_person_must_find_is_entered_with_its_worksheet_and_shown(self, seat, walk):
        walk.reason = "enlisted"
        walk.submitted()
        clerk = seat("clerk")
        wrong = press(clerk, walk, "determine", amount="12.345", worksheet="逐年核算")
        assert wrong.status_code == 400
        assert "逐年核算" in wrong.content.decode()
        press(clerk, walk, "determine", amount="1234.50", worksheet="逐年核算")
        page = clerk.get(desk(walk.case)).content.decode()
        assert "1,234.50" in page
        assert "逐年核算" in page
