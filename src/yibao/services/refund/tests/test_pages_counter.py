"""The counter: a clerk finds the person, answers the questions for them, and cannot review what they entered."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yibao.kernel.identifiers import make_resident_id
from yibao.services.refund import actions
from yibao.store.models import Case, CitizenLogin, ReadLog, StaffRole

COUNTER = "/workbench/refund/counter"
CARD = "6222 0200 0000 0000 000"
BORN = date(1976, 3, 1)
OWN = make_resident_id(area="500112", born=BORN, serial=1)
NOBODY = make_resident_id(area="500112", born=BORN, serial=2)
WRONG = OWN[:-1] + ("1" if OWN[-1] == "0" else "0")
SEEN = ["payment_proof", "id_document", "bank_card", "unemployment_record"]
ACCOUNT = {"applicant": "proxy", "bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": CARD}


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def chen(db, record):
    """The example's person, with an identity number that a card can carry."""
    return record.chen(identity=OWN)


@pytest.fixture
def seat(staff, files):
    """Sign a member of staff in: `seat("clerk")` gives their browser."""
    return lambda name: browser(get_user_model().objects.get(username=name))


@pytest.fixture
def clerk(seat):
    return seat("clerk")


@pytest.fixture
def elsewhere(db):
    """A clerk of another region."""
    user = get_user_model().objects.create(username="taiyuan", first_name="外地")
    StaffRole.objects.create(user=user, role="clerk", region="140100")
    return browser(user)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}-{2}"], ids=["as it is", "with blanks", "with a hyphen"])
def test_an_identity_number_with_a_small_x_finds_its_person(clerk, record, typed):
    number = next(
        found
        for serial in range(900)
        if (found := make_resident_id(area="500112", born=BORN, serial=serial))[-1] == "X"
    )
    person = record.person(number, born=BORN)
    small = number.lower()
    answer = clerk.post(COUNTER, {"identity": typed.format(small, small[:6], small[6:])})
    assert answer.status_code == 302
    assert Case.objects.get().person_id == person.pk


@pytest.fixture
def draft(clerk, chen):
    clerk.post(COUNTER, {"identity": chen.identity})
    return Case.objects.get()


def at(case, step=""):
    return f"/workbench/refund/cases/{case.number}" + (f"/{step}" if step else "")


def payment(chen):
    return f"p{chen.enrolments.get(category='individual').contributions.get().pk}"


def fill(client, case, chen):
    client.post(at(case, "payments"), {"payments": [payment(chen)]})
    client.post(at(case, "reason"), {"reason": "unemployment_overlap"})
    client.post(at(case, "account"), ACCOUNT)
    return client.post(at(case, "seen"), {"seen_at_window": SEEN})


def send(client, case):
    return client.post(at(case, "submit"), {"key": "once"})


class TestFindingThePerson:
    def test_the_number_opens_an_application_and_stands_in_no_address(self, clerk, chen):
        answer = clerk.post(COUNTER, {"identity": chen.identity.lower()})
        case = Case.objects.get()
        assert answer["Location"] == at(case, "payments")
        assert (case.person, case.state, case.refund.channel) == (chen, "draft", "window")

    def test_afterwards_the_person_is_masked(self, clerk, chen, draft):
        page = clerk.get(at(draft, "payments")).content.decode()
        assert "陈**" in page
        assert "陈建国" not in page
        assert chen.identity not in page

    def test_the_look_is_written_down_with_its_purpose(self, chen, draft):
        read = ReadLog.objects.get(person=chen)
        assert (read.purpose, read.case_number, read.role) == ("counter", draft.number, "clerk")

    @pytest.mark.parametrize(
        ("typed", "status", "words"),
        [
            (NOBODY, 404, "参保档案里没有这个号码"),
            (WRONG, 400, "请对照证件逐位核对"),
            ("", 400, "请输入身份证号码"),
        ],
    )
    def test_a_number_that_finds_nobody_is_told_and_kept(self, clerk, chen, typed, status, words):
        answer = clerk.post(COUNTER, {"identity": typed})
        page = answer.content.decode()
        assert answer.status_code == status
        assert words in page
        assert f'value="{typed}"' in page or not typed
        assert not Case.objects.exists()

    def test_a_second_search_goes_on_with_the_same_draft(self, clerk, chen, draft):
        clerk.post(COUNTER, {"identity": chen.identity})
        assert Case.objects.count() == 1
        assert at(draft, "check") in clerk.get(COUNTER).content.decode()

    def test_the_navigation_shows_it_to_clerks_only(self, clerk, seat):
        link = f'href="{COUNTER}"'
        assert link in clerk.get("/workbench/").content.decode()
        assert link not in seat("finance").get("/workbench/").content.decode()


