"""The papers of a correction: each tells its step and the record, can be verified, and is printed again on record."""

import io
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import mask_id
from yibao.services.correction import actions, issuing
from yibao.services.correction.tests.conftest import IDENTITY, NOW
from yibao.services.correction.tests.test_corrections import accept, ask, browser, code_of, done, png, seen, sent, sign
from yibao.store import papers, verify
from yibao.store.models import Case, Document, ReadLog, StaffRole

pytestmark = pytest.mark.django_db
WHY = "身份证上也是“园” #let x = 1"


def bare(text):
    return "".join(text.split())


def text_of(paper):
    return "".join(bare(page.extract_text()) for page in PdfReader(io.BytesIO(papers.content(paper))).pages)


def made(number, kind, by, **now):
    return issuing.make_paper(number=number, kind=kind, by=by, **{**NOW, **now})


def states(paper, *said):
    """Whether a paper says all of this, and what every paper says, and shows no identity number in full."""
    text = text_of(paper)
    every = (paper.number, paper.check_code, f"/check/{paper.number}/{paper.check_code}", paper.case.number,
             "重庆市医疗保险经办机构", mask_id(IDENTITY), "陈建园", "陈建国")  # fmt: skip
    assert [one for one in (*every, *said) if bare(one) not in text] == []
    assert IDENTITY not in text
    return True


class TestEachPaperIsTheRecord:
    def test_the_receipt(self, person, own, staff):
        number = sent(person, own)
        assert code_of(made, number, "acceptance_receipt", own) == "correction_paper_not_yet"
        accept(number, staff["clerk"])
        paper = made(number, "acceptance_receipt", own)
        assert states(paper, "档案更正受理回执", "accepted on 2023-02-10", "1 份文件", "姓名 name", paper.number)
        assert made(number, "acceptance_receipt", staff["clerk"]) == paper

    def test_the_notice_of_each_round_lists_what_is_missing(self, person, own, staff):
        number = sent(person, own)
        asked = []
        for note in ("请补户口簿", "请补派出所证明"):
            actions.ask_correction(number=number, note=note, seen=seen(number), by=staff["clerk"], **NOW)
            asked.append(made(number, "correction_notice", own))
            assert states(asked[-1], "一次性告知书", note)
            actions.attach(number=number, name="b.png", content=png(), by=own, **NOW)
            actions.submit(number=number, by=own, **NOW)
        assert asked[0].number != asked[1].number
        assert "请补户口簿" not in text_of(asked[1])

    def test_the_letter_that_refuses_names_the_reason_and_what_can_be_done(self, person, own, staff):
        number = sent(person, own)
        accept(number, staff["clerk"])
        actions.refuse(
            number=number, reason_code="right_already", note=WHY, seen=seen(number), by=staff["reviewer"], **NOW
        )
        paper = made(number, "decision_letter", own)
        assert states(
            paper, "不予更正", "登记的内容与证据一致，不需更正。", WHY, "向人民法院提起行政诉讼", "第八十三条",
            "bring an action before the people's court",
        )  # fmt: skip
        # The law of reconsideration cited in the packs has been in force since 2024-01-01, after this decision.
        assert "行政复议" not in text_of(paper)

    def test_the_notice_that_it_is_not_taken_up(self, person, own, staff):
        number = sent(person, own)
        actions.not_accept(number=number, reason=WHY, seen=seen(number), by=staff["clerk"], **NOW)
        assert states(made(number, "not_accepted_notice", own), "不予受理", WHY, "向人民法院提起行政诉讼")
        assert [one.kind for one in issuing.offered(Case.objects.get(number=number))] == ["not_accepted_notice"]

    def test_the_letter_that_corrects_names_who_signed_on_which_day_of_the_place(self, person, own, staff):
        number = sent(person, own)
        accept(number, staff["clerk"])
        # Half past seven in the morning in Chongqing is still the day before in UTC.
        early = {"on": datetime(2023, 2, 11, tzinfo=UTC).date(), "at": datetime(2023, 2, 10, 23, 30, tzinfo=UTC)}
        for name in ("reviewer", "reviewer2"):
            case = Case.objects.get(number=number)
            actions.approve(number=number, level=case.level, seen=case.evidence_hash, by=staff[name], **early)
        paper = made(number, "decision_letter", own)
        assert states(
            paper, "准予更正，已登记", "decided on 2023-02-11", "reviewer 1 reviewer 2023-02-11",
            "reviewer 2 reviewer2 2023-02-11", "旧内容保留在更正记录中。",
        )  # fmt: skip

    def test_a_place_is_told_by_its_name_and_nothing_on_record_as_such(self):
        assert issuing._value("region", "500112") == "重庆市（500112）"
        assert issuing._value("region", "990000") == "990000"
        assert issuing._value("last", "").startswith("没有登记")


