"""One folder is enough: a region and a service are dropped in, and found on every surface."""

import json
import os
import shutil
import subprocess
import sys

import pytest

REGION, REGION_NAME = "511300", "锦官市"
SERVICE, SERVICE_LABEL = "remote_care", "异地就医备案示例"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "tests", "node_modules")


def replace(file, *pairs):
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, (file, old)
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def drop_in_a_region(packs):
    folder = shutil.copytree(packs / "_template", packs / f"{REGION}_jinguan")
    replace(folder / "pack.yaml", ("990000", REGION), ("示例市", REGION_NAME))
    for file in folder.glob("cases/*/*.yaml"):
        replace(file, ("990000", REGION))


def drop_in_a_service(services):
    folder = shutil.copytree(services / "_template", services / SERVICE, ignore=LEFT_OUT)
    template_label = next(
        line.partition(":")[2].strip() for line in (folder / "service.yaml").read_text("utf-8").splitlines()
        if line.startswith("label:")
    )  # fmt: skip
    for file in folder.rglob("*"):
        if file.suffix in (".py", ".yaml", ".html"):
            text = file.read_text(encoding="utf-8").replace("services._template", f"services.{SERVICE}")
            file.write_text(text.replace(template_label, SERVICE_LABEL), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(checkout, tmp_path_factory):
    """A copy of the project with one folder more among its regions and one more among its services."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("src", "packs", "tools"):
        shutil.copytree(checkout / name, root / name, ignore=LEFT_OUT)
    shutil.copy(checkout / "pyproject.toml", root)
    shutil.copy(checkout / "README.md", root)
    drop_in_a_region(root / "packs")
    drop_in_a_service(root / "src/yibao/services")
    return root


@pytest.fixture(scope="module")
def surfaces(checkout, copy):
    """What every surface of the copy shows."""
    case = json.loads((checkout / "docs/tutorial/case.json").read_text(encoding="utf-8"))
    case = {**case, "region": REGION, "on": "2024-06-03", "request": {"reason": "wish", "payments": ["p1"]}}
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("YIBAO_", "DJANGO_"))}
    environment |= {"PYTHONPATH": str(copy / "src"), "YIBAO_HOME": str(copy / "var")}
    environment |= {"YIBAO_SECOND_FACTOR": "off"}
    script = checkout / "tests/architecture/surfaces.py"
    answer = subprocess.run(
        [sys.executable, str(script), REGION, SERVICE],
        input=json.dumps(case), cwd=copy, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.mark.parametrize("surface", ["portal", "workbench"])
def test_a_region_dropped_in_is_named_on(surfaces, surface):
    assert REGION_NAME in surfaces[surface]


def test_a_region_dropped_in_is_checked_and_its_cases_run(surfaces, checkout):
    regions = [folder for folder in (checkout / "packs").iterdir() if folder.name[0].isdigit()]
    assert f"{len(regions) + 1} 个地区" in surfaces["packs"]
    assert " 0 did not" in surfaces["cases"]


def test_a_region_dropped_in_is_explained_with_its_own_line(surfaces):
    assert f"{REGION}_jinguan/refund.yaml:" in surfaces["explain"]


def test_a_region_dropped_in_decides(surfaces):
    assert json.loads(surfaces["decision"])["pack"]["region"] == REGION


@pytest.mark.parametrize("surface", ["portal", "service in the portal", "services of the API"])
def test_a_service_dropped_in_is_found_in(surfaces, surface):
    assert SERVICE_LABEL in surfaces[surface]


def test_a_service_dropped_in_decides_on_the_command_line(surfaces):
    answer = json.loads(surfaces["command line"])
    assert (answer["service"], answer["pack"]["region"]) == (SERVICE, REGION)


def test_both_stand_in_the_readme_of_the_copy(copy):
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    program = (
        "import sys; sys.path.insert(0, 'tools'); import reference; print(reference.services(), reference.regions())"
    )
    command = [sys.executable, "-c", program]
    tables = subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True, text=True).stdout
    assert SERVICE_LABEL in tables
    assert REGION_NAME in tables
