"""Money is whole fen, and the numbers of the law live in packs."""

import ast

import pytest


def floats(tree):
    # How alike two words are (`cutoff`) is not money.
    likeness = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "cutoff"]
    for node in ast.walk(tree):
        if node in likeness:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "round"):
            yield node


def law_numbers(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1):
            yield node


def is_rules(path) -> bool:
    parts = path.parts
    return "services" in parts and (path.name == "rules.py" or "rules" in parts)


def test_no_float_comes_near_money(project):
    assert [project.at(path, node) for path in project.core() for node in floats(project.tree(path))] == []


def test_rules_hold_no_number_of_the_law(project):
    rules = [path for path in project.core() if is_rules(path)]
    assert [project.at(path, node) for path in rules for node in law_numbers(project.tree(path))] == []


@pytest.mark.parametrize("line", ["x = 0.5", "x = float('1')", "x = round(y)"])
def test_the_float_check_sees_each_kind(line):
    assert len(list(floats(ast.parse(line)))) == 1


def test_the_rules_check_sees_a_month_limit():
    assert len(list(law_numbers(ast.parse("late = months > 12")))) == 1
    assert list(law_numbers(ast.parse("late = months > 1 or flag is True"))) == []
