"""Every worked example of a pack comes out to the fen."""

import yibao

COMES_OUT = {
    "refund": ("refund", "accounts_merged"),
    "relocation": ("transfer", "not_needed", "display_only", "covered", "waiting"),
    "years": ("qualifies",),
}


def differences(expected, got, path="$"):
    """What `got` lacks of `expected`: mappings member by member, lists whole and in order or by position."""
    if isinstance(expected, dict):
        got = dict(enumerate(got)) if isinstance(got, list) else got
        if not isinstance(got, dict):
            return [f"{path}: expected a mapping, got {got!r}"]
        lacking = [f"{path}.{name}: expected {expected[name]!r}, not there" for name in expected if name not in got]
        inside = [
            line
            for name in expected
            if name in got
            for line in differences(expected[name], got[name], f"{path}.{name}")
        ]
        return lacking + inside
    if isinstance(expected, list):
        if not isinstance(got, list) or len(got) != len(expected):
            return [f"{path}: expected {expected!r}, got {got!r}"]
        return [
            line
            for position, (one, other) in enumerate(zip(expected, got, strict=True))
            for line in differences(one, other, f"{path}[{position}]")
        ]
    return [] if (type(expected), expected) == (type(got), got) else [f"{path}: expected {expected!r}, got {got!r}"]


def report(example, lines):
    return "\n".join([example.name, example.why, *lines])


def test_the_example_comes_out_as_computed_by_hand(example):
    lines = differences(example.expect, yibao.decide(example.given))
    assert not lines, report(example, lines)


def test_good_examples_come_out_and_bad_ones_do_not(example):
    decision = yibao.decide(example.given)["decision"]
    came_out = decision in COMES_OUT[example.given["service"]]
    assert came_out == (example.kind == "good"), report(example, [f"decided {decision}"])


def test_every_example_says_what_is_decided(example):
    assert "decision" in example.expect, report(example, ["the expectation names no decision"])


def test_no_two_examples_of_a_file_share_a_name(all_examples):
    names = [(each.place, each.name) for each in all_examples]
    assert sorted(names) == sorted(set(names))


def test_the_folder_has_an_example(folder):
    assert list(folder.glob("*.yaml")), f"{folder} has no example"


def test_the_comparison_sees_what_differs():
    expected = {"amount": "1.00", "months": 6, "parts": [{"receiver": "person"}], "latest": None}
    got = {"amount": "1.01", "months": "6", "parts": [], "other": "x"}
    assert [line.partition(":")[0] for line in differences(expected, got)] == [
        "$.latest",
        "$.amount",
        "$.months",
        "$.parts",
    ]
    assert differences({"rules": {0: "R1"}}, {"rules": ["R2", "net"]}) == ["$.rules.0: expected 'R1', got 'R2'"]
    assert differences({"rules": {0: "R1"}}, {"rules": ["R1", "net"]}) == []
    assert differences({"parts": [{"amount": "1.00"}]}, {"parts": [{"amount": "1.00", "receiver": "person"}]}) == []
