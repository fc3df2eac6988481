"""Changing a region's rules on purpose, from the command line."""

from click.testing import CliRunner

from yibao.cli import main


def test_a_region_without_a_pack_is_told_with_those_there_are() -> None:
    result = CliRunner().invoke(main, ["packs", "check", "--quiet", "--mutate", "999999"])
    assert result.exit_code == 2
    assert "500000" in result.output
