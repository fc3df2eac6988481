"""Long tables are indexed, and decide as they do row by row."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from yibao.policy import Table, UnknownValue
from yibao.policy.tests.making import DAY, FACTS, load, replaced
from yibao.policy.to_python_index import best_split

ROWS = 120
SCHEMES, REASONS = ("employee", "resident"), ("any", "overlap", "wish")


def row(number: int) -> str:
    """Return a row; among them some on a fact that may be missing, and some that read a value nobody knows."""
    kinds = {
        0: f'retired: 是, overlap: "{number}"',
        1: f'tier: known, scheme: {SCHEMES[number % 2]}, overlap: "{number % 40}"',
        2: f'reason: {REASONS[number % 3]}, died_on: known, overlap: "{number}"',
    }
    late = {100: 'reason: wish, paid: "<= p.base", overlap: "3"', 110: 'paid: "> p.base", scheme: employee'}
    usual = f'scheme: {SCHEMES[number % 2]}, reason: {REASONS[number % 3]}, overlap: "{number % 100}"'
    when = late.get(number) or kinds.get(number % 29, usual)
    words = f"id: G{number}, label: 第{number}行, en: row {number}, from: 2017-01-01, source: cq"
    return f"      - {{{words}, when: {{{when}}}, then: {{outcome: no_refund, evidence: []}}}}\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    first = "    rows:\n      - id: R3\n"
    files = replaced("500000_chongqing/refund.yaml", first, f"    rows:\n{''.join(map(row, range(ROWS)))}{first[10:]}")
    packs = load(folder=Path(tmp_path_factory.mktemp("long")), files=files)
    return packs.regions["500000"].table("refund", "situation", on=DAY)


def some(dice: Random) -> dict[str, Any]:
    changed = {
        "scheme": dice.choice(SCHEMES),
        "reason": dice.choice((*REASONS, "death")),
        "overlap": dice.randrange(130),
        "years": dice.randrange(60),
        "tier": dice.choice((None, 1, 2)),
        "retired": dice.random() < 0.1,
        "died_on": dice.choice((None, date(2021, 5, 1))),
    }
    return {**FACTS, **changed}


def outcome(decide: Any) -> str:
    try:
        return str(decide())
    except UnknownValue as error:
        return f"unknown {error.name}"


def test_a_long_table_decides_as_it_does_row_by_row(table: Table) -> None:
    assert len(table.decision_rows) > ROWS
    assert best_split(table.decision_rows) is not None
    dice = Random(29)
    seen = set()
    for _ in range(4000):
        facts = some(dice)
        decided = outcome(lambda facts=facts: table.decide(facts).row)
        assert decided == outcome(lambda facts=facts: table.trace(facts).raw.hit.row)
        seen.add(decided)
    assert "unknown base" in seen
    assert len(seen) > ROWS // 2


def test_an_index_leaves_few_rows_to_try(table: Table) -> None:
    split = best_split(table.decision_rows)
    assert split is not None
    most, all_rows = max(len(rows) for rows in split.rows.values()), len(table.decision_rows)
    assert most * 2 <= all_rows


def test_a_fact_that_may_be_missing_is_asked_for_without_fault(table: Table) -> None:
    without = {name: value for name, value in some(Random(3)).items() if name not in ("tier", "died_on")}
    assert table.decide(without) == table.decide({**without, "tier": None, "died_on": None})
