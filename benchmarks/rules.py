"""Speed of the rules: one decision of an eleven-row table, a whole refund decision, loading every pack."""

import bisect
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
CONTRIBUTION_WORDS = ROOT / "src/yibao/policy/vocabulary/contribution.yaml"
TABLE_FOLDER = HERE / "eleven_rows"
CASES = 2000
OUTCOMES = dict(
    zip(
        (f"R{number:02}" for number in range(1, 12)),
        ["full", "none", "full", "none", "full", "full", "partial", "merged", "partial", "partial", "none"],
        strict=True,
    )
)
RATE_STARTS = [date(2015, 1, 1), date(2016, 1, 1), date(2018, 1, 1), date(2020, 1, 1)]
RATES = [5510, 6000, 6250, 7000]
COLD_LOAD = """
import time
start = time.perf_counter()
from yibao import services
services.packs()
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


def by_hand(facts: Mapping[str, object]) -> tuple[str, int]:
    """Decide the same eleven rows and the amount in plain Python: the yardstick."""
    row = _row_by_hand(facts)
    outcome = OUTCOMES[row]
    if outcome not in ("full", "partial"):
        return row, 0
    if facts["retired"]:
        return row, max(facts["paid"] - facts["credited"], 0)
    if outcome == "full":
        return row, facts["paid"]
    rate = RATES[bisect.bisect_right(RATE_STARTS, facts["paid_for"]) - 1]
    return row, (facts["paid"] * rate + 5000) // 10000


def _row_by_hand(facts: Mapping[str, object]) -> str:
    employee = facts["insurance"] == "employee"
    if facts["agency_error"]:
        return "R01"
    if facts["benefits_used"]:
        return "R02"
    if facts["died_on"] is not None:
        return "R03" if facts["died_on"] < facts["benefit_start"] else "R04"
    return _employee_row(facts) if employee else _resident_row(facts)


def _employee_row(facts: Mapping[str, object]) -> str:
    if facts["retired"] and facts["months_after"] > 0:
        return "R05"
    if facts["on_unemployment_benefit"] and facts["paid_by"] == "person":
        return "R06"
    if facts["paid_by"] == "unemployment_fund" and not facts["on_unemployment_benefit"]:
        return "R07"
    return "R08" if facts["region_from"] != facts["region_to"] else "R11"


def _resident_row(facts: Mapping[str, object]) -> str:
    if facts["region_from"] != facts["region_to"] and facts["tier"] == 2:
        return "R09"
    begun = facts["paid_for"] >= facts["benefit_start"]
    return "R11" if begun or facts["paid_by"] == "unemployment_fund" else "R10"


def _table() -> list[Figure]:
    words = {"refund": TABLE_FOLDER / "facts.yaml", "contribution": CONTRIBUTION_WORDS}
    region = load_packs(roots=[TABLE_FOLDER / "packs"], vocabularies=words).region_for("000000")
    situation, amount = (region.table("refund", name, on=date(2026, 1, 1)) for name in ("situation", "amount"))

    def decide(facts: Mapping[str, object]) -> tuple[str, int]:
        hit = situation.decide(facts)
        return hit.row, amount.decide({**facts, **hit.members}).amounts["refund"]

    def explain(facts: Mapping[str, object]) -> list[str]:
        trace = situation.trace(facts)
        return sentences(trace, language="zh") + sentences(amount.trace({**facts, **trace.members}), language="zh")

    cases = _facts(7)
    if any(decide(case) != by_hand(case) for case in cases) or {decide(case)[0] for case in cases} != set(OUTCOMES):
        raise AssertionError("the compiled table and the plain one differ, or a row never fires")
    hand = median_seconds_over(run=by_hand, inputs=cases, rounds=15)
    bare = median_seconds_over(run=decide, inputs=cases, rounds=15)
    rendered = median_seconds_over(run=explain, inputs=cases, rounds=7)
    return [
        Figure("one decision of eleven rows, with amount", bare * 1e6, "µs", 5, f"by hand {hand * 1e6:.2f} µs"),
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
