# ruff: noqa: E501  (pieces of packs stay on one line, as they are written)
"""The schemas for editors accept every pack file there is, and mark what somebody typically writes wrong."""

import json
import re
import shutil
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from yibao import services
from yibao.authoring.schema import TABLES, schemas
from yibao.authoring.schema_words import ABOUT, NEEDED
from yibao.cli import main

PACKS = services.packs_folder()
FOLDERS = sorted(path.name for path in PACKS.iterdir() if (path / "pack.yaml").exists())


class EditorReader(yaml.SafeLoader):
    """Reads scalars as editors do: null, true and false, whole and decimal numbers; a day stays a text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012


for tag, pattern, first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?[0-9]*\.[0-9]+$", list("-+.0123456789")),
):
    EditorReader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


@cache
def validators() -> dict[str, jsonschema.Draft7Validator]:
    made = schemas(vocabularies=services.vocabularies(), case=services.case_schema(), root=PACKS)
    return {name: jsonschema.Draft7Validator(schema) for name, schema in made.items()}


def faults(path: Path, text: str) -> list[str]:
    kind = "cases" if "cases" in path.parts else path.stem
    found = validators()[kind].iter_errors(yaml.load(text, EditorReader))
    return [f"{list(error.absolute_path)} {error.message}" for error in found]


def test_the_schemas_are_schemas() -> None:
    assert set(validators()) == {"pack", "sources", "cases", *services.vocabularies()}
    for validator in validators().values():
        jsonschema.Draft7Validator.check_schema(validator.schema)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_a_pack_validates(folder: str) -> None:
    paths = sorted((PACKS / folder).rglob("*.yaml"))
    assert len(paths) > 2
    wrong = {path.name: faults(path.relative_to(PACKS), path.read_text(encoding="utf-8")) for path in paths}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("pack.yaml", 'code: "990000"', 'code: "99000"', id="a digit short in the code"),
        pytest.param("pack.yaml", "kind: province", "kind: city", id="no such kind"),
        pytest.param("pack.yaml", "quality: bronze", "qualty: bronze", id="a misspelt key"),
        pytest.param("pack.yaml", "2026-11-21", "2026年11月21日", id="a day in Chinese"),
        pytest.param("sources.yaml", "grade: C", "grade: D", id="no such grade"),
        pytest.param("sources.yaml", "    attested_from: 2024-01-01\n", "", id="no day a document holds from"),
        pytest.param("sources.yaml", "issuer:", "isuer:", id="a misspelt key of a document"),
        pytest.param("refund.yaml", "when: {reason: wish, scheme: resident, before_paid_year: 是}", "when: {reson: wish}", id="a misspelt fact"),
        pytest.param("refund.yaml", "scheme: resident, before_paid_year: 是", "scheme: residnet", id="a misspelt value"),
        pytest.param("refund.yaml", "reason: wish, scheme: resident, before_paid_year: 是", "reason: [wish, deth]", id="a misspelt value in a list"),
        pytest.param("refund.yaml", "before_paid_year: 是", "before_paid_year: ja", id="neither yes nor no"),
        pytest.param("refund.yaml", "from: 2024-01-01\n        source", "from: 2024/1/1\n        source", id="a day with strokes"),
        pytest.param("refund.yaml", "outcome: refund, months", "outcom: refund, months", id="a misspelt output"),
        pytest.param("refund.yaml", "outcome: refund, months: all", "outcome: refund, months: every", id="no such output value"),
        pytest.param("refund.yaml", "outcome: refund, months: all", "months: all", id="no outcome"),
        pytest.param("refund.yaml", "      - id: X1\n        label:", "      - label:", id="a row without id"),
        pytest.param("refund.yaml", "tables:\n  situation:", "tables:\n  situations:", id="no such table"),
        pytest.param("refund.yaml", "settings:\n  roles:", "settings:\n  role:", id="no such setting"),
        pytest.param("refund.yaml", '    is: "applied_on', '    iss: "applied_on', id="a condition without meaning"),
        pytest.param("cases/good/x1_withdrawn_in_season.yaml", "kind: payer", "kind: owner", id="no such applicant"),
        pytest.param("cases/good/x1_withdrawn_in_season.yaml", "given:", "givn:", id="a misspelt key of an example"),
        pytest.param("cases/good/x1_withdrawn_in_season.yaml", "paid_on: 2024-11-05, ", "paidon: 2024-11-05, ", id="a misspelt member"),
    ],
)  # fmt: skip
def test_a_typical_fault_is_marked(file: str, old: str, new: str) -> None:
    text = (PACKS / "_template" / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    assert faults(Path("_template") / file, text) == []
    assert faults(Path("_template") / file, text.replace(old, new)) != []


@pytest.mark.parametrize("table", TABLES)
def test_every_key_the_reader_knows_is_explained_and_every_needed_one_is_known(table: str) -> None:
    assert set(ABOUT[table]) == set(TABLES[table])
    assert set(NEEDED[table]) <= set(TABLES[table])


@pytest.mark.parametrize(
    ("file", "line", "key"),
    [
        ("pack.yaml", 'code: "990000"\n', "code"), ("pack.yaml", "name: 示例市\n", "name"),
        ("pack.yaml", "kind: province\n", "kind"), ("pack.yaml", "quality: bronze\n", "quality"),
        ("sources.yaml", "    title: 示例市医疗保险退费规定\n", "title"), ("sources.yaml", "    grade: C\n", "grade"),
        ("refund.yaml", "domain: refund\n", "domain"), ("refund.yaml", "        from: 2024-01-01\n", "from"),
        ("refund.yaml", "        label: 居民在缴费年度开始前退费\n", "label"),
        ("refund.yaml", "    label: 缴费年度开始前申请\n", "label"),
        ("refund.yaml", '    is: "applied_on < cover_year_start"\n', "is"),
    ],
)  # fmt: skip
def test_what_the_schema_needs_the_reader_needs_too(file: str, line: str, key: str, tmp_path: Path) -> None:
    for name, folder in (("000000_national", "000000_national"), ("_template", "990000_example")):
        shutil.copytree(PACKS / name, tmp_path / folder)
    path = tmp_path / "990000_example" / file
    text = path.read_text(encoding="utf-8")
    assert line in text
    path.write_text(text.replace(line, "", 1), encoding="utf-8")
    assert faults(Path("990000_example") / file, path.read_text(encoding="utf-8")) != []
    result = CliRunner().invoke(main, ["packs", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert f"缺少“{key}”" in result.output


def test_a_fact_is_offered_with_its_label_and_its_values_with_theirs() -> None:
    when = validators()["refund"].schema["definitions"]["when"]["properties"]
    assert when["scheme"]["description"].startswith("险种")
    assert when["险种"] == when["scheme"]
    first = when["scheme"]["anyOf"][0]
    assert dict(zip(first["enum"], first["enumDescriptions"], strict=True))["resident"] == "居民医保 resident insurance"


def test_the_command_writes_what_the_first_line_of_a_new_pack_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("000000_national", "_template"):
        shutil.copytree(PACKS / name, tmp_path / name)
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path))
    assert (
        CliRunner().invoke(main, ["packs", "new", "510100", "成都市", "Chengdu", "--maintainer", "甲"]).exit_code == 0
    )
    assert CliRunner().invoke(main, ["schema", "packs"]).exit_code == 0
    paths = list((tmp_path / "510100_chengdu").rglob("*.yaml"))
    for path in paths:
        line = path.read_text(encoding="utf-8").splitlines()[0]
        schema = path.parent / line.removeprefix("# yaml-language-server: $schema=")
        assert json.loads(schema.read_text(encoding="utf-8"))["$schema"]
    assert len(paths) > 3
    assert CliRunner().invoke(main, ["packs", "check"]).exit_code == 0


def test_a_folder_that_is_not_there_exits_2() -> None:
    result = CliRunner().invoke(main, ["schema", "packs", "nowhere"])
    assert result.exit_code == 2
    assert "没有这个文件夹" in result.output
