"""`yibao guide` as somebody types it."""

import json

import pytest
from click.testing import CliRunner

from yibao.cli.guide import command


def run(*words):
    return CliRunner().invoke(command, [*words])


def test_a_guide_is_told_with_its_sources():
    told = run("relocation", "--region", "140100", "--on", "2026-11-10")
    assert told.exit_code == 0
    for words in ("要带什么", "10 个工作日", "医保办发〔2021〕43号", "依据等级 B", "资金到账后计入个人账户：没有查到"):
        assert words in told.output


def test_a_guide_is_told_in_english_and_as_json():
    assert "not found" in run("refund", "--region", "140100", "--lang", "en").output
    plain = json.loads(run("refund", "--region", "500112", "--on", "2026-11-10", "--json").output)
    assert (plain["service"], plain["region"], plain["on"]) == ("refund", "500000", "2026-11-10")
    assert {"materials", "steps", "channels", "phones", "limits"} <= set(plain)
    assert plain["channels"][3]["sources"] == [{"id": "article-2025", "article": "线上申请", "grade": "C"}]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("refund", "--region", "999999"), "999999"),
        (("refunds", "--region", "500000"), "refund"),
        (("correction", "--region", "500000"), "There is no guide"),
        (("refund", "--region", "500000", "--on", "today"), "today"),
    ],
)
def test_what_is_not_known_is_named_and_fails(words, told):
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.output
