"""The citizen's pages of a refund: what each state shows, and whose case it is."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from yibao.services.refund import actions
from yibao.services.refund.models import RefundRequest
from yibao.store.models import Case, CitizenLogin, Document

CARD = "6222 0200 0000 0000 000"


def citizen(client, person, name):
    user = get_user_model().objects.create(username=name)
    CitizenLogin.objects.create(user=user, person=person)
    client.force_login(user)
    return client


@pytest.fixture
def alice(client, chen, files):
    return citizen(client, chen, "alice")


@pytest.fixture
def bob(db, client_factory, record, files):
    return citizen(client_factory(), record.person("500112197001010021"), "bob")


@pytest.fixture
def client_factory():
    from django.test import Client

    return Client


@pytest.fixture
def draft(alice, chen):
    payment = f"p{chen.enrolments.get(category='individual').contributions.get().pk}"
    alice.post("/refund/apply", {"payments": [payment]})
    return Case.objects.get()


def at(case, step=""):
    return f"/refund/cases/{case.number}" + (f"/{step}" if step else "")


def fill(client, case):
    client.post(at(case, "reason"), {"reason": "unemployment_overlap"})
    account = {"applicant": "payer", "bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": CARD}
    return client.post(at(case, "account"), account)


def upload(client, case, material, png):
    return client.post(at(case, "materials"), {"material": material, "file": SimpleUploadedFile("a.png", png)})


def to_do(page):
    """What the tracker tells its reader to do, and where."""
    href, words = re.search(r'app-track__do" href="([^"]+)">([^<]+)<', page).groups()
    return words, href


class TestFinding:
    def test_the_system_finds_what_was_paid_twice_without_being_told(self, alice):
        page = alice.get("/refund/").content.decode()
        assert "1,949.10" in page
        assert "领取失业保险金记录" in page

    def test_the_first_page_shows_it_as_well(self, alice):
        assert "1,949.10" in alice.get("/").content.decode()

    def test_somebody_who_paid_once_finds_nothing(self, bob):
        page = bob.get("/refund/")
        assert "没有发现重复的缴费" in page.content.decode()

    def test_a_payment_in_a_case_leads_to_the_case(self, alice, draft):
        assert at(draft) in alice.get("/refund/").content.decode()


class TestList:
    def test_a_draft_shows_what_is_filled_in_and_what_is_missing(self, alice, draft):
        page = alice.get(at(draft)).content.decode()
        assert "填好了 1 项，共 4 项。" in page
        assert page.count("还没填") == 2
        assert "还差 4 份" in page
        assert f'href="{at(draft, "reason")}" role="button"' in page

    def test_a_full_draft_leads_to_the_page_to_send_it(self, alice, draft, record):
        fill(alice, draft)
        for material in ("payment_proof", "id_document", "bank_card", "unemployment_record"):
            upload(alice, draft, material, record.png())
        page = alice.get(at(draft)).content.decode()
        assert "填好了 4 项，共 4 项。" in page
        assert f'href="{at(draft, "check")}" role="button"' in page

    def test_an_answer_may_be_kept_for_later(self, alice, draft):
        page = alice.post(at(draft, "reason"), {"reason": "duplicate", "then": "later"}, follow=True)
        assert page.redirect_chain == [(at(draft), 302)]
        draft.refund.refresh_from_db()
        assert draft.refund.reason == "duplicate"

    def test_a_question_may_be_left_unanswered_for_later(self, alice, draft):
        for step in ("reason", "account"):
            assert alice.post(at(draft, step), {"applicant": "payer", "then": "later"})["Location"] == at(draft)
        page = alice.post(at(draft, "account"), {"bank_number": "1", "then": "later"})
        assert (page.status_code, 'value="1"' in page.content.decode()) == (400, True)

    def test_a_reason_no_question_offers_is_told_in_words(self, alice, draft):
        RefundRequest.objects.filter(case=draft).update(reason="mis_posted")
        page = alice.get(at(draft, "check")).content.decode()
        assert "误进款或信息错误" in page
        assert ">mis_posted<" not in page


class TestQuestions:
    def test_a_weak_proof_leads_to_a_stronger_one_before_anything_is_sent(self, alice, draft):
        fill(alice, draft)
        session = alice.session
        session["assurance"] = {"level": "L2", "method": "demo", "at": 0}
        session.save()
        page = alice.post(at(draft, "submit"), {"key": "k"})
        assert page.status_code == 403
        assert "请再核验一次身份" in page.content.decode()
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_a_draft_opens_with_the_payment_that_was_found(self, draft):
        assert draft.state == "draft"
        assert draft.refund.payments.count() == 1

    def test_nothing_chosen_is_an_error_at_the_field_and_in_the_title(self, alice, draft):
        page = alice.post(at(draft, "reason"), {})
        html = page.content.decode()
        assert page.status_code == 400
        assert "<title>错误：" in html
        assert 'href="#reason"' in html
        assert html.count("请选择一个原因") == 2

    def test_what_was_typed_is_kept_beside_the_error(self, alice, draft):
        typed = {"applicant": "payer", "bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": "1234"}
        page = alice.post(at(draft, "account"), typed)
        assert page.status_code == 400
        assert 'value="1234"' in page.content.decode()
        assert 'value="演示银行"' in page.content.decode()

    def test_each_answer_is_kept_at_once(self, alice, draft):
        alice.post(at(draft, "reason"), {"reason": "duplicate"})
        draft.refund.refresh_from_db()
        assert draft.refund.reason == "duplicate"

    def test_not_knowing_the_reason_is_an_answer(self, alice, draft):
        assert alice.post(at(draft, "reason"), {"reason": "any"}).status_code == 302

    def test_a_payment_of_another_person_is_not_taken(self, alice, draft, record):
        other = record.chen(identity="500112197603012016")
        stranger = other.enrolments.get(category="individual").contributions.get()
        page = alice.post(at(draft, "payments"), {"payments": [f"p{stranger.pk}"]})
        assert page.status_code == 400
        assert stranger not in draft.refund.payments.all()

    def test_a_file_that_is_not_what_its_name_says_is_refused_with_the_next_step(self, alice, draft):
        page = upload(alice, draft, "id_document", b"%PDF-1.4 not a picture")
        assert page.status_code == 415
        assert "请上传原始文件" in page.content.decode()
        assert Document.objects.count() == 0

    def test_no_file_is_an_error_at_that_material(self, alice, draft):
        page = alice.post(at(draft, "materials"), {"material": "id_document"})
        assert page.status_code == 400
        assert 'href="#file-id_document"' in page.content.decode()

    def test_an_uploaded_file_is_shown_and_can_be_taken_back(self, alice, draft, record):
        upload(alice, draft, "id_document", record.png())
        held = Document.objects.get()
        assert at(draft, f"files/{held.pk}") in alice.get(at(draft, "materials")).content.decode()
        assert alice.get(at(draft, f"files/{held.pk}")).status_code == 200
        alice.post(at(draft, f"materials/{held.pk}/remove"))
        assert alice.get(at(draft, f"files/{held.pk}")).status_code == 404

    def test_the_card_number_is_masked_before_sending(self, alice, draft):
        fill(alice, draft)
        page = alice.get(at(draft, "check")).content.decode()
        assert "0000" in page
        assert "6222" not in page
        assert "陈建国" not in page

    def test_every_answer_can_be_changed_from_the_last_page(self, alice, draft):
        page = alice.get(at(draft, "check")).content.decode()
        assert all(f'href="{at(draft, step)}"' in page for step in ("payments", "reason", "account", "materials"))


class TestSending:
    def test_it_gives_a_number_and_says_what_comes_next(self, alice, draft):
        fill(alice, draft)
        page = alice.post(at(draft, "submit"), {"key": "k"}, follow=True).content.decode()
        assert draft.number in page
        assert "接下来" in page
        assert "20 个工作日" in page

    def test_a_double_click_sends_once(self, alice, draft):
        fill(alice, draft)
        for _ in range(2):
            assert alice.post(at(draft, "submit"), {"key": "k"}).status_code == 302
        assert draft.actions.filter(kind="submit").count() == 1

    def test_without_an_account_it_says_what_is_missing_and_changes_nothing(self, alice, draft):
        page = alice.post(at(draft, "submit"), {"key": "k"})
        assert page.status_code == 422
        assert "收款账户" in page.content.decode()
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_sent_answers_cannot_be_changed_any_more(self, alice, draft):
        fill(alice, draft)
        alice.post(at(draft, "submit"), {"key": "k"})
        page = alice.get(at(draft, "reason"))
        assert page.status_code == 409
        assert "已经提交" in page.content.decode()

    def test_sending_takes_a_form_not_a_link(self, alice, draft):
        page = alice.get(at(draft, "submit"))
        assert page.status_code == 405
        assert "不能这样打开" in page.content.decode()


@pytest.mark.usefixtures("alice")
class TestFollowing:
    def test_the_newest_event_stands_first(self, alice, walk):
        walk.accepted()
        page = alice.get(at(walk.case)).content.decode()
        assert page.index("已受理") < page.index("收到您的申请")

    def test_the_amount_is_explained_line_by_line(self, alice, walk):
        walk.submitted()
        page = alice.get(at(walk.case)).content.decode()
        for words in ("2,937.00", "−987.90", "1,949.10", "R3"):
            assert words in page

    def test_one_notice_lists_everything_and_the_citizen_answers_it(self, alice, walk):
        walk.materials = ("payment_proof",)
        walk.submitted()
        items = [{"material": "unemployment_record", "note": "核对重复月份"}]
        actions.ask_correction(number=walk.number, items=items, seen=walk.seen, by=walk.staff["clerk"], **walk.now())
        page = alice.get(at(walk.case, "correct")).content.decode()
        for words in ("领取失业保险金记录", "核对重复月份", "身份证件", "银行卡"):
            assert words in page
        page = alice.get(at(walk.case)).content.decode()
        assert "请补充" in page
        assert to_do(page) == ("您现在要做的：补充缺的材料和内容", at(walk.case, "correct"))
        assert "等您办" in alice.get("/").content.decode()
        assert alice.post(at(walk.case, "submit"), follow=True).status_code == 200
        assert walk.case.state == "submitted"
        assert "您现在要做的" not in alice.get(at(walk.case)).content.decode()

    def test_withdrawing_asks_why(self, alice, walk):
        walk.submitted()
        assert alice.post(at(walk.case, "withdraw"), {"reason": " "}).status_code == 400
        assert walk.case.state == "submitted"
        alice.post(at(walk.case, "withdraw"), {"reason": "另行处理"})
        assert walk.case.state == "withdrawn"
        page = alice.get(f"/refund/cases/{walk.case.number}").content.decode()
        assert "这件申请已经结束，不会付款" in page
        assert "预计退费" not in page

    def test_the_application_form_is_a_pdf_of_the_own_case(self, alice, walk):
        walk.submitted()
        paper = alice.post(at(walk.case, "papers/make/application_form"), follow=True)
        assert paper["Content-Type"] == "application/pdf"
        assert b"".join(paper.streaming_content).startswith(b"%PDF")

    def test_a_paper_that_is_not_for_this_state_does_not_exist(self, alice, walk):
        walk.submitted()
        assert alice.post(at(walk.case, "papers/make/refund_slip")).status_code == 404

    def test_a_paid_case_says_so(self, alice, walk):
        walk.paid()
        walk.confirm()
        assert "已到账" in alice.get(at(walk.case)).content.decode()


ADDRESSES = (
    "",
    "reason",
    "payments",
    "account",
    "materials",
    "check",
    "done",
    "correct",
    "withdraw",
    "files/1",
    "papers/x",
)


class TestWhoseCase:
    @pytest.mark.parametrize("step", ADDRESSES)
    def test_another_person_does_not_even_learn_that_it_exists(self, bob, draft, step):
        assert bob.get(at(draft, step)).status_code == 404

    @pytest.mark.parametrize("step", ["submit", "withdraw", "reason", "papers/make/application_form"])
    def test_another_person_cannot_act_on_it(self, bob, draft, step):
        assert bob.post(at(draft, step), {"reason": "duplicate"}).status_code == 404

    @pytest.mark.parametrize("step", ADDRESSES)
    def test_a_visitor_is_asked_to_sign_in_first(self, client_factory, draft, step):
        answer = client_factory().get(at(draft, step))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=")

    def test_staff_use_the_workbench(self, client_factory, staff, draft):
        clerk = client_factory()
        clerk.force_login(get_user_model().objects.get(username="clerk"))
        assert clerk.get(at(draft)).status_code == 403


class TestAfterABounce:
    @pytest.fixture
    def bounced(self, walk):
        walk.paid()
        walk.bounce()
        return walk

    def test_the_first_page_says_what_is_to_do(self, alice, bounced):
        page = alice.get("/").content.decode()
        assert "等您办" in page
        assert "请更正收款账户" in page
        page = alice.get(at(bounced.case)).content.decode()
        assert to_do(page) == ("您现在要做的：更正账户", at(bounced.case, "account"))

    def test_the_account_alone_can_be_answered_again(self, alice, bounced):
        assert alice.get(at(bounced.case, "reason")).status_code == 409
        account = {"applicant": "payer", "bank_name": "另一家银行", "bank_holder": "陈建国", "bank_number": CARD}
        assert alice.post(at(bounced.case, "account"), account)["Location"] == at(bounced.case)
        assert bounced.case.refund.bank_account.bank_name == "另一家银行"
        assert bounced.case.state == "approved"

    def test_once_answered_nothing_waits_and_the_account_may_still_be_changed(self, alice, bounced):
        account = {"applicant": "payer", "bank_name": "另一家银行", "bank_holder": "陈建国", "bank_number": CARD}
        alice.post(at(bounced.case, "account"), account)
        page = alice.get(at(bounced.case)).content.decode()
        assert "您现在要做的" not in page
        assert "请更正收款账户" not in page
        assert at(bounced.case, "account") in page
        assert "等您办" not in alice.get("/").content.decode()

    def test_an_empty_account_is_told_and_the_old_one_stays(self, alice, bounced):
        empty = {"applicant": "payer", "bank_name": "", "bank_holder": "", "bank_number": ""}
        assert alice.post(at(bounced.case, "account"), empty).status_code == 400
        assert bounced.case.refund.bank_account.bank_name == "演示银行"
