"""Errors carry both languages and everything wrong at once."""

from yibao.kernel.errors import InputInvalid, InputProblem, Refusal, Refused


def test_a_refusal_carries_its_next_step_to_the_edge() -> None:
    refusal = Refusal("late", "已过期限", "too late", "请到窗口咨询。", "Ask at a window.", status=409)
    assert Refused(refusal).refusal.next_zh == "请到窗口咨询。"
    assert str(Refused(refusal)) == "late: 已过期限"


def test_all_problems_of_an_input_are_told_at_once() -> None:
    error = InputInvalid([InputProblem("on", "日期不存在", "no such day"), InputProblem("region", "未知", "unknown")])
    assert [problem.where for problem in error.problems] == ["on", "region"]
    assert "on: 日期不存在 / no such day" in str(error)
