"""A made population of payments, and packs with the rules of the eleven-row table for it: 300 pools, ten rates each."""

import random
import shutil
from datetime import date
from pathlib import Path

import duckdb

from yibao.policy import Packs, load_packs

HERE = Path(__file__).resolve().parent
CONTRIBUTION_WORDS = HERE.parent / "src/yibao/policy/vocabulary/contribution.yaml"
TABLE_FOLDER = HERE / "refund_table"
POOLS = tuple(f"{110100 + 100 * number}" for number in range(300))
VERSIONS = 10
INSURANCE = ("职工医保", "居民医保")
PAYERS = ("用人单位", "本人", "失业保险基金")
SEED = 20261121
FIRST_DAY = date(2010, 1, 1)
_DRAWN = """
SELECT id, DATE '2015-01-01' + to_months(CAST(draw(id, 1, 120) AS INTEGER)) AS month,
  draw(id, 2, 300) AS pool, draw(id, 3, 13) - 6 AS shift, 10000 + draw(id, 4, 490000) AS amount
FROM range({rows}) AS made(id)"""
_FACTS = """
SELECT id, CAST(month AS DATE) AS month,
  CAST(CAST(month AS DATE) + to_months(CAST(shift AS INTEGER)) AS DATE) AS benefit_start,
  CASE WHEN draw(id, 5, 10) < 6 THEN 'employee' ELSE 'resident' END AS insurance_type,
  CASE WHEN draw(id, 6, 100) < 55 THEN 'employer' WHEN draw(id, 6, 100) < 92 THEN 'self'
    ELSE 'unemployment_fund' END AS payer,
  CAST(110100 + 100 * pool AS VARCHAR) AS region_from,
  CAST(110100 + 100 * CASE WHEN draw(id, 7, 10) < 7 THEN pool ELSE draw(id, 8, 300) END AS VARCHAR) AS region_to,
  draw(id, 9, 100) < 8 AS on_unemployment_benefit, draw(id, 10, 10) < 2 AS retired,
  CAST(CASE WHEN draw(id, 11, 10) < 6 THEN 0 ELSE 1 + draw(id, 12, 59) END AS INTEGER) AS months_after,
  CASE WHEN draw(id, 13, 100) < 6 THEN
    CAST(month AS DATE) + CAST(shift * 30 + draw(id, 14, 400) - 200 AS INTEGER) END AS death_date,
  amount, CAST(1 + draw(id, 15, 2) AS TINYINT) AS tier, draw(id, 16, 10) < 2 AS benefits_used,
  draw(id, 17, 100) < 2 AS agency_error, amount * draw(id, 18, 60) // 100 AS credited
FROM drawn"""


def write_population(*, folder: Path, rows: int) -> Path:
    """Write the population as a Parquet file, the same for every run; return its path."""
    path = folder / f"population_{rows}.parquet"
    if path.exists():
        return path
    connection = duckdb.connect()
    connection.execute(f"CREATE MACRO draw(id, place, sides) AS CAST(hash(id, place, {SEED}) % sides AS BIGINT)")
    connection.execute(f"CREATE VIEW drawn AS {_DRAWN.format(rows=rows)}")
    connection.execute(f"COPY ({_FACTS}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path


def rate_lines() -> list[tuple[str, date, int]]:
    """Return pool, first day and rate (ten-thousandths) of every dated rate, in order."""
    dice = random.Random(SEED)
    lines = []
    for pool in POOLS:
        for version in range(VERSIONS):
            start = date(2014 + version, 1 + dice.randrange(12), 1) if version else FIRST_DAY
            lines.append((pool, start, 10 * dice.randrange(300, 900)))
    return lines


def measured_packs(*, folder: Path) -> Packs:
    """Return the packs of the eleven-row table with all rates, written into a folder."""
    packs = folder / "packs"
    if not packs.exists():
        shutil.copytree(TABLE_FOLDER / "packs", packs)
        lines = rate_lines()
        written = ["key,from,until,value,source"]
        for (pool, start, rate), after in zip(lines, [*lines[1:], ("", FIRST_DAY, 0)], strict=True):
            until = after[1].isoformat() if after[0] == pool else ""
            written.append(f"{pool},{start},{until},{rate // 100}.{rate % 100:02d}%,rules#13")
        (packs / "000000_anywhere/params").mkdir(exist_ok=True)
        (packs / "000000_anywhere/params/rate.csv").write_text("\n".join(written) + "\n", encoding="utf-8")
    return load_packs(roots=[packs], vocabularies=table_words())


def table_words() -> dict[str, Path]:
    """Return the vocabularies of the eleven-row table."""
    return {"refund": TABLE_FOLDER / "facts.yaml", "contribution": CONTRIBUTION_WORDS}


def packs_of_many(*, folder: Path, pools: int, differing: bool) -> Packs:
    """Return packs of many pools whose tables differ in thresholds, or do not, written into a folder."""
    packs = folder / f"many_{pools}_{differing}"
    shutil.copytree(TABLE_FOLDER / "packs", packs, dirs_exist_ok=True)
    nation = packs / "000000_anywhere"
    text = (nation / "refund.yaml").read_text(encoding="utf-8")
    text = text.replace("rate: {label", "rate: {values: [{from: 2010-01-01, value: '50%', source: rules}], label")
    text = text.replace(", key: region}", "}").replace("p.rate[region_from]", "p.rate")
    opened = "  refund:\n    delegated: {to: [pooling], what: rows, source: rules}\n"
    (nation / "refund.yaml").write_text(text.replace("  refund:\n    rows:", f"{opened}    rows:"), encoding="utf-8")
    for number, pool in enumerate(POOLS[:pools]):
        own = packs / f"{pool}_pool"
        own.mkdir(exist_ok=True)
        pack = f'code: "{pool}"\nname: 某地{pool}\nkind: pooling\nparent: "000000"\nquality: bronze\n'
        (own / "pack.yaml").write_text(f"{pack}checked_on: 2026-11-21\n", encoding="utf-8")
        limit = number if differing else 0
        when = f'{{insurance_type: 职工医保, retired: 是, months_after: "> {limit}"}}'
        row = f"{{id: R05-1, replace: R05, label: 退休后多缴, from: 2010-01-01, source: rules, when: {when}, "
        table = f"domain: refund\ntables:\n  refund:\n    rows:\n      - {row}then: {{outcome: refund_full}}}}\n"
        (own / "refund.yaml").write_text(table, encoding="utf-8")
    return load_packs(roots=[packs], vocabularies=table_words())


def packs_of_rows(*, folder: Path, rows: int) -> Path:
    """Write the packs of the eleven-row table with so many rows more before them; return their folder."""
    packs = folder / f"rows_{rows}"
    shutil.copytree(TABLE_FOLDER / "packs", packs)
    path = packs / "000000_anywhere/refund.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("key: region}", "values: [{from: 2010-01-01, value: '50%', source: rules}]}")
    made = "".join(_row(number) for number in range(rows))
    text = text.replace("p.rate[region_from]", "p.rate").replace("      - {id: R01,", f"{made}      - {{id: R01,")
    path.write_text(text, encoding="utf-8")
    return packs


def _row(number: int) -> str:
    when = (
        f"insurance_type: {INSURANCE[number % 2]}, payer: {PAYERS[number % 3]}, "
        f'tier: "{number % 7}", months_after: "{number // 2}"'
    )
    words = f'id: G{number}, label: 第{number}行, en: row {number}, from: 2010-01-01, source: "rules#4"'
    return f"      - {{{words}, when: {{{when}}}, then: {{outcome: refund_full}}}}\n"