class TestPages:
    def test_made_opened_verified_and_printed_again_by_both_sides(self, person, own, staff):
        number = done(person, own, staff)
        for space, reader in (
            (f"/correction/cases/{number}", "chen"),
            (f"/workbench/correction/cases/{number}", "clerk"),
        ):
            page = browser(reader)
            assert page.get(space).content.decode().count("/papers/") >= 2
            opened = page.post(f"{space}/papers/make/decision_letter")["Location"]
            sent_file = page.get(opened)
            assert sent_file["Content-Type"] == "application/pdf"
            assert page.post(f"{space}/papers/make/nonsense").status_code == 404
            copied = page.post(f"{opened}/again", {"key": f"k{reader}"})["Location"]
            assert page.post(f"{opened}/again", {"key": f"k{reader}"})["Location"] == copied
            content = b"".join(page.get(copied).streaming_content)
            assert "补打第" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
        paper = Case.objects.get(number=number).papers.get()
        assert paper.reprints == 2
        checked = Client().get(f"/check/{paper.number}/{paper.check_code}").content.decode()
        assert "更正决定书" in checked
        assert "陈" not in checked
        assert ReadLog.objects.filter(purpose="paper", person_id=person.pk).exists()
        assert verify.verify_audit() == []

    def test_nobody_else_makes_or_opens_one(self, person, own, staff):
        number = done(person, own, staff)
        paper = made(number, "decision_letter", own)
        far = get_user_model().objects.create(username="far")
        StaffRole.objects.create(user=far, role="clerk", region="510000")
        for reader, place, code in (("far", "/workbench/correction", 403), ("clerk", "/correction", 403)):
            at = f"{place}/cases/{number}/papers"
            assert browser(reader).get(f"{at}/{paper.number}").status_code == code
            assert browser(reader).post(f"{at}/make/decision_letter").status_code == code

    def test_a_refused_request_says_on_its_page_what_can_be_done(self, person, own, staff):
        number = sent(person, own)
        accept(number, staff["clerk"])
        page = browser("reviewer")
        desk = f"/workbench/correction/cases/{number}/do/refuse"
        nothing = page.post(desk, {"seen": seen(number), "verb": "refuse", "note": ""})
        assert (nothing.status_code, set(nothing.context["errors"])) == (422, {"refuse-reason", "refuse-note"})
        kept = page.post(desk, {"seen": seen(number), "verb": "refuse", "note": "证件一致"})
        assert (kept.status_code, "证件一致" in kept.content.decode()) == (422, True)
        assert Case.objects.get(number=number).state == "accepted"
        wish = {"seen": seen(number), "verb": "refuse", "note": "证件一致", "reason_code": "right_already"}
        assert page.post(desk, wish).status_code == 302
        told = browser("chen").get(f"/correction/cases/{number}").content.decode()
        assert "登记的内容与证据一致，不需更正。证件一致" in told
        assert "向人民法院提起行政诉讼" in told

    def test_evidence_is_taken_back_until_it_is_sent(self, person, own, staff):
        number = ask(person, own)
        page, place = browser("chen"), f"/correction/cases/{number}"
        for name in ("wrong.png", "right.png"):
            page.post(f"{place}/upload", {"file": SimpleUploadedFile(name, png())})
        wrong, right = Document.objects.order_by("pk").values_list("pk", flat=True)
        assert "取回" in page.get(place).content.decode()
        assert page.post(f"{place}/files/{wrong}/remove").status_code == 302
        assert page.post(f"{place}/files/{wrong}/remove").status_code == 404
        assert page.get(f"{place}/files/{wrong}").status_code == 404
        assert page.post(f"{place}/submit").status_code == 302
        assert page.post(f"{place}/files/{right}/remove").status_code == 409
        assert "取回" not in page.get(place).content.decode()
        with pytest.raises(Refused):
            actions.detach(number=number, document_id=right, by=staff["clerk"], **NOW)
        accept(number, staff["clerk"])
        assert sign(number, staff["reviewer"]).state == "in_review"
        assert verify.verify_audit() == []
