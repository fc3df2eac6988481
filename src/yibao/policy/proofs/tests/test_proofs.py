# ruff: noqa: E501  (pieces of packs stay on one line, as they are written)
"""What is proved of rows is what a search through every case finds, and authors are told it in words."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from random import Random

import pytest

from yibao.policy import Diagnostic, PackErrors, Severity, Table
from yibao.policy.proofs.proof import Proof, Prover, prove
from yibao.policy.tests.making import DAY, FACTS, FILES, load, replaced

NATION = "000000_national/refund.yaml"
REST = "      - {id: REST, label: 人工审核, en: a person decides, from: 2014-01-01, readings: [H1], then: {outcome: manual}}\n"
N2 = '      - {id: N2, label: 自愿退保, en: wish, from: 2014-01-01, source: "nat#5", when: {reason: wish}, then: {outcome: no_refund}}\n'
WORDS = "label: x, en: x, from: 2014-01-01, source: nat"


def faults(folder: Path, files: dict[str, str]) -> list[Diagnostic]:
    with pytest.raises(PackErrors) as caught:
        load(folder=folder, files=files)
    return [item for item in caught.value.diagnostics if item.severity is Severity.ERROR]


def with_rows(rows: str, *, facts: str = "") -> dict[str, str]:
    """Return the nation's pack alone, its table of situations holding these rows only."""
    files = {name: text for name, text in FILES.items() if not name.startswith("500000")}
    text = files[NATION]
    start, end = text.index("      - {id: N1"), text.index("  amount:\n")
    files[NATION] = text[:start] + rows + text[end:]
    files[NATION] = files[NATION].replace("facts:\n", "facts:\n" + facts, 1)
    return files


def row(name: str, when: str, outcome: str = "refund") -> str:
    return f"      - {{id: {name}, {WORDS}, when: {{{when}}}, then: {{outcome: {outcome}}}}}\n"


def test_a_case_no_row_decides_is_shown_in_words(tmp_path: Path) -> None:
    found = faults(tmp_path, with_rows(row("A", "retired: 是") + row("B", "scheme: employee")))
    assert [item.code for item in found] == ["gap"]
    assert "已退休为“否”，险种为“居民医保”" in found[0].message_zh
    assert "retired is ‘no’, scheme is ‘resident insurance’" in found[0].message_en
    assert (found[0].file, found[0].column) == (NATION, 9)


def test_rows_that_together_decide_every_case_need_no_row_for_all_others(tmp_path: Path) -> None:
    rows = (
        row("A", 'scheme: employee, overlap: "> 3"')
        + row("B", 'scheme: employee, overlap: "<= 3"')
        + row("C", "scheme: resident")
    )
    table = load(folder=tmp_path, files=with_rows(rows)).region_for("000000").table("refund", "situation", on=DAY)
    assert table.decide({**FACTS, "overlap": 3}).row == "B"


def test_a_row_behind_a_wider_one_is_dead_also_when_conditions_say_it_in_other_words(tmp_path: Path) -> None:
    facts = "  dead: {label: 已死亡, en: dead, is: known(died_on)}\n"
    found = faults(tmp_path, with_rows(row("D", "dead: 是") + row("E", "died_early: 是") + REST, facts=facts))
    assert [(item.code, item.line) for item in found] == [("dead_row", 13)]
    assert "“D”" in found[0].message_zh
    assert "死亡日期为" in found[0].message_zh


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ('overlap: "> 3", scheme: employee', "dead_row"),
        ("overlap: 2", ""),
        ('overlap: "3..9", retired: 是', "dead_row"),
        ('overlap: "> 600"', "never_true"),
        ('applied_on: "< 2013-01-01"', "never_true"),
    ],
)
def test_numbers_and_days_are_cut_where_the_rows_cut_them(tmp_path: Path, when: str, code: str) -> None:
    files = with_rows(row("A", 'overlap: ">= 3"') + row("B", when) + REST)
    if code:
        assert [item.code for item in faults(tmp_path, files)] == [code]
    else:
        assert load(folder=tmp_path, files=files)


def test_days_compared_with_one_another_are_kept_in_order(tmp_path: Path) -> None:
    facts = """\
  early: {label: 早, en: early, is: "known(died_on) and died_on < period_start"}
  between: {label: 间, en: between, is: "known(died_on) and died_on < applied_on and applied_on < period_start"}
"""
    found = faults(tmp_path, with_rows(row("A", "early: 是") + row("B", "between: 是") + REST, facts=facts))
    assert [item.code for item in found] == ["dead_row"]


def test_a_unique_table_may_not_decide_a_case_twice(tmp_path: Path) -> None:
    files = with_rows(
        row("A", "retired: 是") + row("B", "scheme: employee") + row("C", "scheme: resident, retired: 否")
    )
    files["vocabulary/refund.yaml"] = files["vocabulary/refund.yaml"].replace(
        "en: situation\n", "en: situation\n    hit: unique\n", 1
    )
    found = faults(tmp_path, files)
    assert [item.code for item in found] == ["overlap"]
    assert "“A”" in found[0].message_zh
    assert "险种为“职工医保”" in found[0].message_zh


def test_a_row_that_hides_one_from_above_is_a_remark(tmp_path: Path) -> None:
    files = replaced(
        "500000_chongqing/refund.yaml",
        'when: {reason: [any, overlap], scheme: employee, overlap: "> 0"}',
        "when: {reason: [wish, overlap]}",
    )
    packs = load(folder=tmp_path, files=files)
    remarks = [item for item in packs.warnings if item.code == "hidden_row"]
    assert [(item.file, item.hint) for item in remarks] == [("500000_chongqing/refund.yaml", "replace: N2")]