class TestWhoMay:
    @pytest.mark.parametrize("name", ["reviewer", "finance", "county_agency"])
    def test_other_roles_may_not_enter_anything(self, seat, chen, draft, name):
        client = seat(name)
        assert client.get(COUNTER).status_code == 403
        assert client.post(COUNTER, {"identity": chen.identity}).status_code == 403
        assert client.get(at(draft, "payments")).status_code == 403

    def test_a_clerk_of_another_region_may_not_either(self, elsewhere, chen, draft):
        assert elsewhere.post(COUNTER, {"identity": chen.identity}).status_code == 403
        assert elsewhere.get(at(draft, "payments")).status_code == 403
        assert send(elsewhere, draft).status_code == 403
        assert Case.objects.count() == 1

    def test_a_colleague_does_not_see_a_draft(self, seat, draft):
        assert seat("clerk2").get(at(draft, "payments")).status_code == 404

    def test_what_a_person_entered_online_is_not_filled_in_at_the_counter(self, clerk, walk):
        walk.submitted()
        assert clerk.get(at(walk.case, "account")).status_code == 404

    def test_the_person_does_not_meet_the_clerk_s_draft(self, client, chen, draft):
        user = get_user_model().objects.create(username="citizen")
        CitizenLogin.objects.create(user=user, person=chen)
        client.force_login(user)
        assert client.get(f"/refund/cases/{draft.number}/check").status_code == 404
        for page in ("/", "/refund/"):
            assert draft.number not in client.get(page).content.decode()


class TestQuestions:
    def test_each_question_leads_to_the_next(self, clerk, chen, draft):
        steps = [
            ("payments", {"payments": [payment(chen)]}, "reason"),
            ("reason", {"reason": "unemployment_overlap"}, "account"),
            ("account", ACCOUNT, "seen"),
            ("seen", {"seen_at_window": SEEN}, "materials"),
        ]
        for step, answered, following in steps:
            assert clerk.get(at(draft, step)).status_code == 200
            assert clerk.post(at(draft, step), answered)["Location"] == at(draft, following)
        assert "/check" in clerk.get(at(draft, "materials")).content.decode()

    def test_the_payments_are_drawn_month_by_month(self, clerk, draft):
        assert "app-strip" in clerk.get(at(draft, "payments")).content.decode()

    def test_a_wrong_account_is_told_and_what_was_typed_is_kept(self, clerk, draft):
        answer = clerk.post(at(draft, "account"), {**ACCOUNT, "bank_number": "1"})
        assert answer.status_code == 400
        assert "演示银行" in answer.content.decode()

    def test_papers_seen_are_kept_and_nothing_else_counts(self, clerk, chen, draft):
        fill(clerk, draft, chen)
        clerk.post(at(draft, "seen"), {"seen_at_window": ["bank_card", "my_word"]})
        assert Case.objects.get().refund.seen_at_window == ["bank_card"]

    def test_a_scan_may_be_added_and_taken_back(self, clerk, chen, draft, record):
        fill(clerk, draft, chen)
        scan = SimpleUploadedFile("a.png", record.png())
        assert clerk.post(at(draft, "materials"), {"material": "bank_card", "file": scan}).status_code == 302
        held = draft.documents.get()
        assert f"files/{held.pk}" in clerk.get(at(draft, "materials")).content.decode()
        clerk.post(at(draft, f"materials/{held.pk}/remove"))
        assert draft.documents.filter(removed_at=None).count() == 0

    def test_the_answers_are_shown_masked_with_the_sum(self, clerk, chen, draft):
        fill(clerk, draft, chen)
        page = clerk.get(at(draft, "check")).content.decode()
        for words in ("1,949.10", "受委托的人", "失业保险金", "**** 0000", "不能再审核"):
            assert words in page
        assert "陈建国" not in page

    def test_english_asks_the_same(self, clerk, draft):
        clerk.cookies["yibao_language"] = "en"
        for step in ("payments", "reason", "account", "seen", "materials", "check"):
            assert '<html lang="en"' in clerk.get(at(draft, step)).content.decode()
        assert "Proof of payment" in clerk.get(at(draft, "seen")).content.decode()
        assert "Identity number of the insured person" in clerk.get(COUNTER).content.decode()

    def test_a_draft_can_be_given_up(self, clerk, draft):
        assert clerk.post(at(draft, "withdraw"), {"reason": "录错人"})["Location"] == COUNTER
        assert Case.objects.get().state == "withdrawn"


