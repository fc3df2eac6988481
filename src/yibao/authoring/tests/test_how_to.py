"""The how-to from an empty folder to silver, followed word by word: commands and files are taken from the page."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE, CHINESE = "empty-folder-to-silver.md", "empty-folder-to-silver.zh-CN.md"
BLOCK = re.compile(r"(?:`(?P<file>[\w/.]+)`[^\n`]*\n\n)?```(?P<kind>bash|yaml)\n(?P<text>.*?)```", re.DOTALL)
FOLDER = "var/rules/990100_mingzhou"


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Every block of a page: its kind, the file it belongs into, its text."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [(block["kind"], block["file"] or "", block["text"]) for block in found]


def script(page: Path) -> str:
    """What a reader types, as one script; files are written where the page says so."""
    pieces = ["set -e"]
    for kind, file, text in blocks(page):
        if kind == "bash":
            pieces.append(text)
        else:
            assert file, "a block of YAML without the file it belongs into"
            pieces.append(f"cat > {file} <<'END_OF_FILE'\n{text}END_OF_FILE\n")
    return "\n".join(pieces)


@pytest.fixture
def project(checkout: Path, tmp_path: Path) -> Path:
    """A folder as the reader has it: the packs, the page's examples, and the command."""
    shutil.copytree(checkout / "packs", tmp_path / "packs")
    shutil.copytree(checkout / "docs/how-to", tmp_path / "docs/how-to")
    command = tmp_path / ".venv/bin/yibao"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from yibao.cli import main; main()" "$@"\n')
    command.chmod(0o755)
    return tmp_path


def test_both_languages_say_to_type_the_same(checkout: Path) -> None:
    english, chinese = (blocks(checkout / "docs/how-to" / name) for name in (PAGE, CHINESE))
    assert english == chinese
    assert len(english) > 8


def test_a_reader_who_types_every_line_ends_with_a_silver_pack(project: Path, checkout: Path) -> None:
    before = {path: path.read_bytes() for path in (project / "packs").rglob("*.yaml")}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YIBAO_")}
    environment |= {"PYTHONPATH": str(checkout / "src"), "LC_ALL": "C.UTF-8"}
    result = subprocess.run(
        ["bash", "-c", script(project / "docs/how-to" / PAGE)],
        cwd=project, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    pack = project / FOLDER
    assert "quality: silver" in (pack / "pack.yaml").read_text(encoding="utf-8")
    assert result.stdout.count(" 0 did not") == 3
    assert "没有改动" in result.stdout
    assert re.search(r"990100 .* silver +│ silver ", result.stdout)
    assert f"{pack.name}/refund.yaml:" in result.stdout
    cases = [path.read_text(encoding="utf-8").count("- name:") for path in pack.rglob("cases/*/*.yaml")]
    assert sum(cases) >= 20
    assert {path: path.read_bytes() for path in (project / "packs").rglob("*.yaml")} == before
