"""One decision of an eleven-row refund table with a dated rate per pool, beside the same rules in plain Python."""

import bisect
import random
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import Figure, median_seconds_over
from benchmarks.population import packs_of_rows, table_words
from yibao.policy import Region, Table, load_packs
from yibao.policy.explain import sentences

FOLDER = Path(__file__).parent / "refund_table"
SEED = 20240701
POOLS = [f"{110100 + 100 * number}" for number in range(300)]
VERSIONS = 10
CASES = 5000
LONG = 1000
FULL, PARTIAL, NONE, MERGED = "refund_full", "refund_partial", "no_refund", "merge_accounts"
OUTCOMES = {
    f"R{number:02}": outcome
    for number, outcome in enumerate(
        (FULL, NONE, FULL, NONE, FULL, FULL, PARTIAL, MERGED, PARTIAL, PARTIAL, NONE), start=1
    )
}
Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share refunded (ten-thousandths) in one pool from a day on."""

    pool: str
    start: date
    value: int


def rates(dice: random.Random) -> list[Rate]:
    """Make ten dated rates for each of three hundred pools; the first covers every month there is."""
    made = []
    for pool in POOLS:
        for version in range(VERSIONS):
            start = date(2014 + version, dice.randint(1, 12), 1) if version else date(2010, 1, 1)
            made.append(Rate(pool, start, dice.randint(300, 899) * 10))
    return made


def load(made: list[Rate]) -> Region:
    """Load the table with the rates as a CSV of mass values."""
    with tempfile.TemporaryDirectory() as place:
        packs = Path(place) / "packs"
        shutil.copytree(FOLDER / "packs", packs)
        params = packs / "000000_anywhere" / "params"
        params.mkdir()
        lines = ["key,from,until,value,source"]
        for rate, following in zip(made, [*made[1:], None], strict=True):
            until = following.start if following is not None and following.pool == rate.pool else ""
            lines.append(f"{rate.pool},{rate.start},{until},{rate.value // 100}.{rate.value % 100:02d}%,rules#13")
        (params / "rate.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = {"refund": FOLDER / "facts.yaml"}
        return load_packs(roots=[packs], vocabularies=words).region_for("000000")


def case(dice: random.Random) -> Facts:
    """Make one payment."""
    month = date(dice.randint(2015, 2024), dice.randint(1, 12), 1)
    start = month + timedelta(days=30 * dice.randint(-6, 6))
    pool, paid = dice.choice(POOLS), dice.randint(10_000, 499_999)
    return {
        "insurance_type": "employee" if dice.random() < 0.6 else "resident",
        "payer": dice.choices(("employer", "self", "unemployment_fund"), (0.55, 0.37, 0.08))[0],
        "month": month,
        "region_from": pool,
        "region_to": pool if dice.random() < 0.7 else dice.choice(POOLS),
        "on_unemployment_benefit": dice.random() < 0.08,
        "retired": dice.random() < 0.2,
        "months_after": 0 if dice.random() < 0.6 else dice.randint(1, 59),
        "death_date": start + timedelta(days=dice.randint(-200, 199)) if dice.random() < 0.06 else None,
        "benefit_start": start,
        "amount": paid,
        "tier": dice.randint(1, 2),
        "benefits_used": dice.random() < 0.2,
        "agency_error": dice.random() < 0.02,
        "credited": paid * dice.randint(0, 59) // 100,
    }


class ByHand:
    """The same rules as somebody would write them in Python."""

    def __init__(self, made: list[Rate]) -> None:
        self.rates: dict[str, tuple[list[date], list[int]]] = {}
        for rate in made:
            starts, values = self.rates.setdefault(rate.pool, ([], []))
            starts.append(rate.start)
            values.append(rate.value)

    def decide(self, facts: Facts) -> tuple[str, str, int]:
        """Return row, outcome and amount."""
        row = self.row(facts)
        outcome = OUTCOMES[row]
        if outcome not in (FULL, PARTIAL):
            return row, outcome, 0
        if facts["retired"]:
            return row, outcome, max(facts["amount"] - facts["credited"], 0)
        if outcome == FULL:
            return row, outcome, facts["amount"]
        starts, values = self.rates[facts["region_from"]]
        rate = values[bisect.bisect_right(starts, facts["month"]) - 1]
        return row, outcome, (facts["amount"] * rate + 5000) // 10000

    def row(self, facts: Facts) -> str:
        """Return the first row that holds."""
        if facts["agency_error"]:
            return "R01"
        if facts["benefits_used"]:
            return "R02"
        died = facts["death_date"]
        if died is not None:
            return "R03" if died < facts["benefit_start"] else "R04"
        return self.employee(facts) if facts["insurance_type"] == "employee" else self.resident(facts)

    def employee(self, facts: Facts) -> str:
        """Return the row of a living employee."""
        if facts["retired"] and facts["months_after"] > 0:
            return "R05"
        if facts["on_unemployment_benefit"] and facts["payer"] == "self":
            return "R06"
        if facts["payer"] == "unemployment_fund" and not facts["on_unemployment_benefit"]:
            return "R07"
        return "R08" if facts["region_from"] != facts["region_to"] else "R11"

    def resident(self, facts: Facts) -> str:
        """Return the row of a living resident."""
        if facts["region_from"] != facts["region_to"] and facts["tier"] == 2:
            return "R09"
        early = facts["month"] < facts["benefit_start"] and facts["payer"] in ("self", "employer")
        return "R10" if early else "R11"


def agree(*, table: Table, hand: ByHand, cases: list[Facts]) -> None:
    """Stop where the table and the plain rules differ, or a row never fires."""
    fired = set()
    for facts in cases:
        hit = table.decide(facts)
        if (hit.row, hit.members["outcome"], hit.amounts["refund"]) != hand.decide(facts):
            raise AssertionError(f"table and plain rules differ on {facts}")
        if table.trace(facts).raw.hit != hit:
            raise AssertionError(f"decision and trace differ on {facts}")
        fired.add(hit.row)
    if fired != set(OUTCOMES):
        raise AssertionError(f"rows that never fired: {set(OUTCOMES) - fired}")


def figures() -> list[Figure]:
    """Return the time of one decision, bare, with its table looked up by the day, and with the trace rendered."""
    dice = random.Random(SEED)
    made = rates(dice)
    region, hand = load(made), ByHand(made)
    table = region.table("refund", "refund", on=date(2020, 1, 1))
    cases = [case(dice) for _ in range(CASES)]
    agree(table=table, hand=hand, cases=cases)

    def looked_up(facts: Facts) -> object:
        return region.table("refund", "refund", on=facts["month"]).decide(facts)

    def rendered(facts: Facts) -> object:
        return sentences(table.trace(facts), language="zh")

    plain = median_seconds_over(run=hand.decide, inputs=cases, rounds=9) * 1e6
    timed = [median_seconds_over(run=run, inputs=cases, rounds=9) * 1e6 for run in (table.decide, looked_up, rendered)]
    names = ("eleven rows, a rate per pool: bare", "with its table looked up by day", "with the trace in Chinese")
    found = [
        Figure(name, value, "µs", limit, f"{value / plain:.1f} × plain Python ({plain:.2f} µs)")
        for name, value, limit in zip(names, timed, (5, 5, 30), strict=True)
    ]
    return [*found, _of_long_tables(dice)]


def _of_long_tables(dice: random.Random) -> Figure:
    """Return the time of a bare decision of a thousand rows; an index leaves few of them to try."""
    cases = [{**case(dice), "months_after": dice.randrange(LONG)} for _ in range(CASES)]
    spent = {}
    for rows in (LONG // 10, LONG):
        with tempfile.TemporaryDirectory() as place:
            packs = load_packs(roots=[packs_of_rows(folder=Path(place), rows=rows)], vocabularies=table_words())
        table = packs.regions["000000"].table("refund", "refund", on=date(2020, 1, 1))
        spent[rows] = median_seconds_over(run=table.decide, inputs=cases, rounds=5) * 1e6
    few, many = spent.values()
    return Figure(f"{LONG} rows, bare", many, "µs", None, f"{LONG // 10} rows {few:.2f} µs")
