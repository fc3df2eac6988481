"""Money out as finance sees it: on the pages, and typed as commands."""

import io
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.bank import pain002
from yibao.bank.pain002 import Line, StatusReport
from yibao.cli import bank
from yibao.store.models import (
    BankMessage,
    CitizenLogin,
    ClearingMember,
    PayerAccount,
    Payment,
    PaymentBatch,
    ReadLog,
    StaffRole,
)

pytestmark = pytest.mark.django_db
BATCHES = "/workbench/batches"
HIDDEN = re.compile(r'name="(region|scheme|flow|key)" value="([^"]*)"')


@pytest.fixture
def seat(staff):
    """Sign a member of staff in: `seat("finance")` gives their browser."""

    def sit(name):
        client = Client()
        client.force_login(get_user_model().objects.get(username=name))
        return client

    return sit


@pytest.fixture
def approved(walk, fund):
    return walk.approved()


def make(client):
    """Press the button of the first group, as the page offers it."""
    form = dict(HIDDEN.findall(client.get(BATCHES).content.decode()))
    return client.post(BATCHES, form)["Location"]


@pytest.fixture
def sent(approved, seat):
    """A batch that was made by one, released by another."""
    address = make(seat("finance"))
    seat("finance2").post(f"{address}/do/release", {"key": "k"})
    return PaymentBatch.objects.get()


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def answer(batch, *lines, **changed):
    given = {"message_id": "M1", "made_at": timezone.now(), "batch": batch.number, "lines": lines, **changed}
    file = io.BytesIO(pain002.write(StatusReport(**given)))
    file.name = "answer.xml"
    return file


def test_one_makes_and_another_releases(approved, seat):
    maker, checker = seat("finance"), seat("finance2")
    page = text(maker.get(BATCHES))
    assert "职工医保 · 原路退回：1 件，合计 1,949.10 元" in page
    address = make(maker)

    assert "须由另一位财务支付岗同事复核" in text(maker.get(address))
    assert "复核无误" not in text(maker.get(address))
    assert maker.post(f"{address}/do/release", {"key": "k"}).status_code == 409
    page = text(checker.get(address))
    assert "复核无误" in page
    assert "陈** 演示银行 **** 0000" in page
    assert checker.post(f"{address}/do/release", {"key": "k"}).status_code == 302

    page = text(checker.get(address))
    assert "1 笔，合计 1,949.10 元" in page
    assert "在途" in page
    assert "6222020000000000000" not in page
    assert approved.case.state == "executing"


def test_the_file_is_given_and_the_look_is_logged(sent, seat):
    response = seat("finance2").get(f"{BATCHES}/{sent.number}/file")
    assert response["Content-Type"] == "application/xml"
    assert b"pain.001.001.09" in response.content
    assert ReadLog.objects.filter(purpose="bank_file", case_number=Payment.objects.get().case.number).exists()


def test_a_dropped_batch_says_so(approved, seat):
    address = make(seat("finance"))
    seat("finance").post(f"{address}/do/drop")
    assert "已作废" in text(seat("finance").get(address))
    assert seat("finance2").post(f"{address}/do/release", {"key": "k"}).status_code == 409


def test_a_batch_that_broke_off_is_finished_from_its_page(approved, seat):
    address = make(seat("finance"))
    checker = get_user_model().objects.get(username="finance2")
    now = timezone.now()
    PaymentBatch.objects.update(state="released", released_by=checker, released_at=now, released_on=now.date())
    assert "接着办完" in text(seat("finance2").get(address))
    seat("finance2").post(f"{address}/do/carry_on")
    assert PaymentBatch.objects.get().state == "sent"


@pytest.mark.parametrize("name", ["clerk", "reviewer"])
def test_others_than_finance_find_closed_doors(sent, seat, name):
    for address in (BATCHES, f"{BATCHES}/{sent.number}", f"{BATCHES}/{sent.number}/file", "/workbench/bank-results"):
        assert seat(name).get(address).status_code == 403
    assert seat(name).get("/workbench/reconcile").status_code == 403


def test_finance_of_another_region_finds_nothing(sent):
    user = get_user_model().objects.create(username="taiyuan", first_name="外地")
    StaffRole.objects.create(user=user, role="finance", region="140100")
    client = Client()
    client.force_login(user)
    assert client.get(f"{BATCHES}/{sent.number}").status_code == 404
    response = client.post("/workbench/bank-results", {"file": answer(sent, Line("P1", "ACSC"))})
    assert response.status_code == 422
    assert not BankMessage.objects.exists()


def test_an_answer_is_read_in_and_told_line_by_line(sent, seat, approved):
    name = f"P{Payment.objects.get().pk:012d}"
    client = seat("finance")
    page = text(client.post("/workbench/bank-results", {"file": answer(sent, Line(name, "ACSC"), Line("X", "ACSC"))}))
    assert "已到账，办结" in page
    assert "不是本批次的付款" in page
    assert approved.case.state == "completed"


