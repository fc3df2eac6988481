"""What a paper says is what the record says."""

import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from yibao.kernel.money import Money
from yibao.services.papers.copies import marked
from yibao.services.refund.documents import (
    AcceptanceReceipt,
    ApplicationForm,
    CorrectionNotice,
    PaidLine,
    Paper,
    RefundSlip,
    Stamp,
    check_address,
    typeset,
)
from yibao.services.refund.documents.capitals import capital_amount

LINE = PaidLine("2022 年度职工医保（个人二档）", "2022-01 至 2022-12", Money(587400), Money(194910), "本人")
STAMP = Stamp(
    number="TK-500000-2023-000001",
    case_number="CQ-2023-000127",
    issued_on=date(2023, 2, 20),
    agency="重庆市医疗保险经办机构（演示）",
    check_code="ABCD2345EFGH",
    check_address="http://localhost:8000/check/TK-500000-2023-000001/ABCD2345EFGH",
)
SLIP = RefundSlip(
    name="陈建国",
    masked_id="500112********1234",
    receiver="本人",
    amount=Money(194910),
    decided_on=date(2023, 2, 18),
    basis=("渝医保发〔2020〕39号 R3",),
    approvals=(("第 1 级 审核岗", "王审核", date(2023, 2, 18)),),
    lines=(LINE,),
    bank="演示银行重庆分行",
    masked_account="**** 6789",
)
FORM = ApplicationForm(
    name="陈建国",
    masked_id="500112********1234",
    masked_phone="138****0000",
    applied_on=date(2023, 2, 10),
    reason="领取失业保险金期间重复缴费",
    channel="手机",
    bank="演示银行重庆分行",
    account_holder="陈建国",
    masked_account="**** 6789",
    lines=(LINE,),
    materials=(("缴费凭证", True), ("失业保险金领取记录", False)),
)
RECEIPT = AcceptanceReceipt(
    name="陈建国",
    masked_id="500112********1234",
    item="重复缴费退费",
    accepted_on=date(2023, 2, 13),
    due_on=date(2023, 3, 13),
    due_is_provisional=True,
    materials=("缴费凭证", "身份证件"),
)
NOTICE = CorrectionNotice(
    name="陈建国",
    item="重复缴费退费",
    told_on=date(2023, 2, 13),
    due_on=date(2023, 2, 27),
    missing=(("银行卡", "请上传本人银行卡正面"), ("失业保险金领取记录", "可到失业保险经办机构打印")),
)


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


@pytest.mark.parametrize(
    ("paper", "stated"),
    [
        (
            SLIP,
            [
                "城镇居民基本医疗保险退款单",
                "¥1,949.10",
                "壹仟玖佰肆拾玖元壹角整",
                "陈建国",
                "500112********1234",
                "2023年2月18日",
                "王审核",
                "渝医保发〔2020〕39号R3",
                "5,874.00",
                "****6789",
            ],
        ),
        (
            FORM,
            [
                "城镇居民基本医疗保险退保申请表",
                "领取失业保险金期间重复缴费",
                "☑缴费凭证",
                "☐失业保险金领取记录",
                "138****0000",
            ],
        ),
        (RECEIPT, ["受理回执", "2023年3月13日", "暂定", "身份证件"]),
        (NOTICE, ["一次性告知书", "请上传本人银行卡正面", "可到失业保险经办机构打印", "2023年2月27日"]),
    ],
    ids=["refund slip", "application form", "acceptance receipt", "correction notice"],
)
def test_a_paper_states_the_record_and_how_to_verify_it(paper: Paper, stated: list[str]) -> None:
    text = text_of(typeset(paper=paper, stamp=STAMP))

    for words in [*stated, STAMP.number, STAMP.check_code, STAMP.check_address]:
        assert words in text
    assert STAMP.case_number in text


def test_a_paper_made_twice_has_the_same_bytes() -> None:
    assert typeset(paper=SLIP, stamp=STAMP) == typeset(paper=SLIP, stamp=STAMP)


def test_text_with_markup_stays_text() -> None:
    nasty = replace(SLIP, name='#panic("x") *李* $1$ \\ ]')

    assert '#panic("x")*李*$1$\\]' in text_of(typeset(paper=nasty, stamp=STAMP))


def test_a_long_list_of_payments_runs_over_pages_and_keeps_every_line() -> None:
    lines = tuple(
        PaidLine(f"第{number}笔", "2022-01", Money(100 + number), Money(100 + number), "本人") for number in range(80)
    )
    long = replace(SLIP, lines=lines)
    pdf = typeset(paper=long, stamp=STAMP)

    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 1
    text = text_of(pdf)
    assert all(f"第{number}笔" in text for number in range(80))


def test_every_page_of_a_reprint_says_so_and_keeps_what_was_issued() -> None:
    issued = typeset(paper=replace(SLIP, lines=(LINE,) * 60), stamp=STAMP)
    before = pypdf.PdfReader(io.BytesIO(issued)).pages
    after = pypdf.PdfReader(io.BytesIO(marked(content=issued, times=2, on=date(2023, 3, 1)))).pages

    assert len(before) == len(after) > 1
    for old, new in zip(before, after, strict=True):
        text = new.extract_text()
        assert old.extract_text().strip() in text
        assert "补打第2次2023年3月1日reprint2,2023-03-01" in "".join(text.split())


def test_a_reprint_made_twice_has_the_same_bytes() -> None:
    issued = typeset(paper=SLIP, stamp=STAMP)
    first, second = (marked(content=issued, times=1, on=date(2023, 3, 1)) for _ in range(2))

    assert first == second != issued


def test_the_check_address_holds_only_number_and_code() -> None:
    assert (
        check_address(base="http://localhost:8000", number="TK-1", code="AA") == "http://localhost:8000/check/TK-1/AA"
    )


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        pytest.param(1, "壹分", id="one fen alone"),
        pytest.param(10, "壹角整", id="one jiao alone"),
        pytest.param(100, "壹元整", id="one yuan"),
        pytest.param(105, "壹元零伍分", id="a zero stands for the missing jiao"),
        pytest.param(1_001_00, "壹仟零壹元整", id="one zero for two empty places"),
        pytest.param(100_010_00, "壹拾万零壹拾元整", id="a zero between the groups"),
        pytest.param(1_001_0000_00, "壹仟零壹万元整", id="no zero at the end of a group"),
        pytest.param(2_0000_0305_00, "贰亿零叁佰零伍元整", id="an empty group"),
        pytest.param(5874_00, "伍仟捌佰柒拾肆元整", id="the fee of the walk-through"),
    ],
)
def test_amounts_in_capitals(fen: int, words: str) -> None:
    assert capital_amount(fen) == words


def test_a_negative_amount_has_no_capitals() -> None:
    with pytest.raises(ValueError, match="negative"):
        capital_amount(-1)
