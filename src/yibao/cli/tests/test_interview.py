"""The interview in the terminal: few questions, then reasons and what to bring."""

import pytest
from click.testing import CliRunner

from yibao.cli import main

ON = ("--on", "2023-02-10")


def run(*arguments, typed=""):
    return CliRunner().invoke(main, ["interview", "--region", "500112", *ON, *arguments], input=typed)


def test_it_asks_until_the_rule_is_certain():
    given = ("--answer", "reason=unemployment_overlap", "--answer", "scheme=employee")
    result = run(*given, typed="2\n2\n")

    assert result.exit_code == 0, result.output
    assert "这笔是以什么身份交的？" in result.output
    assert "R3  领取失业保险金期间重复缴费 → 退费" in result.output
    assert "领取失业保险金记录" in result.output
    assert "次年起" in result.output
    assert "问了 2 个问题" in result.output


def test_somebody_who_does_not_know_is_told_what_is_possible():
    result = run("--lang", "en", "--answer", "reason=unemployment_overlap", typed="0\n" * 9)

    assert result.exit_code == 0, result.output
    assert "Not settled: the record decides" in result.output
    assert "R3  paid twice while drawing unemployment benefit → refund" in result.output
    assert "R3-none" in result.output


def test_a_rule_that_refuses_says_why_and_what_next():
    given = ("reason=unemployment_overlap", "scheme=employee", "paid_as=individual", "fund_overlap_months=0")
    result = run(*(part for each in given for part in ("--answer", each)))

    assert "没有查到重复缴费的月份" in result.output
    assert "问了 0 个问题" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("--answer", "reason=hunger"),
        ("--answer", "nobody=asks"),
        ("--region", "990000"),
        ("--service", "rain"),
        ("--on", "1990-01-01"),
    ],
)
def test_what_is_not_known_is_wrong_input(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.output
