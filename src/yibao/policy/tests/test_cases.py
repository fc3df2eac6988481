"""Worked examples are read as JSON would be, and differences say where and what."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy import PackErrors
from yibao.policy.cases import differences, read_cases, run_cases

EXAMPLE = """\
cases:
  - name: 半年
    en: half a year
    source: cq#3
    why: 5874 ÷ 12 × 6
    given: {region: "500000", on: 2023-02-10, died: null, tier: 2, account: true, amount: 5874.00, ids: [p1, "7"]}
    expect: {decision: refund, lines: [{months: 6}]}
"""


def folder(tmp_path: Path, *, good: str = EXAMPLE, bad: str = "cases: []\n") -> Path:
    for kind, text in (("good", good), ("bad", bad)):
        path = tmp_path / "500000_x" / "cases" / kind / "one.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "500000_x"


def test_an_example_is_read_as_json_would_be(tmp_path: Path) -> None:
    (case,) = read_cases(folder=folder(tmp_path))
    assert case.given == {
        "region": "500000",
        "on": "2023-02-10",
        "died": None,
        "tier": 2,
        "account": True,
        "amount": "5874.00",
        "ids": ["p1", "7"],
    }
    assert (case.kind, str(case.mark)) == ("good", "500000_x/cases/good/one.yaml:2:5")


def test_an_example_says_how_it_came_out(tmp_path: Path) -> None:
    cases = read_cases(folder=folder(tmp_path))
    as_expected: Mapping[str, object] = {"decision": "refund", "lines": [{"months": 6, "more": 1}], "more": 2}
    (outcome,) = run_cases(cases=cases, decide=lambda given: as_expected)
    assert outcome.differences == ()
    (outcome,) = run_cases(cases=cases, decide=lambda given: {"decision": "late", "lines": [{"months": 5}]})
    assert outcome.differences == (
        "decision: 应为 should be refund，得到 got late",
        "lines[0].months: 应为 should be 6，得到 got 5",
    )


def test_wrong_input_is_an_outcome_that_can_be_expected(tmp_path: Path) -> None:
    def refuse(given: Mapping[str, object]) -> object:
        raise InputInvalid([InputProblem("on", "日期不存在", "no such day")])

    text = EXAMPLE.replace("{decision: refund, lines: [{months: 6}]}", "{invalid: [{where: on}]}")
    (outcome,) = run_cases(cases=read_cases(folder=folder(tmp_path, good="cases: []\n", bad=text)), decide=refuse)
    assert (outcome.case.kind, outcome.differences) == ("bad", ())


@pytest.mark.parametrize(
    ("expected", "got", "places"),
    [
        pytest.param({"a": 1}, {"a": 1, "b": 2}, [], id="members nobody expects are left alone"),
        pytest.param({"a": None}, {}, ["a"], id="null is not the same as absent"),
        pytest.param({"a": 1}, {"a": "1"}, ["a"], id="a number is not a text"),
        pytest.param({"a": True}, {"a": 1}, ["a"], id="a number is not a truth"),
        pytest.param({"a": [1]}, {"a": [1, 2]}, ["a"], id="lists match whole"),
        pytest.param({"a": {"1": {"b": 2}}}, {"a": [{"b": 1}, {"b": 2}]}, [], id="one position of a list"),
        pytest.param({"a": {"5": 1}}, {"a": [1]}, ["a.5"], id="a position that is not there"),
    ],
)
def test_a_part_of_a_decision_is_compared(expected: object, got: object, places: list[str]) -> None:
    assert [line.partition(":")[0] for line in differences(expected=expected, got=got)] == places


def test_a_badly_written_example_is_told_with_its_place(tmp_path: Path) -> None:
    text = EXAMPLE.replace("expect:", "expects:")
    with pytest.raises(PackErrors) as caught:
        read_cases(folder=folder(tmp_path, good=text))
    assert {(item.code, item.line) for item in caught.value.diagnostics} == {("unknown_key", 7), ("missing_key", 2)}