class TestSending:
    def test_it_gives_a_number_and_the_form_to_sign(self, clerk, chen, draft):
        fill(clerk, draft, chen)
        assert send(clerk, draft)["Location"] == at(draft, "done")
        assert send(clerk, draft)["Location"] == at(draft, "done")
        page = clerk.get(at(draft, "done")).content.decode()
        assert draft.number in page
        assert "退保申请表" in page
        paper = clerk.post(at(draft, "papers/make/application_form"), follow=True)
        assert paper["Content-Type"] == "application/pdf"

    def test_without_a_payment_it_stays_a_draft_and_says_why(self, clerk, draft):
        answer = send(clerk, draft)
        assert answer.status_code == 422
        assert "请至少勾选一笔缴费" in answer.content.decode()

    def test_what_was_sent_can_no_longer_be_changed(self, clerk, chen, draft):
        fill(clerk, draft, chen)
        send(clerk, draft)
        assert clerk.post(at(draft, "reason"), {"reason": "death"}).status_code == 409

    def test_who_entered_cannot_review(self, clerk, seat, chen, draft):
        fill(clerk, draft, chen)
        send(clerk, draft)
        StaffRole.objects.create(user=get_user_model().objects.get(username="clerk"), role="reviewer", region="500000")
        case = Case.objects.get()
        seat("clerk2").post(at(case, "do/accept"), {"seen": case.evidence_hash})
        case = Case.objects.get()
        answer = clerk.post(at(case, "do/approve"), {"seen": case.evidence_hash, "level": 1})
        assert answer.status_code == 409
        assert "经办与审核须分开" in answer.content.decode()

    def test_what_a_notice_asks_for_is_put_right_at_the_counter(self, clerk, seat, chen, draft):
        fill(clerk, draft, chen)
        send(clerk, draft)
        case = Case.objects.get()
        seat("clerk2").post(at(case, "do/ask_correction"), {"seen": case.evidence_hash, "items": ["id_document"]})
        assert at(case, "correct") in seat("clerk2").get(at(case)).content.decode()
        assert at(case, "seen") in clerk.get(at(case, "correct")).content.decode()
        assert clerk.post(at(case, "seen"), {"seen_at_window": SEEN})["Location"] == at(case, "correct")
        assert send(clerk, case)["Location"] == at(case)
        assert Case.objects.get().state == "submitted"

    def test_an_account_the_bank_refused_is_corrected_at_the_counter(self, clerk, walk):
        walk.channel = "window"
        walk.drafted(by=walk.staff["clerk"])
        actions.submit(number=walk.number, key="k", by=walk.staff["clerk"], **walk.now())
        walk.accept("clerk2")
        walk.approve(confirmed=True)
        walk.pay()
        walk.bounce()
        assert at(walk.case, "account") in clerk.get(at(walk.case)).content.decode()
        assert clerk.post(at(walk.case, "account"), ACCOUNT)["Location"] == at(walk.case)