def test_an_account_the_bank_refused_is_given_anew_by_the_person_and_paid(sent, seat, approved):
    payment = Payment.objects.get()
    said = answer(sent, Line(f"P{payment.pk:012d}", "RJCT", "账户已销户"))
    assert "退回" in text(seat("finance").post("/workbench/bank-results", {"file": said}))

    login = get_user_model().objects.create(username="chen")
    CitizenLogin.objects.create(user=login, person=approved.person)
    citizen = Client()
    citizen.force_login(login)
    page = citizen.get(f"/refund/cases/{approved.number}").content.decode()
    assert "账户已销户" in page
    address = f"/refund/cases/{approved.number}/account"
    assert address in page
    given = {
        "applicant": "payer",
        "bank_name": "演示银行",
        "bank_holder": "陈建国",
        "bank_number": "622202123456789012",
    }
    assert citizen.post(address, given).status_code == 302

    address = make(seat("finance"))
    assert "**** 9012" in text(seat("finance2").get(address))
    seat("finance2").post(f"{address}/do/release", {"key": "again"})
    content = seat("finance2").get(f"{address}/file").content
    assert b"<Id>622202123456789012</Id>" in content
    assert b"6222020000000000000" not in content
    last = Payment.objects.latest("pk")
    said = answer(PaymentBatch.objects.latest("pk"), Line(f"P{last.pk:012d}", "ACSC"), message_id="M2")
    seat("finance").post("/workbench/bank-results", {"file": said})
    assert approved.case.state == "completed"
    assert "三方一致，差额 0.00 元" in text(seat("finance").get("/workbench/reconcile"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "没有改动任何记录"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "文档类型声明"),
        (None, "请选择银行回执文件"),
    ],
)
def test_what_cannot_be_read_is_told_and_changes_nothing(sent, seat, content, words):
    file = io.BytesIO(content or b" ")
    file.name = "answer.xml"
    response = seat("finance").post("/workbench/bank-results", {} if content is None else {"file": file})
    assert response.status_code == 422
    assert words in text(response)
    assert not BankMessage.objects.exists()


def test_the_reconciliation_says_that_all_agree_or_names_what_does_not(sent, seat):
    client = seat("finance")
    assert "三方一致，差额 0.00 元" in text(client.get("/workbench/reconcile"))
    Payment.objects.update(transaction=None)
    page = text(client.get("/workbench/reconcile"))
    assert "案件与账本不符" in page
    assert Payment.objects.get().case.number in page
    assert client.get("/workbench/reconcile?on=2023-02-31").status_code == 400
    assert "到这一天没有付款" in text(client.get("/workbench/reconcile?on=2020-01-01"))


def run(*arguments):
    return CliRunner().invoke(bank.command, [str(one) for one in arguments])


def test_the_commands_take_a_batch_to_the_bank_and_back(sent, tmp_path):
    file, answers = tmp_path / "batch.xml", tmp_path / "answers"
    assert run("write", sent.number, file).exit_code == 0
    assert run("simulate", file, "--out", answers, "--bounce", 0, "--drop", 0, "--seed", 3).exit_code == 0
    arrived = sorted(answers.iterdir())
    told = run("import", *arrived, "--as", "finance")
    assert told.exit_code == 0, told.output
    assert "已到账 paid" in told.output
    again = run("import", *arrived, "--as", "finance")
    assert "以前读入过" in again.output
    agreed = run("reconcile", "--on", timezone.localdate())
    assert (agreed.exit_code, "差额 difference 0.00" in agreed.output) == (0, True)
    Payment.objects.update(amount_fen=194911)
    differs = run("reconcile", "--on", timezone.localdate() + timedelta(days=1))
    assert differs.exit_code == 1
    assert Payment.objects.get().case.number in differs.stderr


def test_a_command_that_cannot_go_on_says_why(sent, tmp_path):
    junk = tmp_path / "junk.xml"
    junk.write_text("no xml")
    for arguments, words in (
        (("write", "PB-0", tmp_path / "x"), "没有这个付款批次"),
        (("simulate", junk, "--out", tmp_path), "不是完整的 XML"),
        (("import", junk, "--as", "finance"), "不是完整的 XML"),
        (("import", junk, "--as", "nobody"), "没有这位经办人员"),
        (("codes", junk), "每行应为"),
        (("account", "500000", "employee", "--holder", "甲", "--number", "1", "--code", "12"), "12 位数字"),
    ):
        result = run(*arguments)
        assert (result.exit_code, words in result.stderr) == (2, True), result.stderr


def test_accounts_and_codes_are_recorded(db, tmp_path):
    table = tmp_path / "banks.csv"
    table.write_text("演示银行,102653000012\n另一家演示银行,102653000029\n", encoding="utf-8")
    assert run("codes", table).exit_code == 0
    given = ("--holder", "演示市医保基金", "--number", "31001500050000050001", "--code", "105653000014")
    assert run("account", "500000", "employee", *given).exit_code == 0
    assert ClearingMember.objects.count() == 2
    assert PayerAccount.objects.get().number == "31001500050000050001"
