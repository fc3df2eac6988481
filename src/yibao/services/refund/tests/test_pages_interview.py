"""Can I get a refund? Asked of visitors: one question a page, at most six, nothing kept."""

import html
import re

import pytest
from django.contrib.sessions.models import Session

CAN = "/refund/can"


def page(client, address=CAN, **answers):
    response = client.get(address, answers)
    return response, html.unescape(response.content.decode())


def address(text, before):
    return re.search(rf'href="([^"]*)"[^>]*>\s*{before}', text)[1]


def asked(text):
    return re.search(r'name="asked" value="(\w+)"', text)[1]


def test_a_visitor_finds_it_beside_the_sign_in(client, db):
    _, text = page(client, "/sign-in")
    assert f'href="{CAN}"' in text


def test_the_place_is_asked_first_and_then_the_reason(client, db):
    response, text = page(client)
    assert response.status_code == 200
    assert "您在哪里参保？" in text

    _, text = page(client, region="500000", asked="region")
    assert asked(text) == "reason"
    assert "领失业金时，自己也交了" in text
    assert "应征入伍" not in text


def test_a_few_questions_later_it_says_what_to_bring_and_why(client, db):
    answers = {"region": "500000", "reason": "unemployment_overlap"}
    wanted = {"scheme": "employee", "paid_as": "individual", "fund_overlap_months": "1+"}
    count = 0
    while 'name="asked"' in (text := page(client, **answers)[1]):
        answers[asked(text)] = wanted[asked(text)]
        count += 1

    assert count == 3
    assert "看来可以退" in text
    assert "领取失业保险金期间重复缴费" in text
    assert "领取失业保险金记录" in text
    assert "渝医保发〔2020〕39号" in text
    assert "不是决定" in text


def test_nobody_is_asked_more_than_six_questions(client, db):
    answers = {"region": "500000", "reason": "any"}
    while 'name="asked"' in (text := page(client, **answers)[1]):
        assert len(answers) <= 6
        answers[asked(text)] = "unsure"

    assert "还说不准" in text
    assert "种可能" in text


def test_an_answer_can_be_changed_and_the_way_back_leads_to_the_question_before(client, db):
    _, text = page(client, region="500000", reason="unemployment_overlap", paid_as="individual", scheme="resident")
    assert "人工核对" in text or "不能退" in text
    back = address(text, "返回")
    assert "paid_as=individual" in back
    assert "scheme" not in back
    _, before = page(client, f"{CAN}?region=500000")
    assert asked(before) == "reason"


def test_no_answer_and_no_place_are_told_beside_the_field(client, db):
    response, text = page(client, region="500000", asked="reason")
    assert response.status_code == 400
    assert "请选择一项" in text
    response, text = page(client, region="", asked="region")
    assert response.status_code == 400
    assert "请选择参保地" in text


@pytest.mark.parametrize(
    "query", [{"region": "x"}, {"region": "500000", "reason": "<b>"}, {"region": "500000", "x": "y"}]
)
def test_what_is_no_answer_is_asked_again(client, db, query):
    response, text = page(client, **query)
    assert response.status_code == 200
    assert "<b>" not in text


def test_a_rule_that_rests_on_hints_is_marked(client, db):
    answers = {"reason": "laid_off", "scheme": "employee", "paid_as": "individual", "unit_overlap_months": "1+"}
    _, text = page(client, region="500000", **answers, retirement_day="known")
    assert "大龄下岗人员重复缴费" in text
    assert "经办人员核实" in text


def test_nothing_is_kept(client, db):
    page(client, region="500000", reason="death")
    assert Session.objects.count() == 0
    assert set(client.cookies) <= {"csrftoken"}


def test_it_speaks_english(client, db):
    client.cookies["yibao_language"] = "en"
    _, text = page(client, region="500000", reason="unemployment_overlap", paid_as="resident")
    assert "A refund does not look possible" in text
    assert "Your answers" in text
