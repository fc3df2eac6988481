"""Changing a region's rules on purpose, from the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from yibao.cli import main
from yibao.policy.tests.making import FILES, write


def test_a_region_without_a_pack_is_told_with_those_there_are() -> None:
    result = CliRunner().invoke(main, ["packs", "check", "--quiet", "--mutate", "999999"])
    assert result.exit_code == 2
    assert "500000" in result.output


def test_several_regions_are_told_in_one_table_with_the_total() -> None:
    result = CliRunner().invoke(main, ["packs", "check", "--quiet", "--mutate", "430000", "--mutate", "610400"])
    assert result.exit_code == 0, result.output
    assert "湖南省 Hunan" in result.output
    assert "咸阳市 Xianyang" in result.output
    assert "100.0%" in result.output


def test_all_tries_every_region_and_one_below_nine_in_ten_exits_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs, vocabularies = write(folder=tmp_path, files=FILES)
    monkeypatch.setattr("yibao.services.vocabularies", lambda: vocabularies)
    result = CliRunner().invoke(main, ["packs", "check", str(packs), "--mutate", "all"])
    assert result.exit_code == 1
    assert "没有例子用到 no example uses it" in result.output
    assert "R3：失业期间重复缴费 → 删去" in result.output
    assert "000000" in result.output
    assert "不足 90% below 90 %" in result.output
