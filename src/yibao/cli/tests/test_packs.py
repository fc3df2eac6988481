"""`yibao packs` and `yibao explain` tell what is wrong and where, with the exit codes other programs rely on."""

import re
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from yibao.cli import main
from yibao.policy.tests.making import FILES, write

PACKS = Path(__file__).resolve().parents[4] / "packs"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two small packs and their vocabularies in place of the installation's."""
    packs, vocabularies = write(folder=tmp_path, files=FILES)
    monkeypatch.setattr("yibao.services.vocabularies", lambda: vocabularies)
    monkeypatch.setenv("YIBAO_PACKS", str(packs))
    return packs


def test_check_passes_the_packs_of_the_house() -> None:
    result = run("packs", "check", "--quiet")
    assert result.exit_code == 0, result.output


def test_test_runs_the_examples_of_the_house() -> None:
    result = run("packs", "test")
    assert result.exit_code == 0, result.output
    assert "0 did not" in result.output
    assert "Not run" not in result.output


def test_examples_about_places_that_are_not_in_the_folder_are_named_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copytree(PACKS / "000000_national", tmp_path / "000000_national")
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path))
    result = run("packs", "test")
    assert result.exit_code == 0, result.output
    assert ", 0 did not." in result.output
    assert "苏州单位职工断缴四个月" in result.output
    assert "没有运行：这里没有 320500 的规则包。 Not run: there is no pack of 320500 here." in result.output
    ran, left = (
        int(re.search(rf"(\d+) {words}", result.output)[1]) for words in ("examples came", "more were not run")
    )
    assert (ran > left > 0, result.output.count("Not run:")) == (True, left)


def test_the_quality_of_the_nation_alone_is_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules are used by examples of the regions below it, which are not in the folder."""
    copytree(PACKS / "000000_national", tmp_path / "000000_national")
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path))
    result = run("packs", "quality")
    assert result.exit_code == 0
    assert "000000 的等级没有判断" in result.output
    assert "The quality of 000000 was not judged" in result.output


def test_a_wrong_example_about_a_place_that_is_there_still_counts(own: Path) -> None:
    path = own / "500000_chongqing" / "cases" / "good" / "one.yaml"
    path.parent.mkdir(parents=True)
    given = "given: {service: refund, region: '50'}"
    path.write_text(f"cases: [{{name: 例, why: 手算, {given}, expect: {{decision: refund}}}}]\n", encoding="utf-8")
    result = run("packs", "test")
    assert (result.exit_code, "Not run" in result.output) == (1, False)


def test_check_prints_every_fault_with_its_place_and_exits_1(own: Path) -> None:
    path = own / "500000_chongqing" / "refund.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("scheme: employee, overlap", "schem: employee, overlap"))
    result = run("packs", "check", str(own))
    assert result.exit_code == 1
    assert "500000_chongqing/refund.yaml:10:40 error unknown_name" in result.output
    assert "没有“schem”这个名称" in result.output
    assert "→ scheme" in result.output


def test_check_names_rows_no_example_turns_on_and_quiet_leaves_them_out(own: Path) -> None:
    told = run("packs", "check", str(own))
    assert told.exit_code == 0, told.output
    assert "500000_chongqing/refund.yaml:5:9 warning no_example" in told.output
    assert "没有例子用到“R3”这一行" in told.output
    assert "no_example" not in run("packs", "check", "--quiet", str(own)).output


def test_check_of_no_folder_exits_2(tmp_path: Path) -> None:
    result = run("packs", "check", str(tmp_path / "nowhere"))
    assert result.exit_code == 2
    assert "nowhere" in result.output


def test_test_prints_what_is_different_and_exits_1(own: Path) -> None:
    path = own / "500000_chongqing" / "cases" / "good" / "one.yaml"
    path.parent.mkdir(parents=True)
    case = "cases: [{name: 例, why: 手算, given: {service: refund, region: '999999'}, expect: {amount: '1.00'}}]\n"
    path.write_text(case, encoding="utf-8")
    result = run("packs", "test")
    assert result.exit_code == 1
    assert "500000_chongqing/cases/good/one.yaml:1:9 例" in result.output
    assert "amount: 应为 should be 1.00" in result.output


def test_a_region_is_looked_at_alone() -> None:
    every, one = run("packs", "test").output, run("packs", "test", "--region", "140000").output
    assert "0 did not" in one
    assert int(one.split()[0]) < int(every.split()[0])
    remarks = run("packs", "check", "--region", "140000").output
    assert "140000_shanxi/sources.yaml" in remarks
    assert "500000_chongqing/" not in remarks


@pytest.mark.parametrize("verb", ["check", "test"])
def test_a_region_without_a_pack_exits_2(verb: str) -> None:
    result = run("packs", verb, "--region", "999999")
    assert result.exit_code == 2
    assert "没有地区“999999”" in result.output


def test_test_of_other_packs_than_those_in_use_exits_2(tmp_path: Path, own: Path) -> None:
    other, _ = write(folder=tmp_path / "other", files=FILES)
    assert run("packs", "test", str(other)).exit_code == 2


def test_explain_prints_the_line_a_value_comes_from() -> None:
    result = run("explain", "500112", "individual_annual_base", "--on", "2016-03-01")
    assert result.exit_code == 0, result.output
    assert "42,639.00" in result.output
    assert "500000_chongqing/contribution.yaml:" in result.output


@pytest.mark.parametrize(
    ("region", "key", "on"),
    [
        pytest.param("999999", "individual_annual_base", "2016-03-01", id="no rules there"),
        pytest.param("500000", "individual_anual_base", "2016-03-01", id="no such name"),
        pytest.param("500000", "individual_annual_base", "1990-03-01", id="no value that day"),
        pytest.param("500000", "situation", "1990-03-01", id="no rule that day"),
        pytest.param("500000", "situation", "1990-02-30", id="no such day"),
    ],
)
def test_explain_of_what_is_not_known_exits_2(region: str, key: str, on: str) -> None:
    result = run("explain", region, key, "--on", on)
    assert result.exit_code == 2
    assert result.output
