"""The worked examples of Chongqing notice at least nine in ten small changes of its rules."""

from click.testing import CliRunner

from yibao.cli import main


def test_nine_in_ten_changes_of_the_rules_of_chongqing_are_noticed() -> None:
    result = CliRunner().invoke(main, ["packs", "check", "--quiet", "--mutate", "500000"])
    assert result.exit_code == 0, result.output


def test_a_region_without_a_pack_is_told_with_those_there_are() -> None:
    result = CliRunner().invoke(main, ["packs", "check", "--quiet", "--mutate", "999999"])
    assert result.exit_code == 2
    assert "500000" in result.output
