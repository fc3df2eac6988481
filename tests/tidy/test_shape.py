"""Small shapes: functions, modules, templates, names."""

import ast
import subprocess
import sys

FUNCTION_LINES_MAX = 50
MODULE_LINES_MAX = 400
TEMPLATE_LINES_MAX = 120
# Django calls these with what stands in the address.
VIEWS = {"pages", "pages.py", "api", "api.py"}
ATTICS = {"utils", "util", "helpers", "helper", "misc", "common"}


def test_no_function_is_longer_than_fifty_lines(project):
    long = [
        f"{project.at(path, node)} {node.name}: {node.end_lineno - node.lineno + 1}"
        for path in project.python()
        for node in ast.walk(project.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_no_module_is_longer_than_four_hundred_lines(project):
    sizes = {project.name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in project.python()}
    assert {name: size for name, size in sizes.items() if size > MODULE_LINES_MAX} == {}


def test_no_template_is_longer_than_a_hundred_and_twenty_lines(project):
    templates = [path for path in project.files if path.suffix == ".html"]
    sizes = {project.name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in templates}
    assert {name: size for name, size in sizes.items() if size > TEMPLATE_LINES_MAX} == {}


def test_no_function_takes_more_than_eight_turns(project):
    command = [sys.executable, "-m", "ruff", "check", "--select", "C901", "--output-format", "concise", "--quiet", "."]
    assert subprocess.run(command, cwd=project.root, check=False, capture_output=True, text=True).stdout == ""


def test_there_is_no_attic(project):
    assert [project.name(path) for path in project.files if path.stem in ATTICS] == []


def test_every_module_says_what_it_is(project):
    modules = [path for path in project.python() if path.read_text(encoding="utf-8").strip()]
    assert [project.name(path) for path in modules if not ast.get_docstring(project.tree(path))] == []


def test_every_public_function_outside_tests_says_what_it_does(project):
    silent = [
        f"{project.at(path, node)} {node.name}"
        for path in project.python(tests=False)
        for node in project.tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_a_public_core_function_of_several_arguments_takes_them_by_name(project):
    by_place = [
        f"{project.at(path, node)} {node.name}"
        for path in project.core()
        if not VIEWS & set(path.parts)
        for node in project.tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if len(node.args.posonlyargs + node.args.args) > 1
    ]
    assert by_place == []


def test_the_core_is_looked_at(project):
    seen = {project.name(path).split("/")[2] for path in project.core()}
    assert seen == {"kernel", "policy", "ledger", "casework", "store", "services"}
