"""Only our own text is kept; everything else is installed or built."""

import pytest

BUILT = ("node_modules/", "src/yibao/web/static/build/", ".venv/", "var/", "dist/")
OWN_PICTURES = ("docs/pictures/", "docs/tutorial/paper.pdf")
BYTES_MAX = 400_000


def test_nothing_built_or_installed_is_kept(project):
    assert [project.name(path) for path in project.files if project.name(path).startswith(BUILT)] == []


def test_no_link_is_kept(project):
    links = [path for path in project.paths if path.is_symlink()]
    assert links == [], "a link points to where only one machine has something"


def test_every_file_is_text_but_our_own_pictures_and_paper(project):
    binary = [project.name(path) for path in project.files if b"\0" in path.read_bytes()[:8000]]
    assert [name for name in binary if not name.startswith(OWN_PICTURES)] == []


def test_no_file_is_large(project):
    assert [project.name(path) for path in project.files if path.stat().st_size > BYTES_MAX] == []


@pytest.mark.parametrize("word", ["bootstrap.min", "jquery", "htmx.min", "govuk-frontend.min"])
def test_no_third_party_script_is_kept(project, word):
    assert [project.name(path) for path in project.files if word in path.name] == []


def test_packs_hold_data_only(project):
    packs = [path for path in project.files if project.name(path).startswith("packs/")]
    assert [project.name(path) for path in packs if path.suffix not in (".yaml", ".csv", ".md")] == []


def test_the_ci_only_checks_and_tests(project):
    script = (project.root / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("make --no-print-directory check test")
