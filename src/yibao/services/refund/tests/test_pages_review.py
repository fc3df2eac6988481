"""What stands around the decision on the desk: papers, corrections, history, other cases, notes, closed steps."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yibao.services.refund import actions
from yibao.store.models import CaseAction


@pytest.fixture
def page(staff):
    """The case page as a member of staff sees it."""

    def read(walk, name="clerk"):
        return browser(name).get(desk(walk)).content.decode()

    return read


def browser(name):
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return client


def desk(walk, step=""):
    return f"/workbench/refund/cases/{walk.case.number}" + (f"/{step}" if step else "")


def corrected(walk):
    """The case after one notice and what the applicant did about it, two weeks later."""
    walk.submitted()
    actions.ask_correction(
        number=walk.number, items=[{"material": "bank_card", "note": ""}], seen=walk.seen, by=walk.staff["clerk"],
        **walk.now(),
    )  # fmt: skip
    walk.on = date(2023, 2, 24)
    walk.attach("bank_card", content=None)
    actions.save_answers(
        number=walk.number,
        answers={"bank_name": "演示银行", "bank_holder": "陈建国", "bank_number": "6222020000000000018"},
        by=walk.citizen,
        **walk.now(),
    )
    actions.resubmit(number=walk.number, by=walk.citizen, **walk.now())
    return walk


class TestPapers:
    def test_a_paper_stands_beside_the_facts_read_off_it(self, page, walk):
        walk.submitted()
        shown = page(walk).split('id="papers"')[1].split('id="progress"')[0]
        held = walk.case.documents.first()
        assert f'<img src="{desk(walk, f"files/{held.pk}")}"' in shown
        for words in ("缴费凭证", "5,874.00 元", "陈**", "**** 0000"):
            assert words in shown
        assert "陈建国" not in shown

    def test_a_step_leads_to_the_rule_it_follows(self, page, walk):
        walk.submitted()
        assert 'href="/rules/500000#rule-R3"' in page(walk)


class TestCorrected:
    def test_what_differs_is_told(self, page, walk):
        corrected(walk)
        shown = page(walk).split('id="changed"')[1].split("</section>")[0]
        assert "银行卡</b>：新交" in shown
        assert "收款账户</b>：重新填写过" in shown
        assert "应退" not in shown

    def test_without_a_correction_nothing_is_told(self, page, walk):
        walk.submitted()
        assert 'id="changed"' not in page(walk)

    def test_the_history_says_who_and_how_long_and_that_the_clock_stood_still(self, page, walk):
        corrected(walk)
        shown = page(walk).split('id="progress"')[1]
        # From Friday the 10th to Friday the 24th of February 2023 there are ten working days.
        assert "停止计时 10 个工作日" in shown
        assert "从这里停止计时" in shown
        assert walk.staff["clerk"].name in shown or "受理岗" in shown


class TestNotes:
    def test_a_note_is_kept_for_colleagues_and_not_shown_to_the_citizen(self, page, walk):
        walk.submitted()
        answer = browser("clerk").post(desk(walk, "notes"), {"note": "已电话提醒"})
        assert answer.status_code == 302
        assert "已电话提醒" in page(walk, "reviewer")
        assert CaseAction.objects.filter(kind="note").count() == 1

    @pytest.mark.parametrize(("typed", "told"), [("", "请写备注的内容"), ("电话 138-0000-0000", "一长串数字")])
    def test_what_may_not_be_kept_is_told_and_stays_typed(self, walk, typed, told):
        walk.submitted()
        answer = browser("clerk").post(desk(walk, "notes"), {"note": typed})
        assert answer.status_code == 400
        assert told in answer.content.decode()
        assert typed in answer.content.decode()
        assert not CaseAction.objects.filter(kind="note").exists()


class TestClosedSteps:
    def test_each_step_that_is_closed_says_why(self, page, walk):
        walk.submitted()
        shown = page(walk, "reviewer").split("为什么没有其他按钮")[1]
        assert "<dt>受理</dt><dd>您的岗位不能办理这一步" in shown

    def test_who_entered_is_told_why_they_cannot_sign(self, walk):
        walk.accepted()
        refusals = actions.blocked(case=walk.case, actor=walk.staff["clerk"])
        assert refusals["approve"].code == "not_your_role"
        assert "take" not in refusals

    def test_what_is_offered_is_not_closed(self, walk):
        walk.accepted()
        reviewer = walk.staff["reviewer"]
        offered = set(actions.available(case=walk.case, actor=reviewer))
        assert offered.isdisjoint(actions.blocked(case=walk.case, actor=reviewer))


def test_other_cases_of_the_person_are_listed(page, walk, make_walk):
    walk.submitted()
    actions.withdraw(number=walk.number, reason="改日再办", by=walk.citizen, **walk.now())
    again = make_walk(walk.person)
    again.minutes = 200
    again.submitted(key="k2")
    assert walk.number in page(again).split('id="others"')[1]
    assert 'id="others"' in page(walk)
