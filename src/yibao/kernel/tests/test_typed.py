"""What people type is read kindly, and what cannot be meant is said."""

from datetime import date

import pytest
from stdnum.cn import ric

from yibao.kernel import typed
from yibao.kernel.identifiers import IdentifierError, check_bank_card, check_resident_id, make_resident_id
from yibao.kernel.money import MoneyError
from yibao.kernel.names import NameProblem, check_name, same_name

SERIALS = (make_resident_id(area="110101", born=date(1990, 1, 1), serial=serial) for serial in range(100))
NUMBER = next(number for number in SERIALS if number.endswith("X"))
WIDE = NUMBER.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X"})
CARD = "6222020000000000000"
RARE = "王\U00020bb7\U000313f9"  # extension B, extension H


@pytest.mark.parametrize(
    "text",
    [
        NUMBER.lower(),
        WIDE,
        f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        f"{NUMBER[:6]}　{NUMBER[6:14]}　{WIDE[14:]}",
        f"{NUMBER[:6]}-{NUMBER[6:14]}-{NUMBER[14:]}",
        f"\u200b{NUMBER}\u202c",
        f"\t{NUMBER}\r\n",
    ],
    ids=["small x", "full width", "blanks", "wide blanks", "hyphens", "hidden signs", "line ends"],
)
def test_an_identity_number_is_read_however_it_is_typed(text):
    assert check_resident_id(text) == NUMBER


@pytest.mark.parametrize(
    "text", [NUMBER[:-1], NUMBER[:-1] + "1", "١١٠١٠١١٩٩٠٠١٠١١٣١X"[:17], "x" * 100_000, "\x00", "😀"]
)
def test_what_is_no_identity_number_is_told_without_the_number(text):
    with pytest.raises(IdentifierError) as caught:
        check_resident_id(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize(
    ("born", "good"),
    [
        ("20000229", True),
        ("20240229", True),
        ("19000101", True),
        ("19000229", False),
        ("20230229", False),
        ("21000229", False),
        ("19901301", False),
    ],
)
def test_a_birthday_must_exist(born, good):
    body = f"110101{born}131"
    number = body + ric.calc_check_digit(body + "0")
    if good:
        assert check_resident_id(number) == number
    else:
        with pytest.raises(IdentifierError):
            check_resident_id(number)


@pytest.mark.parametrize(
    "text", ["6222-0200-0000-0000-000", "６２２２ ０２００ ００００ ００００ ０００", f"\u200e{CARD}\n"]
)
def test_a_card_number_is_read_however_it_is_typed(text):
    assert check_bank_card(text) == CARD


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("￥１，２３４．５０", "1234.50"),
        ("¥1234.5元", "1234.50"),
        ("1 234", "1234.00"),
        ("12,34.50", None),
        ("1,234,5", None),
        ("-5", None),
        ("1.234", None),
        ("12e3", None),
        ("", None),
        ("九百", None),
        ("9" * 5000, None),
    ],
)
def test_an_amount_is_read_with_commas_signs_and_width(text, read):
    if read is not None:
        assert str(typed.amount(text)) == read
        return
    with pytest.raises(MoneyError) as caught:
        typed.amount(text)
    assert caught.value.zh
    assert caught.value.en


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("王　小　明", "王小明"),
        ("\u202e王小明\u200d", "王小明"),
        (RARE, RARE),
        ("Anna  Maria O'Neill", "Anna Maria O'Neill"),
        ("Ｊ．Smith", "J·Smith"),
    ],
)
def test_a_name_has_one_spelling(text, name):
    assert check_name(text) == name


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("", "请填写"),
        ("　 \n", "请填写"),
        ("王\ue123明", "自造字"),
        ("王\U000f0001", "汉语拼音"),
        ("王小明😀", "不是姓名用字"),
        ("王小明1", "不是姓名用字"),
        ("王\x00明", "不是姓名用字"),
        ("<b>王</b>", "不是姓名用字"),
        ("长" * 61, "最多 60"),
        ("长" * 100_000, "最多 60"),
    ],
)
def test_what_no_other_system_could_read_is_told_with_the_way_out(text, zh):
    with pytest.raises(NameProblem) as caught:
        check_name(text)
    assert zh in caught.value.zh
    assert caught.value.en


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("阿依古丽·买买提", "阿依古丽买买提", True),
        ("阿依古丽•买买提", "阿依古丽．买买提", True),
        ("ＡＮＮＡ", "anna", True),
        ("張三", "张三", False),
        (RARE, RARE, True),
        ("陈建国", "陈建图", False),
    ],
)
def test_spellings_of_one_name_are_known_as_one(one, other, same):
    assert same_name(one=one, other=other) is same
