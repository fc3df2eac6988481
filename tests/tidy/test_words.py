"""No promise without an owner, no machine's own path, no registry's address."""

import re

import pytest

# Built from halves, so that this file does not find itself.
PROMISES = re.compile("TO" + r"DO\b|FIX" + r"ME\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+|Us" + r"ers/\w+|mn" + r"t)/")
REGISTRIES = re.compile(
    r"py" + r"pi\.org|pythonho" + r"sted|npm" + r"js\.(?:org|com)|npmmi" + r"rror|index-u" + r"rl\s*=|registry\s*="
)
LINKED = re.compile(r"https?://")


def findings(project, pattern, files):
    for path in files:
        for number, line in enumerate((project.text(path) or "").splitlines(), 1):
            if pattern.search(line):
                yield f"{project.name(path)}:{number}: {line.strip()[:80]}"


def test_nothing_is_promised_in_a_comment(project):
    assert list(findings(project, PROMISES, project.files)) == []


def test_no_file_knows_the_machine_it_was_written_on(project):
    assert list(findings(project, MACHINE_PATHS, project.files)) == []


def test_no_file_names_a_registry(project):
    assert list(findings(project, REGISTRIES, project.files)) == []


def test_the_python_locks_hold_hashes_and_no_address(project):
    for name in ("runtime", "dev"):
        lock = (project.root / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
        pins = re.findall(r"^[\w.\[\],-]+==\S+", lock, re.MULTILINE)
        assert pins
        assert lock.count("--hash=sha256:") >= len(pins)
        assert not LINKED.search(lock)


def test_the_page_lock_holds_hashes_and_no_download_address(project):
    lock = (project.root / "package-lock.json").read_text(encoding="utf-8")
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')
    assert '"resolved"' not in lock


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        pytest.param(PROMISES, "# TO" + "DO later", id="a promise"),
        pytest.param(MACHINE_PATHS, "open('/ro" + "ot/x')", id="a path of one machine"),
        pytest.param(REGISTRIES, "https://py" + "pi.org/simple", id="a registry"),
    ],
)
def test_the_word_checks_see_what_they_look_for(pattern, line):
    assert pattern.search(line)
