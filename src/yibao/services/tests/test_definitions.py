"""The processes of all packs are proved; a pack changed in one word is refused, at its line."""

import shutil

import pytest
from click.testing import CliRunner

from yibao import services
from yibao.casework import states
from yibao.casework.states import State
from yibao.cli import main
from yibao.policy import PackErrors, load_packs

NATION, CITY = "000000_national", "500000_chongqing"
LONG_2 = '- {level: "2", roles: [county_hrss, county_finance], order: any}'


@pytest.fixture
def root(tmp_path):
    for name in (NATION, CITY):
        shutil.copytree(services.packs_folder() / name, tmp_path / name, ignore=shutil.ignore_patterns("cases"))
    return tmp_path


def change(root, old, new, *, pack=CITY):
    file = root / pack / "refund.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    before = text[: text.index(old)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def refused(root):
    with pytest.raises(PackErrors) as caught:
        load_packs(roots=[root], vocabularies=services.vocabularies(), also=services.process_faults)
    return [one for one in caught.value.diagnostics if one.severity.value == "error"]


def test_every_process_of_every_pack_is_proved():
    packs = services.packs()
    assert services.process_faults(packs) == []
    assert services.process_proof(packs) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        (f"        {LONG_2}\n", "", "level_skipped", "第 3 级签批 → 第 4 级签批 → 付款：跳过第 2 级"),
        ("county_hrss, county_finance]", "county_hrs, county_finance]", "role_not_in_service", "没有角色“county_hrs”"),
        ("[county_hrss, county_finance]", "[]", "level_without_roles", "签批：审批链“long”的第 2 级没有角色"),
        ("decision_days:", "desision_days:", "clock_never_starts", "没有任何一步会启动"),
    ],
)  # fmt: skip
def test_a_word_changed_in_a_pack_is_told_at_its_line(root, old, new, code, words):
    line, _ = change(root, old, new)
    [found] = refused(root)
    assert (found.code, found.file, found.line) == (code, f"{CITY}/refund.yaml", line)
    assert words in found.message_zh


def test_an_unknown_role_is_told_at_its_column_with_what_is_meant(root):
    place = change(root, "county_hrss, county_finance]", "county_hrs, county_finance]")
    [found] = refused(root)
    assert ((found.line, found.column), found.hint) == (place, "county_hrss")


def test_a_row_that_asks_for_a_chain_the_region_does_not_have_is_told(root):
    change(root, "    long:\n", "    lang:\n")
    found = refused(root)
    assert {one.code for one in found} == {"chain_unknown"}
    assert found[0].message_zh.endswith("现有：ordinary, lang, review")
    assert found[0].hint == "lang"


def test_a_fault_of_the_nation_is_told_once_where_the_nation_writes_it(root):
    change(root, "{level: 1, roles: [reviewer], order: any}", "{level: 1, roles: [reviewer], order: all}", pack=NATION)
    assert [(one.code, one.file) for one in refused(root)] == [("level_order", f"{NATION}/refund.yaml")]


def test_the_check_prints_the_counter_example(root):
    line, _ = change(root, f"        {LONG_2}\n", "")
    printed = CliRunner().invoke(main, ["packs", "check", str(root)])
    assert printed.exit_code == 1
    assert f"{CITY}/refund.yaml:{line}:" in printed.output
    assert "sign level 1 → sign level 3 → sign level 4 → pay: level 2 is skipped" in printed.output


def test_the_check_prints_what_the_engine_would_let_through(root, monkeypatch):
    monkeypatch.setattr(states, "TRANSITIONS", {**states.TRANSITIONS, (State.ACCEPTED, "pay"): State.EXECUTING})
    printed = CliRunner().invoke(main, ["packs", "check", str(root)])
    assert printed.exit_code == 1
    assert "提交 → 受理 → 付款：跳过第 1 级" in printed.output
