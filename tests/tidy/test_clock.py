"""Time is an argument: only pages, commands and the worker may look at a clock."""

import ast

import pytest

READS = {"today", "now", "utcnow", "localdate", "localtime"}
CLOCKS = {"", "date", "datetime", "timezone"}
EDGE_MODULES = {"pages", "api"}
EDGE_FOLDERS = ("src/yibao/web/", "src/yibao/api/", "src/yibao/cli/", "tools/", "benchmarks/")


def clock_reads(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        owner, _, name = ast.unparse(node.func).rpartition(".")
        clock = owner.rpartition(".")[2]
        if (name in READS and clock in CLOCKS) or (clock, name) == ("time", "time"):
            yield node


def test_the_clock_check_leaves_methods_of_our_own_alone():
    assert list(clock_reads(ast.parse("desk.now()"))) == []


def is_edge(name: str) -> bool:
    parts = name.removesuffix(".py").split("/")
    return name.startswith(EDGE_FOLDERS) or bool(EDGE_MODULES & set(parts[4:5]))


def test_only_the_edge_looks_at_the_clock(project):
    inside = [path for path in project.python(tests=False) if not is_edge(project.name(path))]
    assert [project.at(path, node) for path in inside for node in clock_reads(project.tree(path))] == []


@pytest.mark.parametrize(
    "line", ["date.today()", "timezone.now()", "datetime.utcnow()", "localdate()", "time.time()", "dt.datetime.now()"]
)
def test_the_clock_check_sees_each_kind(line):
    assert len(list(clock_reads(ast.parse(line)))) == 1
