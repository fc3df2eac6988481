"""Services are found by their folder and by nothing else."""

import shutil
import sys

import pytest

import yibao
from yibao import services
from yibao.kernel.errors import InputInvalid

CASE = {
    "service": "copied", "region": "500112", "on": "2023-02-10", "person": {"born": "1976-03-01"},
    "enrolments": [], "payments": [], "request": {},
}  # fmt: skip


@pytest.fixture
def copied(monkeypatch, tmp_path):
    template = services.find()["refund"].folder.parent / "_template"
    shutil.copytree(template, tmp_path / "copied")
    monkeypatch.setattr(services, "__path__", [*services.__path__, str(tmp_path)])
    services.keeper.cache_clear()
    yield
    services.keeper.cache_clear()
    services._FOUND.pop("copied", None)
    for name in [name for name in sys.modules if name.startswith("yibao.services.copied")]:
        del sys.modules[name]


def test_the_template_itself_is_no_service():
    assert "_template" not in services.find()


@pytest.mark.usefixtures("copied")
def test_a_copy_of_the_template_is_found_and_decides():
    assert services.find()["copied"].label == "示例服务"
    answer = yibao.decide(CASE)
    assert (answer["service"], answer["decision"]) == ("copied", "manual")
    assert answer["refusals"][0]["next_zh"]


@pytest.mark.usefixtures("copied")
def test_a_manifest_that_changed_is_read_again():
    manifest = services.find()["copied"].folder / "service.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("示例服务", "改过的示例服务"), encoding="utf-8")
    assert services.find()["copied"].label == "改过的示例服务"


def test_an_unknown_service_is_refused_and_the_known_ones_are_named():
    with pytest.raises(InputInvalid) as caught:
        yibao.decide(CASE | {"service": "refnd"})
    assert caught.value.problems[0].where == "service"
    assert "refund" in caught.value.problems[0].en


def test_a_region_without_rules_is_refused_with_the_known_ones():
    with pytest.raises(InputInvalid) as caught:
        yibao.decide(CASE | {"service": "refund", "region": "990000"})
    assert caught.value.problems[0].where == "region"
    assert "500000" in caught.value.problems[0].zh


def test_words_come_in_one_language():
    zh, en = (services.find()["refund"].text(language) for language in ("zh", "en"))
    assert (zh["outcomes"]["manual"], en["outcomes"]["manual"]) == ("人工审核", "a person decides")
    assert set(en["refusals"]["late"]) == {"why", "next"}


def test_packs_are_taken_from_where_the_installation_says(monkeypatch, tmp_path):
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path))
    assert services.packs_folder() == tmp_path