def test_a_row_that_differs_from_the_one_above_in_a_number_could_be_a_parameter(tmp_path: Path) -> None:
    files = dict(FILES)
    files[NATION] = files[NATION].replace("when: {reason: wish}", 'when: {overlap: "> 3"}')
    mine = f"      - {{id: C2, replace: N2, {WORDS.replace('nat', 'cq').replace('01-01', '01-06')}, when: {{overlap: '> 6'}}, then: {{outcome: no_refund}}}}\n"
    city = "500000_chongqing/refund.yaml"
    files[city] = files[city].replace("    rows:\n", "    rows:\n" + mine, 1)
    remarks = [item for item in load(folder=tmp_path, files=files).warnings if item.code == "could_be_parameter"]
    assert [(item.file, item.line) for item in remarks] == [(city, 5)]
    assert "6，上级为 3" in remarks[0].message_zh


def test_a_rate_above_one_is_an_error_unless_the_parameter_says_so(tmp_path: Path) -> None:
    files = replaced(
        "000000_national/contribution.yaml", 'until: 2020-01-01, value: "50%"', 'until: 2020-01-01, value: "150%"'
    )
    with pytest.raises(PackErrors) as caught:
        load(folder=tmp_path / "without", files=files)
    faults = [item for item in caught.value.diagnostics if item.severity is Severity.ERROR]
    assert [(item.code, item.line, item.hint) for item in faults] == [("rate_above_one", 9, 'max: "150%"')]
    path = "000000_national/contribution.yaml"
    said = {**files, path: files[path].replace("type: rate", 'type: rate\n    max: "200%"')}
    assert load(folder=tmp_path / "with", files=said).region_for("500000").parameter("rate", on=DAY).value == 6000


def test_a_row_with_another_fault_brings_no_proof_that_follows_from_it(tmp_path: Path) -> None:
    found = faults(tmp_path, with_rows(row("A", "retird: 是") + row("B", "scheme: employee") + REST))
    assert [item.code for item in found] == ["unknown_name"]


CELLS = (
    "scheme: employee", "scheme: resident", "retired: 是", "retired: 否", 'overlap: "> 1"', "overlap: 2", 'overlap: "1..3"',
    'overlap: "< 2"', "reason: [any, wish]", "reason: 非 any", "died_early: 是", "died_early: 否", "tier_two: 是",
    "has_tier: 否", "either: 是", "either: 否",
)  # fmt: skip
NAMED = """\
  tier_two: {label: 二档, en: two, is: "known(tier) and tier == 2"}
  has_tier: {label: 有档次, en: has, is: known(tier)}
  either: {label: 之一, en: either, is: "retired or (overlap > 2 and scheme == resident) or (known(tier) and tier > 1)"}
"""


def every_case() -> Iterator[dict[str, object]]:
    days = (None, date(2021, 12, 31), date(2022, 1, 1))
    for scheme, retired, overlap, reason, died_on, tier in product(
        ("employee", "resident"), (False, True), range(5), ("any", "overlap", "death", "wish"), days, (None, 0, 2, 3)
    ):
        yield {
            **FACTS,
            "scheme": scheme,
            "retired": retired,
            "overlap": overlap,
            "reason": reason,
            "died_on": died_on,
            "tier": tier,
        }


def collecting(tmp_path: Path, random: Random) -> Table:
    """Return a table of some rows nothing was proved of yet."""
    rows = "".join(
        row(
            f"R{at}",
            ", ".join(dict((cell.split(":")[0], cell) for cell in random.sample(CELLS, random.randint(1, 3))).values()),
        )
        for at in range(6)
    ).replace("then: {outcome: refund}", "then: {months: 1}")
    files = with_rows(rows, facts=NAMED)
    words = files["vocabulary/refund.yaml"]
    files["vocabulary/refund.yaml"] = words.replace("en: situation\n", "en: situation\n    hit: collect\n", 1).replace(
        'outputs: {outcome: outcome, evidence: list material, earliest: "date?", months: "int?"}',
        "outputs: {months: int}",
    )
    return load(folder=tmp_path, files=files).region_for("000000").table("refund", "situation", on=DAY)


def proved(table: Table, hit: str) -> tuple[Prover, Proof]:
    prover = Prover(
        rows=table.decision_rows,
        vocabulary=table.vocabulary,
        days={},
        evaluate=table.value_of,
        names=table.facts_needed,
    )
    return prover, prove(prover, hit=hit)


@pytest.mark.parametrize("seed", range(25))
def test_proofs_agree_with_a_search_through_every_case(tmp_path: Path, seed: int) -> None:
    table = collecting(tmp_path, Random(seed))
    found = [table.matching(facts) for facts in every_case()]
    ids = [item.id for item in table.decision_rows]
    reached = {names[0] for names in found if names}
    prover, proof = proved(table, "unique")
    assert {ids[item.row] for item in proof.dead} == set(ids) - reached
    assert (proof.gap is not None) == (() in found)
    shared = {(names[at], names[before]) for names in found for at in range(len(names)) for before in range(at)}
    assert {(ids[item.row], ids[item.other]) for item in proof.overlaps} == shared
    for position, name in enumerate(ids):
        facts = prover.reached(position)
        assert (facts is None) == (name not in reached)
        assert facts is None or table.matching(facts)[0] == name
