"""Wrong, impossible or late input, through the doors people have: told in words, nothing changed, no typing lost."""

import json
import re
import threading
from copy import deepcopy

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from yibao.cli import main
from yibao.store.models import BenefitUse, Case, CaseAction, CaseSignature, Contribution, Enrolment, Payment

pytestmark = pytest.mark.django_db(transaction=True)
CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def drafter(applicants):
    """Somebody whose application is still being written."""
    return next(applicants).draft()


@pytest.fixture(scope="module")
def withdrawn(applicants, signed_in):
    """Somebody who applied and thought better of it."""
    person = next(applicants).submitted()
    signed_in(person.username).post(reverse("refund:withdraw", args=[person.number]), {"reason": "不办了"})
    assert person.case.state == "withdrawn"
    return person


def text(response) -> str:
    """What the page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


WRONG_FILES = {
    "unknown member": (lambda case: case.update(colour="blue"), "colour"),
    "unknown member inside": (lambda case: case["payments"][0].update(colour="blue"), "payments[0].colour"),
    "impossible day": (lambda case: case.update(on="2023-02-30"), "on"),
    "impossible month": (lambda case: case["payments"][0].update(to="2022-13"), "payments[0].to"),
    "negative money": (lambda case: case["payments"][0].update(amount="-5874.00"), "payments[0].amount"),
    "three decimals": (lambda case: case["payments"][0].update(amount="5874.001"), "payments[0].amount"),
    "a number for money": (lambda case: case["payments"][0].update(amount=5874.1), "payments[0].amount"),
    "months outside a payment": (
        lambda case: case["payments"][0].update(
            account_credit_monthly=[{"from": "2023-01", "to": "2023-03", "amount": "164.65"}]
        ),
        "payments[0].account_credit_monthly[0].from",
    ),
    "months the wrong way round": (
        lambda case: case["payments"][0].update({"from": "2022-12", "to": "2022-01"}),
        "payments[0].to",
    ),
    "a region without rules": (lambda case: case.update(region="650000"), "region"),
    "a payment that is not in the file": (
        lambda case: case["request"].update(payments=["p9"]),
        "request.payments[0]",
    ),
    "two entries of one id": (lambda case: case["payments"][1].update(id="p1"), "payments[1].id"),
}


class TestCaseFiles:
    """What `yibao decide` and the interface for programs say of a wrong case file."""

    @pytest.fixture
    def good(self, checkout):
        return json.loads((checkout / "docs/tutorial/case.json").read_text(encoding="utf-8"))

    @pytest.mark.parametrize("name", WRONG_FILES)
    def test_the_command_names_place_and_next_step_and_ends_with_two(self, quiet_city, unchanged, good, name):
        spoil, where = WRONG_FILES[name]
        spoil(good)
        with unchanged():
            result = CliRunner().invoke(main, ["decide", "-"], input=json.dumps(good))
        assert result.exit_code == 2
        assert result.stdout == ""
        assert f": {where}: " in result.stderr
        said = result.stderr.partition(f": {where}: ")[2]
        assert CHINESE.search(said)
        assert re.search(r"[A-Za-z]{2,} [a-z]{2,}", said)

    @pytest.mark.parametrize("name", WRONG_FILES)
    def test_the_interface_says_the_same(self, quiet_city, unchanged, good, name):
        spoil, where = WRONG_FILES[name]
        spoil(good)
        with unchanged():
            response = Client().post("/api/v1/decisions", json.dumps(good), content_type="application/json")
        problem = response.json()["errors"][0]
        assert (response.status_code, problem["where"]) == (422, where)
        assert CHINESE.search(problem["zh"])
        assert problem["en"]
        assert not CHINESE.search(problem["en"])

    def test_a_wrong_file_beside_a_good_one_changes_nothing_for_the_good_one(self, good, tmp_path):
        bad = deepcopy(good) | {"on": "2023-02-30"}
        for name, case in (("bad", bad), ("good", good)):
            (tmp_path / f"{name}.json").write_text(json.dumps(case), encoding="utf-8")
        result = CliRunner().invoke(main, ["decide", str(tmp_path / "bad.json"), str(tmp_path / "good.json")])
        assert result.exit_code == 2
        assert "1949.10" in result.stdout


PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


PROGRAM = b"MZ\x90\x00" + bytes(200)


WRONG_UPLOADS = {
    "a program called pdf": ("card.pdf", PROGRAM, 415, "文件内容与文件名后缀不符", "not what its name says"),
    "a PDF called png": ("card.png", PDF, 415, "文件内容与文件名后缀不符", "not what its name says"),
    "a page": ("card.html", b"<script>alert(1)</script>", 415, "只能上传", "PDF, JPG and PNG files are accepted"),
    "a drawing with scripts": (
        "card.svg",
        b"<svg onload='x()'/>",
        415,
        "只能上传",
        "PDF, JPG and PNG files are accepted",
    ),
    "nothing": ("card.pdf", b"", 422, "文件是空的", "is empty"),
    "half a picture": ("card.png", b"\x89PNG\r\n\x1a\n" + bytes(40), 422, "文件已损坏", "is broken"),
    "too much": ("card.pdf", PDF + bytes(10 * 1024 * 1024), 413, "10 MB", "10 MB"),
    "far too much": ("card.pdf", PDF + bytes(11 * 1024 * 1024), 413, "10 MB", "10 MB"),
}


class TestUploads:
    """Files that are not what their names say."""

    @pytest.mark.parametrize("case", WRONG_UPLOADS)
    def test_they_are_refused_in_words(self, drafter, signed_in, unchanged, case):
        name, content, status, zh, en = WRONG_UPLOADS[case]
        client = signed_in(drafter.username)
        address = reverse("refund:materials", args=[drafter.number])
        for language, words in (("zh", zh), ("en", en)):
            client.cookies["yibao_language"] = language
            with unchanged():
                file = SimpleUploadedFile(name, content, content_type="application/pdf")
                response = client.post(address, {"material": "bank_card", "file": file})
            assert response.status_code == status
            assert words in text(response)

    @pytest.mark.parametrize("material", ["", "no_such_paper", "../../etc", "银行卡\x00"])
    def test_a_paper_nobody_asked_for_is_refused(self, drafter, signed_in, unchanged, photo, material):
        with unchanged():
            response = signed_in(drafter.username).post(
                reverse("refund:materials", args=[drafter.number]),
                {"material": material, "file": SimpleUploadedFile("a.png", photo)},
            )
        assert response.status_code in (400, 404, 422)
        assert "请" in text(response)

    def test_a_field_without_a_file_says_so(self, drafter, signed_in, unchanged):
        with unchanged():
            response = signed_in(drafter.username).post(
                reverse("refund:materials", args=[drafter.number]), {"material": "bank_card"}
            )
        assert response.status_code == 400
        assert "请先选择要上传的文件" in text(response)


ACCOUNT = {"applicant": "heir", "bank_name": "某某银行", "bank_holder": "李四", "bank_number": "6222 0212 3456"}


class TestTyping:
    """What was typed stays in its field beside the sentence that says what is wrong with it."""

    def test_a_wrong_card_number_keeps_every_field(self, drafter, signed_in, unchanged):
        with unchanged():
            response = signed_in(drafter.username).post(
                reverse("refund:account", args=[drafter.number]), ACCOUNT | {"bank_number": "6222 0212 3457"}
            )
        page = response.content.decode()
        assert response.status_code == 400
        assert "银行卡号不正确" in page
        assert all(f'value="{typed}"' in page for typed in ("某某银行", "李四", "6222 0212 3457"))
        assert re.search(r'value="heir"[^>]*checked', page)

    def test_a_note_that_is_too_long_is_kept_whole(self, drafter, signed_in, unchanged):
        typed = "因" * 501
        with unchanged():
            response = signed_in(drafter.username).post(
                reverse("refund:withdraw", args=[drafter.number]), {"reason": typed}
            )
        assert response.status_code == 400
        assert "最多 500 个字" in text(response)
        assert typed in response.content.decode()

    def test_a_payment_of_another_person_is_not_taken(self, drafter, signed_in, unchanged):
        other = Contribution.objects.exclude(enrolment__person=drafter.person).first().pk
        client = signed_in(drafter.username)
        with unchanged():
            response = client.post(reverse("refund:payments", args=[drafter.number]), {"payments": [f"p{other}"]})
        assert response.status_code == 400
        assert "请至少选一笔缴费" in text(response)
        client.post(reverse("refund:start"), {"payments": [f"p{other}"]})
        assert not Case.objects.filter(refund__payments=other).exists()

    @pytest.mark.parametrize(
        ("step", "answers"),
        [
            ("payments", {"payments": ["p999999999999999999999999"]}),
            ("payments", {"payments": ["1' OR '1'='1", "p-1", "p١"]}),
            ("reason", {"reason": "no such reason"}),
            ("reason", {"reason": "duplicate\x00"}),
            ("account", ACCOUNT | {"applicant": "king"}),
            ("account", ACCOUNT | {"bank_name": "a\x00b"}),
            ("account", ACCOUNT | {"bank_name": "长" * 100_000}),
            ("account", ACCOUNT | {"bank_number": "9" * 100_000}),
            ("withdraw", {"reason": " \n\t　"}),
            ("withdraw", {"reason": "\x00"}),
        ],
    )
    def test_nonsense_is_told_in_words(self, drafter, signed_in, unchanged, step, answers):
        client = signed_in(drafter.username)
        with unchanged():
            response = client.post(reverse(f"refund:{step}", args=[drafter.number]), answers)
        assert response.status_code == 400
        assert "请" in text(response)


class TestTwice:
    """The same wish sent more than once."""

    def test_a_double_click_on_submit_sends_one_application(self, quiet_city, applicant, signed_in):
        applicant.draft()
        session = signed_in(applicant.username).cookies["sessionid"].value
        with quiet_city.browser(java_script_enabled=False) as page:
            page.context.add_cookies([{"name": "sessionid", "value": session, "url": quiet_city.url}])
            page.goto(reverse("refund:check", args=[applicant.number]))
            page.get_by_role("button", name="提交申请").dblclick()
            # The second click may fall on the next page when that was quick, and lead on from there.
            page.wait_for_url(lambda address: not address.endswith("/check"))
            expect(page.locator("main")).to_contain_text(applicant.number)
            page.go_back()
            page.goto(f"{quiet_city.url}{reverse('refund:done', args=[applicant.number])}")
        assert CaseAction.objects.filter(case__number=applicant.number, kind="submit").count() == 1

    def test_two_clicks_at_the_same_moment_both_lead_to_the_application(self, applicant, signed_in):
        applicant.draft()
        clients = [signed_in(applicant.username) for _ in range(2)]
        page = clients[0].get(reverse("refund:check", args=[applicant.number])).content.decode()
        key = re.search(r'name="key" value="([^"]+)"', page)[1]
        answers = together(clients, reverse("refund:submit", args=[applicant.number]), {"key": key})
        done = reverse("refund:done", args=[applicant.number])
        assert [(one.status_code, one.get("Location")) for one in answers] == [(302, done)] * 2
        assert CaseAction.objects.filter(case__number=applicant.number, kind="submit").count() == 1

    def test_applying_twice_for_one_payment_goes_on_with_the_draft(self, drafter, signed_in, unchanged):
        with unchanged():
            response = signed_in(drafter.username).post(reverse("refund:start"), {"payments": [drafter.payment]})
        assert response.url == reverse("refund:case", args=[drafter.number])

    def test_nothing_is_confirmed_that_was_not_sent(self, drafter, signed_in):
        response = signed_in(drafter.username).get(reverse("refund:done", args=[drafter.number]))
        assert response.url == reverse("refund:check", args=[drafter.number])

    def test_an_old_page_sent_again_leads_to_the_same_application(self, applicant, signed_in, unchanged):
        applicant.draft()
        client = signed_in(applicant.username)
        page = client.get(reverse("refund:check", args=[applicant.number])).content.decode()
        key = re.search(r'name="key" value="([^"]+)"', page)[1]
        address = reverse("refund:submit", args=[applicant.number])
        assert client.post(address, {"key": key}).url.endswith("/done")
        with unchanged():
            assert client.post(address, {"key": key}).url.endswith("/done")
        with unchanged():
            assert client.post(address, {"key": "another"}).status_code == 409

    def test_a_second_draft_for_the_same_payment_is_told_about_the_first(self, applicant, signed_in):
        first = applicant.submitted().number
        client = signed_in(applicant.username)
        applicant.draft()
        response = client.post(reverse("refund:submit", args=[applicant.number]), {"key": "second"})
        assert response.status_code == 409
        assert first in text(response) or "正在办理" in text(response)
        assert Case.objects.get(number=applicant.number).state == "draft"

    def test_of_two_reviewers_at_once_one_signs_and_the_other_is_told(self, applicant, signed_in):
        applicant.accepted()
        seen = applicant.case.evidence_hash
        answers = together(
            [signed_in("reviewer"), signed_in("reviewer2")],
            reverse("workbench_refund:decide", args=[applicant.number, "approve"]),
            {"seen": seen, "level": "1", "confirmed": "1"},
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        loser = next(answer for answer in answers if answer.status_code == 409)
        assert "error-summary" in loser.content.decode()
        assert CaseSignature.objects.filter(case__number=applicant.number).count() == 1

    def test_of_two_desks_at_once_one_pays(self, applicant, signed_in):
        applicant.approved()
        answers = together(
            [signed_in("finance"), signed_in("finance2")],
            reverse("workbench_refund:decide", args=[applicant.number, "pay"]),
            {"key": f"pay/{applicant.number}"},
        )
        assert {answer.status_code for answer in answers} <= {302, 409}
        assert Payment.objects.filter(case__number=applicant.number).count() == 1


def together(clients: list[Client], address: str, answers: dict[str, str]) -> list:
    """Send the same form from several people at the same moment."""
    start, got = threading.Barrier(len(clients)), []

    def send(client: Client) -> None:
        try:
            start.wait()
            got.append(client.post(address, answers))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


class TestLate:
    """Pages that were opened before the world moved on."""

    def test_an_approval_after_the_evidence_changed_is_refused(self, applicant, signed_in):
        applicant.accepted()
        seen = applicant.case.evidence_hash
        enrolment = Enrolment.objects.filter(person=applicant.person).first()
        BenefitUse.objects.create(enrolment=enrolment, on=timezone.localdate(), kind="inpatient", amount_fen=100)
        reviewer = signed_in("reviewer")
        for language, words in (("zh", "重新"), ("en", "again")):
            reviewer.cookies["yibao_language"] = language
            response = reviewer.post(
                reverse("workbench_refund:decide", args=[applicant.number, "approve"]),
                {"seen": seen, "level": "1", "confirmed": "1"},
            )
            assert response.status_code == 409
            assert words in text(response)
        assert (applicant.case.state, applicant.case.level) == ("accepted", 1)
        assert not CaseSignature.objects.filter(case__number=applicant.number).exists()

    def test_a_page_that_shows_other_evidence_cannot_accept(self, applicant, signed_in, unchanged):
        applicant.submitted()
        with unchanged():
            response = signed_in("clerk").post(
                reverse("workbench_refund:decide", args=[applicant.number, "accept"]), {"seen": "0" * 64}
            )
        assert response.status_code == 409
        assert "error-summary" in response.content.decode()

    @pytest.mark.parametrize("step", ["payments", "reason", "account", "materials", "submit", "withdraw"])
    def test_a_withdrawn_application_takes_nothing_any_more(self, withdrawn, signed_in, unchanged, step):
        address = reverse(f"refund:{step}", args=[withdrawn.number])
        with unchanged():
            response = signed_in(withdrawn.username).post(address, {"reason": "any", "key": "late"})
        assert response.status_code == 409
        assert "请" in text(response)

    def test_a_withdrawn_application_is_not_withdrawn_again(self, withdrawn, signed_in):
        response = signed_in(withdrawn.username).get(reverse("refund:withdraw", args=[withdrawn.number]))
        assert response.url == reverse("refund:case", args=[withdrawn.number])


def test_a_blurred_paper_counts_as_missing_until_a_new_one_is_there(applicant, signed_in, photo):
    applicant.submitted()
    citizen, clerk = signed_in(applicant.username), signed_in("clerk")
    clerk.post(
        reverse("workbench_refund:decide", args=[applicant.number, "ask_correction"]),
        {"seen": applicant.case.evidence_hash, "items": "bank_card", "other": "地址请写全"},
    )
    correct = reverse("refund:correct", args=[applicant.number])
    assert "待补充" in text(citizen.get(correct))
    citizen.post(
        reverse("refund:materials", args=[applicant.number]),
        {"material": "bank_card", "file": SimpleUploadedFile("a.png", photo)},
    )
    assert "待补充" not in text(citizen.get(correct))
    assert citizen.post(reverse("refund:submit", args=[applicant.number])).status_code == 302
    assert applicant.case.state == "submitted"
