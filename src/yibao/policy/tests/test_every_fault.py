"""For every code there is a message for there is a faulty pack: it is told alone, and among all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from yibao.policy import Diagnostic, PackErrors, Severity, load_packs
from yibao.policy.messages import MESSAGES, REMARKS
from yibao.policy.tests.making import FILES

FAULTS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("faults.yaml").read_text(encoding="utf-8"))
NATION = "000000_national"
# Told where there is no pack at all, and by `yibao packs check`, which runs the examples; tested there.
ELSEWHERE = {"no_packs", "no_example"}
MANIFEST = (
    'code: "CODE"\nname: 某地\nen: a place\nkind: pooling\nparent: "000000"\nquality: silver\nchecked_on: 2026-11-21\n'
)
SOURCES = "sources: {own: {number: 某发1号, title: 某办法, in_force_from: 2014-01-01, grade: B}}\n"
ROW = "domain: refund\ntables:\n  situation:\n    rows:\n      - {%s}\n"
CELLS = "id: F, label: 行, en: row, from: 2015-01-01, source: own, when: {%s}, then: {outcome: refund}"
AMOUNT = (
    "domain: refund\ntables:\n  amount:\n    amounts:\n      gross:\n"
    '        - {id: F, label: 行, en: row, from: 2015-01-01, source: own, when: {scheme: employee}, is: "%s"}\n'
)
VALUES = "domain: contribution\nparameters:\n  rate:\n    values: [%s]\n"


def own_files(fault: dict[str, Any]) -> dict[str, str]:
    """Return the files of a faulty pack, its row or line written out."""
    files = {"pack.yaml": MANIFEST, "sources.yaml": SOURCES}
    if "cells" in fault:
        files["refund.yaml"] = ROW % (CELLS % fault["cells"])
    if "row" in fault:
        files["refund.yaml"] = ROW % (fault["row"] if "id:" in fault["row"] else f"id: F, en: row, {fault['row']}")
    if "is" in fault:
        files["refund.yaml"] = AMOUNT % fault["is"]
    if "values" in fault:
        files["contribution.yaml"] = VALUES % fault["values"]
    return files | fault.get("files", {})


def write(root: Path, names: list[str]) -> dict[str, Path]:
    """Write the sound nation and the faulty packs of some codes; return where the vocabularies are."""
    for name, text in FILES.items():
        if name.startswith((NATION, "vocabulary")):
            put(root / ("" if name.startswith("vocabulary") else "packs") / name, text)
    for number, name in enumerate(FAULTS):
        if name in names:
            write_one(root, FAULTS[name], f"9{number:03d}00", f"9{number:03d}01", f"words{number}")
    return {path.stem: path for path in (root / "vocabulary").glob("*.yaml")}


def write_one(root: Path, fault: dict[str, Any], code: str, other: str, domain: str) -> None:
    def filled(text: str) -> str:
        return text.replace("CODE", code).replace("OTHER", other).replace("DOMAIN", domain)

    if "words" in fault:
        put(root / "vocabulary" / f"{domain}.yaml", f"domain: {domain}\n{fault['words']}\n")
    for name, text in own_files(fault).items():
        put(root / "packs" / f"{code}_faulty" / name, filled(text), fault.get("encoding", "utf-8"))
    for name, text in fault.get("other", {}).items():
        put(root / "packs" / f"{other}_below" / name, filled(text))
    for name in fault.get("folders", ()):
        (root / "packs" / f"{code}_faulty" / name).mkdir(parents=True)


def put(path: Path, text: str, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


def found(root: Path, names: list[str]) -> tuple[bool, list[Diagnostic]]:
    """Return whether anything was loaded, and what was told."""
    vocabularies = write(root, names)
    try:
        return True, list(load_packs(roots=[root / "packs"], vocabularies=vocabularies).warnings)
    except PackErrors as error:
        return False, error.diagnostics


def of(name: str, told: list[Diagnostic]) -> list[Diagnostic]:
    """Return what was told of the pack, or the vocabulary, of one fault."""
    number = list(FAULTS).index(name)
    places = (f"9{number:03d}0", f"vocabulary/words{number}.")
    return [each for each in told if each.file.startswith(places)]


def test_every_message_has_a_pack_that_calls_for_it() -> None:
    assert set(FAULTS) == set(MESSAGES) - ELSEWHERE


def test_the_nation_above_the_faulty_packs_is_sound(tmp_path: Path) -> None:
    loaded, told = found(tmp_path, [])
    assert loaded
    assert {each.code for each in told} == {"source_attested"}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_pack_is_told_with_its_place_and_does_not_load(name: str, tmp_path: Path) -> None:
    loaded, told = found(tmp_path, [name])
    mine = [each for each in of(name, told) if each.code == name]
    assert mine, [str(each) for each in told]
    assert all(each.line >= 1 and each.column >= 1 and each.message_zh and each.message_en for each in mine)
    assert loaded is (name in REMARKS)
    assert {each.severity for each in mine} == {Severity.WARNING if name in REMARKS else Severity.ERROR}


def test_all_faults_of_all_packs_come_at_once_and_nothing_loads(tmp_path: Path) -> None:
    loaded, told = found(tmp_path, list(FAULTS))
    assert not loaded
    assert [name for name in FAULTS if name not in {each.code for each in of(name, told)}] == []
