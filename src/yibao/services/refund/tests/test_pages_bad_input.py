"""What goes wrong at home, on a phone: said in a sentence, and nothing that was typed or kept is lost."""

import re
import struct
import zlib
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from yibao.store import uploads
from yibao.store.models import BankAccount, CitizenLogin, Document, Person

CARD = "6222 0200 0000 0000 000"
ACCOUNT = {"applicant": "payer", "bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": CARD}


@pytest.fixture
def alice(client, chen, files):
    user = get_user_model().objects.create(username="alice")
    CitizenLogin.objects.create(user=user, person=chen)
    client.force_login(user)
    return client


def at(walk, step=""):
    return f"/refund/cases/{walk.number}" + (f"/{step}" if step else "")


def told(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"bank_holder": "阿依古丽•买买提"}, {"holder": "阿依古丽·买买提"}),
        ({"bank_holder": "王\U000313f9"}, {"holder": "王\U000313f9"}),
        ({"bank_holder": "\u202e陈　建国\u200b"}, {"holder": "陈建国"}),
        ({"bank_number": "６２２２-０２００-００００-００００-０００"}, {"number": "6222020000000000000"}),
        ({"bank_name": " 演示银行 😀 "}, {"bank_name": "演示银行 😀"}),
    ],
    ids=["a dot", "a rare character", "hidden signs", "full width", "emoji"],
)
def test_what_can_be_understood_is_kept_in_one_spelling(alice, walk, typed, kept):
    walk.drafted()
    assert alice.post(at(walk, "account"), ACCOUNT | typed).status_code == 302
    account = BankAccount.objects.latest("id")
    assert {name: getattr(account, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("typed", "zh", "en"),
    [
        ({"bank_holder": "王\ue123"}, "自造字", "pinyin"),
        ({"bank_holder": "陈建国😀"}, "不是姓名用字", "remove emoji"),
        ({"bank_holder": "长" * 5000}, "60", "60"),
        ({"bank_number": "6222 0200 0000 0000 001"}, "银行卡号不正确", "card number is not valid"),
        ({"bank_number": "٦٢٢٢"}, "银行卡号不正确", "card number is not valid"),
        ({"bank_number": ""}, "请", "card number"),
    ],
    ids=["a character of one computer", "emoji in a name", "very long", "a slip", "other digits", "nothing"],
)
def test_what_cannot_is_told_at_its_field_and_stays_there(alice, walk, typed, zh, en):
    walk.drafted()
    before = BankAccount.objects.count()
    for language, words in (("zh", zh), ("en", en)):
        alice.cookies["yibao_language"] = language
        answer = alice.post(at(walk, "account"), ACCOUNT | typed)
        assert answer.status_code == 400
        assert words in told(answer)
        assert all(f'value="{text}"' in answer.content.decode() for text in (ACCOUNT | typed).values() if text)
    assert BankAccount.objects.count() == before


def test_a_name_other_than_the_record_is_pointed_out_before_sending(alice, walk):
    walk.drafted()
    for holder, pointed_out in (("陈 建国", False), ("李四", True)):
        alice.post(at(walk, "account"), ACCOUNT | {"bank_holder": holder})
        assert ("户名与您档案里的姓名不同" in told(alice.get(at(walk, "check")))) is pointed_out


def test_an_iphone_photo_is_refused_with_the_way_out_and_the_page_stays(alice, walk):
    walk.drafted()
    file = SimpleUploadedFile("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(50))
    answer = alice.post(at(walk, "materials"), {"material": "bank_card", "file": file})
    assert answer.status_code == 415
    assert "兼容性最佳" in told(answer)


def small_bomb():
    """A PNG of a few bytes whose head claims 3.6 billion dots."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    ends = b"\x00\x00\x00\x00IEND\xaeB`\x82"
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\r" + head + struct.pack(">I", zlib.crc32(head)) + ends


def packed(size):
    stream = zlib.compress(bytes(size), 9)
    return b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n" + stream + b"\nendstream\nendobj\n%%EOF\n"


FILES = {
    "a photo of 50 MB": ("a.jpg", b"\xff\xd8\xff" + bytes(50 * 1024 * 1024), 413, "照片最多 25 MB", "may have 25 MB"),
    "a picture that unfolds": ("a.png", small_bomb(), 413, "展开后大得不正常", "unfolds to an abnormal size"),
    "a PDF that unfolds": ("a.pdf", packed(3_000_000), 413, "展开后大得不正常", "unfolds to an abnormal size"),
    "an archive": ("a.zip", b"PK\x03\x04" + bytes(90), 415, "只能上传", "PDF, JPG and PNG files are accepted"),
    "an archive called pdf": ("a.pdf", b"PK\x03\x04" + bytes(90), 415, "后缀不符", "not what its name says"),
    "a photo called pdf": ("a.pdf", b"\xff\xd8\xff" + bytes(90), 415, "后缀不符", "not what its name says"),
    "a locked PDF": ("a.pdf", b"%PDF-1.7\n<</Encrypt 2 0 R>>\n%%EOF\n", 422, "加了密码", "locked with a password"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_lies_or_unfolds_is_refused_in_words_and_what_was_handed_in_stays(alice, walk, monkeypatch, case):
    monkeypatch.setattr(uploads, "UNFOLDED_MAX", 1_000_000)
    walk.drafted()
    before = set(Document.objects.values_list("pk", "removed_at"))
    name, content, status, zh, en = FILES[case]
    for language, words in (("zh", zh), ("en", en)):
        alice.cookies["yibao_language"] = language
        file = SimpleUploadedFile(name, content)
        answer = alice.post(at(walk, "materials"), {"material": "bank_card", "file": file})
        assert answer.status_code == status
        assert words in told(answer)
    assert set(Document.objects.values_list("pk", "removed_at")) == before


def test_a_photo_above_what_is_kept_is_made_smaller(alice, walk, settings, monkeypatch, record):
    walk.drafted()
    settings.YIBAO_UPLOAD_BYTES_MAX = 100
    monkeypatch.setattr(uploads, "SIDE_MAX", 20)
    file = SimpleUploadedFile("a.png", record.png())
    assert alice.post(at(walk, "materials"), {"material": "bank_card", "file": file}).status_code == 302
    assert "a.jpg" in told(alice.get(at(walk, "materials")))


def test_a_person_who_died_yesterday_loses_nothing_and_is_told_who_goes_on(alice, walk, chen):
    walk.drafted()
    Person.objects.filter(pk=chen.pk).update(died_on=timezone.localdate() - timedelta(days=1))
    for step in ("payments", "reason", "account", "materials", "check"):
        assert alice.get(at(walk, step)).status_code == 200, step
    page = told(alice.get(at(walk, "check")))
    assert "由继承人带关系证明" in page
    assert "演示银行" in page


@pytest.mark.parametrize("step", ["submitted", "accepted", "approved", "paid"])
def test_a_death_on_record_during_the_case_leaves_its_page_open(alice, walk, chen, step):
    getattr(walk, step)()
    Person.objects.filter(pk=chen.pk).update(died_on=timezone.localdate() - timedelta(days=1))
    page = alice.get(at(walk))
    assert page.status_code == 200
    assert "由继承人带关系证明" in told(page)
    assert walk.number in told(page)
    assert alice.get("/").status_code == alice.get("/messages").status_code == 200


def test_two_tabs_end_in_one_draft_with_the_later_answer(alice, walk):
    walk.drafted()
    alice.post(at(walk, "account"), ACCOUNT | {"bank_name": "第一个页面"})
    alice.post(at(walk, "account"), ACCOUNT | {"bank_name": "第二个页面"})
    assert "第二个页面" in told(alice.get(at(walk, "check")))


def test_a_tab_left_open_over_submission_is_told_and_changes_nothing(alice, walk):
    walk.submitted()
    before = BankAccount.objects.count()
    answer = alice.post(at(walk, "account"), ACCOUNT)
    assert answer.status_code == 409
    assert "已经提交" in told(answer)
    assert BankAccount.objects.count() == before
