"""Speed of the rules: one decision of an eleven-row table, a whole refund decision, loading every pack."""

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import yibao
from benchmarks.measure import Figure, median_seconds, median_seconds_over
from yibao.policy import load_packs
from yibao.policy.explain import sentences

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TABLE_FOLDER = HERE / "eleven_rows"
CASES = 2000
COLD_LOAD = """
import time
start = time.perf_counter()
import yibao.cli.packs as packs
from yibao.services import packs as load
load()
print(time.perf_counter() - start)
"""


def figures() -> list[Figure]:
    """Return the figures of this module."""
    return [*_table(), _whole_decision(), _cold_load()]


def _facts(seed: int) -> list[Mapping[str, object]]:
    """Make cases in which every row of the table fires."""
    dice = random.Random(seed)
    start = date(2016, 1, 1)
    return [_case(dice=dice, start=start) for _ in range(CASES)]


def _case(*, dice: random.Random, start: date) -> Mapping[str, object]:
    benefit_start = start + timedelta(days=dice.randrange(2500))
    return {
        "agency_error": dice.random() < 0.03,
        "benefits_used": dice.random() < 0.2,
        "died_on": benefit_start + timedelta(days=dice.randrange(-300, 300)) if dice.random() < 0.1 else None,
        "benefit_start": benefit_start,
        "insurance": dice.choice(("employee", "resident")),
        "retired": dice.random() < 0.2,
        "months_after": dice.randrange(12),
        "on_unemployment_benefit": dice.random() < 0.3,
        "paid_by": dice.choice(("person", "unit", "unemployment_fund")),
        "region_from": dice.choice(("500112", "140100")),
        "region_to": dice.choice(("500112", "140100")),
        "tier": dice.choice((1, 2)),
        "paid_for": benefit_start + timedelta(days=dice.randrange(-200, 400)),
        "paid": dice.randrange(1, 1_000_000),
        "credited": dice.randrange(200_000),
    }


def by_hand(facts: Mapping[str, object]) -> str:
    """Decide the same eleven rows in plain Python: the yardstick."""
    employee = facts["insurance"] == "employee"
    died, start = facts["died_on"], facts["benefit_start"]
    moved = facts["region_from"] != facts["region_to"]
    rows = (
        ("R01", facts["agency_error"]),
        ("R02", facts["benefits_used"]),
        ("R03", died is not None and died < start),
        ("R04", died is not None),
        ("R05", employee and facts["retired"] and facts["months_after"] > 0),
        ("R06", employee and facts["on_unemployment_benefit"] and facts["paid_by"] == "person"),
        ("R07", employee and facts["paid_by"] == "unemployment_fund" and not facts["on_unemployment_benefit"]),
        ("R08", employee and moved),
        ("R09", not employee and moved and facts["tier"] == 2),
        ("R10", not employee and facts["paid_for"] < start and facts["paid_by"] in ("person", "unit")),
    )
    return next((row for row, holds in rows if holds), "R11")


def _table() -> list[Figure]:
    packs = load_packs(roots=[TABLE_FOLDER / "packs"], vocabularies={"refund": TABLE_FOLDER / "facts.yaml"})
    table = packs.region_for("000000").table("refund", "situation", on=date(2026, 1, 1))
    cases = _facts(7)
    if any(table.decide(case).row != by_hand(case) for case in cases):
        raise AssertionError("the compiled table and the plain one differ")
    hand = median_seconds_over(run=by_hand, inputs=cases, rounds=15)
    bare = median_seconds_over(run=table.decide, inputs=cases, rounds=15)
    rendered = median_seconds_over(run=lambda case: sentences(table.trace(case), "zh"), inputs=cases, rounds=7)
    beside = f"plain Python {hand * 1e6:.2f} µs"
    return [
        Figure("one decision of eleven rows, bare", bare * 1e6, "µs", 5, beside),
        Figure("the same with its trace as sentences", rendered * 1e6, "µs", 30),
    ]


def _whole_decision() -> Figure:
    case = json.loads((ROOT / "docs/tutorial/case.json").read_text(encoding="utf-8"))
    spent = median_seconds(run=lambda: yibao.decide(case), times=500)
    return Figure("one refund, from case file to decision", spent * 1000, "ms", 1)


def _cold_load() -> Figure:
    command = [sys.executable, "-c", COLD_LOAD]
    spans = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(3)]
    return Figure("load and check every pack, cold", sorted(spans)[1], "s", 2)
