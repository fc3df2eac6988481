"""The docs are true where a test can tell: links, commands, settings, the two languages of the README."""

import re
import subprocess
import sys

import click
import pytest

from yibao.cli import main

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(?:bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ARCHITECTURE_LINES_MAX = 200
DECISION_LINES_MAX = 60


def pages(project):
    return [path for path in project.files if path.suffix == ".md"]


def sections(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if re.match(r"##+ ", line)]


def commands(text: str) -> list[str]:
    """Command lines of the shell blocks, without their comments."""
    lines = [line.partition("#")[0].strip() for block in BLOCK.findall(text) for line in block.splitlines()]
    return [line for line in lines if line]


def test_every_link_leads_somewhere(project):
    broken = []
    for page in pages(project):
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            file = target.partition("#")[0]
            if file and "://" not in file and not (page.parent / file).exists():
                broken.append(f"{project.name(page)}: {target}")
    assert broken == []


def test_the_generated_docs_are_up_to_date(project):
    command = [sys.executable, "tools/reference.py", "--check"]
    result = subprocess.run(command, cwd=project.root, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_both_readmes_have_the_same_sections_and_commands(project):
    english, chinese = ((project.root / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert sections(english) == sections(chinese)
    assert commands(english) == commands(chinese)
    assert commands(english) != []
    assert set(LINK.findall(english)) ^ set(LINK.findall(chinese)) == {"README.md", "README.zh-CN.md"}


def test_every_environment_variable_is_documented(project):
    settings = (project.root / "src/yibao/project/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"environ(?:\.get)?[(\[]\"(YIBAO_\w+)\"", settings)) - {"YIBAO_TEST_DATABASE"}
    reference = (project.root / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert sorted(name for name in read if f"`{name}`" not in reference) == []


def test_every_make_target_of_the_docs_exists(project):
    targets = set(re.findall(r"^([a-z]+):", (project.root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for page in pages(project)
        for group in re.findall(r"`make ([a-z ]+)`", page.read_text(encoding="utf-8"))
        for target in group.split()
    }
    assert named - targets == set()


def test_architecture_can_be_read_at_one_sitting(project):
    lines = (project.root / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= ARCHITECTURE_LINES_MAX


def test_every_decision_fits_a_page_and_is_listed(project):
    folder = project.root / "docs/adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for page in folder.glob("[0-9]*.md"):
        assert f"({page.name})" in listed
        assert len(page.read_text(encoding="utf-8").splitlines()) <= DECISION_LINES_MAX, page.name


def test_the_glossary_has_each_term_once(project):
    rows = re.findall(r"^\| ([^|]+) \|", (project.root / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE)
    terms = [row.strip() for row in rows if row.strip() not in ("中文", "---")]
    assert sorted({term for term in terms if terms.count(term) > 1}) == []


@pytest.mark.parametrize("kind", ["tutorial", "how-to", "reference", "explanation", "adr"])
def test_each_kind_of_page_has_one(project, kind):
    assert [path for path in pages(project) if project.name(path).startswith(f"docs/{kind}/")]


def test_every_verb_the_docs_name_exists(project):
    def known(verb: str, below: str) -> bool:
        command = main.get_command(click.Context(main), verb)
        is_group = isinstance(command, click.Group)
        return command is not None and (not is_group or not below or below in command.commands)

    named = {
        found
        for page in pages(project)
        for found in re.findall(r"\.venv/bin/yibao ([a-z]+)(?: ([a-z]+)\b)?", page.read_text(encoding="utf-8"))
    }
    assert named
    assert [found for found in sorted(named) if not known(*found)] == []
