"""The arrows between the parts hold."""

import configparser
import subprocess
import sys

from yibao.project import slices


def lint(checkout, *arguments):
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-logo"]
    return subprocess.run([*command, *arguments], cwd=checkout, check=False, capture_output=True, text=True)


def test_no_import_goes_against_an_arrow(checkout):
    result = lint(checkout)
    assert result.returncode == 0, result.stdout


def test_the_arrows_would_report_a_core_that_reached_for_the_web(checkout, tmp_path):
    turned = configparser.ConfigParser()
    turned.read(checkout / ".importlinter")
    bands = turned["importlinter:contract:bands"]["layers"].split("\n")
    turned["importlinter:contract:bands"]["layers"] = "\n".join(reversed(bands))
    with (tmp_path / "turned.ini").open("w") as stream:
        turned.write(stream)
    result = lint(checkout, "--config", str(tmp_path / "turned.ini"), "--no-cache")
    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def test_every_service_is_found_and_the_template_is_not():
    assert "refund" in slices.names()
    assert not [name for name in slices.names() if name.startswith("_")]
