"""What a paper of a real case says, and when it can be had."""

import io
from datetime import date

import pypdf
import pytest

from yibao.kernel.errors import Refused
from yibao.services.refund import actions
from yibao.store import papers
from yibao.store.models import BankAccount, IssuedPaper, Person

pytestmark = pytest.mark.django_db


def text_of(paper):
    pages = pypdf.PdfReader(io.BytesIO(papers.content(paper))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def made(walk, kind, **options):
    return actions.make_paper(number=walk.number, kind=kind, by=walk.staff["clerk"], **{**walk.now(), **options})


def test_the_slip_states_amount_basis_and_who_signed(walk):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    payment = walk.pay()
    text = text_of(made(walk, "refund_slip"))

    for words in (
        "¥1,949.10",
        "壹仟玖佰肆拾玖元壹角整",
        "陈建国",
        payment.slip_number,
        walk.number,
        "第1级审核岗",
        "reviewer",
    ):
        assert words in text
    assert "渝医保发〔2020〕39号" in text or "R3" in text
    assert "500112197603011995" not in text
    assert "6222020000000000000" not in text


def test_a_signature_given_early_in_the_morning_stands_on_the_slip_with_the_day_of_the_place(walk):
    # Half past six in Chongqing; in UTC it is still the ninth.
    walk.channel, walk.minutes = "window", -150
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    walk.pay()
    text = text_of(made(walk, "refund_slip"))
    assert ("2023年2月10日" in text, "2023年2月9日" in text) == (True, False)


def test_the_form_states_what_was_asked_and_handed_in(walk):
    text = text_of(made(walk.submitted(), "application_form"))

    for words in (
        "领取失业保险金期间重复缴费",
        "职工医保（个人身份二档）按年缴费",
        "2022-01至2022-12",
        "5,874.00",
        "☑银行卡",
    ):
        assert words in text
    assert "☑银行卡" in text


def test_the_receipt_promises_a_day_even_when_printed_after_the_end(walk):
    walk.paid().confirm()
    text = text_of(made(walk, "acceptance_receipt"))

    assert "受理回执" in text
    assert "未设期限" not in text


def test_the_notice_lists_everything_and_a_second_round_gets_its_own(walk):
    walk.materials = ("payment_proof",)
    walk.submitted()
    items = [{"material": "bank_card", "note": "请上传正面"}, {"field": "bank_number", "note": "与卡面不符"}]
    actions.ask_correction(number=walk.number, items=items, seen=walk.seen, by=walk.staff["clerk"], **walk.now())
    first = made(walk, "correction_notice")
    text = text_of(first)
    for words in ("请上传正面", "收款账号", "与卡面不符", "身份证件", "领取失业保险金记录"):
        assert words in text
    assert made(walk, "correction_notice").pk == first.pk

    walk.attach("bank_card")
    actions.resubmit(number=walk.number, by=walk.citizen, **walk.now())
    actions.ask_correction(number=walk.number, items=[], seen=walk.seen, by=walk.staff["clerk"], **walk.now())
    assert made(walk, "correction_notice").number != first.number


@pytest.mark.parametrize("kind", ["application_form", "acceptance_receipt", "correction_notice", "refund_slip", "poem"])
def test_a_paper_waits_for_its_step(walk, kind):
    walk.drafted()
    with pytest.raises(Refused) as caught:
        made(walk, kind)
    assert caught.value.refusal.code == "paper_not_yet"
    assert not IssuedPaper.objects.exists()


def test_numbers_of_papers_begin_anew_each_year(walk):
    walk.accepted()
    form = made(walk, "application_form", on=date(2023, 12, 31))
    receipt = made(walk, "acceptance_receipt", on=date(2024, 1, 2))

    assert (form.number, receipt.number) == ("SQ-CQ-2023-000001", "SL-CQ-2024-000001")


NAMES = {
    "dots": "阿卜杜热依木·麦麦提·吐尔逊",
    "rare, in the font": "㛃䶮𠮷𬭊𫖯𬀩",
    "long": "阿依古丽" * 12,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["application_form", "payment_notice"])
def test_names_stand_as_they_are_written(walk, kind, name):
    Person.objects.filter(pk=walk.person.pk).update(name=NAMES[name])
    walk.paid()
    bank = "中国农业银行股份有限公司重庆两江新区高新技术产业开发区分行营业部" * 2
    BankAccount.objects.update(holder=NAMES[name], bank_name=bank)
    text = text_of(made(walk, kind))
    assert [words for words in (NAMES[name], bank) if words not in text] == []


def test_a_character_the_font_lacks_is_told_by_its_number(walk):
    Person.objects.filter(pk=walk.person.pk).update(name="𪚥𫠉𮯠\U000323af·木")
    text = text_of(made(walk.submitted(), "application_form"))
    assert "〔U+2A6A5〕〔U+2B809〕〔U+2EBE0〕〔U+323AF〕·木" in text
    assert "字库暂缺的字，请手写补上" in text
