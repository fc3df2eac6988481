"""A new pack loads, overwrites nothing, and wrong input leaves no trace."""

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yibao import services
from yibao.cli import main
from yibao.policy import load_packs

PACKS = services.packs_folder()
GOOD = ("510100", "成都市", "Chengdu", "--maintainer", "医保科")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the nation's pack and the template only."""
    for name in ("000000_national", "_template"):
        shutil.copytree(PACKS / name, tmp_path / name)
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["packs", "new", *arguments])


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def manifest(folder: Path) -> dict[str, object]:
    return yaml.safe_load((folder / "pack.yaml").read_text(encoding="utf-8"))


def test_a_new_pack_loads_and_decides_by_its_parent(own: Path) -> None:
    before = everything(own)
    result = run(*GOOD)
    assert result.exit_code == 0, result.output
    words = manifest(own / "510100_chengdu")
    assert (words["code"], words["name"], words["parent"], words["kind"]) == ("510100", "成都市", "000000", "pooling")
    packs = load_packs(roots=[own], vocabularies=services.vocabularies())
    region = packs.regions["510100"]
    assert region.stacks["refund", "situation"].rows == packs.regions["000000"].stacks["refund", "situation"].rows
    assert everything(own).items() >= before.items()
    for verb in ("check", "test"):
        assert CliRunner().invoke(main, ["packs", verb, "--region", "510100"]).exit_code == 0


def test_it_says_what_comes_next(own: Path) -> None:
    output = run(*GOOD).output
    for step in ("yibao schema packs", "sources.yaml", "refund.yaml", "cases", "packs check", "packs test"):
        assert step in output


def test_without_its_comment_signs_the_new_pack_is_the_template(own: Path) -> None:
    run(*GOOD)
    folder = own / "510100_chengdu"
    for path in folder.rglob("*.yaml"):
        if path.name == "pack.yaml":
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        example = next(number for number, line in enumerate(lines) if line.startswith("# 例子"))
        freed = "\n".join(
            lines[:example] + [line.removeprefix("# ").removeprefix("#") for line in lines[example + 1 :]]
        )
        wanted = (own / "_template" / path.relative_to(folder)).read_text(encoding="utf-8").replace("990000", "510100")
        assert yaml.load(freed, yaml.BaseLoader) == yaml.load(wanted, yaml.BaseLoader)
        path.write_text(freed + "\n", encoding="utf-8")
    for verb in ("check", "test"):
        result = CliRunner().invoke(main, ["packs", verb, "--region", "510100"])
        assert result.exit_code == 0, result.output


def test_the_nearest_level_above_is_the_parent(own: Path) -> None:
    people = ("--maintainer", "甲", "--maintainer", "乙")
    for code, name, en in (
        ("510000", "四川省", "Sichuan"),
        ("510100", "成都市", "Chengdu"),
        ("510131", "蒲江县", "Pujiang"),
    ):
        assert run(code, name, en, *people).exit_code == 0
    found = {str(words["code"]): words for words in map(manifest, sorted(own.glob("51*")))}
    assert [(words["parent"], words["kind"]) for words in found.values()] == [
        ("000000", "province"), ("510000", "pooling"), ("510100", "county"),
    ]  # fmt: skip
    assert found["510131"]["maintainers"] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        pytest.param(("51010", *GOOD[1:]), "不是六位数字", "not six digits", id="a digit short"),
        pytest.param(("５１０１００", *GOOD[1:]), "请写半角数字", "not six digits", id="full-width digits"),
        pytest.param(("成都", *GOOD[1:]), "不是六位数字", "not six digits", id="a name for a code"),
        pytest.param(("../../510100", *GOOD[1:]), "不是六位数字", "not six digits", id="a path for a code"),
        pytest.param(("000000", *GOOD[1:]), "已有文件夹 000000_national", "has the folder", id="it is there"),
        pytest.param((*GOOD, "--parent", "990000"), "没有上级地区“990000”", "no pack of the", id="no such parent"),
        pytest.param(("510100", " ", *GOOD[2:]), "名称是空的", "name is empty", id="no name"),
        pytest.param(("510100", "成\n都", *GOOD[2:]), "名称是空的或含换行", "broken", id="a name of two lines"),
        pytest.param(("510100", "成都市", "成都", *GOOD[3:]), "没有字母", "has no letter", id="no English name"),
        pytest.param((), "不是六位数字", "not six digits", id="nothing at all"),
        pytest.param(GOOD[:3], "没有写维护人", "Nobody is named", id="nobody answers for it"),
        pytest.param((*GOOD, "--kind", "city"), "层级“city”", "The kind 'city'", id="no such kind"),
        pytest.param((*GOOD, "--into", "nowhere"), "没有模板文件夹", "no folder _template", id="no template there"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_in_both_languages_and_leaves_nothing(
    arguments: tuple[str, ...], zh: str, en: str, own: Path
) -> None:
    before = everything(own)
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert zh in result.output
    assert en in result.output
    assert everything(own) == before
    assert sorted(path.name for path in own.iterdir()) == ["000000_national", "_template"]


def test_a_folder_that_is_there_is_never_touched(own: Path) -> None:
    (own / "510100_mine").mkdir()
    (own / "510100_mine" / "notes.txt").write_text("mine", encoding="utf-8")
    before = everything(own)
    assert run(*GOOD).exit_code == 2
    assert everything(own) == before


def test_a_folder_that_cannot_be_written_is_told(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(own))

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    for result in (run(*GOOD), CliRunner().invoke(main, ["schema", "packs"])):
        assert result.exit_code == 2, result.output
        assert "写不进去" in result.output
    assert sorted(path.name for path in own.iterdir()) == ["000000_national", "_template"]


def test_where_the_packs_have_faults_nothing_is_made(own: Path) -> None:
    path = own / "000000_national" / "refund.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("scheme: resident", "schem: resident"), encoding="utf-8")
    before = everything(own)
    result = run(*GOOD)
    assert result.exit_code == 1
    assert "yibao packs check" in result.output
    assert everything(own) == before


# Each example writes a folder.
@settings(max_examples=settings.default.max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=12), person=st.text(min_size=1, max_size=12))
def test_any_name_is_refused_or_stands_in_the_pack_as_it_was_written(own: Path, name: str, person: str) -> None:
    result = run("--maintainer", person, "--", "510100", name, "Chengdu")
    folder = own / "510100_chengdu"
    if result.exit_code == 2:
        assert not folder.exists()
        return
    assert result.exit_code == 0, result.output
    words = yaml.load((folder / "pack.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    assert (words["name"], words["maintainers"]) == (name.strip(), [person.strip()])
    shutil.rmtree(folder)
