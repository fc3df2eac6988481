"""What an officer typically writes wrong is told at its place, with what to do. The mistakes are in mistakes.yaml."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from yibao import services
from yibao.policy import Diagnostic, PackErrors, Severity, load_packs
from yibao.policy.cases import read_cases

MISTAKES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))[
    "mistakes"
]
PACKS = services.packs_folder()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack made from the template, below the nation's."""
    shutil.copytree(PACKS / "000000_national", tmp_path / "000000_national")
    folder = shutil.copytree(PACKS / "_template", tmp_path / "510100_example")
    for path in folder.rglob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("990000", "510100"), encoding="utf-8")
    return folder


def faults(folder: Path) -> list[Diagnostic]:
    try:
        load_packs(roots=[folder.parent], vocabularies=services.vocabularies())
        read_cases(folder=folder)
    except PackErrors as error:
        return [item for item in error.diagnostics if item.severity is Severity.ERROR]
    return []


def test_the_template_itself_has_no_fault(pack: Path) -> None:
    assert faults(pack) == []


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 50


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["name"])
def test_a_typical_mistake_is_told_at_its_place_with_what_to_do(mistake: dict[str, Any], pack: Path) -> None:
    path = pack / mistake["file"]
    text = path.read_text(encoding="utf-8")
    if "add" in mistake:
        text += mistake["add"]
    else:
        old, new = mistake["change"]
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    found = faults(pack)
    assert found, "nothing was told"
    line, column = map(int, mistake["at"].split(":"))
    told = [item for item in found if (item.code, item.line, item.column) == (mistake["code"], line, column)]
    assert told, [str(item) for item in found]
    assert mistake["says"] in told[0].message_zh
    assert told[0].hint == mistake["hint"]
    assert told[0].message_en.isascii() or told[0].message_en != told[0].message_zh
    assert (len(found) == 1) is mistake["alone"], [str(item) for item in found]
